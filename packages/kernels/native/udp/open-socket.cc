#include "open-socket.h"

#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace {
bool set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value) == 0; }

/// An administrator's process may pass the system's limit.
void growBuffer(int fd, int forced, int limited, int bytes) {
  if (!set(fd, SOL_SOCKET, forced, bytes)) set(fd, SOL_SOCKET, limited, bytes);
}

OpenedSocket failed(int fd) {
  const int code = errno;
  close(fd);
  return {.fd = -code, .port = 0};
}
}  // namespace

OpenedSocket openSocket(const SocketAddress& address, int bufferBytes, bool receivesRuns) {
  const int family = address.any.sa_family;
  const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {.fd = -errno, .port = 0};
  if (family == AF_INET6 && !set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return failed(fd);
  setDontFragment(fd, family, false);
  if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  else set(fd, IPPROTO_IP, IP_RECVERR, 1);
  if (receivesRuns) set(fd, IPPROTO_UDP, UDP_GRO, 1);  // An old system delivers datagrams one by one.
  if (bufferBytes > 0) {
    growBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, bufferBytes);
    growBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, bufferBytes);
  }
  if (bind(fd, &address.any, lengthOf(address)) != 0) return failed(fd);
  SocketAddress own;
  socklen_t length = sizeof own;
  if (getsockname(fd, &own.any, &length) != 0) return failed(fd);
  return {.fd = fd, .port = ntohs(family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port)};
}

void setDontFragment(int fd, int family, bool dontFragment) {
  // IPv6 has no DF bit: routers never fragment, and the sender does up to what it knows of the path (WANT), or not at all (DO).
  if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, dontFragment ? IPV6_PMTUDISC_DO : IPV6_PMTUDISC_WANT);
  else set(fd, IPPROTO_IP, IP_MTU_DISCOVER, dontFragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
}
