#include "resampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace {
/// Taps for each sample of the lower rate: with its window this passes speech up to 0.42 of that rate.
constexpr int32_t tapsPerStep = 24;
constexpr double kaiserBeta = 6.0;
constexpr double cutoff = 0.46;

double bessel(double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; k < 30; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

/// A low pass at the higher rate (windowed sinc); the sum of its taps is 1.
std::vector<double> lowPass(int32_t factor) {
  const int32_t length = factor * tapsPerStep;
  std::vector<double> taps(static_cast<size_t>(length));
  double sum = 0;
  for (int32_t index = 0; index < length; ++index) {
    const double place = index - (length - 1) / 2.0;
    const double angle = 2 * std::numbers::pi * cutoff * place / factor;
    const double edge = 2.0 * index / (length - 1) - 1;
    const double tap = (std::fabs(angle) < 1e-9 ? 1 : std::sin(angle) / angle) * bessel(kaiserBeta * std::sqrt(std::max(0.0, 1 - edge * edge)));
    taps[static_cast<size_t>(index)] = tap;
    sum += tap;
  }
  for (double& tap : taps) tap /= sum;
  return taps;
}

float dot(const float* taps, const float* samples, int32_t count) {
  constexpr int lanes = 8;
  float sums[lanes] = {};
  for (int32_t index = 0; index < count; index += lanes)
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += taps[index + lane] * samples[index + lane];
  float sum = 0;
  for (const float part : sums) sum += part;
  return sum;
}
}  // namespace

Resampler::Resampler(int32_t factor, bool isUpwards) : factor_(factor), isUpwards_(isUpwards), span_(isUpwards ? tapsPerStep : tapsPerStep * factor) {
  const std::vector<double> prototype = lowPass(factor);
  taps_.resize(prototype.size());
  for (int32_t index = 0; index < static_cast<int32_t>(prototype.size()); ++index) {
    const double tap = prototype[static_cast<size_t>(index)];
    const int32_t phase = index % factor;
    const int32_t place = isUpwards ? phase * span_ + (span_ - 1 - index / factor) : span_ - 1 - index;
    taps_[static_cast<size_t>(place)] = static_cast<float>(isUpwards ? tap * factor : tap);
  }
  input_.assign(static_cast<size_t>(span_ - 1), 0.0F);
}

int32_t Resampler::run(const float* source, int32_t sourceCount, float* destination, int32_t destinationCount) {
  const int32_t made = isUpwards_ ? sourceCount * factor_ : sourceCount / factor_;
  if (made > destinationCount || (!isUpwards_ && sourceCount % factor_ != 0)) return -1;
  input_.insert(input_.end(), source, source + sourceCount);
  if (isUpwards_) runUpwards(input_.data(), sourceCount, destination);
  else runDownwards(input_.data(), made, destination);
  input_.erase(input_.begin(), input_.begin() + sourceCount);
  return made;
}

void Resampler::runUpwards(const float* source, int32_t count, float* destination) const {
  for (int32_t index = 0; index < count; ++index)
    for (int32_t phase = 0; phase < factor_; ++phase) destination[index * factor_ + phase] = dot(&taps_[static_cast<size_t>(phase * span_)], source + index, span_);
}

void Resampler::runDownwards(const float* source, int32_t count, float* destination) const {
  for (int32_t index = 0; index < count; ++index) destination[index] = dot(taps_.data(), source + index * factor_ + factor_ - 1, span_);
}
