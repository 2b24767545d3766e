#include "requests.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <vector>

#include "allocation.h"
#include "measured-window.h"

namespace {

constexpr int livesAtOnce = 128;
constexpr int bindingSockets = 16;
constexpr int bindingsInFlight = 512;
constexpr int64_t resendNs = 300'000'000;

/** One allocation from its first request to its last answer. */
struct Life {
  enum class Step { challenge, allocate, release };
  Step step = Step::challenge;
  int socket = -1;
  int64_t askedAt = 0;
  turn::Credential credential;
  turn::Challenge challenge;
  turn::Request request{turn::allocate};
};

class Lives {
 public:
  explicit Lives(const Options& options) : options(options), window(options.pid), epoll(epoll_create1(EPOLL_CLOEXEC)), lives(livesAtOnce) {}

  void run() {
    for (Life& life : lives) begin(life);
    serve(nowNs() + static_cast<int64_t>(options.warmUpSeconds * 1e9));
    ended = resent = 0;
    window.begin();
    serve(nowNs() + static_cast<int64_t>(options.seconds * 1e9));
    window.end();
    std::printf("{%s,\"delivered\":%lld,\"resent\":%lld,\"corrupt\":0}\n", window.json().c_str(), ended, resent);
  }

 private:
  void begin(Life& life) {
    life.socket = openUdp(options.server);
    if (connect(life.socket, reinterpret_cast<const sockaddr*>(&options.server), sizeof options.server) < 0) throw std::runtime_error("connect failed");
    epoll_event event{EPOLLIN, {.ptr = &life}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, life.socket, &event);
    life.credential = credentialOf(options, begun++);
    ask(life, Life::Step::challenge, turn::allocateRequest());
  }

  void restart(Life& life) {
    close(life.socket);
    begin(life);
  }

  void ask(Life& life, Life::Step step, const turn::Request& request) {
    life.step = step;
    life.request = request;
    send(life);
  }

  void send(Life& life) {
    life.askedAt = nowNs();
    ::send(life.socket, life.request.data(), life.request.size(), MSG_DONTWAIT);
  }

  void serve(int64_t until) {
    epoll_event events[livesAtOnce];
    for (int64_t now = nowNs(); now < until; now = nowNs()) {
      const int count = epoll_wait(epoll, events, livesAtOnce, 50);
      for (int at = 0; at < count; ++at) receive(*static_cast<Life*>(events[at].data.ptr));
      if (count > 0) continue;
      for (Life& life : lives) {
        if (now - life.askedAt < resendNs) continue;
        ++resent;
        send(life);
      }
    }
  }

  void receive(Life& life) {
    uint8_t buffer[2048];
    const ssize_t size = recv(life.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size <= 0) return;
    const turn::Method method = life.step == Life::Step::release ? turn::refresh : turn::allocate;
    const auto response = turn::parseResponse(method, buffer, static_cast<size_t>(size));
    if (!response) return;
    const int expected = life.step == Life::Step::challenge ? 401 : 0;
    // The server still holds on to an earlier life of this 5-tuple, or has done already what it is asked again.
    if (response->errorCode == 437) return restart(life);
    if (response->errorCode != expected) throw std::runtime_error("step " + std::to_string(static_cast<int>(life.step)) + " is answered " + std::to_string(response->errorCode));
    if (life.step == Life::Step::challenge) {
      life.challenge = turn::challengeOf(*response, life.credential);
      return ask(life, Life::Step::allocate, turn::allocateRequest().sign(life.credential, life.challenge));
    }
    if (life.step == Life::Step::allocate) return ask(life, Life::Step::release, turn::refreshRequest(0).sign(life.credential, life.challenge));
    ++ended;
    restart(life);
  }

  Options options;
  MeasuredWindow window;
  int epoll;
  std::vector<Life> lives;
  int begun = 0;
  long long ended = 0;
  long long resent = 0;
};

}  // namespace

void runAllocations(const Options& options) { Lives(options).run(); }

void runBindings(const Options& options) {
  MeasuredWindow window(options.pid);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  std::vector<int> sockets;
  const turn::Request request(turn::binding);
  for (int index = 0; index < bindingSockets; ++index) {
    sockets.push_back(openUdp(options.server));
    if (connect(sockets.back(), reinterpret_cast<const sockaddr*>(&options.server), sizeof options.server) < 0) throw std::runtime_error("connect failed");
    epoll_event event{EPOLLIN, {.fd = sockets.back()}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, sockets.back(), &event);
  }
  const auto fill = [&] {
    for (int at = 0; at < bindingsInFlight; ++at) send(sockets[static_cast<size_t>(at % bindingSockets)], request.data(), request.size(), MSG_DONTWAIT);
  };
  long long answered = 0;
  long long corrupt = 0;
  const auto serve = [&](int64_t until) {
    epoll_event events[bindingSockets];
    uint8_t buffer[2048];
    while (nowNs() < until) {
      const int count = epoll_wait(epoll, events, bindingSockets, 50);
      if (count == 0) fill();
      for (int at = 0; at < count; ++at) {
        const int socket = events[at].data.fd;
        const in_port_t port = localAddress(socket).sin_port;
        for (ssize_t size; (size = recv(socket, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;) {
          const auto response = turn::parseResponse(turn::binding, buffer, static_cast<size_t>(size));
          if (response && response->isSuccess && response->address.sin_port == port) ++answered;
          else ++corrupt;
          send(socket, request.data(), request.size(), MSG_DONTWAIT);
        }
      }
    }
  };
  fill();
  serve(nowNs() + static_cast<int64_t>(options.warmUpSeconds * 1e9));
  answered = corrupt = 0;
  window.begin();
  serve(nowNs() + static_cast<int64_t>(options.seconds * 1e9));
  window.end();
  std::printf("{%s,\"delivered\":%lld,\"corrupt\":%lld}\n", window.json().c_str(), answered, corrupt);
}

void runHold(const Options& options) {
  std::vector<Allocation> held;
  for (int index = 0; index < options.allocations; ++index) held.push_back(openAllocation(options, index, withPort(options.server, static_cast<uint16_t>(1024 + index % 60000))));
  std::puts("{\"held\":true}");
  std::fflush(stdout);
  char byte;
  while (read(STDIN_FILENO, &byte, 1) > 0) {
  }
  for (const Allocation& allocation : held) releaseAllocation(options, allocation);
}
