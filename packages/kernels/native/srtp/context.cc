#include "context.h"

namespace {
constexpr size_t fixedHeaderBytes = 12;
constexpr size_t rtcpHeaderBytes = 8;
constexpr size_t rtcpTrailerBytes = 4;
constexpr uint32_t encryptedFlag = 0x80000000;
/// A sequence number ahead of this one would need a rollover counter of more than 32 bits.
constexpr int64_t lastIndex = (int64_t{1} << 48) - 1;

bool isVersion2(const uint8_t* packet) { return packet[0] >> 6 == 2; }

/// Length of the RTP header with CSRCs and extension (RFC 3550 §5.1, §5.3.1). @return 0 where it is longer than the packet.
size_t rtpHeaderBytes(Bytes packet) {
  if (packet.size() < fixedHeaderBytes || !isVersion2(packet.data())) return 0;
  size_t length = fixedHeaderBytes + 4 * (packet[0] & 15u);
  if ((packet[0] & 0x10) != 0) {
    if (length + 4 > packet.size()) return 0;
    length += 4 + 4 * size_t{readUint16(&packet[length + 2])};
  }
  return length <= packet.size() ? length : 0;
}

uint32_t rolloverCounter(int64_t index) { return static_cast<uint32_t>(index >> 16); }

PacketIdentity rtpIdentity(uint32_t ssrc, int64_t index) { return {.ssrc = ssrc, .index = static_cast<uint64_t>(index), .trailer = rolloverCounter(index)}; }

uint8_t* put(uint8_t* at, Bytes bytes) {
  if (!bytes.empty() && at != bytes.data()) std::memmove(at, bytes.data(), bytes.size());
  return at + bytes.size();
}
}  // namespace

size_t Context::protectedBytes(Kind kind, const PlainPacket& packet) const {
  return packet.size() + (kind == Kind::rtcp ? rtcpTrailerBytes + rtcp_->tagBytes() : rtp_->tagBytes());
}

Source* Context::sourceFor(uint32_t ssrc) {
  Source* const source = sources_.find(ssrc);
  return source != nullptr || sources_.isFull() ? source : &sources_.add(ssrc);
}

void Context::unprotectRtp(std::span<uint8_t> packet, int32_t* words) {
  const auto refuse = [words](Failure failure) { words[unprotect::result] = failure; };
  const size_t trailing = rtp_->tagBytes() + keyIdentifier_.size();
  if (packet.size() < fixedHeaderBytes + trailing) return refuse(malformed);
  const std::span<uint8_t> plain = packet.first(packet.size() - trailing);
  const size_t headerBytes = rtpHeaderBytes(plain);
  if (headerBytes == 0) return refuse(malformed);
  const uint8_t* const end = plain.data() + plain.size();
  const uint8_t* const tag = rtp_->isTagFirst() ? end : end + keyIdentifier_.size();
  if (!isIdentified(rtp_->isTagFirst() ? end + rtp_->tagBytes() : end)) return refuse(notAuthentic);

  const uint32_t ssrc = readUint32(&packet[8]);
  Source* source = sources_.find(ssrc);
  if (source == nullptr && sources_.isFull()) return refuse(tooManySources);
  const int64_t index = guessIndex(source == nullptr ? -1 : source->rtp.newest(), readUint16(&packet[2]));
  if (index < 0 || index > lastIndex || (source != nullptr && !source->rtp.isFresh(index))) return refuse(replayed);
  if (!rtp_->open(rtpIdentity(ssrc, index), plain.first(headerBytes), plain.subspan(headerBytes), tag)) return refuse(notAuthentic);

  if (source == nullptr) source = &sources_.add(ssrc);
  source->rtp.add(index);
  words[unprotect::result] = static_cast<int32_t>(plain.size());
  words[unprotect::headerLength] = static_cast<int32_t>(headerBytes);
  words[unprotect::rolloverCounter] = static_cast<int32_t>(rolloverCounter(index));
}

void Context::unprotectRtcp(std::span<uint8_t> packet, int32_t* words) {
  const auto refuse = [words](Failure failure) { words[unprotect::result] = failure; };
  const size_t tagBytes = rtcp_->tagBytes();
  const size_t trailing = rtcpTrailerBytes + keyIdentifier_.size() + tagBytes;
  if (packet.size() < rtcpHeaderBytes + trailing || !isVersion2(packet.data())) return refuse(malformed);
  const std::span<uint8_t> plain = packet.first(packet.size() - trailing);
  const uint8_t* const end = plain.data() + plain.size();
  const uint8_t* const flagAndIndex = rtcp_->isTagFirst() ? end + tagBytes : end;
  const uint8_t* const tag = rtcp_->isTagFirst() ? end : end + rtcpTrailerBytes + keyIdentifier_.size();
  if (!isIdentified(flagAndIndex + rtcpTrailerBytes)) return refuse(notAuthentic);
  const uint32_t trailer = readUint32(flagAndIndex);
  const uint32_t index = trailer & ~encryptedFlag;
  const size_t headerBytes = (trailer & encryptedFlag) != 0 ? rtcpHeaderBytes : plain.size();

  const uint32_t ssrc = readUint32(&packet[4]);
  Source* source = sources_.find(ssrc);
  if (source == nullptr && sources_.isFull()) return refuse(tooManySources);
  if (source != nullptr && !source->rtcp.isFresh(index)) return refuse(replayed);
  if (!rtcp_->open({.ssrc = ssrc, .index = index, .trailer = trailer}, plain.first(headerBytes), plain.subspan(headerBytes), tag)) return refuse(notAuthentic);

  if (source == nullptr) source = &sources_.add(ssrc);
  source->rtcp.add(index);
  words[unprotect::result] = static_cast<int32_t>(plain.size());
  words[unprotect::headerLength] = rtcpHeaderBytes;
  words[unprotect::rolloverCounter] = static_cast<int32_t>(index);
}

int32_t Context::protectRtp(const PlainPacket& packet, uint8_t* destination) {
  if (packet.header.empty() || rtpHeaderBytes(packet.header) != packet.header.size()) return malformed;
  const uint32_t ssrc = readUint32(&packet.header[8]);
  Source* const source = sourceFor(ssrc);
  if (source == nullptr) return tooManySources;
  const int64_t index = guessIndex(source->rtp.newest(), readUint16(&packet.header[2]));
  if (index > lastIndex) return keyExhausted;
  if (index < 0 || !source->rtp.isFresh(index)) return indexUsed;
  source->rtp.add(index);

  uint8_t* const body = put(destination, packet.header);
  uint8_t* const tag = body + packet.prefix.size() + packet.payload.size();
  if (!rtp_->seal(rtpIdentity(ssrc, index), {destination, packet.header.size()}, packet.prefix, packet.payload, body, tag)) return malformed;
  return static_cast<int32_t>(protectedBytes(Kind::rtp, packet));
}

int32_t Context::protectRtcp(const PlainPacket& packet, uint8_t* destination) {
  if (packet.header.size() < rtcpHeaderBytes || !isVersion2(packet.header.data())) return malformed;
  if (nextRtcpIndex_ == encryptedFlag) return keyExhausted;
  const uint32_t trailer = nextRtcpIndex_ | encryptedFlag;
  const PacketIdentity identity{.ssrc = readUint32(&packet.header[4]), .index = nextRtcpIndex_++, .trailer = trailer};

  uint8_t* const end = put(put(put(destination, packet.header), packet.prefix), packet.payload);
  uint8_t* const body = destination + rtcpHeaderBytes;
  uint8_t* const tag = rtcp_->isTagFirst() ? end : end + rtcpTrailerBytes;
  if (!rtcp_->seal(identity, {destination, rtcpHeaderBytes}, {}, {body, end}, body, tag)) return malformed;
  writeUint32(rtcp_->isTagFirst() ? end + rtcp_->tagBytes() : end, trailer);
  return static_cast<int32_t>(protectedBytes(Kind::rtcp, packet));
}
