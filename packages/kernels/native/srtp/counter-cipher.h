// AES in counter mode with HMAC-SHA1 (RFC 3711, RFC 6188).
#pragma once
// Of HMAC only its two halves are kept, each with its key already in it: the way of OpenSSL 3 to do that costs more than the hash.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>

#include "cipher.h"

class CounterCipher final : public Cipher {
 public:
  static constexpr size_t saltBytes = 14;
  static constexpr size_t mostTagBytes = SHA_DIGEST_LENGTH;

  CounterCipher(CipherContext context, Bytes salt, Bytes authenticationKey, size_t tagBytes);
  ~CounterCipher() override;
  size_t tagBytes() const override { return tagBytes_; }
  bool isTagFirst() const override { return false; }
  bool seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) override;
  bool open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) override;

 private:
  using Digest = std::array<uint8_t, SHA_DIGEST_LENGTH>;

  /// Sets the counter to where the keystream of the packet begins.
  bool begin(const PacketIdentity& identity);
  Digest authenticate(const PacketIdentity& identity, Bytes header, Bytes body) const;

  const CipherContext context_;
  const size_t tagBytes_;
  /// With two zero bytes behind it, where the counter of blocks is.
  std::array<uint8_t, 16> salt_{};
  SHA_CTX inner_;
  SHA_CTX outer_;
};
