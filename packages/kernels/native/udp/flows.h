// Sorts the descriptors of one send by socket and destination, each flow in its order, so that runs form that go as one.
#pragma once
#include <cstdint>
#include <vector>

#include "socket-table.h"

struct Flow {
  /// Family, port and address of its first descriptor.
  const int32_t* destination;
  int32_t first;
  int32_t last;
  /// The next flow of the same socket; -1 is none.
  int32_t nextOfSocket;
};

class Flows {
 public:
  explicit Flows(int capacity);
  void clear();
  /// @param destination Stays valid until `clear`.
  void add(Socket& socket, const int32_t* destination, int32_t descriptor);

  /// Numbers of the sockets that send, in the order in which they came first.
  const std::vector<int32_t>& sockets() const { return sockets_; }
  const Flow& flow(int32_t index) const { return flows_[index]; }
  /// The next descriptor of the same flow; -1 is none.
  int32_t nextOf(int32_t descriptor) const { return next_[descriptor]; }

 private:
  int32_t findOrAdd(Socket& socket, const int32_t* destination, int32_t descriptor);

  std::vector<Flow> flows_;
  std::vector<int32_t> sockets_;
  std::vector<int32_t> next_;
  /// Hash table of flows; a place belongs to this batch where its epoch is this batch's.
  struct Place {
    uint32_t epoch = 0;
    int32_t flow = 0;
    int32_t socket = 0;
  };
  std::vector<Place> places_;
  uint32_t epoch_ = 0;
  uint64_t seed_;
};
