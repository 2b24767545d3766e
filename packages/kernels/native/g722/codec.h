// G.722 at 64 kbit/s: 7 kHz of voice in two bands, one byte for two samples (ITU-T G.722, mode 1).
#pragma once
#include <array>
#include <cstdint>

#include "../audio-batch.h"
#include "band.h"

/// Both bands, and the last 24 samples of the filter between them and the whole.
struct G722State {
  Band low{lowRules};
  Band high{highRules};
  std::array<int32_t, 24> delayed{};

  void delay(int32_t first, int32_t second);
};

class G722Encoder {
 public:
  /// @return Bytes, or an audio::Failure.
  int32_t encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity);

 private:
  uint8_t encodePair(int32_t first, int32_t second);

  G722State state_;
};

class G722Decoder {
 public:
  /// @return Samples, or an audio::Failure.
  int32_t decode(const uint8_t* bytes, int32_t length, audio::Part part, float* samples, int32_t count);

 private:
  struct Pair {
    int32_t first;
    int32_t second;
  };
  Pair decodePair(uint8_t code);

  G722State state_;
};
