// What the codecs of audio have in common: descriptors, as src/audio/audio-codec.ts defines them, and the buffers that they speak of.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec-tables.h"
#include "node-api-call.h"

namespace audio {

namespace decoding {
enum Word : int { codec, byteOffset, byteLength, sampleOffset, sampleCount, part, result, level, stride };
}  // namespace decoding
namespace encoding {
enum Word : int { codec, sampleOffset, sampleCount, byteOffset, byteCapacity, result, stride = 8 };
}  // namespace encoding

/// What a decoder makes of a packet: its sound, or what it repeats of the one before (Opus).
enum class Part : int32_t { packet = 0, redundancy = 1 };

enum Failure : int32_t { unknownCodec = -1, malformed = -2, doesNotFit = -3 };

/// The elements of a typed array, valid until the call returns.
template <typename Element>
std::span<Element> elementsOf(napi_env env, napi_value array) {
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr) != napi_ok) return {};
  return {static_cast<Element*>(data), length};
}

template <typename Element>
bool holds(std::span<Element> elements, int32_t offset, int32_t count) {
  return offset >= 0 && count >= 0 && static_cast<size_t>(offset) + static_cast<size_t>(count) <= elements.size();
}

/// In partial sums, which the compiler makes vectors of.
inline float energyOf(const float* samples, int32_t count) {
  constexpr int lanes = 16;
  float sums[lanes] = {};
  int32_t index = 0;
  for (; index + lanes <= count; index += lanes)
    for (int lane = 0; lane < lanes; ++lane) sums[lane] += samples[index + lane] * samples[index + lane];
  for (; index < count; ++index) sums[0] += samples[index] * samples[index];
  float energy = 0;
  for (const float sum : sums) energy += sum;
  return energy;
}

/// RFC 6464 §3: 0 is full scale, 127 is silence, in -dBov.
inline int32_t levelOf(const float* samples, int32_t count) {
  if (count <= 0) return 127;
  const float meanSquare = energyOf(samples, count) / static_cast<float>(count);
  if (!(meanSquare > 2e-13F)) return 127;
  return std::clamp(static_cast<int32_t>(std::lround(-10 * std::log10(meanSquare))), 0, 127);
}

/// `visit(words)` returns false where the descriptor reaches outside the buffers: that one and all after it are not done.
template <typename Visit>
napi_value visitDescriptors(napi_env env, std::span<int32_t> descriptors, int32_t count, int stride, Visit visit) {
  const int64_t available = static_cast<int64_t>(descriptors.size()) / stride;
  for (int64_t index = 0; index < count; ++index) {
    if (index < available && visit(descriptors.data() + index * stride)) continue;
    napi_throw_range_error(env, nullptr, index < available ? "A descriptor reaches outside its buffers." : "There are not so many descriptors.");
    return nullptr;
  }
  return nullptr;
}

/// decode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count). `decodeOne(words, bytes, samples)` returns how many samples it made, or a Failure.
template <typename DecodeOne>
napi_value decodeBatch(napi_env env, const node_api::Arguments<4>& arguments, DecodeOne decodeOne) {
  using namespace decoding;
  const auto bytes = elementsOf<uint8_t>(env, arguments[0]);
  const auto samples = elementsOf<float>(env, arguments[1]);
  return visitDescriptors(env, elementsOf<int32_t>(env, arguments[2]), node_api::readInt32(env, arguments[3]), stride, [&](int32_t* words) {
    if (!holds(bytes, words[byteOffset], words[byteLength]) || !holds(samples, words[sampleOffset], words[sampleCount])) return false;
    float* const decoded = samples.data() + words[sampleOffset];
    words[result] = decodeOne(words, bytes.data() + words[byteOffset], decoded);
    words[level] = levelOf(decoded, words[result]);
    return true;
  });
}

/// encode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count). `encodeOne(words, bytes, samples)` returns how many bytes it made, or a Failure.
template <typename EncodeOne>
napi_value encodeBatch(napi_env env, const node_api::Arguments<4>& arguments, EncodeOne encodeOne) {
  using namespace encoding;
  const auto bytes = elementsOf<uint8_t>(env, arguments[0]);
  const auto samples = elementsOf<float>(env, arguments[1]);
  return visitDescriptors(env, elementsOf<int32_t>(env, arguments[2]), node_api::readInt32(env, arguments[3]), stride, [&](int32_t* words) {
    if (!holds(bytes, words[byteOffset], words[byteCapacity]) || !holds(samples, words[sampleOffset], words[sampleCount])) return false;
    words[result] = encodeOne(words, bytes.data() + words[byteOffset], samples.data() + words[sampleOffset]);
    return true;
  });
}

/// encode(...) of a codec with `CodecTables`: each encoder has `encode(samples, count, bytes, capacity)`, which returns bytes or a Failure.
template <typename Codecs>
napi_value encodeByNumber(napi_env env, napi_callback_info info) {
  using namespace encoding;
  const Codecs& codecs = Codecs::of(env);
  return encodeBatch(env, node_api::Arguments<4>(env, info), [&codecs](const int32_t* words, uint8_t* bytes, const float* samples) -> int32_t {
    auto* const encoder = codecs.encoders.find(words[codec]);
    return encoder == nullptr ? unknownCodec : encoder->encode(samples, words[sampleCount], bytes, words[byteCapacity]);
  });
}

/// decode(...) of a codec with `CodecTables`: each decoder has `decode(bytes, length, part, samples, count)`, which returns samples or a Failure.
template <typename Codecs>
napi_value decodeByNumber(napi_env env, napi_callback_info info) {
  using namespace decoding;
  const Codecs& codecs = Codecs::of(env);
  return decodeBatch(env, node_api::Arguments<4>(env, info), [&codecs](const int32_t* words, const uint8_t* bytes, float* samples) -> int32_t {
    auto* const decoder = codecs.decoders.find(words[codec]);
    return decoder == nullptr ? unknownCodec : decoder->decode(bytes, words[byteLength], static_cast<Part>(words[part]), samples, words[sampleCount]);
  });
}

}  // namespace audio
