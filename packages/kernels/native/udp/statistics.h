// What UdpSockets.statistics() tells, in its order.
#pragma once
#include <cstdint>

struct Statistics {
  uint64_t wakeUps = 0;
  uint64_t receivedDatagrams = 0;
  uint64_t sentDatagrams = 0;
  uint64_t sendCalls = 0;
  uint64_t droppedSends = 0;
};
