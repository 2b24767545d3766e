// Opens and sets up one UDP socket.
#pragma once
#include <linux/filter.h>

#include <span>

#include "address.h"

struct OpenedSocket {
  /// The descriptor, or a negative errno.
  int fd;
  uint16_t port;
};

/// @param bufferBytes What the receive and send buffers should hold; 0 leaves the system's default.
/// @param receivesRuns Whether the system may hand over many datagrams as one (UDP_GRO).
OpenedSocket openSocket(const SocketAddress& address, int bufferBytes, bool receivesRuns);

/// Opens a second socket at the address and port of an open one, which from then on gets the datagrams for which a filter over their bytes returns 1, each stamped with when it came.
/// @return Its descriptor, or a negative errno: then everything goes on coming to the first.
int openPatientSocket(int fd, std::span<const sock_filter> filter, int bufferBytes);

/// Decides whether datagrams may be fragmented from now on.
void setDontFragment(int fd, int family, bool dontFragment);
