// HMAC-SHA1 (RFC 2104). Only its two halves are kept, each with the key already in it: the way of OpenSSL 3 to do that costs more than the hash.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <span>

class HmacSha1 {
 public:
  static constexpr size_t digestBytes = SHA_DIGEST_LENGTH;
  using Digest = std::array<uint8_t, digestBytes>;

  /// @param key Of any length; one longer than a block is its hash (RFC 2104 §2).
  explicit HmacSha1(std::span<const uint8_t> key) {
    Digest hashed{};
    const bool isLong = key.size() > SHA_CBLOCK;
    if (isLong) SHA1(key.data(), key.size(), hashed.data());
    const std::span<const uint8_t> used = isLong ? std::span<const uint8_t>(hashed) : key;
    begin(inner_, used, 0x36);
    begin(outer_, used, 0x5c);
    OPENSSL_cleanse(hashed.data(), hashed.size());
  }

  HmacSha1(const HmacSha1&) = delete;
  HmacSha1& operator=(const HmacSha1&) = delete;

  ~HmacSha1() {
    OPENSSL_cleanse(&inner_, sizeof inner_);
    OPENSSL_cleanse(&outer_, sizeof outer_);
  }

  /// The hash to which the parts of a message are added (SHA1_Update).
  SHA_CTX open() const { return inner_; }

  /// @param hash That of {@link open}, with the whole message.
  Digest finish(SHA_CTX hash) const {
    Digest digest;
    SHA1_Final(digest.data(), &hash);
    hash = outer_;
    SHA1_Update(&hash, digest.data(), digest.size());
    SHA1_Final(digest.data(), &hash);
    return digest;
  }

 private:
  static void begin(SHA_CTX& hash, std::span<const uint8_t> key, uint8_t padding) {
    std::array<uint8_t, SHA_CBLOCK> block;
    block.fill(padding);
    for (size_t at = 0; at < key.size(); ++at) block[at] ^= key[at];
    SHA1_Init(&hash);
    SHA1_Update(&hash, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  }

  SHA_CTX inner_;
  SHA_CTX outer_;
};
