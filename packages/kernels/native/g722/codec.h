// G.722 at 64 kbit/s: 7 kHz of voice in two bands, one byte for two samples (ITU-T G.722, mode 1).
#pragma once
#include <array>
#include <cstdint>

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
  uint8_t encode(int32_t first, int32_t second);

 private:
  G722State state_;
};

class G722Decoder {
 public:
  struct Pair {
    int32_t first;
    int32_t second;
  };
  Pair decode(uint8_t code);

 private:
  G722State state_;
};
