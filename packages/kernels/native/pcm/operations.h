// What mixing does to samples. Destination and source do not overlap, or are the same.
#pragma once
#include <cstdint>

/// A gain that moves in a straight line over the first samples and then stays.
struct GainRamp {
  float from;
  float to;
  int32_t count;
};

void add(float* destination, const float* source, int32_t count);
void subtract(float* destination, const float* source, int32_t count);
/// Multiplies by the gain; what is louder than the knee then approaches full scale and never reaches it.
void limit(float* destination, const float* source, int32_t count, const GainRamp& gain);
float peakOf(const float* samples, int32_t count);
/// From what the destination holds to the source.
void crossfade(float* destination, const float* source, int32_t count);
