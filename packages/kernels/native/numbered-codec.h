// The module of a codec whose encoders and decoders have nothing to be set. src/audio/numbered-codec.ts hands it out.
#pragma once
#include <memory>

#include "audio-batch.h"
#include "codec-tables.h"

template <typename Encoder, typename Decoder>
class NumberedCodec {
  using Codecs = CodecTables<Encoder, Decoder>;

  /// createEncoder() -> number, or -1
  static napi_value createEncoder(napi_env env, napi_callback_info) { return Codecs::add(env, std::make_unique<Encoder>()); }

  /// createDecoder() -> number, or -1
  static napi_value createDecoder(napi_env env, napi_callback_info) { return Codecs::add(env, std::make_unique<Decoder>()); }

 public:
  static napi_value attach(napi_env env, napi_value exports) {
    Codecs::attach(env, exports);
    node_api::setFunction(env, exports, "createEncoder", createEncoder);
    node_api::setFunction(env, exports, "createDecoder", createDecoder);
    node_api::setFunction(env, exports, "encode", audio::encodeByNumber<Codecs>);
    node_api::setFunction(env, exports, "decode", audio::decodeByNumber<Codecs>);
    return exports;
  }
};
