#pragma once
#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/** What the generator needs of STUN and TURN (RFC 8489, RFC 8656), with MD5 keys and MESSAGE-INTEGRITY, which every server knows. */
namespace turn {

enum Method : uint16_t { binding = 0x001, allocate = 0x003, refresh = 0x004, channelBind = 0x009 };

/** A time-limited name and its password. */
struct Credential {
  std::string username;
  std::string password;
};

/** base64(HMAC-SHA1(secret, username)): "REST API for access to TURN services". */
Credential credentialFor(std::string_view secret, std::string username);

/** A server's challenge and the key that answers it (RFC 8489 §9.2.2). */
struct Challenge {
  std::string realm;
  std::string nonce;
  std::array<uint8_t, 16> key;
};

/** One request under construction. */
class Request {
 public:
  explicit Request(Method method);
  Request& number(uint16_t type, uint32_t value);
  Request& address(uint16_t type, const sockaddr_in& value);
  /** Appends USERNAME, REALM, NONCE and MESSAGE-INTEGRITY; nothing may follow. */
  Request& sign(const Credential& credential, const Challenge& challenge);
  const uint8_t* data() const { return bytes.data(); }
  size_t size() const { return length; }

 private:
  uint8_t* reserve(uint16_t type, size_t size);
  std::array<uint8_t, 768> bytes;
  size_t length = 20;
};

Request allocateRequest();
Request refreshRequest(uint32_t lifetimeSeconds);
Request channelBindRequest(uint16_t channel, const sockaddr_in& peer);

/** A response, as far as the generator looks at it. */
struct Response {
  bool isSuccess = false;
  /** 0 for a success. */
  int errorCode = 0;
  std::string realm;
  std::string nonce;
  /** XOR-RELAYED-ADDRESS or, in a Binding response, XOR-MAPPED-ADDRESS; port 0 when absent. */
  sockaddr_in address{};
};

/** `nullopt` for what is no response to `method`. */
std::optional<Response> parseResponse(Method method, const uint8_t* data, size_t size);

Challenge challengeOf(const Response& response, const Credential& credential);

inline uint16_t readUint16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline void writeUint16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

}  // namespace turn
