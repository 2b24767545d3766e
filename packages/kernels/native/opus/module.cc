// What JavaScript sees of the kernel. src/opus/native-opus.ts calls it and checks what it is given.
#include "codec.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
using Codecs = CodecTables<Encoder, Decoder>;

/// bitrateBps, complexity, expectedLossPercent, isVoice (0 or 1)
EncoderSettings settingsAt(napi_env env, const napi_value* values) {
  return {readInt32(env, values[0]), readInt32(env, values[1]), readInt32(env, values[2]), readInt32(env, values[3]) != 0 ? OPUS_SIGNAL_VOICE : OPUS_AUTO};
}

/// createEncoder(sampleRate, bitrateBps, complexity, expectedLossPercent, isVoice) -> number, or -1
napi_value createEncoder(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  return Codecs::add(env, Encoder::create(readInt32(env, arguments[0]), settingsAt(env, &arguments.values[1])));
}

/// configureEncoder(number, bitrateBps, complexity, expectedLossPercent, isVoice) -> 0, or -1
napi_value configureEncoder(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  Encoder* const encoder = Codecs::encoderAt(env, arguments[0]);
  return int32(env, encoder != nullptr && encoder->configure(settingsAt(env, &arguments.values[1])) ? 0 : -1);
}

/// copyEncoder(from, to) -> 0, or -1
napi_value copyEncoder(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const Encoder* const from = Codecs::encoderAt(env, arguments[0]);
  Encoder* const to = Codecs::encoderAt(env, arguments[1]);
  return int32(env, from != nullptr && to != nullptr && to->copyFrom(*from) ? 0 : -1);
}

/// createDecoder(sampleRate) -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  return Codecs::add(env, Decoder::create(readInt32(env, arguments[0])));
}

/// resetDecoder(number)
napi_value resetDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  if (Decoder* const decoder = Codecs::decoderAt(env, arguments[0])) decoder->reset();
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  Codecs::attach(env, exports);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "configureEncoder", configureEncoder);
  node_api::setFunction(env, exports, "copyEncoder", copyEncoder);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "resetDecoder", resetDecoder);
  node_api::setFunction(env, exports, "encode", audio::encodeByNumber<Codecs>);
  node_api::setFunction(env, exports, "decode", audio::decodeByNumber<Codecs>);
  return exports;
}
