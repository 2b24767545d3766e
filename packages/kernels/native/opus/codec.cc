#include "codec.h"

#include <cstring>

namespace {
int32_t failureOf(int code) {
  return code == OPUS_BUFFER_TOO_SMALL || code == OPUS_BAD_ARG ? audio::doesNotFit : audio::malformed;
}
}  // namespace

std::unique_ptr<Encoder> Encoder::create(int32_t sampleRate, const EncoderSettings& settings) {
  auto encoder = std::make_unique<Encoder>();
  int code = OPUS_OK;
  encoder->state_.reset(opus_encoder_create(sampleRate, 1, OPUS_APPLICATION_AUDIO, &code));
  encoder->sampleRate_ = sampleRate;
  return code == OPUS_OK && encoder->configure(settings) ? std::move(encoder) : nullptr;
}

bool Encoder::configure(const EncoderSettings& settings) {
  OpusEncoder* const state = state_.get();
  return opus_encoder_ctl(state, OPUS_SET_BITRATE(settings.bitrateBps)) == OPUS_OK && opus_encoder_ctl(state, OPUS_SET_COMPLEXITY(settings.complexity)) == OPUS_OK &&
         opus_encoder_ctl(state, OPUS_SET_PACKET_LOSS_PERC(settings.expectedLossPercent)) == OPUS_OK &&
         opus_encoder_ctl(state, OPUS_SET_INBAND_FEC(settings.expectedLossPercent > 0 ? 1 : 0)) == OPUS_OK && opus_encoder_ctl(state, OPUS_SET_SIGNAL(settings.signal)) == OPUS_OK;
}

bool Encoder::copyFrom(const Encoder& other) {
  if (sampleRate_ != other.sampleRate_) return false;
  if (this != &other) std::memcpy(static_cast<void*>(state_.get()), static_cast<const void*>(other.state_.get()), static_cast<size_t>(opus_encoder_get_size(1)));
  return true;
}

int32_t Encoder::encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity) {
  const int length = opus_encode_float(state_.get(), samples, count, bytes, capacity);
  return length >= 0 ? length : failureOf(length);
}

std::unique_ptr<Decoder> Decoder::create(int32_t sampleRate) {
  auto decoder = std::make_unique<Decoder>();
  int code = OPUS_OK;
  decoder->state_.reset(opus_decoder_create(sampleRate, 1, &code));
  return code == OPUS_OK ? std::move(decoder) : nullptr;
}

void Decoder::reset() { opus_decoder_ctl(state_.get(), OPUS_RESET_STATE); }

int32_t Decoder::decode(const uint8_t* bytes, int32_t length, audio::Part part, float* samples, int32_t count) {
  const int made = opus_decode_float(state_.get(), length > 0 ? bytes : nullptr, length, samples, count, part == audio::Part::redundancy ? 1 : 0);
  return made >= 0 ? made : failureOf(made);
}
