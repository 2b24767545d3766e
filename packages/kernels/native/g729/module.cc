// What JavaScript sees of the kernel. src/g729/load-g729.ts hands it out.
#include "codec.h"

namespace {
using Codecs = CodecTables<G729Encoder, G729Decoder>;

/// createEncoder() -> number, or -1
napi_value createEncoder(napi_env env, napi_callback_info) { return Codecs::add(env, std::make_unique<G729Encoder>()); }

/// createDecoder() -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info) { return Codecs::add(env, std::make_unique<G729Decoder>()); }
}  // namespace

NAPI_MODULE_INIT() {
  Codecs::attach(env, exports);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "encode", audio::encodeByNumber<Codecs>);
  node_api::setFunction(env, exports, "decode", audio::decodeByNumber<Codecs>);
  return exports;
}
