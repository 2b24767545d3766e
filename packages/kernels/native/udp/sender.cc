#include "sender.h"

#include <netinet/udp.h>

#include <cerrno>

#include "descriptors.h"
#include "open-socket.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace {
constexpr int maxRunDatagrams = 64;
/// The most that one UDP datagram can carry over IPv4, which also bounds a run.
constexpr int maxBytes = 65507;
/// How often one message is tried: an ICMP error about another destination fails a call that has nothing to do with it.
constexpr int maxAttempts = 3;

int bytesOf(const int32_t* words) { return words[outgoing::headerLength] + words[outgoing::length]; }

bool mayBePendingError(int code) { return code != EAGAIN && code != ENOBUFS && code != EINVAL && code != EIO; }
}  // namespace

Sender::Sender(uint8_t* slab, size_t slabBytes, const int32_t* descriptors, int capacity, SocketTable& sockets, Statistics& statistics)
    : slab_(slab), slabBytes_(slabBytes), descriptors_(descriptors), sockets_(sockets), statistics_(statistics), flows_(capacity), pieces_(2 * capacity) {
  for (int at = 0; at < queueCapacity; ++at) {
    messages_[at].msg_hdr.msg_name = &addresses_[at];
    auto* const header = reinterpret_cast<cmsghdr*>(&controls_[at]);
    header->cmsg_level = IPPROTO_UDP;
    header->cmsg_type = UDP_SEGMENT;
    header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  }
}

bool Sender::send(int count) {
  for (int32_t index = 0; index < count; ++index)
    if (!isInsideSlab(at(index))) return false;
  flows_.clear();
  for (int32_t index = 0; index < count; ++index) {
    const int32_t* const words = at(index);
    Socket* const socket = sockets_.find(words[outgoing::socket]);
    if (canBeSent(socket, words)) flows_.add(*socket, words + outgoing::family, index);
    else ++statistics_.droppedSends;
  }
  for (const int32_t number : flows_.sockets()) sendFlows(*sockets_.find(number));
  return true;
}

const int32_t* Sender::at(int32_t descriptor) const { return descriptors_ + static_cast<ptrdiff_t>(descriptor) * outgoing::stride; }

bool Sender::isInsideSlab(const int32_t* words) const {
  const auto isInside = [this](int32_t offset, int32_t length) { return offset >= 0 && length >= 0 && static_cast<size_t>(offset) + static_cast<size_t>(length) <= slabBytes_; };
  return isInside(words[outgoing::offset], words[outgoing::length]) && isInside(words[outgoing::headerOffset], words[outgoing::headerLength]);
}

bool Sender::canBeSent(const Socket* socket, const int32_t* words) const {
  if (socket == nullptr || words[outgoing::port] <= 0 || words[outgoing::port] > UINT16_MAX) return false;
  if (socket->family != (words[outgoing::family] == 6 ? AF_INET6 : AF_INET)) return false;
  return words[outgoing::length] <= maxBytes && words[outgoing::headerLength] <= maxBytes && bytesOf(words) <= maxBytes;
}

void Sender::sendFlows(Socket& socket) {
  for (int32_t index = socket.firstFlow; index >= 0; index = flows_.flow(index).nextOfSocket) {
    const Flow& flow = flows_.flow(index);
    for (int32_t first = flow.first; first >= 0;) first = queueRun(socket, flow, first);
  }
  socket.firstFlow = socket.lastFlow = -1;
  flush(socket);
}

int32_t Sender::queueRun(Socket& socket, const Flow& flow, int32_t first) {
  const int32_t* words = at(first);
  const int32_t flags = words[outgoing::flags];
  const bool dontFragment = (flags & outgoing::dontFragment) != 0;
  if (queued_ == queueCapacity || dontFragment != socket.dontFragment) flush(socket);
  if (dontFragment != socket.dontFragment) {
    setDontFragment(socket.fd, socket.family, dontFragment);
    socket.dontFragment = dontFragment;
  }

  const int size = bytesOf(words);
  iovec* const pieces = &pieces_[usedPieces_];
  int pieceCount = addPieces(words, pieces);
  int total = size;
  int datagrams = 1;
  int32_t next = flows_.nextOf(first);
  const int longest = socket.takesRuns && size > 0 ? maxRunDatagrams : 1;
  while (next >= 0 && datagrams < longest) {
    words = at(next);
    const int bytes = bytesOf(words);
    if (bytes > size || bytes == 0 || total + bytes > maxBytes || words[outgoing::flags] != flags) break;
    pieceCount += addPieces(words, pieces + pieceCount);
    total += bytes;
    ++datagrams;
    next = flows_.nextOf(next);
    if (bytes < size) break;
  }
  usedPieces_ += pieceCount;

  msghdr& message = messages_[queued_].msg_hdr;
  addresses_[queued_] = readAddress(flow.destination);
  message.msg_namelen = lengthOf(addresses_[queued_]);
  message.msg_iov = pieces;
  message.msg_iovlen = static_cast<size_t>(pieceCount);
  message.msg_control = nullptr;
  message.msg_controllen = 0;
  if (datagrams > 1) {
    const auto segment = static_cast<uint16_t>(size);
    message.msg_control = &controls_[queued_];
    message.msg_controllen = sizeof(Control);
    std::memcpy(CMSG_DATA(reinterpret_cast<cmsghdr*>(&controls_[queued_])), &segment, sizeof segment);
  }
  runs_[queued_++] = {.first = first, .datagrams = datagrams};
  return next;
}

void Sender::flush(Socket& socket) {
  int attempts = 0;
  for (int at = 0; at < queued_;) {
    const int taken = sendmmsg(socket.fd, &messages_[at], static_cast<unsigned>(queued_ - at), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken > 0) {
      ++statistics_.sendCalls;
      for (const int end = at + taken; at < end; ++at) statistics_.sentDatagrams += static_cast<uint64_t>(runs_[at].datagrams);
      attempts = 0;
      continue;
    }
    const int code = errno;
    const bool mayBeTooBigForRun = code == EMSGSIZE && runs_[at].datagrams > 1;
    if (mayBePendingError(code) && !mayBeTooBigForRun && ++attempts < maxAttempts) continue;
    at += settleFailure(socket, at, code);
    attempts = 0;
  }
  queued_ = 0;
  usedPieces_ = 0;
}

int Sender::settleFailure(Socket& socket, int at, int code) {
  if (runs_[at].datagrams > 1 && (code == EINVAL || code == EIO || code == EMSGSIZE)) {
    // A run needs a device with checksums, and datagrams that fit into its packets.
    if (code == EIO) socket.takesRuns = false;
    sendSingly(socket, at);
    return 1;
  }
  if (code == EMSGSIZE) socket.tooBigPort = static_cast<uint16_t>(this->at(runs_[at].first)[outgoing::port]);
  const int lost = code == EAGAIN ? queued_ - at : 1;  // A full buffer takes none of them.
  for (int index = at; index < at + lost; ++index) statistics_.droppedSends += static_cast<uint64_t>(runs_[index].datagrams);
  return lost;
}

void Sender::sendSingly(Socket& socket, int at) {
  msghdr message = messages_[at].msg_hdr;
  message.msg_control = nullptr;
  message.msg_controllen = 0;
  int32_t descriptor = runs_[at].first;
  for (int32_t left = runs_[at].datagrams; left > 0; --left, descriptor = flows_.nextOf(descriptor)) {
    iovec pieces[2];
    message.msg_iov = pieces;
    message.msg_iovlen = static_cast<size_t>(addPieces(this->at(descriptor), pieces));
    ssize_t sent = -1;
    for (int attempt = 0; attempt < maxAttempts && sent < 0; ++attempt) {
      sent = sendmsg(socket.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0 && !mayBePendingError(errno)) break;
    }
    if (sent >= 0) {
      ++statistics_.sendCalls;
      ++statistics_.sentDatagrams;
      continue;
    }
    if (errno == EMSGSIZE) socket.tooBigPort = static_cast<uint16_t>(this->at(descriptor)[outgoing::port]);
    ++statistics_.droppedSends;
  }
}

int Sender::addPieces(const int32_t* words, iovec* pieces) const {
  int count = 0;
  const auto add = [&](int32_t offset, int32_t length) {
    if (length > 0) pieces[count++] = {slab_ + offset, static_cast<size_t>(length)};
  };
  add(words[outgoing::headerOffset], words[outgoing::headerLength]);
  add(words[outgoing::offset], words[outgoing::length]);
  return count;
}
