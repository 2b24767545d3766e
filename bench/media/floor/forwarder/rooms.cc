#include "rooms.h"

#include <sstream>
#include <stdexcept>

void Rooms::handle(const std::string& line) {
  std::istringstream words(line);
  std::string command;
  uint16_t port = 0;
  words >> command >> port;
  if (command == "add") {
    std::string inboundKey, inboundSalt, outboundKey, outboundSalt;
    words >> inboundKey >> inboundSalt >> outboundKey >> outboundSalt;
    const sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = host_, .sin_zero = {}};
    participants_[port].reset(new Participant{address, Gcm(Gcm::Direction::open, inboundKey, inboundSalt), Gcm(Gcm::Direction::seal, outboundKey, outboundSalt), {}, {}, {}});
  } else if (command == "forward") {
    uint16_t to = 0;
    words >> to;
    at(port).receivers.push_back(&at(to));
  } else if (command == "remove") {
    remove(port);
  } else {
    throw std::invalid_argument("unknown: " + line);
  }
}

Participant& Rooms::at(uint16_t port) const {
  if (find(port) == nullptr) throw std::invalid_argument("nobody has port " + std::to_string(port));
  return *find(port);
}

void Rooms::remove(uint16_t port) {
  const Participant* const leaving = &at(port);
  for (const auto& participant : participants_) {
    if (participant != nullptr) std::erase(participant->receivers, leaving);
  }
  participants_[port].reset();
}
