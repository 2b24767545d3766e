// The layout of descriptors, as src/udp/udp-sockets.ts defines it.
#pragma once
#include <cstdint>

namespace received {
enum Word : int { kind, socket, family, port, w0, w1, w2, w3, offset, length, detail, stride = 12 };
enum Kind : int32_t { datagram = 0, icmpError = 1 };
}  // namespace received

namespace outgoing {
enum Word : int { socket, family, port, w0, w1, w2, w3, offset, length, headerOffset, headerLength, flags, stride = 16 };
enum Flag : int32_t { dontFragment = 1 };
}  // namespace outgoing
