// What JavaScript sees of the kernel. src/srtp/native-srtp.ts calls it and checks what it is given.
#include "../node-api-call.h"
#include "../numbered-table.h"
#include "context.h"
#include "forwarder.h"

using node_api::Arguments;
using node_api::bytesOf;
using node_api::int32;
using node_api::readInt32;

namespace {
/// What one thread has open.
struct Instance {
  CipherSuite ciphers;
  NumberedTable<Context> contexts;
};

Instance& instanceOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<Instance*>(data);
}

bool isInside(size_t bytes, int32_t offset, size_t length) { return offset >= 0 && static_cast<size_t>(offset) + length <= bytes; }

SessionKeys readKeys(napi_env env, const Arguments<10>& arguments, size_t first) {
  return {
      .cipherKey = bytesOf(env, arguments[first]),
      .salt = bytesOf(env, arguments[first + 1]),
      .authenticationKey = bytesOf(env, arguments[first + 2]),
      .tagBytes = static_cast<size_t>(readInt32(env, arguments[first + 3])),
  };
}

/// open(direction, rtpKey, rtpSalt, rtpAuthenticationKey, rtpTagBytes, rtcpKey, rtcpSalt, rtcpAuthenticationKey, rtcpTagBytes, keyIdentifier) -> number; -1 where every number is used up, -2 where the keys are of no profile
napi_value open(napi_env env, napi_callback_info info) {
  const Arguments<10> arguments(env, info);
  Instance& instance = instanceOf(env);
  const Direction direction = readInt32(env, arguments[0]) == 0 ? Direction::inbound : Direction::outbound;
  auto rtp = instance.ciphers.make(Kind::rtp, direction, readKeys(env, arguments, 1));
  auto rtcp = instance.ciphers.make(Kind::rtcp, direction, readKeys(env, arguments, 5));
  if (rtp == nullptr || rtcp == nullptr) return int32(env, -2);
  return int32(env, instance.contexts.add(std::make_unique<Context>(direction, std::move(rtp), std::move(rtcp), bytesOf(env, arguments[9]))));
}

/// close(number)
napi_value close(napi_env env, napi_callback_info info) {
  const Arguments<1> arguments(env, info);
  instanceOf(env).contexts.remove(readInt32(env, arguments[0]));
  return nullptr;
}

Context* findContext(const Instance& instance, int32_t number, Direction direction) {
  Context* const context = instance.contexts.find(number);
  return context != nullptr && context->direction() == direction ? context : nullptr;
}

/// @return false where the descriptor reaches outside the slab.
bool unprotectOne(const Instance& instance, std::span<uint8_t> slab, int32_t* words) {
  const int32_t length = words[unprotect::length];
  if (length < 0 || !isInside(slab.size(), words[unprotect::offset], static_cast<size_t>(length))) return false;
  const std::span<uint8_t> packet = slab.subspan(static_cast<size_t>(words[unprotect::offset]), static_cast<size_t>(length));
  Context* const context = findContext(instance, words[unprotect::context], Direction::inbound);
  if (context == nullptr) words[unprotect::result] = unknownContext;
  else if (words[unprotect::kind] == Kind::rtcp) context->unprotectRtcp(packet, words);
  else context->unprotectRtp(packet, words);
  return true;
}

/// @return false where the descriptor reaches outside slab or payloads.
bool protectOne(const Instance& instance, std::span<uint8_t> slab, Bytes payloads, int32_t* words) {
  const int32_t headerLength = words[protect::headerLength];
  const int32_t prefixLength = words[protect::prefixLength];
  const int32_t payloadLength = words[protect::payloadLength];
  if (headerLength < 0 || prefixLength < 0 || payloadLength < 0) return false;
  const auto frontBytes = static_cast<size_t>(headerLength) + static_cast<size_t>(prefixLength);
  if (!isInside(slab.size(), words[protect::headerOffset], frontBytes)) return false;
  if (!isInside(payloads.size(), words[protect::payloadOffset], static_cast<size_t>(payloadLength))) return false;
  const Bytes front = slab.subspan(static_cast<size_t>(words[protect::headerOffset]), frontBytes);
  const PlainPacket packet{
      .header = front.first(static_cast<size_t>(headerLength)),
      .prefix = front.subspan(static_cast<size_t>(headerLength)),
      .payload = payloads.subspan(static_cast<size_t>(words[protect::payloadOffset]), static_cast<size_t>(payloadLength)),
  };
  Context* const context = findContext(instance, words[protect::context], Direction::outbound);
  const Kind kind = words[protect::kind] == Kind::rtcp ? Kind::rtcp : Kind::rtp;
  if (!isInside(slab.size(), words[protect::destinationOffset], context == nullptr ? 0 : context->protectedBytes(kind, packet))) return false;
  uint8_t* const destination = slab.data() + words[protect::destinationOffset];
  if (context == nullptr) words[protect::result] = unknownContext;
  else words[protect::result] = kind == Kind::rtcp ? context->protectRtcp(packet, destination) : context->protectRtp(packet, destination);
  return true;
}

/// unprotect(slab, descriptors, count); throws where a descriptor reaches outside the slab
napi_value unprotectBatch(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const Instance& instance = instanceOf(env);
  const std::span<uint8_t> slab = bytesOf(env, arguments[0]);
  int32_t* words = node_api::wordsOf(env, arguments[1]);
  for (int32_t left = readInt32(env, arguments[2]); left > 0; --left, words += unprotect::stride) {
    if (unprotectOne(instance, slab, words)) continue;
    napi_throw_range_error(env, nullptr, "A received packet reaches outside the slab.");
    return nullptr;
  }
  return nullptr;
}

/// protect(slab, descriptors, count, payloads); throws where a descriptor reaches outside the slab or the payloads
napi_value protectBatch(napi_env env, napi_callback_info info) {
  const Arguments<4> arguments(env, info);
  const Instance& instance = instanceOf(env);
  const std::span<uint8_t> slab = bytesOf(env, arguments[0]);
  int32_t* words = node_api::wordsOf(env, arguments[1]);
  const Bytes payloads = bytesOf(env, arguments[3]);
  for (int32_t left = readInt32(env, arguments[2]); left > 0; --left, words += protect::stride) {
    if (protectOne(instance, slab, payloads, words)) continue;
    napi_throw_range_error(env, nullptr, "A packet to protect reaches outside the slab or the payloads.");
    return nullptr;
  }
  return nullptr;
}
/// The words of an Int32Array, valid until the call returns.
std::span<int32_t> tableOf(napi_env env, napi_value array) {
  const std::span<uint8_t> bytes = bytesOf(env, array);
  return {reinterpret_cast<int32_t*>(bytes.data()), bytes.size()};
}

/// forward(slab, packets, streams, lines, receivers, outgoing, reports, call) -> 1 where all is done, 0 where what was written has to be sent before the rest; throws where a descriptor reaches outside slab or tables
napi_value forward(napi_env env, napi_callback_info info) {
  const Arguments<8> arguments(env, info);
  const ForwardingTables tables{
      .slab = bytesOf(env, arguments[0]),
      .packets = tableOf(env, arguments[1]),
      .streams = tableOf(env, arguments[2]),
      .lines = tableOf(env, arguments[3]),
      .receivers = tableOf(env, arguments[4]),
      .outgoing = tableOf(env, arguments[5]),
      .reports = tableOf(env, arguments[6]),
      .call = tableOf(env, arguments[7]),
  };
  const bool isCall = tables.call.size() >= call::stride;
  const Forwarder::Outcome outcome = isCall ? Forwarder(tables, instanceOf(env).contexts).run() : Forwarder::Outcome::outside;
  if (outcome == Forwarder::Outcome::outside) napi_throw_range_error(env, nullptr, "What is to be forwarded reaches outside the slab or a table.");
  return int32(env, outcome == Forwarder::Outcome::done ? 1 : 0);
}
}  // namespace

NAPI_MODULE_INIT() {
  napi_set_instance_data(env, new Instance, [](napi_env, void* instance, void*) { delete static_cast<Instance*>(instance); }, nullptr);
  node_api::setFunction(env, exports, "open", open);
  node_api::setFunction(env, exports, "close", close);
  node_api::setFunction(env, exports, "unprotect", unprotectBatch);
  node_api::setFunction(env, exports, "protect", protectBatch);
  node_api::setFunction(env, exports, "forward", forward);
  return exports;
}
