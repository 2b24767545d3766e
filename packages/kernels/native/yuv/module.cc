// What JavaScript sees of the kernel: parts of I420 pictures, scaled into parts of others. src/yuv/native-yuv.ts calls it and checks what it is given.
#include <libyuv/planar_functions.h>
#include <libyuv/scale.h>

#include "../node-api-call.h"

using node_api::Arguments;
using node_api::bytesOf;
using node_api::readInt32;

namespace {
enum Word : int { sourceOffset, sourceWidth, sourceHeight, sourceX, sourceY, partWidth, partHeight, targetOffset, targetWidth, targetHeight, targetX, targetY, tileWidth, tileHeight, stride = 16 };

/// A rectangle of a picture in I420 whose edges are even.
struct Part {
  uint8_t* y;
  uint8_t* u;
  uint8_t* v;
  int lumaStride;
  int chromaStride;
  int width;
  int height;
};

constexpr int32_t longestSide = 16384;

/// words: width and height of the picture, then x, y, width and height of the part. @return False where it reaches outside or has an odd edge.
bool partOf(std::span<uint8_t> bytes, int32_t offset, const int32_t* words, Part& part) {
  const auto [width, height, x, y, partWidth, partHeight] = reinterpret_cast<const int32_t(&)[6]>(*words);
  for (int index = 0; index < 6; ++index)
    if (words[index] < 0 || words[index] > longestSide || (index >= 2 && words[index] % 2 != 0)) return false;
  if (offset < 0 || partWidth == 0 || partHeight == 0 || x + partWidth > width || y + partHeight > height) return false;
  const size_t lumaBytes = static_cast<size_t>(width) * static_cast<size_t>(height);
  const size_t chromaWidth = static_cast<size_t>(width + 1) / 2;
  const size_t chromaBytes = chromaWidth * (static_cast<size_t>(height + 1) / 2);
  if (static_cast<size_t>(offset) + lumaBytes + 2 * chromaBytes > bytes.size()) return false;
  uint8_t* const start = bytes.data() + offset;
  const size_t inLuma = static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x);
  const size_t inChroma = static_cast<size_t>(y / 2) * chromaWidth + static_cast<size_t>(x / 2);
  part = {start + inLuma, start + lumaBytes + inChroma, start + lumaBytes + chromaBytes + inChroma, width, static_cast<int>(chromaWidth), partWidth, partHeight};
  return true;
}

/// The elements of an Int32Array, valid until the call returns.
std::span<const int32_t> wordsOf(napi_env env, napi_value array) {
  const auto elements = bytesOf(env, array);
  return {reinterpret_cast<const int32_t*>(elements.data()), elements.size()};
}

napi_value refuse(napi_env env) {
  napi_throw_range_error(env, nullptr, "A part reaches outside its picture, or its edges are odd.");
  return nullptr;
}

/// scale(sources: Uint8Array, targets: Uint8Array, descriptors: Int32Array, count): each part of a source into a tile of a target.
napi_value scale(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  const auto sources = bytesOf(env, arguments[0]);
  const auto targets = bytesOf(env, arguments[1]);
  const auto descriptors = wordsOf(env, arguments[2]);
  const int32_t count = readInt32(env, arguments[3]);
  if (count < 0 || static_cast<size_t>(count) * stride > descriptors.size()) return refuse(env);
  const int32_t* words = descriptors.data();
  for (int32_t index = 0; index < count; ++index, words += stride) {
    Part from, to;
    if (!partOf(sources, words[sourceOffset], words + sourceWidth, from) || !partOf(targets, words[targetOffset], words + targetWidth, to)) return refuse(env);
    libyuv::I420Scale(from.y, from.lumaStride, from.u, from.chromaStride, from.v, from.chromaStride, from.width, from.height, to.y, to.lumaStride, to.u, to.chromaStride, to.v,
                      to.chromaStride, to.width, to.height, libyuv::kFilterBox);
  }
  return nullptr;
}

/// paint(pictures: Uint8Array, offset, part: Int32Array(6), y, u, v)
napi_value paint(napi_env env, napi_callback_info info) {
  const Arguments<6> arguments(env, info);
  const auto words = wordsOf(env, arguments[2]);
  Part part;
  if (words.size() < 6 || !partOf(bytesOf(env, arguments[0]), readInt32(env, arguments[1]), words.data(), part)) return refuse(env);
  libyuv::I420Rect(part.y, part.lumaStride, part.u, part.chromaStride, part.v, part.chromaStride, 0, 0, part.width, part.height, readInt32(env, arguments[3]), readInt32(env, arguments[4]),
                   readInt32(env, arguments[5]));
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  node_api::setFunction(env, exports, "scale", scale);
  node_api::setFunction(env, exports, "paint", paint);
  return exports;
}
