// What waits at the socket, as datagrams: several of one sender may come as one message (UDP_GRO).
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <vector>

struct Datagram {
  uint8_t* bytes;
  size_t length;
  /// Where it came from: all clients have one address.
  uint16_t port;
};

class Inbox {
 public:
  explicit Inbox(int socket);
  /// Reads once. @return What came, valid until the next call.
  const std::vector<Datagram>& read();

 private:
  static constexpr int capacity = 64;
  static constexpr size_t messageBytes = 65536;
  struct alignas(cmsghdr) Control {
    uint8_t bytes[CMSG_SPACE(sizeof(int))];
  };

  void take(mmsghdr& message);

  const int socket_;
  std::vector<uint8_t> bytes_;
  mmsghdr messages_[capacity] = {};
  iovec pieces_[capacity];
  sockaddr_in senders_[capacity];
  Control controls_[capacity];
  std::vector<Datagram> datagrams_;
};
