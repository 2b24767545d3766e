// Encoders and decoders of libopus, mono.
#pragma once
#include <opus/opus.h>

#include <cstdint>
#include <memory>

#include "../audio-batch.h"

struct EncoderSettings {
  int32_t bitrateBps;
  int32_t complexity;
  /// In-band FEC is sent from 1 on.
  int32_t expectedLossPercent;
  /// OPUS_SIGNAL_VOICE, or OPUS_AUTO where that is not known.
  int32_t signal;
};

class Encoder {
 public:
  /// @return nullptr where libopus refuses.
  static std::unique_ptr<Encoder> create(int32_t sampleRate, const EncoderSettings& settings);
  /// @return False where libopus refuses a value.
  bool configure(const EncoderSettings& settings);
  /// Goes on as the other one would, with the other one's settings. @return False where their rates differ.
  bool copyFrom(const Encoder& other);
  /// @return Bytes, or an audio::Failure.
  int32_t encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity);

 private:
  struct Free {
    void operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
  };
  std::unique_ptr<OpusEncoder, Free> state_;
  int32_t sampleRate_ = 0;
};

class Decoder {
 public:
  static std::unique_ptr<Decoder> create(int32_t sampleRate);
  void reset();
  /// Without bytes it makes up what was lost. @return Samples, or an audio::Failure.
  int32_t decode(const uint8_t* bytes, int32_t length, audio::Part part, float* samples, int32_t count);

 private:
  struct Free {
    void operator()(OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }
  };
  std::unique_ptr<OpusDecoder, Free> state_;
};
