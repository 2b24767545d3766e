#include "flows.h"

#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace {
/// Family, port and address; an IPv4 address is one word.
int wordsOf(const int32_t* destination) { return destination[0] == 6 ? 6 : 3; }

bool areEqual(const int32_t* one, const int32_t* other) { return one[0] == other[0] && std::memcmp(one, other, static_cast<size_t>(wordsOf(one)) * sizeof(int32_t)) == 0; }

/// Strangers choose the addresses: without the seed they could choose them to collide.
size_t hash(uint64_t seed, int32_t socket, const int32_t* destination) {
  uint64_t state = seed ^ static_cast<uint32_t>(socket);
  for (int word = 0; word < wordsOf(destination); ++word) {
    state = (state ^ static_cast<uint32_t>(destination[word])) * 0x9e3779b97f4a7c15ULL;
    state ^= state >> 32;
  }
  return static_cast<size_t>(state);
}
}  // namespace

Flows::Flows(int capacity) : next_(capacity), places_(std::bit_ceil(static_cast<size_t>(capacity) * 2)) {
  flows_.reserve(capacity);
  if (getrandom(&seed_, sizeof seed_, GRND_NONBLOCK) != sizeof seed_) seed_ = reinterpret_cast<uintptr_t>(this);
}

void Flows::clear() {
  flows_.clear();
  sockets_.clear();
  if (++epoch_ == 0) {
    std::fill(places_.begin(), places_.end(), Place{});
    epoch_ = 1;
  }
}

void Flows::add(Socket& socket, const int32_t* destination, int32_t descriptor) {
  next_[descriptor] = -1;
  const int32_t index = findOrAdd(socket, destination, descriptor);
  Flow& flow = flows_[index];
  if (flow.last != descriptor) next_[flow.last] = descriptor;
  flow.last = descriptor;
}

int32_t Flows::findOrAdd(Socket& socket, const int32_t* destination, int32_t descriptor) {
  const size_t mask = places_.size() - 1;
  for (size_t at = hash(seed_, socket.number, destination) & mask;; at = (at + 1) & mask) {
    Place& place = places_[at];
    if (place.epoch == epoch_) {
      if (place.socket == socket.number && areEqual(flows_[place.flow].destination, destination)) return place.flow;
      continue;
    }
    const auto index = static_cast<int32_t>(flows_.size());
    place = {.epoch = epoch_, .flow = index, .socket = socket.number};
    flows_.push_back({.destination = destination, .first = descriptor, .last = descriptor, .nextOfSocket = -1});
    if (socket.firstFlow < 0) {
      sockets_.push_back(socket.number);
      socket.firstFlow = index;
    } else {
      flows_[socket.lastFlow].nextOfSocket = index;
    }
    socket.lastFlow = index;
    return index;
  }
}
