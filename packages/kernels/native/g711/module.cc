// What JavaScript sees of the kernel. src/g711/load-g711.ts hands it out.
#include <array>

#include "../audio-batch.h"
#include "../node-api-call.h"
#include "../pcm16.h"
#include "law.h"

using node_api::Arguments;

namespace {
using Expansion = std::array<float, 256>;

template <typename Law>
Expansion expansionOf() {
  Expansion expansion{};
  for (int code = 0; code < 256; ++code) expansion[static_cast<size_t>(code)] = fromPcm16(Law::expand(static_cast<uint8_t>(code)));
  return expansion;
}

/// Numbers of laws, as src/g711/g711.ts has them.
const std::array<Expansion, 2> expansions = {expansionOf<MuLaw>(), expansionOf<ALaw>()};
constexpr std::array<uint8_t (*)(int16_t), 2> compressions = {MuLaw::compress, ALaw::compress};

bool isLaw(int32_t number) { return number == 0 || number == 1; }

napi_value decode(napi_env env, napi_callback_info info) {
  using namespace audio::decoding;
  return audio::decodeBatch(env, Arguments<4>(env, info), [](const int32_t* words, const uint8_t* bytes, float* samples) -> int32_t {
    if (!isLaw(words[codec])) return audio::unknownCodec;
    const int32_t length = words[byteLength];
    if (length == 0) return audio::malformed;
    if (length > words[sampleCount]) return audio::doesNotFit;
    const Expansion& expansion = expansions[static_cast<size_t>(words[codec])];
    for (int32_t index = 0; index < length; ++index) samples[index] = expansion[bytes[index]];
    return length;
  });
}

napi_value encode(napi_env env, napi_callback_info info) {
  using namespace audio::encoding;
  return audio::encodeBatch(env, Arguments<4>(env, info), [](const int32_t* words, uint8_t* bytes, const float* samples) -> int32_t {
    if (!isLaw(words[codec])) return audio::unknownCodec;
    const int32_t count = words[sampleCount];
    if (count > words[byteCapacity]) return audio::doesNotFit;
    const auto compress = compressions[static_cast<size_t>(words[codec])];
    for (int32_t index = 0; index < count; ++index) bytes[index] = compress(toPcm16(samples[index]));
    return count;
  });
}
}  // namespace

NAPI_MODULE_INIT() {
  node_api::setFunction(env, exports, "decode", decode);
  node_api::setFunction(env, exports, "encode", encode);
  return exports;
}
