#pragma once
#include <cstdint>
#include <string>

/** Monotonic nanoseconds. */
int64_t nowNs();

/** Nanoseconds that all threads of a process have been on CPU: first field of /proc/PID/task/TID/schedstat. */
int64_t processCpuNs(int pid);

/** The part of a run that is measured: between two moments, time on CPU of the server and of this process. */
class MeasuredWindow {
 public:
  explicit MeasuredWindow(int pid) : pid(pid) {}
  void begin();
  void end();
  /** JSON members: seconds, serverCpuNs, serverShare and generatorShare of a core. */
  std::string json() const;

 private:
  int pid;
  int64_t from = 0, to = 0, serverFrom = 0, serverTo = 0, ownFrom = 0, ownTo = 0;
};
