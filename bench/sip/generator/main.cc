// generator SCENARIO KEY=VALUE...: calls, register or options against a SIP server; prints one line of JSON.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <dirent.h>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "load.h"

namespace bench {

// Time on CPU of all threads of the processes, in nanoseconds.
static uint64_t cpuOf(const std::vector<int>& pids) {
  uint64_t sum = 0;
  for (const int pid : pids) {
    const std::string folder = "/proc/" + std::to_string(pid) + "/task";
    DIR* tasks = opendir(folder.c_str());
    if (tasks == nullptr) continue;
    while (const dirent* task = readdir(tasks)) {
      if (task->d_name[0] == '.') continue;
      std::ifstream file(folder + "/" + task->d_name + "/schedstat");
      uint64_t ns = 0;
      file >> ns;
      sum += ns;
    }
    closedir(tasks);
  }
  return sum;
}

static uint64_t ownCpu() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000 + time.tv_nsec;
}

static Options read(int count, char** words) {
  Options options;
  options.scenario = count > 1 ? words[1] : "";
  for (int at = 2; at < count; ++at) {
    const std::string word(words[at]);
    const size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = word.substr(equals + 1);
    if (key == "host") options.host = value;
    else if (key == "server") options.serverPort = std::stoi(value);
    else if (key == "client") options.clientPort = std::stoi(value);
    else if (key == "uas") options.uasPort = std::stoi(value);
    else if (key == "warmup") options.warmup = std::stod(value);
    else if (key == "seconds") options.seconds = std::stod(value);
    else if (key == "inFlight") options.inFlight = std::stoi(value);
    else if (key == "rate") options.rate = std::stod(value);
    else if (key == "users") options.users = std::stoi(value);
    else if (key == "pids") {
      std::stringstream list(value);
      for (std::string pid; std::getline(list, pid, ',');) options.pids.push_back(std::stoi(pid));
    } else throw std::runtime_error("unknown: " + word);
  }
  return options;
}

static void run(const Options& options) {
  const std::unique_ptr<Load> load(options.scenario == "calls" ? makeCalls(options) : makeRequests(options));
  const uint64_t start = nowUs();
  const uint64_t measureFrom = start + static_cast<uint64_t>(options.warmup * 1e6);
  const uint64_t until = measureFrom + static_cast<uint64_t>(options.seconds * 1e6);
  Counts before;
  uint64_t cpuBefore = 0;
  uint64_t ownBefore = 0;
  uint64_t begun = 0;
  bool isMeasuring = false;
  uint64_t now = start;
  for (; now < until; now = nowUs()) {
    if (!isMeasuring && now >= measureFrom) {
      isMeasuring = true;
      before = load->counts;
      load->counts.delays.clear();
      cpuBefore = cpuOf(options.pids);
      ownBefore = ownCpu();
    }
    const int room = options.inFlight - load->underWay();
    const double due = options.rate > 0 ? (now - start) / 1e6 * options.rate - static_cast<double>(begun) : room;
    const int mayBegin = std::max(0, std::min(std::min(room, static_cast<int>(due)), 32));
    load->turn(now, mayBegin);
    begun += mayBegin;
    if (mayBegin == 0) load->wait();
  }
  const double seconds = (now - measureFrom) / 1e6;
  const uint64_t cpu = cpuOf(options.pids) - cpuBefore;
  const uint64_t own = ownCpu() - ownBefore;
  std::vector<uint32_t>& delays = load->counts.delays;
  std::sort(delays.begin(), delays.end());
  const auto percentile = [&](double share) { return delays.empty() ? 0 : delays[static_cast<size_t>(share * (delays.size() - 1))]; };
  printf("{\"seconds\":%f,\"serverCpuNs\":%llu,\"generatorShare\":%f,\"completed\":%llu,\"failed\":%llu,\"retransmitted\":%llu,\"delayMedianUs\":%u,\"delay99Us\":%u}\n", seconds,
         static_cast<unsigned long long>(cpu), own / 1e9 / seconds, static_cast<unsigned long long>(load->counts.completed - before.completed),
         static_cast<unsigned long long>(load->counts.failed - before.failed), static_cast<unsigned long long>(load->counts.retransmitted - before.retransmitted), percentile(0.5), percentile(0.99));
}

}  // namespace bench

int main(int count, char** words) {
  try {
    bench::run(bench::read(count, words));
    return 0;
  } catch (const std::exception& error) {
    fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
