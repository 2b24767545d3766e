#include "forwarder.h"

#include "line-budget.h"
#include "rtp-header.h"

namespace {
/// What protection adds to an RTP packet at most.
constexpr int32_t mostTagBytes = 16;
/// JavaScript has to take note of numbers before they can be confused with those of the round before.
constexpr uint16_t mostUnsettled = 0x4000;
constexpr int32_t none = -1;

/// @return nullptr where the table has no such place.
template <typename Word>
Word* findRow(std::span<Word> table, int32_t place, int stride) {
  const auto rows = table.size() / static_cast<size_t>(stride);
  return place >= 0 && static_cast<size_t>(place) < rows ? table.data() + static_cast<ptrdiff_t>(place) * stride : nullptr;
}

uint16_t ahead(uint16_t number, int32_t of) { return static_cast<uint16_t>(number - static_cast<uint16_t>(of)); }
}  // namespace

Forwarder::Outcome Forwarder::run() {
  for (int32_t& receiver = call_[call::receiver]; receiver < call_[call::receivers]; ++receiver) {
    if (receiver < 0 || static_cast<size_t>(receiver) >= tables_.receivers.size()) return Outcome::outside;
    int32_t* const words = findRow(tables_.streams, tables_.receivers[static_cast<size_t>(receiver)], stream::stride);
    if (words == nullptr) return Outcome::outside;
    const Outcome outcome = serveReceiver(words);
    if (outcome != Outcome::done) return outcome;
    call_[call::packet] = call_[call::first];
  }
  return Outcome::done;
}

Forwarder::Outcome Forwarder::serveReceiver(int32_t* words) {
  const int32_t first = call_[call::packet];
  if (first == none) return Outcome::done;
  if (findRow(tables_.reports, call_[call::reports], report::stride) == nullptr) return Outcome::outside;
  int32_t* const line = findLine(words);
  Context* const context = line == nullptr ? nullptr : contexts_.find(line[line::context]);
  const bool isOurs = context != nullptr && context->direction() == Direction::outbound;
  int32_t& at = call_[call::packet];
  while (at != none) {
    const int32_t* const packet = findPacket(at);
    if (packet == nullptr) return Outcome::outside;
    const std::optional<Rewritten> rewritten = isOurs ? rewrite(words, packet) : std::nullopt;
    if (!rewritten) break;
    if (!hasRoomFor(packet)) {
      report(words, first, at, false);
      return Outcome::full;
    }
    if ((words[stream::flags] & stream::paced) != 0 && !takeFromLine(line, packet[plain::payloadLength] + call_[call::packetOverhead], now_)) break;
    send(words, line, packet, *rewritten, *context);
    advance(words, packet, *rewritten);
    at = packet[plain::next];
  }
  report(words, first, at, at != none);
  return Outcome::done;
}

int32_t* Forwarder::findLine(const int32_t* words) const {
  if (words[stream::source] != call_[call::source]) return nullptr;
  int32_t* const found = findRow(tables_.lines, words[stream::line] & line::placeMask, line::stride);
  return words[stream::line] >= 0 && found != nullptr && found[line::number] == words[stream::line] ? found : nullptr;
}

const int32_t* Forwarder::findPacket(int32_t index) const {
  const int32_t* const packet = findRow(tables_.packets, index, plain::stride);
  if (packet == nullptr) return nullptr;
  const int32_t offset = packet[plain::payloadOffset], length = packet[plain::payloadLength];
  return offset >= 0 && length >= 0 && static_cast<size_t>(offset) + static_cast<size_t>(length) <= tables_.slab.size() ? packet : nullptr;
}

bool Forwarder::hasRoomFor(const int32_t* packet) const {
  const int64_t end = int64_t{call_[call::scratch]} + int64_t{RtpHeaderWriter::mostBytes + Vp8Descriptor::mostBytes} + packet[plain::payloadLength] + mostTagBytes;
  return call_[call::outgoing] < call_[call::outgoingLimit] && findRow(tables_.outgoing, call_[call::outgoing], sending::stride) != nullptr && call_[call::scratch] >= 0 &&
         end <= call_[call::scratchEnd] && static_cast<size_t>(end) <= tables_.slab.size();
}

std::optional<Forwarder::Rewritten> Forwarder::rewrite(const int32_t* words, const int32_t* packet) const {
  const auto received = static_cast<uint16_t>(packet[plain::sequenceNumber]);
  if (packet[plain::payloadType] != words[stream::receivedType]) return std::nullopt;
  const uint16_t step = ahead(received, words[stream::newestNumber]);
  if (step == 0 || step >= 0x8000 || ahead(received, words[stream::settledNumber]) >= mostUnsettled) return std::nullopt;
  const auto timestamp = static_cast<uint32_t>(packet[plain::timestamp]);
  if (timestamp - static_cast<uint32_t>(words[stream::newestTimestamp]) >= 0x80000000) return std::nullopt;
  Rewritten rewritten{
      .sequenceNumber = static_cast<uint16_t>(received + words[stream::sequenceOffset]),
      .timestamp = timestamp + static_cast<uint32_t>(words[stream::timestampOffset]),
      .payload = tables_.slab.subspan(static_cast<size_t>(packet[plain::payloadOffset]), static_cast<size_t>(packet[plain::payloadLength])),
  };
  if ((words[stream::flags] & stream::vp8) != 0 && !rewriteVp8(words, rewritten)) return std::nullopt;
  return rewritten;
}

bool Forwarder::rewriteVp8(const int32_t* words, Rewritten& rewritten) const {
  Vp8Descriptor& vp8 = rewritten.vp8;
  if (!vp8.read(rewritten.payload)) return false;
  if (vp8.temporalLayer() > words[stream::temporalLayer]) return false;
  rewritten.payload = rewritten.payload.subspan(vp8.length);
  rewritten.tl0PictureIndex = static_cast<uint8_t>(vp8.tl0PictureIndex + words[stream::tl0Offset]);
  if (!vp8.hasPictureId()) return true;
  // By the low seven bits, which all that ids of 7 and of 15 bits have in common.
  const int32_t step = (vp8.pictureId - words[stream::newestPicture]) & 0x7f;
  const bool isLeftOut = step == 0 && (words[stream::flags] & stream::pictureLeftOut) != 0;
  if (words[stream::newestPicture] < 0 || step >= 0x40 || isLeftOut) return false;
  rewritten.pictureId = static_cast<uint16_t>((words[stream::newestPictureId] + step) & 0x7fff);
  return true;
}

void Forwarder::send(int32_t* words, int32_t* line, const int32_t* packet, const Rewritten& rewritten, Context& context) {
  const int32_t offset = call_[call::scratch];
  uint8_t* const at = tables_.slab.data() + offset;
  const size_t headerBytes = writeHeader(at, words, line, packet, rewritten);
  uint8_t prefix[Vp8Descriptor::mostBytes];
  const size_t prefixBytes = rewritten.vp8.length == 0 ? 0 : rewritten.vp8.write(prefix, rewritten.pictureId, rewritten.tl0PictureIndex);
  const int32_t length = context.protectRtp({.header = {at, headerBytes}, .prefix = {prefix, prefixBytes}, .payload = rewritten.payload}, at);
  if (length < 0) {
    ++call_[call::failures];
    return;
  }
  describe(line, offset, length);
  call_[call::scratch] = (offset + length + 3) & ~3;
}

size_t Forwarder::writeHeader(uint8_t* at, const int32_t* words, int32_t* line, const int32_t* packet, const Rewritten& rewritten) const {
  const int32_t level = packet[plain::audioLevel];
  const int32_t levelId = level < 0 ? 0 : words[stream::audioLevelId];
  const int32_t numberId = words[stream::transportSequenceId];
  const int32_t timeId = numberId != 0 ? 0 : words[stream::absoluteSendTimeId];
  const RtpHeader header{
      .marker = packet[plain::marker] != 0,
      .payloadType = static_cast<uint8_t>(words[stream::sentType] & 0x7f),
      .sequenceNumber = rewritten.sequenceNumber,
      .timestamp = rewritten.timestamp,
      .ssrc = static_cast<uint32_t>(words[stream::ssrc]),
  };
  RtpHeaderWriter writer(at, header, std::max({levelId, numberId, timeId}));
  if (levelId != 0) writer.add(levelId, static_cast<uint32_t>(level), 1);
  if (numberId != 0) {
    writer.add(numberId, static_cast<uint32_t>(line[line::transportNumber]), 2);
    line[line::transportNumber] = (line[line::transportNumber] + 1) & 0xffff;
  }
  if (timeId != 0) writer.add(timeId, static_cast<uint32_t>(call_[call::absoluteSendTime]), 3);
  return writer.finish();
}

void Forwarder::describe(const int32_t* line, int32_t offset, int32_t length) {
  int32_t* const words = findRow(tables_.outgoing, call_[call::outgoing]++, sending::stride);
  // Socket, family, port and address stand in the same order in both.
  std::copy_n(line + line::socket, sending::offset - sending::socket, words);
  words[sending::offset] = offset;
  words[sending::length] = length;
  words[sending::headerOffset] = words[sending::headerLength] = words[sending::flags] = 0;
}

void Forwarder::advance(int32_t* words, const int32_t* packet, const Rewritten& rewritten) const {
  words[stream::newestNumber] = packet[plain::sequenceNumber] & 0xffff;
  words[stream::newestTimestamp] = packet[plain::timestamp];
  if (rewritten.vp8.hasPictureId()) {
    words[stream::newestPicture] = rewritten.vp8.pictureId & 0x7f;
    words[stream::newestPictureId] = rewritten.pictureId;
    words[stream::flags] &= ~stream::pictureLeftOut;
  }
  if (rewritten.vp8.hasTl0PictureIndex() && ((rewritten.tl0PictureIndex - words[stream::newestTl0]) & 0xff) < 0x80) words[stream::newestTl0] = rewritten.tl0PictureIndex;
  words[stream::packets] += 1;
  words[stream::octets] += packet[plain::payloadLength];
  writeDouble(words + stream::sentAt, now_);
}

void Forwarder::report(const int32_t* words, int32_t first, int32_t until, bool isHandedOver) {
  const bool isNumbered = first != until && words[stream::transportSequenceId] != 0;
  if (!isNumbered && !isHandedOver) return;
  int32_t* const entry = findRow(tables_.reports, call_[call::reports]++, report::stride);
  entry[report::stream] = static_cast<int32_t>((words - tables_.streams.data()) / stream::stride);
  entry[report::first] = isNumbered ? first : until;
  entry[report::until] = until;
  entry[report::handedOver] = isHandedOver ? 1 : 0;
}
