// What JavaScript sees of the kernel. src/pcm/load-pcm.ts hands it out.
#include <algorithm>
#include <memory>

#include "../audio-batch.h"
#include "../node-api-call.h"
#include "../numbered-table.h"
#include "conceal.h"
#include "descriptors.h"
#include "operations.h"
#include "resampler.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
using Resamplers = NumberedTable<Resampler>;

Resamplers& resamplersOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Resamplers*>(data);
}

/// @return False where it reaches outside the samples.
bool isInside(std::span<float> samples, const int32_t* words) {
  using namespace operation;
  const auto what = static_cast<Kind>(words[kind]);
  if (!audio::holds(samples, words[destination], words[count])) return false;
  if (what == Kind::zero || what == Kind::measure) return true;
  return audio::holds(samples, words[source], what == Kind::conceal ? words[extra] : words[count]) && (what != Kind::conceal || words[samplesPerMs] >= 8);
}

void operate(float* samples, int32_t* words) {
  using namespace operation;
  float* const to = samples + words[destination];
  const float* const from = samples + words[source];
  const int32_t length = words[count];
  const GainRamp gain{floatIn(words[gainFrom]), floatIn(words[gainTo]), words[extra]};
  switch (static_cast<Kind>(words[kind])) {
    case Kind::zero: std::fill_n(to, length, 0.0F); break;
    case Kind::copy: std::copy_n(from, length, to); break;
    case Kind::add: add(to, from, length); break;
    case Kind::subtract: subtract(to, from, length); break;
    case Kind::limit: limit(to, from, length, gain); break;
    case Kind::measure:
      words[peak] = wordOf(peakOf(to, length));
      words[extra] = audio::levelOf(to, length);
      break;
    case Kind::crossfade: crossfade(to, from, length); break;
    case Kind::conceal: conceal(to, length, from, words[extra], words[samplesPerMs], {gain.from, gain.to, length}); break;
  }
}

/// run(samples: Float32Array, descriptors: Int32Array, count)
napi_value run(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const auto samples = audio::elementsOf<float>(env, arguments[0]);
  return audio::visitDescriptors(env, audio::elementsOf<int32_t>(env, arguments[1]), readInt32(env, arguments[2]), operation::stride, [samples](int32_t* words) {
    if (!isInside(samples, words)) return false;
    operate(samples.data(), words);
    return true;
  });
}

/// openResampler(factor, isUpwards: 0 or 1) -> number, or -1
napi_value openResampler(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const int32_t factor = readInt32(env, arguments[0]);
  if (factor < 2 || factor > 6) return int32(env, -1);
  return int32(env, resamplersOf(env).add(std::make_unique<Resampler>(factor, readInt32(env, arguments[1]) != 0)));
}

/// closeResampler(number)
napi_value closeResampler(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  resamplersOf(env).remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// resample(samples: Float32Array, descriptors: Int32Array, count)
napi_value resample(napi_env env, napi_callback_info info) {
  using namespace resampling;
  const Arguments<3> arguments(env, info);
  const auto samples = audio::elementsOf<float>(env, arguments[0]);
  const Resamplers& resamplers = resamplersOf(env);
  return audio::visitDescriptors(env, audio::elementsOf<int32_t>(env, arguments[1]), readInt32(env, arguments[2]), stride, [&](int32_t* words) {
    if (!audio::holds(samples, words[source], words[sourceCount]) || !audio::holds(samples, words[destination], words[destinationCount])) return false;
    Resampler* const found = resamplers.find(words[resampler]);
    words[result] = found == nullptr ? -1 : found->run(samples.data() + words[source], words[sourceCount], samples.data() + words[destination], words[destinationCount]);
    return true;
  });
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Resamplers(), [](napi_env, void* data, void*) { delete static_cast<Resamplers*>(data); }, nullptr);
  node_api::setFunction(env, exports, "run", run);
  node_api::setFunction(env, exports, "openResampler", openResampler);
  node_api::setFunction(env, exports, "closeResampler", closeResampler);
  node_api::setFunction(env, exports, "resample", resample);
  return exports;
}
