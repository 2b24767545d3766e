/**
 * Load for a TURN server on this machine, and what the server spent on it: see ../../README.md, "relay".
 *
 *   generator traffic|allocations|bindings|hold NAME=VALUE...
 *
 * server=IP:PORT pid=N secret=TEXT expiry=SECONDS users=N        whom to load; names are EXPIRY:load-0 to EXPIRY:load-(N-1)
 * allocations=N payload=BYTES transport=udp|tcp|tls direction=c2p|p2c|both
 * burst=N segmentation=0|1 gro=0|1                                packets of an allocation in a row, how they go in and come out
 * window=PACKETS | rate=PACKETS_PER_SECOND                        closed loop, or open loop
 * warmup=SECONDS seconds=SECONDS
 */
#include <arpa/inet.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>

#include "flow.h"
#include "requests.h"
#include "traffic.h"

namespace {

sockaddr_in parseAddress(const std::string& text) {
  const size_t colon = text.rfind(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::stoi(text.substr(colon + 1))));
  if (inet_pton(AF_INET, text.substr(0, colon).c_str(), &address.sin_addr) != 1) throw std::invalid_argument("server is IPv4:PORT");
  return address;
}

void set(Options& options, const std::string& name, const std::string& value) {
  if (name == "server") options.server = parseAddress(value);
  else if (name == "pid") options.pid = std::stoi(value);
  else if (name == "secret") options.secret = value;
  else if (name == "expiry") options.expiry = value;
  else if (name == "users") options.users = std::stoi(value);
  else if (name == "allocations") options.allocations = std::stoi(value);
  else if (name == "payload") options.payload = std::stoi(value);
  else if (name == "transport") options.isTcp = value != "udp", options.isTls = value == "tls";
  else if (name == "direction") options.isToPeer = value != "p2c", options.isToClient = value != "c2p";
  else if (name == "burst") options.burst = std::stoi(value);
  else if (name == "segmentation") options.hasSegmentation = value == "1";
  else if (name == "gro") options.hasGro = value == "1";
  else if (name == "window") options.window = std::stoi(value);
  else if (name == "rate") options.rate = std::stod(value);
  else if (name == "warmup") options.warmUpSeconds = std::stod(value);
  else if (name == "seconds") options.seconds = std::stod(value);
  else throw std::invalid_argument("unknown option " + name);
}

Options parse(int count, char** words) {
  Options options;
  options.command = count > 1 ? words[1] : "";
  for (int at = 2; at < count; ++at) {
    const std::string word = words[at];
    const size_t equals = word.find('=');
    if (equals == std::string::npos) throw std::invalid_argument("expected NAME=VALUE instead of " + word);
    set(options, word.substr(0, equals), word.substr(equals + 1));
  }
  if (options.payload < static_cast<int>(sizeof(Stamp)) || options.payload > 1400) throw std::invalid_argument("payload is 24 to 1400 bytes");
  if (options.burst < 1 || options.burst > 32) throw std::invalid_argument("burst is 1 to 32 packets");
  return options;
}

void raiseFileLimit() {
  rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int main(int count, char** words) try {
  const Options options = parse(count, words);
  raiseFileLimit();
  if (options.command == "traffic") runTraffic(options);
  else if (options.command == "allocations") runAllocations(options);
  else if (options.command == "bindings") runBindings(options);
  else if (options.command == "hold") runHold(options);
  else throw std::invalid_argument("the first word is traffic, allocations, bindings or hold");
  return 0;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "generator: %s\n", failure.what());
  return 1;
}
