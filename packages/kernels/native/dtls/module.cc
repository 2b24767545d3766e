// What JavaScript sees of the kernel. src/dtls/native-dtls.ts calls it and checks what it is given.
#include <algorithm>

#include "../node-api-call.h"
#include "../numbered-table.h"
#include "association.h"

using node_api::Arguments;
using node_api::int32;
using node_api::readInt32;

namespace {
/// What one thread has open.
struct Instance {
  /// Outlives every association.
  BioMethod method = makeDatagramMethod();
  NumberedTable<Association> associations;
};

Instance& instanceOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Instance*>(data);
}

/// Throws where there is none of this number. @return nullptr then.
Association* associationOf(napi_env env, napi_value number) {
  Association* const association = instanceOf(env).associations.find(readInt32(env, number));
  if (association == nullptr) napi_throw_range_error(env, nullptr, "This DTLS association was destroyed.");
  return association;
}

napi_value bytes(napi_env env, std::span<const uint8_t> content) {
  void* data = nullptr;
  napi_value buffer, array;
  napi_create_arraybuffer(env, content.size(), &data, &buffer);
  std::copy(content.begin(), content.end(), static_cast<uint8_t*>(data));
  napi_create_typedarray(env, napi_uint8_array, content.size(), buffer, 0, &array);
  return array;
}

napi_value string(napi_env env, const std::string& text) {
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

/// step: [phase, timeoutMs or -1, datagrams]
napi_value stepOf(napi_env env, Association& association) {
  napi_value step, datagrams;
  napi_create_array(env, &datagrams);
  uint32_t count = 0;
  for (const auto& datagram : association.takeOutgoing()) napi_set_element(env, datagrams, count++, bytes(env, datagram));
  napi_create_array(env, &step);
  napi_set_element(env, step, 0, int32(env, static_cast<int32_t>(association.phase())));
  napi_set_element(env, step, 1, int32(env, association.timeoutMs()));
  napi_set_element(env, step, 2, datagrams);
  return step;
}

/// openIdentity(certificatePem, privateKeyPem) -> [identity, fingerprint], or a string that says why not
napi_value openIdentity(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  auto identity = std::make_unique<Identity>();
  const std::string wrong = identity->load(node_api::readString(env, arguments[0]), node_api::readString(env, arguments[1]));
  if (!wrong.empty()) return string(env, wrong);
  napi_value result, external;
  napi_create_array(env, &result);
  napi_set_element(env, result, 1, bytes(env, identity->fingerprint()));
  napi_create_external(env, identity.release(), [](napi_env, void* data, void*) { delete static_cast<Identity*>(data); }, nullptr, &external);
  napi_set_element(env, result, 0, external);
  return result;
}

/// open(identity, isServer) -> number, or -1 where every number is used up
napi_value open(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  void* identity = nullptr;
  napi_get_value_external(env, arguments[0], &identity);
  Instance& instance = instanceOf(env);
  return int32(env, instance.associations.add(std::make_unique<Association>(*static_cast<Identity*>(identity), instance.method.get(), readInt32(env, arguments[1]) != 0)));
}

/// start(number) -> step
napi_value start(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  if (association == nullptr) return nullptr;
  association->start();
  return stepOf(env, *association);
}

/// feed(number, datagram) -> step
napi_value feed(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  if (association == nullptr) return nullptr;
  association->feed(node_api::bytesOf(env, arguments[1]));
  return stepOf(env, *association);
}

/// handleTimeout(number) -> step
napi_value handleTimeout(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  if (association == nullptr) return nullptr;
  association->handleTimeout();
  return stepOf(env, *association);
}

/// close(number) -> step
napi_value close(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  if (association == nullptr) return nullptr;
  association->close();
  return stepOf(env, *association);
}

/// destroy(number)
napi_value destroy(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  instanceOf(env).associations.remove(readInt32(env, arguments[0]));
  return nullptr;
}

/// failure(number) -> string
napi_value failure(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  return association == nullptr ? nullptr : string(env, association->failure());
}

/// peer(number) -> [profile, fingerprint]
napi_value peer(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  if (association == nullptr) return nullptr;
  napi_value result;
  napi_create_array(env, &result);
  napi_set_element(env, result, 0, int32(env, association->profile()));
  napi_set_element(env, result, 1, bytes(env, association->peerFingerprint()));
  return result;
}

/// exportKeyingMaterial(number, material) -> 1, or 0 where OpenSSL does not
napi_value exportKeyingMaterial(napi_env env, napi_callback_info info) {
  const Arguments<2> arguments(env, info);
  Association* const association = associationOf(env, arguments[0]);
  return association == nullptr ? nullptr : int32(env, association->exportKeyingMaterial(node_api::bytesOf(env, arguments[1])) ? 1 : 0);
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Instance, [](napi_env, void* instance, void*) { delete static_cast<Instance*>(instance); }, nullptr);
  node_api::setFunction(env, exports, "openIdentity", openIdentity);
  node_api::setFunction(env, exports, "open", open);
  node_api::setFunction(env, exports, "start", start);
  node_api::setFunction(env, exports, "feed", feed);
  node_api::setFunction(env, exports, "handleTimeout", handleTimeout);
  node_api::setFunction(env, exports, "close", close);
  node_api::setFunction(env, exports, "destroy", destroy);
  node_api::setFunction(env, exports, "failure", failure);
  node_api::setFunction(env, exports, "peer", peer);
  node_api::setFunction(env, exports, "exportKeyingMaterial", exportKeyingMaterial);
  return exports;
}
