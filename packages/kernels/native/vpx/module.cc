// What JavaScript sees of the kernel. src/vpx/native-vpx.ts calls it and checks what it is given.
#include "../node-api-call.h"
#include "../numbered-table.h"
#include "decoder.h"
#include "encoder.h"

using node_api::Arguments;
using node_api::bytesOf;
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

/// createDecoder(widest, highest) -> number, or -1
napi_value createDecoder(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  auto decoder = Decoder::create(readInt32(env, arguments[0]), readInt32(env, arguments[1]));
  return int32(env, decoder == nullptr ? -1 : codecsOf(env).decoders.add(std::move(decoder)));
}

/// destroyDecoder(number)
napi_value destroyDecoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  codecsOf(env).decoders.remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// decode(number, frame: Uint8Array, picture: Uint8Array, size: Int32Array(2)) -> bytes of the picture, or a Failure
napi_value decode(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  Decoder* const decoder = codecsOf(env).decoders.find(readInt32(env, arguments[0]));
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
  auto encoder = Encoder::create({.size = {at(0), at(1)}, .bitrateBps = at(2), .frameRate = at(3), .speed = at(4)});
  return int32(env, encoder == nullptr ? -1 : codecsOf(env).encoders.add(std::move(encoder)));
}

/// setBitrate(number, bitrateBps) -> 0, or -1
napi_value setBitrate(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Encoder* const encoder = codecsOf(env).encoders.find(readInt32(env, arguments[0]));
  return int32(env, encoder != nullptr && encoder->setBitrate(readInt32(env, arguments[1])) ? 0 : -1);
}

/// destroyEncoder(number)
napi_value destroyEncoder(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  codecsOf(env).encoders.remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// encode(number, pixels: Uint8Array, ticks, wantsKeyFrame (0, 1), frame: Uint8Array, isKeyFrame: Int32Array(1)) -> bytes of the frame, or a Failure
napi_value encode(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  Encoder* const encoder = codecsOf(env).encoders.find(readInt32(env, arguments[0]));
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
  napi_set_instance_data(env, new Codecs(), [](napi_env, void* data, void*) { delete static_cast<Codecs*>(data); }, nullptr);
  node_api::setFunction(env, exports, "createDecoder", createDecoder);
  node_api::setFunction(env, exports, "destroyDecoder", destroyDecoder);
  node_api::setFunction(env, exports, "decode", decode);
  node_api::setFunction(env, exports, "createEncoder", createEncoder);
  node_api::setFunction(env, exports, "setBitrate", setBitrate);
  node_api::setFunction(env, exports, "destroyEncoder", destroyEncoder);
  node_api::setFunction(env, exports, "encode", encode);
  return exports;
}
