#include "measured-window.h"

#include <time.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace {
int64_t readClock(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}
}  // namespace

int64_t nowNs() { return readClock(CLOCK_MONOTONIC); }

int64_t processCpuNs(int pid) {
  int64_t sum = 0;
  std::error_code failure;
  const std::filesystem::path tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks, failure)) {
    std::ifstream file(task.path() / "schedstat");
    int64_t onCpu = 0;
    file >> onCpu;
    sum += onCpu;
  }
  if (failure || sum == 0) throw std::runtime_error("the server has no " + tasks.string() + "/*/schedstat");
  return sum;
}

void MeasuredWindow::begin() {
  serverFrom = processCpuNs(pid);
  ownFrom = readClock(CLOCK_PROCESS_CPUTIME_ID);
  from = nowNs();
}

void MeasuredWindow::end() {
  to = nowNs();
  serverTo = processCpuNs(pid);
  ownTo = readClock(CLOCK_PROCESS_CPUTIME_ID);
}

std::string MeasuredWindow::json() const {
  char text[256];
  const double elapsed = static_cast<double>(to - from);
  std::snprintf(text, sizeof text, "\"seconds\":%.4f,\"serverCpuNs\":%lld,\"serverShare\":%.3f,\"generatorShare\":%.3f", elapsed / 1e9,
                static_cast<long long>(serverTo - serverFrom), static_cast<double>(serverTo - serverFrom) / elapsed, static_cast<double>(ownTo - ownFrom) / elapsed);
  return text;
}
