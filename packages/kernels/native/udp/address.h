// Between the words of descriptors and the system's socket addresses.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <cstdint>
#include <cstring>

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

inline socklen_t lengthOf(const SocketAddress& address) {
  return address.any.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

/// Reads family, port and four words, which stand in this order in every descriptor.
inline SocketAddress readAddress(const int32_t* words) {
  SocketAddress address;
  if (words[0] == 6) {
    address.v6 = sockaddr_in6{.sin6_family = AF_INET6, .sin6_port = htons(static_cast<uint16_t>(words[1]))};
    for (int word = 0; word < 4; ++word) {
      const uint32_t bytes = htonl(static_cast<uint32_t>(words[2 + word]));
      std::memcpy(&address.v6.sin6_addr.s6_addr[4 * word], &bytes, sizeof bytes);
    }
  } else {
    address.v4 = sockaddr_in{.sin_family = AF_INET, .sin_port = htons(static_cast<uint16_t>(words[1]))};
    address.v4.sin_addr.s_addr = htonl(static_cast<uint32_t>(words[2]));
  }
  return address;
}

/// Writes family, port and four words.
inline void writeAddress(const SocketAddress& address, int32_t* words) {
  if (address.any.sa_family == AF_INET6) {
    words[0] = 6;
    words[1] = ntohs(address.v6.sin6_port);
    for (int word = 0; word < 4; ++word) {
      uint32_t bytes;
      std::memcpy(&bytes, &address.v6.sin6_addr.s6_addr[4 * word], sizeof bytes);
      words[2 + word] = static_cast<int32_t>(ntohl(bytes));
    }
  } else {
    words[0] = 4;
    words[1] = ntohs(address.v4.sin_port);
    words[2] = static_cast<int32_t>(ntohl(address.v4.sin_addr.s_addr));
    words[3] = words[4] = words[5] = 0;
  }
}
