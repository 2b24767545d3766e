#include "aead-cipher.h"

#include <openssl/crypto.h>

#include <algorithm>

AeadCipher::AeadCipher(Kind protocol, CipherContext context, Bytes salt) : protocol_(protocol), context_(std::move(context)) {
  std::copy(salt.begin(), salt.end(), salt_.begin());
}

bool AeadCipher::begin(const PacketIdentity& identity, Bytes header) {
  // RFC 7714 §8.1, §9.1: 16 zero bits, SSRC, 48 bits of index; XOR the salt.
  auto vector = salt_;
  xorUint32(&vector[2], identity.ssrc);
  vector[6] ^= static_cast<uint8_t>(identity.index >> 40);
  vector[7] ^= static_cast<uint8_t>(identity.index >> 32);
  xorUint32(&vector[8], static_cast<uint32_t>(identity.index));
  int written;
  if (EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, vector.data(), -1, nullptr) != 1) return false;
  if (EVP_CipherUpdate(context_.get(), nullptr, &written, header.data(), static_cast<int>(header.size())) != 1) return false;
  if (protocol_ == Kind::rtp) return true;
  uint8_t trailer[4];
  writeUint32(trailer, identity.trailer);
  return EVP_CipherUpdate(context_.get(), nullptr, &written, trailer, sizeof trailer) == 1;
}

bool AeadCipher::seal(const PacketIdentity& identity, Bytes header, Bytes prefix, Bytes payload, uint8_t* body, uint8_t* tag) {
  int written = 0;
  if (!begin(identity, header)) return false;
  if (!prefix.empty() && EVP_CipherUpdate(context_.get(), body, &written, prefix.data(), static_cast<int>(prefix.size())) != 1) return false;
  if (!payload.empty() && EVP_CipherUpdate(context_.get(), body + prefix.size(), &written, payload.data(), static_cast<int>(payload.size())) != 1) return false;
  return EVP_CipherFinal_ex(context_.get(), tag, &written) == 1 && EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tagBytes()), tag) == 1;
}

bool AeadCipher::open(const PacketIdentity& identity, Bytes header, std::span<uint8_t> body, const uint8_t* tag) {
  int written = 0;
  if (!begin(identity, header)) return false;
  if (!body.empty() && EVP_CipherUpdate(context_.get(), body.data(), &written, body.data(), static_cast<int>(body.size())) != 1) return false;
  if (EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tagBytes()), const_cast<uint8_t*>(tag)) != 1) return false;
  uint8_t nothing[16];
  return EVP_CipherFinal_ex(context_.get(), nothing, &written) == 1;
}
