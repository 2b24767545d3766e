#include <errno.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <cstring>

#include "flow.h"
#include "measured-window.h"

namespace {
constexpr size_t header = 4;
constexpr int batch = 32;
constexpr size_t slot = 65536;
}  // namespace

PacketReader::PacketReader(int payload, bool measuresLatency)
    : payload(static_cast<size_t>(payload)), measuresLatency(measuresLatency), buffer(batch * slot), pattern(static_cast<size_t>(payload)) {
  for (size_t at = 0; at < pattern.size(); ++at) pattern[at] = static_cast<uint8_t>(at);
}

void PacketReader::receive(Flow& flow, Tally& tally) {
  if (flow.isStreamOut) receiveStream(flow, tally);
  else receiveDatagrams(flow, tally);
}

void PacketReader::check(Flow& flow, const uint8_t* packet, size_t size, Tally& tally) const {
  if (flow.isFramedOut) {
    if (size < header || turn::readUint16(packet) != firstChannel || turn::readUint16(packet + 2) != payload) {
      ++tally.corrupt;
      return;
    }
    packet += header;
    size -= header;
  }
  Stamp stamp;
  if (size != payload || std::memcmp(packet + sizeof stamp, pattern.data() + sizeof stamp, payload - sizeof stamp) != 0) {
    ++tally.corrupt;
    return;
  }
  std::memcpy(&stamp, packet, sizeof stamp);
  if (stamp.magic != stampMagic || stamp.flow != flow.index || stamp.sequence >= flow.sent) {
    ++tally.corrupt;
    return;
  }
  if (stamp.sequence >= flow.arrived) flow.arrived = stamp.sequence + 1;
  ++tally.delivered;
  if (measuresLatency) tally.latenciesNs.push_back(nowNs() - stamp.sentAtNs);
}

/** With UDP_GRO one message holds several datagrams, all but the last of the size that the control message tells. */
void PacketReader::receiveDatagrams(Flow& flow, Tally& tally) {
  mmsghdr messages[batch] = {};
  iovec parts[batch];
  alignas(cmsghdr) uint8_t controls[batch][CMSG_SPACE(sizeof(int))];
  for (int at = 0; at < batch; ++at) {
    parts[at] = {buffer.data() + static_cast<size_t>(at) * slot, slot};
    messages[at].msg_hdr.msg_iov = &parts[at];
    messages[at].msg_hdr.msg_iovlen = 1;
    messages[at].msg_hdr.msg_control = controls[at];
    messages[at].msg_hdr.msg_controllen = sizeof controls[at];
  }
  const int got = recvmmsg(flow.output, messages, batch, MSG_DONTWAIT, nullptr);
  for (int at = 0; at < got; ++at) {
    size_t segment = messages[at].msg_len;
    cmsghdr* control = CMSG_FIRSTHDR(&messages[at].msg_hdr);
    if (control != nullptr && control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
      int size;
      std::memcpy(&size, CMSG_DATA(control), sizeof size);
      segment = static_cast<size_t>(size);
    }
    const uint8_t* bytes = buffer.data() + static_cast<size_t>(at) * slot;
    for (size_t from = 0; from < messages[at].msg_len; from += segment) check(flow, bytes + from, std::min(segment, messages[at].msg_len - from), tally);
  }
}

void PacketReader::receiveStream(Flow& flow, Tally& tally) {
  const size_t frame = header + ((payload + 3) & ~size_t{3});
  do {
    const ssize_t got = receiveOver(flow.output, flow.tls, buffer.data(), buffer.size());
    if (got <= 0) return;
    flow.unread.insert(flow.unread.end(), buffer.data(), buffer.data() + got);
  } while (hasDecrypted(flow.tls));
  size_t from = 0;
  for (; from + frame <= flow.unread.size(); from += frame) check(flow, flow.unread.data() + from, header + payload, tally);
  flow.unread.erase(flow.unread.begin(), flow.unread.begin() + static_cast<ptrdiff_t>(from));
}
