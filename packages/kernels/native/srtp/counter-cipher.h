// AES in counter mode with HMAC-SHA1 (RFC 3711, RFC 6188).
#pragma once
#include <array>

#include "../hmac-sha1.h"
#include "cipher.h"

class CounterCipher final : public Cipher {
 public:
  static constexpr size_t saltBytes = 14;
  static constexpr size_t mostTagBytes = HmacSha1::digestBytes;

  CounterCipher(CipherContext context, Bytes salt, Bytes authenticationKey, size_t tagBytes);
  size_t tagBytes() const override { return tagBytes_; }
  bool isTagFirst() const override { return false; }
  bool seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) override;
  bool open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) override;

 private:
  /// Sets the counter to where the keystream of the packet begins.
  bool begin(const PacketIdentity& identity);
  HmacSha1::Digest authenticate(const PacketIdentity& identity, Bytes header, Bytes body) const;

  const CipherContext context_;
  const size_t tagBytes_;
  /// With two zero bytes behind it, where the counter of blocks is.
  std::array<uint8_t, 16> salt_{};
  const HmacSha1 hmac_;
};
