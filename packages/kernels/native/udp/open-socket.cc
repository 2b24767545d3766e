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

/// @return A negative errno.
int failed(int fd) {
  const int code = errno;
  close(fd);
  return -code;
}

/// @return A descriptor that is not bound yet, or a negative errno.
int makeSocket(int family, int bufferBytes) {
  const int fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (family == AF_INET6 && !set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return failed(fd);
  if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
  else set(fd, IPPROTO_IP, IP_RECVERR, 1);
  if (bufferBytes > 0) growBuffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, bufferBytes);
  return fd;
}

bool ownAddress(int fd, SocketAddress& own) {
  socklen_t length = sizeof own;
  return getsockname(fd, &own.any, &length) == 0;
}
}  // namespace

OpenedSocket openSocket(const SocketAddress& address, int bufferBytes, bool receivesRuns) {
  const int family = address.any.sa_family;
  const int fd = makeSocket(family, bufferBytes);
  if (fd < 0) return {.fd = fd, .port = 0};
  setDontFragment(fd, family, false);
  if (receivesRuns) set(fd, IPPROTO_UDP, UDP_GRO, 1);  // An old system delivers datagrams one by one.
  if (bufferBytes > 0) growBuffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, bufferBytes);
  SocketAddress own;
  if (bind(fd, &address.any, lengthOf(address)) != 0 || !ownAddress(fd, own)) return {.fd = failed(fd), .port = 0};
  return {.fd = fd, .port = ntohs(family == AF_INET6 ? own.v6.sin6_port : own.v4.sin_port)};
}

int openPatientSocket(int fd, std::span<const sock_filter> filter, int bufferBytes) {
  SocketAddress own;
  if (!ownAddress(fd, own)) return -errno;
  const int patient = makeSocket(own.any.sa_family, bufferBytes);
  if (patient < 0) return patient;
  set(patient, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  // Only now, so that the port was bound alone before. The first one that was bound is number 0 of the group, this one 1.
  sock_fprog program{.len = static_cast<unsigned short>(filter.size()), .filter = const_cast<sock_filter*>(filter.data())};
  const bool isShared = set(fd, SOL_SOCKET, SO_REUSEPORT, 1) && set(patient, SOL_SOCKET, SO_REUSEPORT, 1) && bind(patient, &own.any, lengthOf(own)) == 0 &&
                        setsockopt(patient, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program) == 0;
  return isShared ? patient : failed(patient);
}

void setDontFragment(int fd, int family, bool dontFragment) {
  // IPv6 has no DF bit: routers never fragment, and the sender does up to what it knows of the path (WANT), or not at all (DO).
  if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, dontFragment ? IPV6_PMTUDISC_DO : IPV6_PMTUDISC_WANT);
  else set(fd, IPPROTO_IP, IP_MTU_DISCOVER, dontFragment ? IP_PMTUDISC_DO : IP_PMTUDISC_DONT);
}
