// What goes out: datagrams of equal length to one receiver as one run (UDP_SEGMENT), runs to several receivers in one call.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <vector>

class Outbox {
 public:
  explicit Outbox(int socket);
  /// Where the next datagram is to be written. Asked anew for each one.
  uint8_t* place(const sockaddr_in& receiver, size_t length);
  void flush();

 private:
  static constexpr int capacity = 64;
  static constexpr int longestRun = 64;
  static constexpr size_t mostBytes = 65507;
  /// About what a second-level cache keeps.
  static constexpr size_t bufferBytes = 512 * 1024;
  struct alignas(cmsghdr) Control {
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
  };

  bool belongsToLast(const sockaddr_in& receiver, size_t length) const;

  const int socket_;
  std::vector<uint8_t> bytes_;
  size_t used_ = 0;
  int count_ = 0;
  mmsghdr messages_[capacity] = {};
  iovec pieces_[capacity];
  Control controls_[capacity] = {};
  size_t segments_[capacity];
};
