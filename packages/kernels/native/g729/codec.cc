#include "codec.h"

#include <algorithm>

#include "../pcm16.h"

namespace {
constexpr int32_t frameSamples = 80;
constexpr int32_t speechBytes = 10;
constexpr int32_t noiseBytes = 2;
}  // namespace

int32_t G729Encoder::encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity) {
  const int32_t length = count / frameSamples * speechBytes;
  if (count % frameSamples != 0 || length > capacity) return audio::doesNotFit;
  for (int32_t at = 0; at < length; at += speechBytes, samples += frameSamples) {
    int16_t pcm[frameSamples];
    std::transform(samples, samples + frameSamples, pcm, toPcm16);
    uint8_t made = 0;
    bcg729Encoder(channel_.get(), pcm, bytes + at, &made);
  }
  return length;
}

int32_t G729Decoder::decode(const uint8_t* bytes, int32_t length, audio::Part, float* samples, int32_t count) {
  const int32_t rest = length % speechBytes;
  if (rest != 0 && rest != noiseBytes) return audio::malformed;
  const int32_t frames = length == 0 ? count / frameSamples : length / speechBytes + (rest == 0 ? 0 : 1);
  if (frames > count / frameSamples) return audio::doesNotFit;
  for (int32_t frame = 0; frame < frames; ++frame) {
    const int32_t at = std::min(frame * speechBytes, length);
    decodeFrame(bytes + at, std::min(length - at, speechBytes), samples + frame * frameSamples);
  }
  return frames * frameSamples;
}

void G729Decoder::decodeFrame(const uint8_t* bytes, int32_t length, float* samples) {
  int16_t pcm[frameSamples];
  const uint8_t none[speechBytes] = {};
  bcg729Decoder(channel_.get(), length == 0 ? none : bytes, static_cast<uint8_t>(length), length == 0 ? 1 : 0, length == noiseBytes ? 1 : 0, 0, pcm);
  std::transform(pcm, pcm + frameSamples, samples, fromPcm16);
}
