// What JavaScript sees of the kernel: functions over an engine. src/udp/native-udp-sockets.ts calls them and checks what it is given.
#include <cerrno>

#include "../node-api-call.h"
#include "descriptors.h"
#include "engine.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
/// @return nullptr where the engine is gone.
Engine* engineOf(napi_env env, napi_value external) {
  void* handle = nullptr;
  if (napi_get_value_external(env, external, &handle) != napi_ok) return nullptr;
  return **static_cast<EngineHandle*>(handle);
}

int32_t* wordsOf(napi_env env, napi_value array, int stride, int* capacity) {
  void* data = nullptr;
  size_t length = 0;
  napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr);
  *capacity = static_cast<int>(length) / stride;
  return static_cast<int32_t*>(data);
}

/// Of each thread: the engine that it exists for.
using ThreadOwner = std::weak_ptr<Engine*>;

ThreadOwner& ownerOf(napi_env env) {
  void* owner = nullptr;
  napi_get_instance_data(env, &owner);
  return *static_cast<ThreadOwner*>(owner);
}

bool isOwned(napi_env env) {
  const EngineHandle handle = ownerOf(env).lock();
  return handle != nullptr && *handle != nullptr && (*handle)->ownsThread();
}

/// create([onBatch, slab: ArrayBuffer, received: Int32Array, outgoing: Int32Array], ownsThread) -> handle, or a negative errno
napi_value create(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const ThreadUse threadUse = readInt32(env, arguments[1]) == 0 ? ThreadUse::shared : ThreadUse::own;
  if (threadUse == ThreadUse::own && isOwned(env)) return int32(env, -EBUSY);
  napi_value slab, receivedArray, outgoingArray;
  napi_get_element(env, arguments[0], 1, &slab);
  napi_get_element(env, arguments[0], 2, &receivedArray);
  napi_get_element(env, arguments[0], 3, &outgoingArray);
  Buffers buffers{};
  void* bytes = nullptr;
  napi_get_arraybuffer_info(env, slab, &bytes, &buffers.slabBytes);
  buffers.slab = static_cast<uint8_t*>(bytes);
  buffers.received = wordsOf(env, receivedArray, received::stride, &buffers.receivedCapacity);
  buffers.outgoing = wordsOf(env, outgoingArray, outgoing::stride, &buffers.outgoingCapacity);

  auto* const handle = new EngineHandle(std::make_shared<Engine*>(nullptr));
  const int code = Engine::create(env, arguments[0], buffers, threadUse, *handle);
  if (code == 0 && threadUse == ThreadUse::own) ownerOf(env) = *handle;
  napi_value external = nullptr;
  if (code == 0) napi_create_external(env, handle, [](napi_env, void* data, void*) { delete static_cast<EngineHandle*>(data); }, nullptr, &external);
  else delete handle;
  return code == 0 ? external : int32(env, code);
}

/// The instructions of a socket filter, four words each: code, jumps, operand.
std::vector<sock_filter> readFilter(napi_env env, napi_value array) {
  int count = 0;
  const int32_t* words = wordsOf(env, array, 4, &count);
  std::vector<sock_filter> filter;
  for (; count > 0; --count, words += 4)
    filter.push_back({.code = static_cast<uint16_t>(words[0]), .jt = static_cast<uint8_t>(words[1]), .jf = static_cast<uint8_t>(words[2]), .k = static_cast<uint32_t>(words[3])});
  return filter;
}

/// open(handle, family, port, w0, w1, w2, w3, bufferBytes, receivesRuns, mayWait: Int32Array) -> number, or a negative errno
napi_value open(napi_env env, napi_callback_info info) {
  const Arguments<10> arguments(env, info);
  int32_t words[6];
  for (size_t word = 0; word < 6; ++word) words[word] = readInt32(env, arguments[1 + word]);
  Engine* const engine = engineOf(env, arguments[0]);
  return int32(env, engine == nullptr ? -EBADF : engine->open(readAddress(words), readInt32(env, arguments[7]), readInt32(env, arguments[8]) != 0, readFilter(env, arguments[9])));
}

/// portOf(handle, number) -> port, -1 where it is not open
napi_value portOf(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Engine* const engine = engineOf(env, arguments[0]);
  return int32(env, engine == nullptr ? -1 : engine->portOf(readInt32(env, arguments[1])));
}

/// close(handle, number)
napi_value close(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  if (Engine* const engine = engineOf(env, arguments[0])) engine->close(readInt32(env, arguments[1]));
  return nullptr;
}

/// send(handle, count); throws where a descriptor reaches outside the slab
napi_value send(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Engine* const engine = engineOf(env, arguments[0]);
  if (engine != nullptr && !engine->send(readInt32(env, arguments[1]))) napi_throw_range_error(env, nullptr, "An outgoing descriptor reaches outside the slab.");
  return nullptr;
}

/// setCoalescing(handle, microseconds)
napi_value setCoalescing(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  if (Engine* const engine = engineOf(env, arguments[0])) engine->setCoalescing(static_cast<uint32_t>(readInt32(env, arguments[1])));
  return nullptr;
}

/// statistics(handle) -> UdpStatistics
napi_value statistics(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Engine* const engine = engineOf(env, arguments[0]);
  const Statistics counted = engine == nullptr ? Statistics{} : engine->statistics();
  napi_value object;
  napi_create_object(env, &object);
  node_api::setNumber(env, object, "wakeUps", static_cast<double>(counted.wakeUps));
  node_api::setNumber(env, object, "receivedDatagrams", static_cast<double>(counted.receivedDatagrams));
  node_api::setNumber(env, object, "sentDatagrams", static_cast<double>(counted.sentDatagrams));
  node_api::setNumber(env, object, "sendCalls", static_cast<double>(counted.sendCalls));
  node_api::setNumber(env, object, "droppedSends", static_cast<double>(counted.droppedSends));
  node_api::setNumber(env, object, "waitedMs", engine == nullptr ? 0 : static_cast<double>(engine->waitedNanoseconds()) / 1e6);
  return object;
}

/// destroy(handle)
napi_value destroy(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  if (Engine* const engine = engineOf(env, arguments[0])) engine->destroy();
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new ThreadOwner, [](napi_env, void* owner, void*) { delete static_cast<ThreadOwner*>(owner); }, nullptr);
  node_api::setNumber(env, exports, "receiveBytes", Receiver::slabBytes);
  node_api::setFunction(env, exports, "create", create);
  node_api::setFunction(env, exports, "open", open);
  node_api::setFunction(env, exports, "portOf", portOf);
  node_api::setFunction(env, exports, "close", close);
  node_api::setFunction(env, exports, "send", send);
  node_api::setFunction(env, exports, "setCoalescing", setCoalescing);
  node_api::setFunction(env, exports, "statistics", statistics);
  node_api::setFunction(env, exports, "destroy", destroy);
  return exports;
}
