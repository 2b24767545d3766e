// The two laws of ITU-T G.711: eight segments for each sign, every one twice as coarse as the one before, sixteen steps in each.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>

/// Segments of a magnitude begin at powers of two from 2^8 on.
inline int segmentOf(uint32_t magnitude) { return std::max(static_cast<int>(std::bit_width(magnitude)) - 8, 0); }

struct MuLaw {
  static constexpr int32_t bias = 132;

  static uint8_t compress(int16_t sample) {
    const int32_t magnitude = std::min((sample < 0 ? -sample : sample) + bias, 32767);
    const int segment = segmentOf(static_cast<uint32_t>(magnitude));
    const int step = (magnitude >> (segment + 3)) & 15;
    return static_cast<uint8_t>(~((sample < 0 ? 0x80 : 0) | segment << 4 | step));
  }

  static int32_t expand(uint8_t code) {
    const int plain = ~code & 0xff;
    const int32_t magnitude = (((plain & 15) << 3 | 0x84) << ((plain >> 4) & 7)) - bias;
    return (plain & 0x80) != 0 ? -magnitude : magnitude;
  }
};

struct ALaw {
  /// Every other bit is sent inverted.
  static constexpr int inverted = 0x55;

  static uint8_t compress(int16_t sample) {
    const int32_t magnitude = sample < 0 ? ~sample : sample;
    const int segment = segmentOf(static_cast<uint32_t>(magnitude));
    const int step = (magnitude >> (segment + (segment > 0 ? 3 : 4))) & 15;
    return static_cast<uint8_t>(((sample < 0 ? 0 : 0x80) | segment << 4 | step) ^ inverted);
  }

  static int32_t expand(uint8_t code) {
    const int plain = code ^ inverted;
    const int segment = (plain >> 4) & 7;
    const int32_t step = (plain & 15) << 4;
    const int32_t magnitude = segment == 0 ? step + 8 : (step + 0x108) << (segment - 1);
    return (plain & 0x80) != 0 ? magnitude : -magnitude;
  }
};
