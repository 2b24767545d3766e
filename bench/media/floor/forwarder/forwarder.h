// Decrypts what came, seals it for each receiver, and sends it.
#pragma once
#include <vector>

#include "inbox.h"
#include "outbox.h"
#include "rooms.h"

class Forwarder {
 public:
  Forwarder(int socket, Rooms& rooms) : rooms_(rooms), inbox_(socket), outbox_(socket) {}
  /// Serves what waits at the socket.
  void serve();

 private:
  void open(const Datagram& datagram);
  void forward();

  Rooms& rooms_;
  Inbox inbox_;
  Outbox outbox_;
  struct Opened {
    Packet packet;
    const Participant* sender;
  };
  std::vector<Opened> opened_;
  std::vector<Participant*> busy_;
};
