#include "counter-cipher.h"

#include <openssl/crypto.h>

#include <algorithm>

CounterCipher::CounterCipher(CipherContext context, Bytes salt, Bytes authenticationKey, size_t tagBytes) : context_(std::move(context)), tagBytes_(tagBytes), hmac_(authenticationKey) {
  std::copy(salt.begin(), salt.end(), salt_.begin());
}

bool CounterCipher::begin(const PacketIdentity& identity) {
  // RFC 3711 §4.1.1: salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16.
  auto vector = salt_;
  xorUint32(&vector[4], identity.ssrc);
  xorUint32(&vector[8], static_cast<uint32_t>(identity.index >> 16));
  vector[12] ^= static_cast<uint8_t>(identity.index >> 8);
  vector[13] ^= static_cast<uint8_t>(identity.index);
  return EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, vector.data(), -1, nullptr) == 1;
}

HmacSha1::Digest CounterCipher::authenticate(const PacketIdentity& identity, Bytes header, Bytes body) const {
  uint8_t trailer[4];
  writeUint32(trailer, identity.trailer);
  SHA_CTX hash = hmac_.open();
  SHA1_Update(&hash, header.data(), header.size());
  SHA1_Update(&hash, body.data(), body.size());
  SHA1_Update(&hash, trailer, sizeof trailer);
  return hmac_.finish(hash);
}

bool CounterCipher::seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) {
  int written = 0;
  if (!begin(identity)) return false;
  if (!prefix.empty() && EVP_CipherUpdate(context_.get(), body, &written, prefix.data(), static_cast<int>(prefix.size())) != 1) return false;
  if (!payload.empty() && EVP_CipherUpdate(context_.get(), body + prefix.size(), &written, payload.data(), static_cast<int>(payload.size())) != 1) return false;
  const HmacSha1::Digest digest = authenticate(identity, header, {body, prefix.size() + payload.size()});
  std::copy_n(digest.begin(), tagBytes(), tag);
  return true;
}

bool CounterCipher::open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) {
  const HmacSha1::Digest digest = authenticate(identity, header, body);
  if (CRYPTO_memcmp(digest.data(), tag, tagBytes()) != 0) return false;
  int written = 0;
  return begin(identity) && (body.empty() || EVP_CipherUpdate(context_.get(), body.data(), &written, body.data(), static_cast<int>(body.size())) == 1);
}
