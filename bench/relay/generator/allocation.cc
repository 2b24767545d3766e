#include "allocation.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <stdexcept>

namespace {

constexpr int tries = 6;
constexpr int allocationMismatch = 437;
constexpr int answerMs = 500;
/** Below what either server uses for relays, above where servers listen. */
constexpr int firstPort = 10240;
constexpr int portCount = 38000;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

uint16_t nextPort() {
  static unsigned port = std::random_device{}();
  return static_cast<uint16_t>(firstPort + port++ % portCount);
}

/** One datagram, or one STUN message off a stream; 0 when none came in time. */
size_t receiveMessage(int socket, bool isTcp, const Tls& tls, uint8_t* buffer, size_t capacity) {
  size_t have = 0;
  size_t wanted = isTcp ? 20 : 1;
  while (have < wanted) {
    pollfd ready{socket, POLLIN, 0};
    if (!hasDecrypted(tls) && poll(&ready, 1, answerMs) <= 0) return 0;
    const ssize_t got = receiveOver(socket, tls, buffer + have, isTcp ? wanted - have : capacity);
    if (got <= 0 && tls != nullptr && SSL_get_error(tls.get(), static_cast<int>(got)) == SSL_ERROR_WANT_READ) continue;
    if (got <= 0) return 0;
    have += static_cast<size_t>(got);
    if (!isTcp) return have;
    if (have == 20) wanted = 20u + turn::readUint16(buffer + 2);
    if (wanted > capacity) return 0;
  }
  return have;
}

turn::Response ask(int socket, bool isTcp, const Tls& tls, turn::Method method, const turn::Request& request) {
  uint8_t buffer[2048];
  for (int round = 0; round < tries; ++round) {
    if (sendOver(socket, tls, request.data(), request.size()) < 0) fail("send");
    const size_t size = receiveMessage(socket, isTcp, tls, buffer, sizeof buffer);
    if (const auto response = turn::parseResponse(method, buffer, size)) return *response;
    if (isTcp) break;
  }
  throw std::runtime_error("the server does not answer method " + std::to_string(method));
}

void expect(const turn::Response& response, int errorCode) {
  if (response.errorCode == errorCode && response.isSuccess == (errorCode == 0)) return;
  throw std::runtime_error("the server answers " + std::to_string(response.errorCode) + " instead of " + std::to_string(errorCode));
}

}  // namespace

int openUdp(const sockaddr_in& local) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int bufferBytes = 1 << 20;
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bufferBytes, sizeof bufferBytes);
  setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bufferBytes, sizeof bufferBytes);
  for (int round = 0; round < portCount; ++round) {
    const sockaddr_in own = withPort(local, nextPort());
    if (bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0) return socket;
    if (errno != EADDRINUSE) break;
  }
  fail("bind");
}

int openTcp(const sockaddr_in& server) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail("socket");
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&server), sizeof server) < 0) fail("connect");
  return socket;
}

sockaddr_in localAddress(int socket) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) < 0) fail("getsockname");
  return address;
}

sockaddr_in withPort(sockaddr_in address, uint16_t port) {
  address.sin_port = htons(port);
  return address;
}

turn::Credential credentialOf(const Options& options, int index) {
  return turn::credentialFor(options.secret, options.expiry + ":load-" + std::to_string(index % options.users));
}

Allocation openAllocation(const Options& options, int index, const sockaddr_in& peer) {
  Allocation allocation{};
  allocation.client = options.isTcp ? openTcp(options.server) : openUdp(options.server);
  if (!options.isTcp && connect(allocation.client, reinterpret_cast<const sockaddr*>(&options.server), sizeof options.server) < 0) fail("connect");
  if (options.isTls) allocation.tls = startTls(allocation.client);
  const turn::Credential& credential = allocation.credential = credentialOf(options, index);
  const auto request = [&](turn::Method method, const turn::Request& built) { return ask(allocation.client, options.isTcp, allocation.tls, method, built); };

  const turn::Response challenged = request(turn::allocate, turn::allocateRequest());
  if (challenged.errorCode == allocationMismatch) {
    close(allocation.client);
    return openAllocation(options, index, peer);
  }
  expect(challenged, 401);
  const turn::Challenge& challenge = allocation.challenge = turn::challengeOf(challenged, credential);
  const turn::Response allocated = request(turn::allocate, turn::allocateRequest().sign(credential, challenge));
  expect(allocated, 0);
  allocation.relayed = allocated.address;
  expect(request(turn::channelBind, turn::channelBindRequest(firstChannel, peer).sign(credential, challenge)), 0);
  return allocation;
}

void releaseAllocation(const Options& options, const Allocation& allocation) {
  if (options.isTcp) {
    if (allocation.tls != nullptr) SSL_shutdown(allocation.tls.get());
    close(allocation.client);
    return;
  }
  uint8_t buffer[2048];
  const turn::Request request = turn::refreshRequest(0).sign(allocation.credential, allocation.challenge);
  for (int round = 0; round < tries; ++round) {
    if (send(allocation.client, request.data(), request.size(), 0) < 0) fail("send");
    for (size_t size; (size = receiveMessage(allocation.client, false, nullptr, buffer, sizeof buffer)) > 0;) {
      if (turn::parseResponse(turn::refresh, buffer, size)) {
        close(allocation.client);
        return;
      }
    }
  }
  throw std::runtime_error("the server does not answer a Refresh to 0");
}
