// One direction of one association: keys, and what is known of each SSRC.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "cipher.h"
#include "sources.h"

/// A packet that is to be put together and protected.
struct PlainPacket {
  Bytes header;
  Bytes prefix;
  Bytes payload;
  size_t size() const { return header.size() + prefix.size() + payload.size(); }
};

class Context {
 public:
  /// @param keyIdentifier The MKI that packets carry which are received (RFC 3711 §3.1); empty where they carry none. What is sent has none.
  Context(Direction direction, std::unique_ptr<Cipher> rtp, std::unique_ptr<Cipher> rtcp, Bytes keyIdentifier)
      : direction_(direction), rtp_(std::move(rtp)), rtcp_(std::move(rtcp)), keyIdentifier_(keyIdentifier.begin(), keyIdentifier.end()) {}
  Direction direction() const { return direction_; }
  /// How many bytes a packet needs when it is protected.
  size_t protectedBytes(Kind kind, const PlainPacket& packet) const;

  /// Both write result and what they learn into the words.
  void unprotectRtp(std::span<uint8_t> packet, int32_t* words);
  void unprotectRtcp(std::span<uint8_t> packet, int32_t* words);
  /// @return Length of the protected packet, or a failure.
  int32_t protectRtp(const PlainPacket& packet, uint8_t* destination);
  int32_t protectRtcp(const PlainPacket& packet, uint8_t* destination);

 private:
  /// Whether a packet is of this key, as it says itself.
  bool isIdentified(const uint8_t* identifier) const { return std::equal(keyIdentifier_.begin(), keyIdentifier_.end(), identifier); }
  /// @return The source, remembered from now on; nullptr where there is no room.
  Source* sourceFor(uint32_t ssrc);

  const Direction direction_;
  const std::unique_ptr<Cipher> rtp_;
  const std::unique_ptr<Cipher> rtcp_;
  const std::vector<uint8_t> keyIdentifier_;
  Sources sources_;
  /// SRTCP index of the next packet, whoever it is from: all that matters is that none is used twice (RFC 3711 §3.4).
  uint32_t nextRtcpIndex_ = 0;
};
