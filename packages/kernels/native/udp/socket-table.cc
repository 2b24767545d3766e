#include "socket-table.h"

namespace {
constexpr int placeBits = 20;
constexpr int32_t places = 1 << placeBits;
constexpr int32_t lastUse = INT32_MAX >> placeBits;
/// Places that rest before the first of them is used again.
constexpr size_t resting = 1024;

int32_t placeOf(int32_t number) { return number & (places - 1); }
}  // namespace

Socket* SocketTable::add(int fd, int family) {
  int32_t place;
  if (free_.size() > resting || (!free_.empty() && places_.size() == places)) {
    place = free_.front();
    free_.pop_front();
  } else if (places_.size() < places) {
    place = static_cast<int32_t>(places_.size());
    places_.push_back(Socket{.number = place});
  } else {
    return nullptr;
  }
  Socket& socket = places_[place];
  socket = Socket{.fd = fd, .number = socket.number, .toldAs = socket.number, .family = family};
  ++openCount_;
  return &socket;
}

Socket* SocketTable::find(int32_t number) {
  const auto place = static_cast<size_t>(placeOf(number));
  if (number < 0 || place >= places_.size()) return nullptr;
  Socket& socket = places_[place];
  return socket.fd >= 0 && socket.number == number ? &socket : nullptr;
}

void SocketTable::remove(const Socket& socket) {
  const int32_t place = placeOf(socket.number);
  const int32_t uses = socket.number >> placeBits;
  places_[place].fd = -1;
  --openCount_;
  if (uses == lastUse) return;
  places_[place].number = (uses + 1) << placeBits | place;
  free_.push_back(place);
}
