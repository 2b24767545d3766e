#include <errno.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cstring>

#include "flow.h"
#include "measured-window.h"

namespace {
constexpr size_t header = 4;
size_t padded(size_t size) { return (size + 3) & ~size_t{3}; }
}  // namespace

PacketWriter::PacketWriter(int payload, bool hasSegmentation)
    : payload(payload), hasSegmentation(hasSegmentation), buffer(longestBurst * (header + padded(static_cast<size_t>(payload)))), pattern(static_cast<size_t>(payload)) {
  for (size_t at = 0; at < pattern.size(); ++at) pattern[at] = static_cast<uint8_t>(at);
}

int PacketWriter::send(Flow& flow, int count) {
  const size_t size = (flow.isFramedIn ? header : 0) + (flow.isStreamIn ? padded(static_cast<size_t>(payload)) : static_cast<size_t>(payload));
  for (int at = 0; at < count; ++at) fill(buffer.data() + static_cast<size_t>(at) * size, flow, flow.sent + static_cast<uint32_t>(at));
  const int went = flow.isStreamIn ? sendStream(flow, size, count) : hasSegmentation && count > 1 ? sendSegmented(flow, size, count) : sendDatagrams(flow, size, count);
  flow.sent += static_cast<uint32_t>(went);
  return went;
}

void PacketWriter::fill(uint8_t* packet, const Flow& flow, uint32_t sequence) const {
  if (flow.isFramedIn) {
    turn::writeUint16(packet, firstChannel);
    turn::writeUint16(packet + 2, static_cast<uint16_t>(payload));
    packet += header;
  }
  const Stamp stamp{stampMagic, flow.index, sequence, 0, nowNs()};
  std::memcpy(packet, &stamp, sizeof stamp);
  std::memcpy(packet + sizeof stamp, pattern.data() + sizeof stamp, pattern.size() - sizeof stamp);
}

int PacketWriter::sendDatagrams(Flow& flow, size_t size, int count) {
  if (count == 1) return ::send(flow.input, buffer.data(), size, MSG_DONTWAIT) == static_cast<ssize_t>(size) ? 1 : 0;
  mmsghdr messages[longestBurst] = {};
  iovec parts[longestBurst];
  for (int at = 0; at < count; ++at) {
    parts[at] = {buffer.data() + static_cast<size_t>(at) * size, size};
    messages[at].msg_hdr.msg_iov = &parts[at];
    messages[at].msg_hdr.msg_iovlen = 1;
  }
  const int went = sendmmsg(flow.input, messages, static_cast<unsigned>(count), MSG_DONTWAIT);
  return went < 0 ? 0 : went;
}

int PacketWriter::sendSegmented(Flow& flow, size_t size, int count) {
  iovec part{buffer.data(), size * static_cast<size_t>(count)};
  alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(uint16_t))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* segment = CMSG_FIRSTHDR(&message);
  segment->cmsg_level = IPPROTO_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  const uint16_t segmentSize = static_cast<uint16_t>(size);
  std::memcpy(CMSG_DATA(segment), &segmentSize, sizeof segmentSize);
  return sendmsg(flow.input, &message, MSG_DONTWAIT) < 0 ? 0 : count;
}

/** A packet of which a part went has gone: the rest is sent before the next one. */
int PacketWriter::sendStream(Flow& flow, size_t size, int count) {
  if (!flow.unsent.empty()) {
    const ssize_t went = sendOver(flow.input, flow.tls, flow.unsent.data(), flow.unsent.size());
    if (went > 0) flow.unsent.erase(flow.unsent.begin(), flow.unsent.begin() + went);
    if (!flow.unsent.empty()) return 0;
  }
  const ssize_t went = sendOver(flow.input, flow.tls, buffer.data(), size * static_cast<size_t>(count));
  if (went <= 0) return 0;
  const size_t whole = (static_cast<size_t>(went) + size - 1) / size;
  flow.unsent.assign(buffer.data() + went, buffer.data() + whole * size);
  return static_cast<int>(whole);
}
