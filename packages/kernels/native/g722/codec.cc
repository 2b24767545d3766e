#include "codec.h"

#include <algorithm>

#include "../pcm16.h"

namespace {
/// Half of the symmetric filter that splits and joins the bands (table 4).
constexpr std::array<int32_t, 12> filter = {3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11};

/// Decision levels of the lower band for one sign, in steps with 12 bits after the point (table 14), and the codes between them for negative and positive differences.
constexpr std::array<int32_t, 30> decisions = {0,   35,  72,  110, 150, 190,  233,  276,  323,  370,  422,  473,  530,  587,  650,
                                               714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919};
constexpr std::array<int32_t, 31> negativeCodes = {0,  63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19,
                                                   18, 17, 16, 15, 14, 13, 12, 11, 10, 9,  8,  7,  6,  5,  4};
constexpr std::array<int32_t, 31> positiveCodes = {0,  61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47,
                                                   46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32};

/// What codes of the lower band mean, in steps with 15 bits after the point: with four bits, for the predictor, and with all six (tables 15 and 16).
constexpr std::array<int32_t, 16> lowValues4 = {0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0};
constexpr std::array<int32_t, 64> lowValues6 = {
    -136,  -136,  -136,  -136,  -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
    -7192, -6576, -6000, -5456, -4944,  -4464,  -4008,  -3576,  -3168,  -2776,  -2400,  -2032,  -1688,  -1360, -1040, -728,
    24808, 21904, 19008, 16704, 14984,  13512,  12280,  11192,  10232,  9360,   8576,   7856,   7192,   6576,  6000,  5456,
    4944,  4464,  4008,  3576,  3168,   2776,   2400,   2032,   1688,   1360,   1040,   728,    432,    136,   -432,  -136};
/// How each changes the logarithm of the step.
constexpr std::array<int32_t, 16> lowLogSteps = {-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60};

/// The same for the two bits of the higher band.
constexpr int32_t highDecision = 564;
constexpr std::array<int32_t, 4> highValues = {-7408, -1616, 7408, 1616};
constexpr std::array<int32_t, 4> highLogSteps = {798, -214, 798, -214};

/// Magnitude of a difference as the quantizers compare it.
int32_t magnitudeOf(int32_t difference) { return difference >= 0 ? difference : -(difference + 1); }

int32_t inSteps(const Band& band, int32_t value) { return (band.step() * value) >> 15; }

void adaptLow(Band& band, int32_t code6) {
  const auto code4 = static_cast<size_t>(code6 >> 2);
  band.adapt(inSteps(band, lowValues4[code4]), lowLogSteps[code4]);
}

void adaptHigh(Band& band, int32_t code2) {
  const auto code = static_cast<size_t>(code2);
  band.adapt(inSteps(band, highValues[code]), highLogSteps[code]);
}

/// QUANTL.
int32_t quantizeLow(const Band& band, int32_t sample) {
  const int32_t difference = saturate(sample - band.prediction());
  const int32_t magnitude = magnitudeOf(difference);
  size_t interval = 1;
  while (interval < decisions.size() && magnitude >= (decisions[interval] * band.step()) >> 12) ++interval;
  return difference < 0 ? negativeCodes[interval] : positiveCodes[interval];
}

/// QUANTH.
int32_t quantizeHigh(const Band& band, int32_t sample) {
  const int32_t difference = saturate(sample - band.prediction());
  const bool isOuter = magnitudeOf(difference) >= (highDecision * band.step()) >> 12;
  if (difference < 0) return isOuter ? 0 : 1;
  return isOuter ? 2 : 3;
}

/// LIMIT: 15 bits for the joining filter.
int32_t limited(int32_t sample) { return std::clamp(sample, -16384, 16383); }
}  // namespace

void G722State::delay(int32_t first, int32_t second) {
  std::copy(delayed.begin() + 2, delayed.end(), delayed.begin());
  delayed[22] = first;
  delayed[23] = second;
}

int32_t G722Encoder::encode(const float* samples, int32_t count, uint8_t* bytes, int32_t capacity) {
  const int32_t length = count / 2;
  if (count % 2 != 0 || length > capacity) return audio::doesNotFit;
  for (int32_t index = 0; index < length; ++index) bytes[index] = encodePair(toPcm16(samples[2 * index]), toPcm16(samples[2 * index + 1]));
  return length;
}

uint8_t G722Encoder::encodePair(int32_t first, int32_t second) {
  state_.delay(first, second);
  int32_t odd = 0;
  int32_t even = 0;
  for (size_t index = 0; index < filter.size(); ++index) {
    odd += state_.delayed[2 * index] * filter[index];
    even += state_.delayed[2 * index + 1] * filter[filter.size() - 1 - index];
  }
  const int32_t lowCode = quantizeLow(state_.low, (even + odd) >> 14);
  const int32_t highCode = quantizeHigh(state_.high, (even - odd) >> 14);
  adaptLow(state_.low, lowCode);
  adaptHigh(state_.high, highCode);
  return static_cast<uint8_t>(highCode << 6 | lowCode);
}

int32_t G722Decoder::decode(const uint8_t* bytes, int32_t length, audio::Part, float* samples, int32_t count) {
  if (length == 0) return audio::malformed;
  if (length > count / 2) return audio::doesNotFit;
  for (int32_t index = 0; index < length; ++index) {
    const auto [first, second] = decodePair(bytes[index]);
    samples[2 * index] = fromPcm16(first);
    samples[2 * index + 1] = fromPcm16(second);
  }
  return 2 * length;
}

G722Decoder::Pair G722Decoder::decodePair(uint8_t code) {
  const int32_t lowCode = code & 63;
  const int32_t highCode = code >> 6;
  const int32_t low = limited(state_.low.prediction() + inSteps(state_.low, lowValues6[static_cast<size_t>(lowCode)]));
  const int32_t high = limited(state_.high.prediction() + inSteps(state_.high, highValues[static_cast<size_t>(highCode)]));
  adaptLow(state_.low, lowCode);
  adaptHigh(state_.high, highCode);
  state_.delay(low + high, low - high);
  Pair pair{0, 0};
  for (size_t index = 0; index < filter.size(); ++index) {
    pair.first += state_.delayed[2 * index + 1] * filter[filter.size() - 1 - index];
    pair.second += state_.delayed[2 * index] * filter[index];
  }
  return {saturate(pair.first >> 11), saturate(pair.second >> 11)};
}
