// What is asked of a run, what it has counted, and the socket it works over.
#pragma once
#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

struct Options {
  std::string scenario;
  std::string host;
  int serverPort = 0;
  int clientPort = 0;
  int uasPort = 0;
  double warmup = 1;
  double seconds = 3;
  // Work under way at a time; with a rate, at most.
  int inFlight = 50;
  // Begun a second; 0 as fast as it is answered.
  double rate = 0;
  // Processes whose time on CPU counts.
  std::vector<int> pids;
  // Users that register.
  int users = 10000;
};

struct Counts {
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t retransmitted = 0;
  // From the request to the first answer that says more than 100, in microseconds.
  std::vector<uint32_t> delays;
};

// Monotonic, in microseconds.
uint64_t nowUs();

// A UDP socket that reads and writes in batches.
class Socket {
 public:
  Socket(const std::string& host, int port);
  // Reads what is there; `take` gets each datagram. Returns how many there were.
  template <typename Take>
  int read(Take take);
  void queue(std::string text, int port);
  void flush();
  int fd() const { return fd_; }

 private:
  static constexpr int batch = 64;
  static constexpr int longest = 4096;
  int receive();
  int fd_;
  in_addr host_;
  std::vector<char> buffer_;
  std::vector<size_t> lengths_;
  std::vector<int> ports_;
  std::vector<std::string> texts_;
  std::vector<int> to_;
};

template <typename Take>
int Socket::read(Take take) {
  const int count = receive();
  for (int index = 0; index < count; ++index) take(std::string_view(buffer_.data() + index * longest, lengths_[index]), ports_[index]);
  return count;
}

// Until one of them has something to read; 200 us at most.
void waitFor(const Socket& one, const Socket& other);

// Both scenarios: begin what there is room for, take what comes, repeat what was not answered.
class Load {
 public:
  virtual ~Load() = default;
  // Reads and answers once; `mayBegin`: how many may be begun now.
  virtual void turn(uint64_t now, int mayBegin) = 0;
  virtual int underWay() const = 0;
  // Until something comes, or it is time to look again.
  virtual void wait() = 0;
  Counts counts;
};

Load* makeCalls(const Options& options);
Load* makeRequests(const Options& options);

}  // namespace bench
