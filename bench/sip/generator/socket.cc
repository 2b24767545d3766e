#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>

#include "load.h"

namespace bench {

uint64_t nowUs() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000 + time.tv_nsec / 1000;
}

Socket::Socket(const std::string& host, int port) : fd_(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)), buffer_(batch * longest), lengths_(batch), ports_(batch) {
  inet_pton(AF_INET, host.c_str(), &host_);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = host_;
  address.sin_port = htons(static_cast<uint16_t>(port));
  const int bytes = 8 * 1024 * 1024;
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
  setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  if (bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw std::runtime_error(std::string("bind: ") + strerror(errno));
}

void waitFor(const Socket& one, const Socket& other) {
  pollfd ready[2] = {{one.fd(), POLLIN, 0}, {other.fd(), POLLIN, 0}};
  const timespec shortly{0, 200000};
  ppoll(ready, 2, &shortly, nullptr);
}

int Socket::receive() {
  mmsghdr headers[batch]{};
  iovec pieces[batch];
  sockaddr_in sources[batch];
  for (int index = 0; index < batch; ++index) {
    pieces[index] = {buffer_.data() + index * longest, longest};
    headers[index].msg_hdr.msg_iov = &pieces[index];
    headers[index].msg_hdr.msg_iovlen = 1;
    headers[index].msg_hdr.msg_name = &sources[index];
    headers[index].msg_hdr.msg_namelen = sizeof(sockaddr_in);
  }
  const int count = recvmmsg(fd_, headers, batch, MSG_DONTWAIT, nullptr);
  for (int index = 0; index < count; ++index) {
    lengths_[index] = headers[index].msg_len;
    ports_[index] = ntohs(sources[index].sin_port);
  }
  return count < 0 ? 0 : count;
}

void Socket::queue(std::string text, int port) {
  texts_.push_back(std::move(text));
  to_.push_back(port);
  if (texts_.size() == batch) flush();
}

void Socket::flush() {
  mmsghdr headers[batch]{};
  iovec pieces[batch];
  sockaddr_in targets[batch];
  const int count = static_cast<int>(texts_.size());
  for (int index = 0; index < count; ++index) {
    targets[index] = {};
    targets[index].sin_family = AF_INET;
    targets[index].sin_addr = host_;
    targets[index].sin_port = htons(static_cast<uint16_t>(to_[index]));
    pieces[index] = {texts_[index].data(), texts_[index].size()};
    headers[index].msg_hdr.msg_iov = &pieces[index];
    headers[index].msg_hdr.msg_iovlen = 1;
    headers[index].msg_hdr.msg_name = &targets[index];
    headers[index].msg_hdr.msg_namelen = sizeof(sockaddr_in);
  }
  for (int sent = 0; sent < count;) {
    const int now = sendmmsg(fd_, headers + sent, count - sent, 0);
    sent += now > 0 ? now : 1;  // What the system does not take is lost, and repeated.
  }
  texts_.clear();
  to_.clear();
}

}  // namespace bench
