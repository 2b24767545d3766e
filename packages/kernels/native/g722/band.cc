#include "band.h"

#include <algorithm>

namespace {
/// 2^(n/32) with 11 bits after the point.
constexpr std::array<int32_t, 32> powers = {2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
                                            2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008};

bool isNegative(int32_t value) { return value < 0; }

template <size_t Size>
void pushFront(std::array<int32_t, Size>& values, int32_t value) {
  std::copy_backward(values.begin(), values.end() - 1, values.end());
  values[0] = value;
}
}  // namespace

void Band::adapt(int32_t difference, int32_t logStepChange) {
  adaptStep(logStepChange);
  adaptPoles(difference);
  adaptZeros(difference);
  pushFront(reconstructed_, saturate(prediction_ + difference));
  pushFront(partial_, saturate(zeroPrediction_ + difference));
  pushFront(differences_, difference);
  predict();
}

/// LOGSCL and SCALEL, LOGSCH and SCALEH.
void Band::adaptStep(int32_t logStepChange) {
  logStep_ = std::clamp(((logStep_ * 127) >> 7) + logStepChange, 0, rules_.mostLogStep);
  const int32_t power = powers[static_cast<size_t>((logStep_ >> 6) & 31)];
  const int32_t shift = rules_.exponent - (logStep_ >> 11);
  step_ = (shift < 0 ? power << -shift : power >> shift) << 2;
}

/// UPPOL2 and UPPOL1.
void Band::adaptPoles(int32_t difference) {
  const bool sign = isNegative(saturate(zeroPrediction_ + difference));
  const bool isSameAsLast = sign == isNegative(partial_[0]);
  const bool isSameAsBefore = sign == isNegative(partial_[1]);
  const int32_t first = saturate(poles_[0] * 4);
  const int32_t pull = std::min(isSameAsLast ? -first : first, 32767);
  const int32_t second = std::clamp((isSameAsBefore ? 128 : -128) + (pull >> 7) + ((poles_[1] * 32512) >> 15), -12288, 12288);
  const int32_t bound = saturate(15360 - second);
  poles_[0] = std::clamp(saturate((isSameAsLast ? 192 : -192) + ((poles_[0] * 32640) >> 15)), -bound, bound);
  poles_[1] = second;
}

/// UPZERO.
void Band::adaptZeros(int32_t difference) {
  const int32_t change = difference == 0 ? 0 : 128;
  for (size_t index = 0; index < zeros_.size(); ++index) {
    const bool isSame = isNegative(differences_[index]) == isNegative(difference);
    zeros_[index] = saturate((isSame ? change : -change) + ((zeros_[index] * 32640) >> 15));
  }
}

/// FILTEP, FILTEZ and PREDIC.
void Band::predict() {
  int32_t fromPoles = 0;
  for (size_t index = 0; index < poles_.size(); ++index) fromPoles += (poles_[index] * saturate(2 * reconstructed_[index])) >> 15;
  int32_t fromZeros = 0;
  for (size_t index = 0; index < zeros_.size(); ++index) fromZeros += (zeros_[index] * saturate(2 * differences_[index])) >> 15;
  zeroPrediction_ = saturate(fromZeros);
  prediction_ = saturate(saturate(fromPoles) + zeroPrediction_);
}
