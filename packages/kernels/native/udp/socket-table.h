// The open sockets by number. A number is a place in the table and how often that place was used before, so a number that is
// closed stays wrong for ever; a place whose count is used up is not used again.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

struct Socket {
  int fd = -1;
  int32_t number = 0;
  /// The number that its datagrams are told under: its own, or of the socket that it takes datagrams off which may wait.
  int32_t toldAs = 0;
  /// Number of the one that takes off its datagrams which may wait; -1 is none.
  int32_t patient = -1;
  int family = 0;
  uint16_t port = 0;
  /// Whether its datagrams have the DF bit now, or in IPv6 may not be fragmented.
  bool dontFragment = false;
  /// Whether the system takes runs (UDP_SEGMENT) from it; a device without checksum offload does not.
  bool takesRuns = true;
  /// Destination port of the last datagram that was too big to send unfragmented: the error queue does not name it.
  uint16_t tooBigPort = 0;
  /// Flows of the batch that is being sent; -1 is none.
  int32_t firstFlow = -1;
  int32_t lastFlow = -1;
};

class SocketTable {
 public:
  /// @return nullptr where every number is used up. Valid until the next add.
  Socket* add(int fd, int family);
  /// @return nullptr where no such socket is open. Valid until the next add.
  Socket* find(int32_t number);
  /// Forgets the socket; closing its descriptor is the caller's.
  void remove(const Socket& socket);
  size_t openCount() const { return openCount_; }
  template <typename Visit>
  void forEachOpen(Visit visit) {
    for (Socket& socket : places_)
      if (socket.fd >= 0) visit(socket);
  }

 private:
  std::vector<Socket> places_;
  /// Longest free first, so that a number comes back as late as possible.
  std::deque<int32_t> free_;
  size_t openCount_ = 0;
};
