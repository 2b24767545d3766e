// What JavaScript sees of the kernel. src/mapped-file/native-mapped-file.ts calls it and checks what it is given.
#include <sys/mman.h>

#include "../node-api-call.h"
#include "map-file.h"

using node_api::Arguments;
using node_api::int32;

namespace {
/// The length comes back to the finalizer in the hint.
void unmap(napi_env, void* data, void* length) { munmap(data, reinterpret_cast<size_t>(length)); }

/// open(path, length) -> ArrayBuffer, or a negative errno. The mapping lives as long as the buffer.
napi_value open(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  const std::string path = node_api::readString(env, arguments[0]);
  int64_t length = 0;
  napi_get_value_int64(env, arguments[1], &length);

  const MappedFile mapped = mapFile(path.c_str(), static_cast<size_t>(length));
  if (mapped.data == nullptr) return int32(env, -mapped.code);
  napi_value buffer = nullptr;
  const napi_status status = napi_create_external_arraybuffer(env, mapped.data, static_cast<size_t>(length), unmap, reinterpret_cast<void*>(length), &buffer);
  if (status != napi_ok) munmap(mapped.data, static_cast<size_t>(length));
  return buffer;
}

/// detach(buffer): its memory is no longer to be reached; unmapping follows.
napi_value detach(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  napi_detach_arraybuffer(env, arguments[0]);
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  node_api::setFunction(env, exports, "open", open);
  node_api::setFunction(env, exports, "detach", detach);
  return exports;
}
