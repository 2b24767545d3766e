#include "turn-messages.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstring>
#include <random>
#include <stdexcept>

namespace turn {
namespace {

constexpr uint32_t magicCookie = 0x2112a442;
enum Attribute : uint16_t {
  username = 0x0006,
  messageIntegrity = 0x0008,
  errorCode = 0x0009,
  channelNumber = 0x000c,
  lifetime = 0x000d,
  xorPeerAddress = 0x0012,
  realm = 0x0014,
  nonce = 0x0015,
  xorRelayedAddress = 0x0016,
  requestedTransport = 0x0019,
  xorMappedAddress = 0x0020,
};

void writeUint32(uint8_t* at, uint32_t value) {
  writeUint16(at, static_cast<uint16_t>(value >> 16));
  writeUint16(at + 2, static_cast<uint16_t>(value));
}

sockaddr_in readXorAddress(const uint8_t* value) {
  sockaddr_in address{};
  uint32_t ip;
  std::memcpy(&ip, value + 4, 4);
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(readUint16(value + 2) ^ (magicCookie >> 16)));
  address.sin_addr.s_addr = ip ^ htonl(magicCookie);
  return address;
}

}  // namespace

Credential credentialFor(std::string_view secret, std::string username) {
  uint8_t mac[EVP_MAX_MD_SIZE];
  unsigned macLength = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const uint8_t*>(username.data()), username.size(), mac, &macLength);
  std::string password(4 * ((macLength + 2) / 3) + 1, '\0');
  password.resize(static_cast<size_t>(EVP_EncodeBlock(reinterpret_cast<uint8_t*>(password.data()), mac, static_cast<int>(macLength))));
  return {std::move(username), std::move(password)};
}

Request::Request(Method method) {
  static std::mt19937 random{std::random_device{}()};
  writeUint16(bytes.data(), method);
  writeUint16(bytes.data() + 2, 0);
  writeUint32(bytes.data() + 4, magicCookie);
  for (size_t at = 8; at < 20; at += 4) writeUint32(bytes.data() + at, static_cast<uint32_t>(random()));
}

uint8_t* Request::reserve(uint16_t type, size_t size) {
  const size_t padded = (size + 3) & ~size_t{3};
  if (length + 4 + padded > bytes.size()) throw std::length_error("a request grew too long");
  uint8_t* value = bytes.data() + length + 4;
  writeUint16(bytes.data() + length, type);
  writeUint16(bytes.data() + length + 2, static_cast<uint16_t>(size));
  std::memset(value, 0, padded);
  length += 4 + padded;
  writeUint16(bytes.data() + 2, static_cast<uint16_t>(length - 20));
  return value;
}

Request& Request::number(uint16_t type, uint32_t value) {
  writeUint32(reserve(type, 4), value);
  return *this;
}

Request& Request::address(uint16_t type, const sockaddr_in& value) {
  uint8_t* at = reserve(type, 8);
  at[1] = 1;
  writeUint16(at + 2, static_cast<uint16_t>(ntohs(value.sin_port) ^ (magicCookie >> 16)));
  writeUint32(at + 4, ntohl(value.sin_addr.s_addr) ^ magicCookie);
  return *this;
}

Request& Request::sign(const Credential& credential, const Challenge& challenge) {
  std::memcpy(reserve(username, credential.username.size()), credential.username.data(), credential.username.size());
  std::memcpy(reserve(realm, challenge.realm.size()), challenge.realm.data(), challenge.realm.size());
  std::memcpy(reserve(nonce, challenge.nonce.size()), challenge.nonce.data(), challenge.nonce.size());
  const size_t covered = length;
  uint8_t* mac = reserve(messageIntegrity, 20);
  HMAC(EVP_sha1(), challenge.key.data(), static_cast<int>(challenge.key.size()), bytes.data(), covered, mac, nullptr);
  return *this;
}

Request allocateRequest() { return Request(allocate).number(requestedTransport, 17u << 24); }

Request refreshRequest(uint32_t lifetimeSeconds) { return Request(refresh).number(lifetime, lifetimeSeconds); }

Request channelBindRequest(uint16_t channel, const sockaddr_in& peer) {
  return Request(channelBind).number(channelNumber, static_cast<uint32_t>(channel) << 16).address(xorPeerAddress, peer);
}

std::optional<Response> parseResponse(Method method, const uint8_t* data, size_t size) {
  constexpr uint16_t classBits = 0x0110;
  if (size < 20 || (readUint16(data) & ~classBits) != method || (readUint16(data) & 0x0100) == 0 || readUint16(data + 2) + 20u != size) return std::nullopt;
  Response response;
  response.isSuccess = (readUint16(data) & classBits) == 0x0100;
  for (size_t at = 20; at + 4 <= size;) {
    const uint16_t type = readUint16(data + at);
    const size_t valueLength = readUint16(data + at + 2);
    const uint8_t* value = data + at + 4;
    if (at + 4 + valueLength > size) return std::nullopt;
    const auto text = [&] { return std::string(reinterpret_cast<const char*>(value), valueLength); };
    if (type == errorCode && valueLength >= 4) response.errorCode = (value[2] & 7) * 100 + value[3];
    if (type == realm) response.realm = text();
    if (type == nonce) response.nonce = text();
    if (type == (method == binding ? xorMappedAddress : xorRelayedAddress) && valueLength == 8) response.address = readXorAddress(value);
    at += 4 + ((valueLength + 3) & ~size_t{3});
  }
  return response;
}

Challenge challengeOf(const Response& response, const Credential& credential) {
  Challenge challenge{response.realm, response.nonce, {}};
  const std::string text = credential.username + ":" + response.realm + ":" + credential.password;
  EVP_Digest(text.data(), text.size(), challenge.key.data(), nullptr, EVP_md5(), nullptr);
  return challenge;
}

}  // namespace turn
