// Datagrams as they come out of sockets, and their descriptors.
//
// A message is read into a slot of its own and, where it is longer, goes on in an overflow, behind a gap as long as a slot: the head
// is moved into that gap, and the message is in one piece. So short datagrams lie close together, and a run of 64 KiB
// (UDP_GRO) still fits. Slots are an odd number of cache lines apart, so that they do not all fall on the same lines of the cache.
#pragma once
#include <sys/socket.h>

#include <cstddef>
#include <ctime>
#include <vector>

#include "address.h"
#include "error-queue.h"
#include "socket-table.h"
#include "statistics.h"

class Receiver {
 public:
  static constexpr int slots = 1024;
  /// Messages that one call may read: each needs an overflow of its own.
  static constexpr int overflows = 128;
  static constexpr size_t slotBytes = 33 * 64;
  static constexpr size_t overflowBytes = 65536;
  /// How much of the slab it fills.
  static constexpr size_t slabBytes = slots * slotBytes + overflows * overflowBytes;

  /// @param descriptors What `describe` fills, `capacity` at a time.
  Receiver(uint8_t* slab, int32_t* descriptors, int capacity, Statistics& statistics);

  /// How many of `wanted` messages the next `read` can take; 0 where everything has to be described first.
  int roomFor(int wanted) const;
  /// @return How many it read; fewer than `count` (at most `roomFor`) when there are no more.
  int read(const Socket& socket, int count);
  void readErrors(Socket& socket) { ::readErrors(socket, errors_); }
  /// Fills the next descriptors; those of sockets that were closed meanwhile are left out. @return How many; 0 when all is described, and there is room again.
  int describe(SocketTable& sockets);

 private:
  void noteWaits(int first);
  void describeMessage(int count, int32_t socket);
  void describeError(int count, const IcmpError& error);
  int32_t* at(int count) const;
  /// Where the message is in one piece, relative to the slab.
  size_t assemble(int slot) const;
  void reset();

  uint8_t* const slab_;
  int32_t* const descriptors_;
  const int capacity_;
  Statistics& statistics_;

  std::vector<mmsghdr> messages_;
  std::vector<iovec> pieces_;
  std::vector<SocketAddress> addresses_;
  /// Room for the length of a run's datagrams, or for when one came.
  struct alignas(cmsghdr) Control {
    uint8_t bytes[CMSG_SPACE(sizeof(timespec))];
  };
  std::vector<Control> controls_;
  std::vector<int32_t> owners_;
  /// How long each message has waited, in microseconds, where it was one that may.
  std::vector<int32_t> waits_;
  std::vector<IcmpError> errors_;

  int used_ = 0;
  /// The first slot whose overflow holds a message of this batch.
  int limit_ = slots;
  /// What is described next: an error, then a segment of a message.
  size_t nextError_ = 0;
  int next_ = 0;
  size_t messageAt_ = 0;
  size_t segment_ = 0;
  size_t segmentBytes_ = 0;
};
