#include "traffic.h"

#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <utility>

#include "flow.h"
#include "measured-window.h"

namespace {

/** Nothing in flight comes out for so long: it is lost, and the window is free again. */
constexpr int stallMs = 50;

class Traffic {
 public:
  explicit Traffic(const Options& options)
      : options(options), window(options.pid), writer(options.payload, options.hasSegmentation), reader(options.payload, options.rate > 0), epoll(epoll_create1(EPOLL_CLOEXEC)) {
    for (int index = 0; index < options.allocations; ++index) open(index);
    for (Flow& flow : flows) {
      epoll_event event{EPOLLIN, {.ptr = &flow}};
      epoll_ctl(epoll, EPOLL_CTL_ADD, flow.output, &event);
    }
  }

  void run() {
    const int64_t measureAt = nowNs() + static_cast<int64_t>(options.warmUpSeconds * 1e9);
    load(measureAt);
    const Tally warmUp = std::exchange(tally, {});
    tally.latenciesNs.reserve(1 << 20);
    window.begin();
    load(nowNs() + static_cast<int64_t>(options.seconds * 1e9));
    window.end();
    Tally measured = std::exchange(tally, {});
    while (receive(stallMs) > 0) {
    }
    for (const Allocation& allocation : allocations) releaseAllocation(options, allocation);
    const uint64_t sent = warmUp.sent + measured.sent;
    print(measured, sent, sent - warmUp.delivered - measured.delivered - tally.delivered, warmUp.corrupt + measured.corrupt + tally.corrupt);
  }

 private:
  void open(int index) {
    const int peer = openUdp(options.server);
    const Allocation& allocation = allocations.emplace_back(openAllocation(options, index, localAddress(peer)));
    if (connect(peer, reinterpret_cast<const sockaddr*>(&allocation.relayed), sizeof allocation.relayed) < 0) throw std::runtime_error("a peer cannot reach its relayed address");
    if (options.isToPeer) flows.push_back({.index = static_cast<uint32_t>(2 * index), .input = allocation.client, .output = peer, .tls = allocation.tls, .isFramedIn = true, .isStreamIn = options.isTcp});
    if (options.isToClient) flows.push_back({.index = static_cast<uint32_t>(2 * index + 1), .input = peer, .output = allocation.client, .tls = allocation.tls, .isFramedOut = true, .isStreamOut = options.isTcp});
    const int takesRuns = options.hasGro;
    for (const int socket : {peer, allocation.client}) setsockopt(socket, IPPROTO_UDP, UDP_GRO, &takesRuns, sizeof takesRuns);
  }

  void load(int64_t until) {
    if (options.rate > 0) loadPaced(until);
    else loadSaturated(until);
  }

  /** As many in flight as the window holds, shared evenly; whole bursts, each flow in turn. */
  void loadSaturated(int64_t until) {
    const auto share = static_cast<uint32_t>(std::max(options.burst, options.window / static_cast<int>(flows.size())));
    const auto burst = static_cast<uint32_t>(options.burst);
    while (nowNs() < until) {
      for (bool isSending = true; isSending;) {
        isSending = false;
        for (Flow& flow : flows) {
          if (flow.inFlight() + burst > share) continue;
          const int went = writer.send(flow, options.burst);
          tally.sent += static_cast<uint64_t>(went);
          isSending = isSending || went > 0;
        }
      }
      if (receive(stallMs) == 0) forgetLost();
    }
  }

  /** A stream loses nothing on its own side, and what the server dropped shows in the next packet that comes out. */
  void forgetLost() {
    for (Flow& flow : flows) {
      if (!flow.isStreamIn) flow.arrived = flow.sent;
    }
  }

  /** Packets at even distances, each flow in turn, whatever the server does; this process never sleeps. */
  void loadPaced(int64_t until) {
    const double intervalNs = 1e9 / options.rate;
    const int64_t from = nowNs();
    double dueNs = 0;
    for (int64_t now = from; now < until; now = nowNs()) {
      for (; static_cast<double>(now - from) >= dueNs; dueNs += intervalNs) {
        tally.sent += static_cast<uint64_t>(writer.send(flows[next], 1));
        next = (next + 1) % flows.size();
      }
      receive(0);
    }
  }

  int receive(int timeoutMs) {
    epoll_event events[256];
    const int count = epoll_wait(epoll, events, 256, timeoutMs);
    for (int at = 0; at < count; ++at) reader.receive(*static_cast<Flow*>(events[at].data.ptr), tally);
    return count;
  }

  void print(Tally& measured, uint64_t sent, uint64_t lost, uint64_t corrupt) {
    auto& latencies = measured.latenciesNs;
    std::sort(latencies.begin(), latencies.end());
    const auto microseconds = [&](size_t per10000) { return latencies.empty() ? 0.0 : static_cast<double>(latencies[latencies.size() * per10000 / 10000]) / 1000; };
    std::printf("{%s,\"delivered\":%llu,\"sent\":%llu,\"lost\":%llu,\"corrupt\":%llu,\"latencyMedianUs\":%.1f,\"latency99Us\":%.1f}\n", window.json().c_str(),
                static_cast<unsigned long long>(measured.delivered), static_cast<unsigned long long>(sent), static_cast<unsigned long long>(lost),
                static_cast<unsigned long long>(corrupt), microseconds(5000), microseconds(9900));
  }

  Options options;
  MeasuredWindow window;
  PacketWriter writer;
  PacketReader reader;
  int epoll;
  std::vector<Allocation> allocations;
  std::vector<Flow> flows = reserved();
  Tally tally;
  size_t next = 0;

  /** epoll holds pointers to the flows, so they must not move. */
  std::vector<Flow> reserved() const {
    std::vector<Flow> empty;
    empty.reserve(static_cast<size_t>(2 * options.allocations));
    return empty;
  }
};

}  // namespace

void runTraffic(const Options& options) { Traffic(options).run(); }
