// The layout of what the forwarder reads and writes, as src/srtp/forwarding.ts defines it.
#pragma once
#include <cstdint>
#include <cstring>

namespace plain {
enum Word : int { payloadOffset, payloadLength, sequenceNumber, timestamp, payloadType, marker, audioLevel, next, stride = 10 };
}  // namespace plain

namespace stream {
enum Word : int {
  source, line, ssrc, receivedType, sentType, flags, audioLevelId, absoluteSendTimeId, transportSequenceId,
  sequenceOffset, newestNumber, settledNumber, timestampOffset, newestTimestamp, tl0Offset, newestTl0, newestPicture, newestPictureId,
  temporalLayer, packets, octets, sentAt = 22, stride = 24
};
enum Flag : int32_t { vp8 = 1, paced = 2, pictureLeftOut = 4 };
}  // namespace stream

namespace line {
enum Word : int { number, context, socket, family, port, w0, w1, w2, w3, transportNumber, left, at = 12, perMs = 14, most = 16, stride = 18 };
/// A number is a place in the table and how often that place was used before.
constexpr int32_t placeMask = (1 << 20) - 1;
}  // namespace line

namespace sending {
enum Word : int { socket, family, port, w0, w1, w2, w3, offset, length, headerOffset, headerLength, flags, stride = 16 };
}  // namespace sending

namespace report {
enum Word : int { stream, first, until, handedOver, stride = 4 };
}  // namespace report

namespace call {
enum Word : int { source, first, now, absoluteSendTime = 4, packetOverhead, scratchEnd, outgoingLimit, receivers, receiver, packet, scratch, outgoing, reports, failures, stride = 16 };
}  // namespace call

/// Two words of a table hold a double.
inline double readDouble(const int32_t* words) {
  double value;
  std::memcpy(&value, words, sizeof value);
  return value;
}
inline void writeDouble(int32_t* words, double value) { std::memcpy(words, &value, sizeof value); }
