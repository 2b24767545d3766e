// What JavaScript sees of the kernel: HMAC-SHA1 of a message in a buffer. src/hmac/open-stun-crypto.ts calls it.
#include <algorithm>

#include "../hmac-sha1.h"
#include "../node-api-call.h"

using node_api::Arguments;
using node_api::bytesOf;

namespace {
/// sign(room: Uint8Array, key: Uint8Array, length): the digest is written in front of the message of `length` bytes; throws where that does not fit.
napi_value sign(napi_env env, napi_callback_info info) {
  const Arguments<3> arguments(env, info);
  const std::span<uint8_t> room = bytesOf(env, arguments[0]);
  const int32_t length = node_api::readInt32(env, arguments[2]);
  if (length < 0 || room.size() < HmacSha1::digestBytes + static_cast<size_t>(length)) {
    napi_throw_range_error(env, nullptr, "The message reaches outside the buffer.");
    return nullptr;
  }
  const HmacSha1 hmac(bytesOf(env, arguments[1]));
  SHA_CTX hash = hmac.open();
  SHA1_Update(&hash, room.data() + HmacSha1::digestBytes, static_cast<size_t>(length));
  const HmacSha1::Digest digest = hmac.finish(hash);
  std::ranges::copy(digest, room.begin());
  return nullptr;
}
}  // namespace

NAPI_MODULE_INIT() {
  node_api::setFunction(env, exports, "sign", sign);
  return exports;
}
