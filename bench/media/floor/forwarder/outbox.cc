#include "outbox.h"

#include <netinet/udp.h>

#include <cerrno>
#include <cstring>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

Outbox::Outbox(int socket) : socket_(socket), bytes_(bufferBytes) {
  for (int at = 0; at < capacity; ++at) {
    messages_[at].msg_hdr.msg_iov = &pieces_[at];
    messages_[at].msg_hdr.msg_iovlen = 1;
    messages_[at].msg_hdr.msg_namelen = sizeof(sockaddr_in);
    auto* const control = reinterpret_cast<cmsghdr*>(&controls_[at]);
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  }
}

uint8_t* Outbox::place(const sockaddr_in& receiver, size_t length) {
  if (used_ + length > bufferBytes) flush();
  uint8_t* const at = &bytes_[used_];
  used_ += length;
  if (belongsToLast(receiver, length)) {
    pieces_[count_ - 1].iov_len += length;
    return at;
  }
  if (count_ == capacity) {
    flush();
    return place(receiver, length);
  }
  messages_[count_].msg_hdr.msg_name = const_cast<sockaddr_in*>(&receiver);
  pieces_[count_] = {at, length};
  segments_[count_] = length;
  ++count_;
  return at;
}

bool Outbox::belongsToLast(const sockaddr_in& receiver, size_t length) const {
  if (count_ == 0 || messages_[count_ - 1].msg_hdr.msg_name != &receiver || segments_[count_ - 1] != length) return false;
  const size_t run = pieces_[count_ - 1].iov_len;
  return run + length <= mostBytes && run < longestRun * length;
}

void Outbox::flush() {
  for (int at = 0; at < count_; ++at) {
    msghdr& header = messages_[at].msg_hdr;
    const bool isRun = pieces_[at].iov_len > segments_[at];
    const auto segment = static_cast<uint16_t>(segments_[at]);
    if (isRun) std::memcpy(CMSG_DATA(reinterpret_cast<cmsghdr*>(&controls_[at])), &segment, sizeof segment);
    header.msg_control = isRun ? &controls_[at] : nullptr;
    header.msg_controllen = isRun ? sizeof(Control) : 0;
  }
  for (int at = 0; at < count_;) {
    const int sent = sendmmsg(socket_, &messages_[at], static_cast<unsigned>(count_ - at), MSG_DONTWAIT);
    at += sent > 0 ? sent : 1;  // What the system does not take is lost.
  }
  count_ = 0;
  used_ = 0;
}
