// The few shapes of Node-API calls that kernels need.
#pragma once
#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace node_api {

/// The arguments of a call; those that were not given are undefined.
template <size_t Count>
struct Arguments {
  napi_value values[Count];
  Arguments(napi_env env, napi_callback_info info) {
    size_t count = Count;
    napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  }
  napi_value operator[](size_t index) const { return values[index]; }
};

inline int32_t readInt32(napi_env env, napi_value value) {
  int32_t result = 0;
  napi_get_value_int32(env, value, &result);
  return result;
}

inline std::string readString(napi_env env, napi_value value) {
  size_t length = 0;
  napi_get_value_string_utf8(env, value, nullptr, 0, &length);
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, text.data(), length + 1, nullptr);
  return text;
}

/// The bytes of a Uint8Array, valid until the call returns; none of anything else.
inline std::span<uint8_t> bytesOf(napi_env env, napi_value array) {
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_typedarray_info(env, array, nullptr, &length, &data, nullptr, nullptr) != napi_ok) return {};
  return {static_cast<uint8_t*>(data), length};
}

/// The words of an Int32Array, valid until the call returns.
inline int32_t* wordsOf(napi_env env, napi_value array) { return reinterpret_cast<int32_t*>(bytesOf(env, array).data()); }

inline napi_value int32(napi_env env, int32_t value) {
  napi_value result = nullptr;
  napi_create_int32(env, value, &result);
  return result;
}

inline void setFunction(napi_env env, napi_value object, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, object, name, function);
}

inline void setNumber(napi_env env, napi_value object, const char* name, double value) {
  napi_value number;
  napi_create_double(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

}  // namespace node_api
