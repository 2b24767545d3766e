// AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714).
#pragma once
#include <array>

#include "cipher.h"

class AeadCipher final : public Cipher {
 public:
  static constexpr size_t saltBytes = 12;
  static constexpr size_t fullTagBytes = 16;

  AeadCipher(Kind protocol, CipherContext context, Bytes salt);
  size_t tagBytes() const override { return fullTagBytes; }
  bool isTagFirst() const override { return true; }
  bool seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) override;
  bool open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) override;

 private:
  /// Sets the initialization vector and gives the associated data.
  bool begin(const PacketIdentity& identity, Bytes header);

  const Kind protocol_;
  const CipherContext context_;
  std::array<uint8_t, saltBytes> salt_;
};
