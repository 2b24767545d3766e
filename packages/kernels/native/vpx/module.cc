// What JavaScript sees of the kernel. src/vpx/native-vpx.ts calls it and checks what it is given.
#include "../codec-tables.h"
#include "decoder.h"
#include "encoder.h"

using node_api::Arguments;
using node_api::bytesOf;
using node_api::int32;
using node_api::readInt32;

namespace {
using Codecs = CodecTables<Encoder, Decoder>;

/// createDecoder(widest, highest) -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  return Codecs::add(env, Decoder::create(readInt32(env, arguments[0]), readInt32(env, arguments[1])));
}

/// decode(number, frame: Uint8Array, picture: Uint8Array, size: Int32Array(2)) -> bytes of the picture, or a Failure
napi_value decode(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  Decoder* const decoder = Codecs::decoderAt(env, arguments[0]);
  if (decoder == nullptr) return int32(env, picture::unknownCodec);
  picture::Size size;
  const int32_t result = decoder->decode(bytesOf(env, arguments[1]), bytesOf(env, arguments[2]), size);
  int32_t* const words = node_api::wordsOf(env, arguments[3]);
  words[0] = size.width;
  words[1] = size.height;
  return int32(env, result);
}

/// createEncoder(width, height, bitrateBps, frameRate, speed) -> number, or -1
napi_value createEncoder(napi_env env, napi_callback_info info) {
  const Arguments<5> arguments(env, info);
  const auto at = [&](size_t index) { return readInt32(env, arguments[index]); };
  return Codecs::add(env, Encoder::create({.size = {at(0), at(1)}, .bitrateBps = at(2), .frameRate = at(3), .speed = at(4)}));
}

/// setBitrate(number, bitrateBps) -> 0, or -1
napi_value setBitrate(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Encoder* const encoder = Codecs::encoderAt(env, arguments[0]);
  return int32(env, encoder != nullptr && encoder->setBitrate(readInt32(env, arguments[1])) ? 0 : -1);
}

/// encode(number, pixels: Uint8Array, ticks, wantsKeyFrame (0, 1), frame: Uint8Array, isKeyFrame: Int32Array(1)) -> bytes of the frame, or a Failure
napi_value encode(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  Encoder* const encoder = Codecs::encoderAt(env, arguments[0]);
  if (encoder == nullptr) return int32(env, picture::unknownCodec);
  int64_t ticks = 0;
  napi_get_value_int64(env, arguments[2], &ticks);
  bool isKeyFrame = false;
  const int32_t result = encoder->encode(bytesOf(env, arguments[1]), ticks, readInt32(env, arguments[3]) != 0, bytesOf(env, arguments[4]), isKeyFrame);
  node_api::wordsOf(env, arguments[5])[0] = isKeyFrame ? 1 : 0;
  return int32(env, result);
}
}  // namespace

NAPI_MODULE_INIT() {
  Codecs::attach(env, exports);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "decode", decode);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "setBitrate", setBitrate);
  node_api::setFunction(env, exports, "encode", encode);
  return exports;
}
