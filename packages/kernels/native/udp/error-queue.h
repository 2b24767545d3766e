// ICMP errors about datagrams that a socket sent.
#pragma once
#include <vector>

#include "address.h"
#include "socket-table.h"

struct IcmpError {
  int32_t socket;
  SocketAddress destination;
  int32_t type;
  int32_t code;
  /// The MTU, where the error carries one.
  int32_t detail;
};

/// Takes what is in the socket's error queue, at most as much as one look should.
void readErrors(const Socket& socket, std::vector<IcmpError>& errors);
