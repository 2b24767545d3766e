#include "receiver.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>

#include "descriptors.h"

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace {
/// How long the datagrams of a message are, where the system joined several into one.
size_t segmentBytesOf(msghdr& message, size_t length) {
  if (message.msg_controllen == 0) return length;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != IPPROTO_UDP || header->cmsg_type != UDP_GRO) continue;
    int bytes;
    std::memcpy(&bytes, CMSG_DATA(header), sizeof bytes);
    if (bytes > 0) return static_cast<size_t>(bytes);
  }
  return length;
}

/// When a message came, in nanoseconds of the wall clock; -1 where it does not say.
int64_t arrivedAt(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time;
    std::memcpy(&time, CMSG_DATA(header), sizeof time);
    return time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
  }
  return -1;
}

/// What nobody waits longer for: the wall clock may have been set meanwhile.
constexpr int64_t longestWaitMicroseconds = 1'000'000;
}  // namespace

Receiver::Receiver(uint8_t* slab, int32_t* descriptors, int capacity, Statistics& statistics)
    : slab_(slab), descriptors_(descriptors), capacity_(capacity), statistics_(statistics), messages_(slots), pieces_(2 * slots), addresses_(slots), controls_(slots), owners_(slots), waits_(slots) {
  uint8_t* const overflow = slab + slots * slotBytes;
  for (int slot = 0; slot < slots; ++slot) {
    pieces_[2 * slot] = {slab + slot * slotBytes, slotBytes};
    pieces_[2 * slot + 1] = {overflow + (slot % overflows) * overflowBytes + slotBytes, overflowBytes - slotBytes};
    msghdr& header = messages_[slot].msg_hdr;
    header.msg_name = &addresses_[slot];
    header.msg_iov = &pieces_[2 * slot];
    header.msg_iovlen = 2;
    header.msg_control = &controls_[slot];
  }
  used_ = slots;
  reset();
}

int Receiver::roomFor(int wanted) const { return std::min({wanted, overflows, limit_ - used_}); }

int Receiver::read(const Socket& socket, int count) {
  // A pending error comes instead of the first datagram; the next call has it.
  for (int attempt = 0; attempt < 3; ++attempt) {
    const int got = recvmmsg(socket.fd, &messages_[used_], static_cast<unsigned>(count), MSG_DONTWAIT, nullptr);
    if (got < 0 && errno != EAGAIN) continue;
    if (got <= 0) return 0;
    const int first = used_;
    for (const int end = used_ + got; used_ < end; ++used_) {
      owners_[used_] = socket.toldAs;
      waits_[used_] = 0;
      if (messages_[used_].msg_len > slotBytes) limit_ = std::min(limit_, used_ + overflows);
    }
    if (socket.toldAs != socket.number) noteWaits(first);
    return got;
  }
  return 0;
}

void Receiver::noteWaits(int first) {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  const int64_t now = time.tv_sec * int64_t{1'000'000'000} + time.tv_nsec;
  for (int slot = first; slot < used_; ++slot) {
    const int64_t arrived = arrivedAt(messages_[slot].msg_hdr);
    waits_[slot] = arrived < 0 ? 1 : static_cast<int32_t>(std::clamp<int64_t>((now - arrived) / 1000, 1, longestWaitMicroseconds));
  }
}

int Receiver::describe(SocketTable& sockets) {
  int count = 0;
  for (; nextError_ < errors_.size() && count < capacity_; ++nextError_) {
    if (sockets.find(errors_[nextError_].socket) != nullptr) describeError(count++, errors_[nextError_]);
  }
  for (; next_ < used_; ++next_) {
    mmsghdr& message = messages_[next_];
    const size_t length = message.msg_len;
    if (sockets.find(owners_[next_]) == nullptr) {
      segment_ = 0;
      continue;
    }
    if (count == capacity_) return count;
    if (segment_ == 0) {
      messageAt_ = assemble(next_);
      segmentBytes_ = segmentBytesOf(message.msg_hdr, length);
    }
    do {
      if (count == capacity_) return count;
      describeMessage(count++, owners_[next_]);
      segment_ += segmentBytes_;
    } while (segment_ < length);
    segment_ = 0;
  }
  if (count == 0) reset();
  return count;
}

void Receiver::describeMessage(int count, int32_t socket) {
  int32_t* const words = at(count);
  words[received::kind] = received::datagram;
  words[received::socket] = socket;
  writeAddress(addresses_[next_], words + received::family);
  words[received::offset] = static_cast<int32_t>(messageAt_ + segment_);
  words[received::length] = static_cast<int32_t>(std::min<size_t>(segmentBytes_, messages_[next_].msg_len - segment_));
  words[received::detail] = waits_[next_];
  ++statistics_.receivedDatagrams;
}

void Receiver::describeError(int count, const IcmpError& error) {
  int32_t* const words = at(count);
  words[received::kind] = received::icmpError;
  words[received::socket] = error.socket;
  writeAddress(error.destination, words + received::family);
  words[received::offset] = error.type;
  words[received::length] = error.code;
  words[received::detail] = error.detail;
}

int32_t* Receiver::at(int count) const { return descriptors_ + static_cast<ptrdiff_t>(count) * received::stride; }

size_t Receiver::assemble(int slot) const {
  uint8_t* const head = static_cast<uint8_t*>(pieces_[2 * slot].iov_base);
  if (messages_[slot].msg_len <= slotBytes) return static_cast<size_t>(head - slab_);
  uint8_t* const whole = static_cast<uint8_t*>(pieces_[2 * slot + 1].iov_base) - slotBytes;
  std::memcpy(whole, head, slotBytes);
  return static_cast<size_t>(whole - slab_);
}

void Receiver::reset() {
  for (int slot = 0; slot < used_; ++slot) {
    messages_[slot].msg_hdr.msg_namelen = sizeof(SocketAddress);
    messages_[slot].msg_hdr.msg_controllen = sizeof(Control);
  }
  errors_.clear();
  nextError_ = 0;
  used_ = next_ = 0;
  limit_ = slots;
}
