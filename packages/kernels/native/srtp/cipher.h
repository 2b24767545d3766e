// How packets of one protocol (SRTP or SRTCP) are encrypted and authenticated in one direction of one association.
#pragma once
#include <openssl/evp.h>

#include <memory>

#include "bytes.h"
#include "descriptors.h"

enum class Direction { inbound, outbound };

/// What makes a packet different from every other one under its key.
struct PacketIdentity {
  uint32_t ssrc;
  /// Rollover counter and sequence number of SRTP (48 bits), or the SRTCP index.
  uint64_t index;
  /// What is authenticated after the packet: the rollover counter of SRTP, E flag and index of SRTCP (RFC 3711 §4.2).
  uint32_t trailer;
};

class Cipher {
 public:
  virtual ~Cipher() = default;
  virtual size_t tagBytes() const = 0;
  /// Whether the tag stands right behind the body, as a part of the ciphertext (RFC 7714 §8.2, §9.2), and not behind all else: E flag and index of SRTCP, MKI (RFC 3711 §3.1, §3.4).
  virtual bool isTagFirst() const = 0;
  /// Encrypts prefix and payload to `body` and writes the tag over header and body. They overlap nowhere, or lie exactly where they go.
  /// @return false where the cipher refused, which it has no reason for.
  virtual bool seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) = 0;
  /// Verifies header, body and tag, and decrypts the body in place. @return false where they are not authentic; the body is lost then.
  virtual bool open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) = 0;
};

struct SessionKeys {
  Bytes cipherKey;
  Bytes salt;
  /// Empty of the AEAD profiles.
  Bytes authenticationKey;
  /// How long the tags of packets are.
  size_t tagBytes;
};

/// Ciphers that OpenSSL was asked for once: asking costs more than a packet.
class CipherSuite {
 public:
  /// @return nullptr where the keys are not those of a profile, or OpenSSL has no such cipher.
  std::unique_ptr<Cipher> make(Kind protocol, Direction direction, const SessionKeys& keys);

 private:
  struct Free {
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  };
  using Fetched = std::unique_ptr<EVP_CIPHER, Free>;
  static Fetched fetch(const char* name) { return Fetched(EVP_CIPHER_fetch(nullptr, name, nullptr)); }

  Fetched aes128Gcm_ = fetch("AES-128-GCM");
  Fetched aes256Gcm_ = fetch("AES-256-GCM");
  Fetched aes128Ctr_ = fetch("AES-128-CTR");
  Fetched aes256Ctr_ = fetch("AES-256-CTR");
};

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;
