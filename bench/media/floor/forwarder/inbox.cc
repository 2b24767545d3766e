#include "inbox.h"

#include <netinet/udp.h>

#include <algorithm>
#include <cstring>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

Inbox::Inbox(int socket) : socket_(socket), bytes_(capacity * messageBytes) {
  const int on = 1;
  setsockopt(socket, IPPROTO_UDP, UDP_GRO, &on, sizeof on);
  for (int at = 0; at < capacity; ++at) {
    pieces_[at] = {&bytes_[static_cast<size_t>(at) * messageBytes], messageBytes};
    msghdr& header = messages_[at].msg_hdr;
    header.msg_iov = &pieces_[at];
    header.msg_iovlen = 1;
    header.msg_name = &senders_[at];
    header.msg_control = &controls_[at];
  }
}

const std::vector<Datagram>& Inbox::read() {
  datagrams_.clear();
  for (mmsghdr& message : messages_) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_in);
    message.msg_hdr.msg_controllen = sizeof(Control);
  }
  const int got = recvmmsg(socket_, messages_, capacity, MSG_DONTWAIT, nullptr);
  for (int at = 0; at < got; ++at) take(messages_[at]);
  return datagrams_;
}

void Inbox::take(mmsghdr& message) {
  size_t segment = message.msg_len;
  const cmsghdr* const control = CMSG_FIRSTHDR(&message.msg_hdr);
  if (control != nullptr && control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
    int bytes;
    std::memcpy(&bytes, CMSG_DATA(control), sizeof bytes);
    segment = static_cast<size_t>(bytes);
  }
  auto* const bytes = static_cast<uint8_t*>(message.msg_hdr.msg_iov->iov_base);
  const uint16_t port = ntohs(static_cast<sockaddr_in*>(message.msg_hdr.msg_name)->sin_port);
  for (size_t at = 0; at < message.msg_len; at += segment) datagrams_.push_back({bytes + at, std::min<size_t>(segment, message.msg_len - at), port});
}
