// Encoders and decoders that JavaScript holds by number.
#pragma once
#include <memory>
#include <utility>

#include "node-api-call.h"
#include "numbered-table.h"

/// Those of one thread; gone with it.
template <typename Encoder, typename Decoder>
class CodecTables {
 public:
  NumberedTable<Encoder> encoders;
  NumberedTable<Decoder> decoders;

  static CodecTables& of(napi_env env) {
    void* data = nullptr;
    napi_get_instance_data(env, &data);
    return *static_cast<CodecTables*>(data);
  }

  /// Gives a thread its tables, and JavaScript destroyEncoder(number) and destroyDecoder(number).
  static void attach(napi_env env, napi_value exports) {
    napi_set_instance_data(env, new CodecTables(), [](napi_env, void* data, void*) { delete static_cast<CodecTables*>(data); }, nullptr);
    node_api::setFunction(env, exports, "destroyEncoder", destroyEncoder);
    node_api::setFunction(env, exports, "destroyDecoder", destroyDecoder);
  }

  /// @return The number, or -1 where there is no encoder.
  static napi_value add(napi_env env, std::unique_ptr<Encoder> encoder) { return node_api::int32(env, encoder == nullptr ? -1 : of(env).encoders.add(std::move(encoder))); }
  static napi_value add(napi_env env, std::unique_ptr<Decoder> decoder) { return node_api::int32(env, decoder == nullptr ? -1 : of(env).decoders.add(std::move(decoder))); }

  /// @return nullptr where the argument is no number of an encoder.
  static Encoder* encoderAt(napi_env env, napi_value number) { return of(env).encoders.find(node_api::readInt32(env, number)); }
  static Decoder* decoderAt(napi_env env, napi_value number) { return of(env).decoders.find(node_api::readInt32(env, number)); }

 private:
  static napi_value destroyEncoder(napi_env env, napi_callback_info info) {
    const node_api::Arguments<1> arguments(env, info);
    of(env).encoders.remove(node_api::readInt32(env, arguments[0]));
    return nullptr;
  }

  static napi_value destroyDecoder(napi_env env, napi_callback_info info) {
    const node_api::Arguments<1> arguments(env, info);
    of(env).decoders.remove(node_api::readInt32(env, arguments[0]));
    return nullptr;
  }
};
