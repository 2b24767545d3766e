// The layout of descriptors, as src/pcm/pcm.ts defines it. Gains and peaks are floats in words.
#pragma once
#include <bit>
#include <cstdint>

namespace operation {
enum Word : int { kind, destination, source, count, gainFrom, gainTo, extra, peak, stride, samplesPerMs = peak };
enum class Kind : int32_t { zero, copy, add, subtract, limit, measure, crossfade, conceal };
}  // namespace operation

namespace resampling {
enum Word : int { resampler, source, sourceCount, destination, destinationCount, result, stride = 8 };
}  // namespace resampling

inline float floatIn(int32_t word) { return std::bit_cast<float>(word); }
inline int32_t wordOf(float value) { return std::bit_cast<int32_t>(value); }
