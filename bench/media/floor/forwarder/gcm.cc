#include "gcm.h"

#include <cstring>
#include <stdexcept>

namespace {
template <size_t size>
std::array<uint8_t, size> fromHex(const std::string& text) {
  if (text.size() != 2 * size) throw std::invalid_argument(std::to_string(size) + " bytes in hexadecimal are needed, not " + text);
  std::array<uint8_t, size> bytes;
  for (size_t at = 0; at < size; ++at) bytes[at] = static_cast<uint8_t>(std::stoi(text.substr(2 * at, 2), nullptr, 16));
  return bytes;
}
}  // namespace

Gcm::Gcm(Direction direction, const std::string& key, const std::string& salt) : salt_(fromHex<12>(salt)) {
  const auto bytes = fromHex<32>(key);
  EVP_CipherInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, bytes.data(), nullptr, direction == Direction::seal ? 1 : 0);
}

bool Gcm::open(uint8_t* packet, size_t headerBytes, size_t length, uint64_t index) {
  begin(packet, headerBytes, index);
  int written;
  uint8_t* const body = packet + headerBytes;
  EVP_CipherUpdate(context_.get(), body, &written, body, static_cast<int>(length - headerBytes));
  EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, tagBytes, packet + length);
  return EVP_CipherFinal_ex(context_.get(), body, &written) == 1;
}

size_t Gcm::seal(const Packet& packet, uint8_t* to) {
  std::memcpy(to, packet.bytes, packet.headerBytes);
  begin(to, packet.headerBytes, packet.index);
  int written;
  EVP_CipherUpdate(context_.get(), to + packet.headerBytes, &written, packet.bytes + packet.headerBytes, static_cast<int>(packet.length - packet.headerBytes));
  EVP_CipherFinal_ex(context_.get(), to + packet.length, &written);
  EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, tagBytes, to + packet.length);
  return packet.length + tagBytes;
}

void Gcm::begin(const uint8_t* header, size_t headerBytes, uint64_t index) {
  // RFC 7714 §8.1: two zero bytes, SSRC and index; XOR the salt.
  auto vector = salt_;
  for (size_t at = 0; at < 4; ++at) vector[2 + at] ^= header[8 + at];
  for (size_t at = 0; at < 6; ++at) vector[6 + at] ^= static_cast<uint8_t>(index >> (40 - 8 * at));
  int written;
  EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, vector.data(), -1);
  EVP_CipherUpdate(context_.get(), nullptr, &written, header, static_cast<int>(headerBytes));
}
