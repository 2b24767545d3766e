#include "conceal.h"

#include <algorithm>
#include <cmath>

namespace {
/// Periods of voices from 66 to 400 Hz, in samples, and the step in which they are first looked through.
struct Periods {
  int32_t shortest;
  int32_t longest;
  int32_t coarse;
};

Periods periodsAt(int32_t samplesPerMs) { return {samplesPerMs * 5 / 2, samplesPerMs * 15, std::max(samplesPerMs / 8, 1)}; }

/// How alike the last `longest` samples are to those one period before; in [-1, 1].
float likeness(const float* end, int32_t longest, int32_t period, int32_t step) {
  float product = 0;
  float energy = 1e-9F;
  float before = 1e-9F;
  for (int32_t index = 1; index <= longest; index += step) {
    const float sample = end[-index];
    const float earlier = end[-index - period];
    product += sample * earlier;
    energy += sample * sample;
    before += earlier * earlier;
  }
  return product / std::sqrt(energy * before);
}

int32_t bestPeriod(const float* end, int32_t longest, int32_t from, int32_t to, int32_t stride) {
  int32_t best = from;
  float most = -2;
  for (int32_t period = from; period <= to; period += stride) {
    const float alike = likeness(end, longest, period, stride);
    if (alike > most) {
      most = alike;
      best = period;
    }
  }
  return best;
}
}  // namespace

void conceal(float* destination, int32_t count, const float* history, int32_t historyCount, int32_t samplesPerMs, const GainRamp& gain) {
  const auto [shortest, longest, coarse] = periodsAt(samplesPerMs);
  if (historyCount < 2 * longest) {
    std::fill_n(destination, count, 0.0F);
    return;
  }
  const float* const end = history + historyCount;
  const int32_t rough = bestPeriod(end, longest, shortest, longest, coarse);
  const int32_t period = bestPeriod(end, longest, std::max(rough - coarse, shortest), std::min(rough + coarse, longest), 1);
  const int32_t join = period / 4;
  const float step = (gain.to - gain.from) / static_cast<float>(std::max(gain.count, 1));
  for (int32_t index = 0; index < count; ++index) {
    const int32_t place = index % period;
    float sample = end[place - period];
    // The end of a period goes over into what came before its beginning, so that repeating it makes no step.
    if (place >= period - join) {
      const float share = static_cast<float>(place - (period - join)) / static_cast<float>(join);
      sample += share * (end[place - 2 * period] - sample);
    }
    destination[index] = sample * (gain.from + step * static_cast<float>(std::min(index, gain.count)));
  }
}
