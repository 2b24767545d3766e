// Sends what descriptors say. Datagrams of equal size from one socket to one destination, where only the last may be shorter, go as one
// run (UDP_SEGMENT); runs of one socket go in one call.
#pragma once
#include <sys/socket.h>

#include <cstddef>
#include <vector>

#include "address.h"
#include "flows.h"
#include "statistics.h"

class Sender {
 public:
  Sender(uint8_t* slab, size_t slabBytes, const int32_t* descriptors, int capacity, SocketTable& sockets, Statistics& statistics);
  /// @return false where a descriptor reaches outside the slab: then nothing was sent.
  bool send(int count);

 private:
  static constexpr int queueCapacity = 64;
  struct Run {
    int32_t first;
    int32_t datagrams;
  };

  const int32_t* at(int32_t descriptor) const;
  bool isInsideSlab(const int32_t* words) const;
  bool canBeSent(const Socket* socket, const int32_t* words) const;
  void sendFlows(Socket& socket);
  /// Queues the run that begins at a descriptor. @return The descriptor behind it, -1 at the end of the flow.
  int32_t queueRun(Socket& socket, const Flow& flow, int32_t first);
  /// Sends the queue. What the system does not take is dropped and counted.
  void flush(Socket& socket);
  /// @return How many messages at the head of the queue are settled.
  int settleFailure(Socket& socket, int at, int code);
  void sendSingly(Socket& socket, int at);
  int addPieces(const int32_t* words, iovec* pieces) const;

  uint8_t* const slab_;
  const size_t slabBytes_;
  const int32_t* const descriptors_;
  SocketTable& sockets_;
  Statistics& statistics_;
  Flows flows_;

  std::vector<iovec> pieces_;
  size_t usedPieces_ = 0;
  int queued_ = 0;
  mmsghdr messages_[queueCapacity] = {};
  Run runs_[queueCapacity];
  SocketAddress addresses_[queueCapacity];
  struct alignas(cmsghdr) Control {
    uint8_t bytes[CMSG_SPACE(sizeof(uint16_t))];
  };
  Control controls_[queueCapacity] = {};
};
