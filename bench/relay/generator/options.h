#pragma once
#include <netinet/in.h>

#include <cstdint>
#include <string>

/** What a run is told; main.cc explains each on the command line. */
struct Options {
  std::string command;
  sockaddr_in server{};
  /** Process whose time on CPU is measured. */
  int pid = 0;
  std::string secret;
  std::string expiry;
  int users = 64;
  int allocations = 1;
  int payload = 160;
  /** A stream, encrypted or not. */
  bool isTcp = false;
  bool isTls = false;
  bool isToPeer = true;
  bool isToClient = false;
  int burst = 1;
  /** Bursts go in with UDP_SEGMENT, as one datagram to the system. */
  bool hasSegmentation = false;
  /** The far ends take runs as one (UDP_GRO). */
  bool hasGro = false;
  /** Packets in flight over all allocations; 0 for a paced run. */
  int window = 512;
  /** Packets per second over all allocations, both directions together; 0 for a saturated one. */
  double rate = 0;
  double warmUpSeconds = 0.3;
  double seconds = 1;
};
