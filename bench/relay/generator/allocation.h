#pragma once
#include "options.h"
#include "tls-stream.h"
#include "turn-messages.h"

constexpr uint16_t firstChannel = 0x4000;

/** An allocation as its client holds it. */
struct Allocation {
  int client = -1;
  /** Of a client over TLS. */
  Tls tls;
  sockaddr_in relayed{};
  turn::Credential credential;
  turn::Challenge challenge;
};

/**
 * A UDP socket on the server's address, so that both ends are on this machine, or a TCP stream to the server. Blocking. UDP ports are taken in turn: a
 * server may hold on to a 5-tuple for a while after its allocation was deleted (coturn for a second).
 */
int openUdp(const sockaddr_in& local);
int openTcp(const sockaddr_in& server);
sockaddr_in localAddress(int socket);
/** The same IP address with another port. */
sockaddr_in withPort(sockaddr_in address, uint16_t port);

turn::Credential credentialOf(const Options& options, int index);

/** Allocates with the 401 exchange and binds one channel to the peer. Throws when the server refuses or stays silent. */
Allocation openAllocation(const Options& options, int index, const sockaddr_in& peer);

/** Deletes it at the server. What is still on its way is discarded. */
void releaseAllocation(const Options& options, const Allocation& allocation);
