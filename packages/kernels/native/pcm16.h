// Samples as codecs of telephony have them: 16 bits, beside floats from -1 to 1.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>

inline int16_t toPcm16(float sample) {
  const float scaled = sample * 32768.0F;
  return static_cast<int16_t>(std::lrint(scaled > -32768.0F ? std::min(scaled, 32767.0F) : -32768.0F));
}

inline float fromPcm16(int32_t sample) { return static_cast<float>(sample) * (1.0F / 32768.0F); }
