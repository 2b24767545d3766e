// What JavaScript sees of the kernel. src/g722/load-g722.ts hands it out.
#include "../audio-batch.h"
#include "../node-api-call.h"
#include "../numbered-table.h"
#include "../pcm16.h"
#include "codec.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
/// Of one thread; gone with it.
struct Codecs {
  NumberedTable<G722Encoder> encoders;
  NumberedTable<G722Decoder> decoders;
};

Codecs& codecsOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Codecs*>(data);
}

/// createEncoder() -> number, or -1
napi_value createEncoder(napi_env env, napi_callback_info) { return int32(env, codecsOf(env).encoders.add(std::make_unique<G722Encoder>())); }

/// destroyEncoder(number)
napi_value destroyEncoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  codecsOf(env).encoders.remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// createDecoder() -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info) { return int32(env, codecsOf(env).decoders.add(std::make_unique<G722Decoder>())); }

/// destroyDecoder(number)
napi_value destroyDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  codecsOf(env).decoders.remove(readInt32(env, arguments[0]));
  return nullptr;
}

napi_value encode(napi_env env, napi_callback_info info) {
  using namespace audio::encoding;
  const Codecs& codecs = codecsOf(env);
  return audio::encodeBatch(env, Arguments<4>(env, info), [&codecs](const int32_t* words, uint8_t* bytes, const float* samples) -> int32_t {
    G722Encoder* const encoder = codecs.encoders.find(words[codec]);
    if (encoder == nullptr) return audio::unknownCodec;
    const int32_t length = words[sampleCount] / 2;
    if (words[sampleCount] % 2 != 0 || length > words[byteCapacity]) return audio::doesNotFit;
    for (int32_t index = 0; index < length; ++index) bytes[index] = encoder->encode(toPcm16(samples[2 * index]), toPcm16(samples[2 * index + 1]));
    return length;
  });
}

napi_value decode(napi_env env, napi_callback_info info) {
  using namespace audio::decoding;
  const Codecs& codecs = codecsOf(env);
  return audio::decodeBatch(env, Arguments<4>(env, info), [&codecs](const int32_t* words, const uint8_t* bytes, float* samples) -> int32_t {
    G722Decoder* const decoder = codecs.decoders.find(words[codec]);
    const int32_t length = words[byteLength];
    if (decoder == nullptr) return audio::unknownCodec;
    if (length == 0) return audio::malformed;
    if (length > words[sampleCount] / 2) return audio::doesNotFit;
    for (int32_t index = 0; index < length; ++index) {
      const auto [first, second] = decoder->decode(bytes[index]);
      samples[2 * index] = fromPcm16(first);
      samples[2 * index + 1] = fromPcm16(second);
    }
    return 2 * length;
  });
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Codecs(), [](napi_env, void* data, void*) { delete static_cast<Codecs*>(data); }, nullptr);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "destroyEncoder", destroyEncoder);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "destroyDecoder", destroyDecoder);
  node_api::setFunction(env, exports, "encode", encode);
  node_api::setFunction(env, exports, "decode", decode);
  return exports;
}
