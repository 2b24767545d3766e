// RTP headers of forwarded packets (RFC 3550 §5.1) with the elements of RFC 8285 that they have: what packages/rtp/src/rtp-header-writer.ts writes.
#pragma once
#include "bytes.h"

struct RtpHeader {
  bool marker;
  uint8_t payloadType;
  uint16_t sequenceNumber;
  uint32_t timestamp;
  uint32_t ssrc;
};

/// Writes one header, elements one after the other. The caller makes sure of room.
class RtpHeaderWriter {
 public:
  /// The fixed part, an extension with three elements of three bytes, and padding.
  static constexpr size_t mostBytes = 12 + 4 + 3 * 5 + 3;

  /// @param largestId Of the elements that follow: one-byte heads have ids up to 14 (RFC 8285 §4.2), two-byte heads any (§4.3), and one packet has heads of one kind (§4.1.2).
  RtpHeaderWriter(uint8_t* start, const RtpHeader& header, int32_t largestId) : start_(start), at_(start + fixedBytes + 4), isOneByte_(largestId <= 14) {
    start[0] = 0x80;
    start[1] = static_cast<uint8_t>((header.marker ? 0x80 : 0) | header.payloadType);
    writeUint16(start + 2, header.sequenceNumber);
    writeUint32(start + 4, header.timestamp);
    writeUint32(start + 8, header.ssrc);
  }

  /// Adds an element: the low `length` bytes of a value, 1 to 3.
  void add(int32_t id, uint32_t value, int length) {
    if (isOneByte_) *at_++ = static_cast<uint8_t>(id << 4 | (length - 1));
    else {
      *at_++ = static_cast<uint8_t>(id);
      *at_++ = static_cast<uint8_t>(length);
    }
    while (length > 0) *at_++ = static_cast<uint8_t>(value >> (8 * --length));
  }

  /// @return The length of the header; without elements it has no extension.
  size_t finish() {
    uint8_t* const elements = start_ + fixedBytes + 4;
    if (at_ == elements) return fixedBytes;
    while ((at_ - elements) % 4 != 0) *at_++ = 0;
    start_[0] |= 0x10;
    writeUint16(start_ + fixedBytes, isOneByte_ ? 0xbede : 0x1000);
    writeUint16(start_ + fixedBytes + 2, static_cast<uint16_t>((at_ - elements) / 4));
    return static_cast<size_t>(at_ - start_);
  }

 private:
  static constexpr size_t fixedBytes = 12;

  uint8_t* const start_;
  uint8_t* at_;
  const bool isOneByte_;
};
