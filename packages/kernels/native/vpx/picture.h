// Pictures in I420: the Y plane, then U and V of half its width and height, rounded up; no padding.
#pragma once
#include <cstdint>

namespace picture {

enum Failure : int32_t { unknownCodec = -1, malformed = -2, doesNotFit = -3, tooLarge = -4 };

struct Size {
  int32_t width = 0;
  int32_t height = 0;
};

constexpr int32_t half(int32_t length) { return (length + 1) / 2; }

constexpr int64_t bytesOf(Size size) { return int64_t{size.width} * size.height + 2 * int64_t{half(size.width)} * half(size.height); }

}  // namespace picture
