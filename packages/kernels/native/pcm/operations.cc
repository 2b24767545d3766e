#include "operations.h"

#include <algorithm>
#include <cmath>

namespace {
constexpr float knee = 0.75F;
constexpr float room = 1 - knee;

/// Its slope is 1 at the knee, so that nothing is heard of it there.
float soften(float sample) {
  const float excess = std::max(std::fabs(sample) - knee, 0.0F);
  const float magnitude = std::min(std::fabs(sample), knee) + room * excess / (room + excess);
  return std::copysign(magnitude, sample);
}
}  // namespace

void add(float* destination, const float* source, int32_t count) {
  for (int32_t index = 0; index < count; ++index) destination[index] += source[index];
}

void subtract(float* destination, const float* source, int32_t count) {
  for (int32_t index = 0; index < count; ++index) destination[index] -= source[index];
}

void limit(float* destination, const float* source, int32_t count, const GainRamp& gain) {
  const int32_t moving = std::clamp(gain.count, 0, count);
  const float step = moving > 0 ? (gain.to - gain.from) / static_cast<float>(moving) : 0;
  for (int32_t index = 0; index < moving; ++index) destination[index] = soften(source[index] * (gain.from + step * static_cast<float>(index)));
  for (int32_t index = moving; index < count; ++index) destination[index] = soften(source[index] * gain.to);
}

float peakOf(const float* samples, int32_t count) {
  constexpr int lanes = 16;
  float peaks[lanes] = {};
  int32_t index = 0;
  for (; index + lanes <= count; index += lanes)
    for (int lane = 0; lane < lanes; ++lane) peaks[lane] = std::max(peaks[lane], std::fabs(samples[index + lane]));
  for (; index < count; ++index) peaks[0] = std::max(peaks[0], std::fabs(samples[index]));
  return *std::max_element(peaks, peaks + lanes);
}

void crossfade(float* destination, const float* source, int32_t count) {
  const float step = 1 / static_cast<float>(std::max(count, 1));
  for (int32_t index = 0; index < count; ++index) destination[index] += (source[index] - destination[index]) * step * (static_cast<float>(index) + 0.5F);
}
