// Encoders and decoders of libbcg729: G.729 with Annexes A and B, 8 kbit/s, 8,000 Hz, frames of 10 ms (ITU-T G.729).
#pragma once
extern "C" {
#include <bcg729/decoder.h>
#include <bcg729/encoder.h>
}

#include <cstdint>
#include <memory>

#include "../audio-batch.h"

class G729Encoder {
 public:
  /// Whole frames of 80 samples, 10 bytes each. @return Bytes, or an audio::Failure.
  int32_t encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity);

 private:
  struct Close {
    void operator()(bcg729EncoderChannelContextStruct* channel) const { closeBcg729EncoderChannel(channel); }
  };
  std::unique_ptr<bcg729EncoderChannelContextStruct, Close> channel_{initBcg729EncoderChannel(0)};
};

class G729Decoder {
 public:
  /// Frames of 10 bytes, and one of 2 bytes (comfort noise, Annex B) at the end (RFC 3551 §4.5.6). Without bytes it makes up what was lost. @return Samples, or an audio::Failure.
  int32_t decode(const uint8_t* bytes, int32_t length, audio::Part part, float* samples, int32_t count);

 private:
  void decodeFrame(const uint8_t* bytes, int32_t length, float* samples);

  struct Close {
    void operator()(bcg729DecoderChannelContextStruct* channel) const { closeBcg729DecoderChannel(channel); }
  };
  std::unique_ptr<bcg729DecoderChannelContextStruct, Close> channel_{initBcg729DecoderChannel()};
};
