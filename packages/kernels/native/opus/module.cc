// What JavaScript sees of the kernel. src/opus/native-opus.ts calls it and checks what it is given.
#include "../audio-batch.h"
#include "../node-api-call.h"
#include "../numbered-table.h"
#include "codec.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
/// Of one thread; gone with it.
struct Codecs {
  NumberedTable<Encoder> encoders;
  NumberedTable<Decoder> decoders;
};

Codecs& codecsOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Codecs*>(data);
}

EncoderSettings settingsAt(napi_env env, const napi_value* values) { return {readInt32(env, values[0]), readInt32(env, values[1]), readInt32(env, values[2])}; }

/// createEncoder(sampleRate, bitrateBps, complexity, expectedLossPercent) -> number, or -1
napi_value createEncoder(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  auto encoder = Encoder::create(readInt32(env, arguments[0]), settingsAt(env, &arguments.values[1]));
  return int32(env, encoder == nullptr ? -1 : codecsOf(env).encoders.add(std::move(encoder)));
}

/// configureEncoder(number, bitrateBps, complexity, expectedLossPercent) -> 0, or -1
napi_value configureEncoder(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  Encoder* const encoder = codecsOf(env).encoders.find(readInt32(env, arguments[0]));
  return int32(env, encoder != nullptr && encoder->configure(settingsAt(env, &arguments.values[1])) ? 0 : -1);
}

/// copyEncoder(from, to) -> 0, or -1
napi_value copyEncoder(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const Encoder* const from = codecsOf(env).encoders.find(readInt32(env, arguments[0]));
  Encoder* const to = codecsOf(env).encoders.find(readInt32(env, arguments[1]));
  return int32(env, from != nullptr && to != nullptr && to->copyFrom(*from) ? 0 : -1);
}

/// destroyEncoder(number)
napi_value destroyEncoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  codecsOf(env).encoders.remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// createDecoder(sampleRate) -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  auto decoder = Decoder::create(readInt32(env, arguments[0]));
  return int32(env, decoder == nullptr ? -1 : codecsOf(env).decoders.add(std::move(decoder)));
}

/// resetDecoder(number)
napi_value resetDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  if (Decoder* const decoder = codecsOf(env).decoders.find(readInt32(env, arguments[0]))) decoder->reset();
  return nullptr;
}

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
    Encoder* const encoder = codecs.encoders.find(words[codec]);
    return encoder == nullptr ? audio::unknownCodec : encoder->encode(samples, words[sampleCount], bytes, words[byteCapacity]);
  });
}

napi_value decode(napi_env env, napi_callback_info info) {
  using namespace audio::decoding;
  const Codecs& codecs = codecsOf(env);
  return audio::decodeBatch(env, Arguments<4>(env, info), [&codecs](const int32_t* words, const uint8_t* bytes, float* samples) -> int32_t {
    Decoder* const decoder = codecs.decoders.find(words[codec]);
    return decoder == nullptr ? audio::unknownCodec : decoder->decode(bytes, words[byteLength], static_cast<Part>(words[part]), samples, words[sampleCount]);
  });
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Codecs(), [](napi_env, void* data, void*) { delete static_cast<Codecs*>(data); }, nullptr);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "configureEncoder", configureEncoder);
  node_api::setFunction(env, exports, "copyEncoder", copyEncoder);
  node_api::setFunction(env, exports, "destroyEncoder", destroyEncoder);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "resetDecoder", resetDecoder);
  node_api::setFunction(env, exports, "destroyDecoder", destroyDecoder);
  node_api::setFunction(env, exports, "encode", encode);
  node_api::setFunction(env, exports, "decode", decode);
  return exports;
}
