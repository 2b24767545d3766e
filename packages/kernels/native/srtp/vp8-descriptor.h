// VP8 payload descriptors (RFC 7741 §4.2), read and written with other numbers: what packages/rtp/src/payload/vp8-descriptor.ts does.
#pragma once
#include "bytes.h"

struct Vp8Descriptor {
  static constexpr size_t mostBytes = 6;

  size_t length = 0;
  uint8_t first = 0;
  /// Which of the optional fields there are: I, L, T and K.
  uint8_t fields = 0;
  uint16_t pictureId = 0;
  uint8_t tl0PictureIndex = 0;
  /// TID, Y and KEYIDX as they came.
  uint8_t layers = 0;

  bool hasPictureId() const { return (fields & 0x80) != 0; }
  bool hasTl0PictureIndex() const { return (fields & 0x40) != 0; }
  /// TID; -1 where there is none.
  int temporalLayer() const { return (fields & 0x20) != 0 ? layers >> 6 : -1; }

  /// @return false where the descriptor is cut short or no VP8 follows.
  bool read(Bytes payload) {
    if (payload.size() < 2) return false;
    first = payload[0];
    length = 1;
    if ((first & 0x80) != 0) readExtension(payload);
    return length < payload.size();
  }

  /// Writes it with other numbers; picture ids become 15 bits long. @return Its length.
  size_t write(uint8_t* at, uint16_t otherPictureId, uint8_t otherTl0PictureIndex) const {
    *at = first;
    if ((first & 0x80) == 0) return 1;
    uint8_t* target = at + 1;
    *target++ = fields;
    if (hasPictureId()) {
      writeUint16(target, static_cast<uint16_t>(0x8000 | otherPictureId));
      target += 2;
    }
    if (hasTl0PictureIndex()) *target++ = otherTl0PictureIndex;
    if ((fields & 0x30) != 0) *target++ = static_cast<uint8_t>(((fields & 0x20) != 0 ? layers & 0xe0 : 0) | ((fields & 0x10) != 0 ? layers & 0x1f : 0));
    return static_cast<size_t>(target - at);
  }

 private:
  /// What lies beyond the payload counts as 0; the caller sees by the length that it does.
  void readExtension(Bytes payload) {
    const auto next = [&]() -> uint8_t {
      const size_t at = length++;
      return at < payload.size() ? payload[at] : 0;
    };
    fields = next() & 0xf0;
    if (hasPictureId()) {
      const uint8_t high = next();
      pictureId = (high & 0x80) != 0 ? static_cast<uint16_t>((high & 0x7f) << 8 | next()) : high;
    }
    if (hasTl0PictureIndex()) tl0PictureIndex = next();
    if ((fields & 0x30) != 0) layers = next();
  }
};
