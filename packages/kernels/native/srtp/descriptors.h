// The layout of descriptors, as src/srtp/srtp.ts defines it.
#pragma once
#include <cstdint>

namespace unprotect {
enum Word : int { context, kind, offset, length, result, headerLength, rolloverCounter, stride = 8 };
}  // namespace unprotect

namespace protect {
enum Word : int { context, kind, headerOffset, headerLength, prefixLength, payloadOffset, payloadLength, destinationOffset, result, stride = 16 };
}  // namespace protect

enum Kind : int32_t { rtp = 0, rtcp = 1 };

enum Failure : int32_t {
  unknownContext = -1,
  malformed = -2,
  notAuthentic = -3,
  replayed = -4,
  indexUsed = -5,
  tooManySources = -6,
  keyExhausted = -7,
};
