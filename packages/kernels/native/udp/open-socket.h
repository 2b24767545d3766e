// Opens and sets up one UDP socket.
#pragma once
#include "address.h"

struct OpenedSocket {
  /// The descriptor, or a negative errno.
  int fd;
  uint16_t port;
};

/// @param bufferBytes What the receive and send buffers should hold; 0 leaves the system's default.
/// @param receivesRuns Whether the system may hand over many datagrams as one (UDP_GRO).
OpenedSocket openSocket(const SocketAddress& address, int bufferBytes, bool receivesRuns);

/// Decides whether datagrams may be fragmented from now on.
void setDontFragment(int fd, int family, bool dontFragment);
