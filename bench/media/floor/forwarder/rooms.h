// Who is there, by port, and whose packets go to whom.
#pragma once
#include <netinet/in.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "gcm.h"

struct Participant {
  sockaddr_in address;
  Gcm inbound;
  Gcm outbound;
  /// Newest index of each SSRC that it sends.
  std::unordered_map<uint32_t, uint64_t> newest;
  std::vector<Participant*> receivers;
  /// What waits to go to it, of the batch that is being served.
  std::vector<const Packet*> waiting;
};

class Rooms {
 public:
  explicit Rooms(in_addr host) : host_(host) {}
  /**
   * Does what a line says. @throws std::exception where it cannot.
   *
   *   add PORT INBOUND_KEY INBOUND_SALT OUTBOUND_KEY OUTBOUND_SALT    session keys of SRTP, in hexadecimal
   *   forward FROM_PORT TO_PORT
   *   remove PORT
   */
  void handle(const std::string& line);
  /// @return nullptr where nobody has this port.
  Participant* find(uint16_t port) const { return participants_[port].get(); }

 private:
  Participant& at(uint16_t port) const;
  void remove(uint16_t port);

  const in_addr host_;
  std::vector<std::unique_ptr<Participant>> participants_ = std::vector<std::unique_ptr<Participant>>(65536);
};
