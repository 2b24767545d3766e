// AEAD_AES_256_GCM of one direction of one SRTP association (RFC 7714), with session keys.
#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

constexpr size_t tagBytes = 16;

/// A packet in the clear: its RTP header with CSRCs and extension, and what follows.
struct Packet {
  const uint8_t* bytes;
  size_t headerBytes;
  size_t length;
  /// Rollover counter and sequence number (RFC 3711 §3.3.1), the same towards everybody.
  uint64_t index;
};

class Gcm {
 public:
  enum class Direction { seal, open };
  /// @param key, salt In hexadecimal.
  Gcm(Direction direction, const std::string& key, const std::string& salt);
  /// Decrypts in place what is `length` bytes long without its tag. @return false where it is not authentic.
  bool open(uint8_t* packet, size_t headerBytes, size_t length, uint64_t index);
  /// Writes the packet and its tag. @return How many bytes.
  size_t seal(const Packet& packet, uint8_t* to);

 private:
  void begin(const uint8_t* header, size_t headerBytes, uint64_t index);

  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_{EVP_CIPHER_CTX_new()};
  std::array<uint8_t, 12> salt_{};
};
