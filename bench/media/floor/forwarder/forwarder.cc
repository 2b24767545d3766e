#include "forwarder.h"

#include <algorithm>

namespace {
constexpr size_t fixedHeaderBytes = 12;

uint32_t readUint32(const uint8_t* at) { return static_cast<uint32_t>(at[0]) << 24 | static_cast<uint32_t>(at[1]) << 16 | static_cast<uint32_t>(at[2]) << 8 | at[3]; }

/// RTP of version 2, and no RTCP (RFC 5761 §4).
bool isRtp(const Datagram& datagram) { return datagram.length >= fixedHeaderBytes + tagBytes && datagram.bytes[0] >> 6 == 2 && (datagram.bytes[1] < 192 || datagram.bytes[1] > 223); }

size_t headerBytesOf(const uint8_t* packet) {
  const size_t fixed = fixedHeaderBytes + 4 * (packet[0] & 15u);
  return (packet[0] & 0x10) == 0 ? fixed : fixed + 4 + 4 * (static_cast<size_t>(packet[fixed + 2]) << 8 | packet[fixed + 3]);
}

/// The index nearest to the newest one (RFC 3711 §3.3.1).
uint64_t indexOf(uint64_t newest, uint16_t sequenceNumber) {
  const auto ahead = static_cast<int16_t>(sequenceNumber - static_cast<uint16_t>(newest));
  return newest + static_cast<uint64_t>(static_cast<int64_t>(ahead));
}
}  // namespace

void Forwarder::serve() {
  opened_.clear();
  for (const Datagram& datagram : inbox_.read()) open(datagram);
  forward();
}

void Forwarder::open(const Datagram& datagram) {
  Participant* const sender = rooms_.find(datagram.port);
  if (sender == nullptr || !isRtp(datagram)) return;
  const size_t length = datagram.length - tagBytes;
  const size_t headerBytes = headerBytesOf(datagram.bytes);
  if (headerBytes > length) return;
  const auto sequenceNumber = static_cast<uint16_t>(datagram.bytes[2] << 8 | datagram.bytes[3]);
  uint64_t& newest = sender->newest.try_emplace(readUint32(datagram.bytes + 8), sequenceNumber).first->second;
  const uint64_t index = indexOf(newest, sequenceNumber);
  if (!sender->inbound.open(datagram.bytes, headerBytes, length, index)) return;
  newest = std::max(newest, index);
  opened_.push_back({.packet = {.bytes = datagram.bytes, .headerBytes = headerBytes, .length = length, .index = index}, .sender = sender});
}

void Forwarder::forward() {
  // Packets of a stream of the load are equally long: their order stays, and all that can go as a run does.
  const auto isLonger = [](const Opened& one, const Opened& other) { return one.packet.length > other.packet.length; };
  if (!std::is_sorted(opened_.begin(), opened_.end(), isLonger)) std::stable_sort(opened_.begin(), opened_.end(), isLonger);
  for (const Opened& opened : opened_) {
    for (Participant* const receiver : opened.sender->receivers) {
      if (receiver->waiting.empty()) busy_.push_back(receiver);
      receiver->waiting.push_back(&opened.packet);
    }
  }
  for (Participant* const receiver : busy_) {
    for (const Packet* const packet : receiver->waiting) receiver->outbound.seal(*packet, outbox_.place(receiver->address, packet->length + tagBytes));
    receiver->waiting.clear();
  }
  outbox_.flush();
  busy_.clear();
}
