// How much of pictures may leave towards one line: what packages/conference/src/forwarding/line-pacer.ts does, over the same numbers.
#pragma once
#include <algorithm>

#include "forwarding-descriptors.h"

/// @param words Of the line. @return Whether so many bytes may leave now; if so, they have left.
inline bool takeFromLine(int32_t* words, double bytes, double now) {
  const double filled = readDouble(words + line::left) + (now - readDouble(words + line::at)) * readDouble(words + line::perMs);
  const double left = std::min(readDouble(words + line::most), filled);
  writeDouble(words + line::at, now);
  writeDouble(words + line::left, left < bytes ? left : left - bytes);
  return left >= bytes;
}
