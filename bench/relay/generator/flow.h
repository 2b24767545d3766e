#pragma once
#include <cstdint>
#include <vector>

#include "allocation.h"

/** What every payload begins with; behind it comes a fixed pattern. */
struct Stamp {
  uint32_t magic;
  uint32_t flow;
  uint32_t sequence;
  uint32_t reserved;
  int64_t sentAtNs;
};

/** One direction of one allocation: where its packets go in, where they come out, and how far they are. */
struct Flow {
  uint32_t index = 0;
  int input = -1;
  int output = -1;
  /** Of the stream. */
  Tls tls{};
  /** ChannelData is put in front of what goes in, or taken off what comes out. */
  bool isFramedIn = false;
  bool isFramedOut = false;
  /** A stream: frames are padded, and may arrive in pieces. */
  bool isStreamIn = false;
  bool isStreamOut = false;
  uint32_t sent = 0;
  /** One more than the highest sequence number that came out. */
  uint32_t arrived = 0;
  std::vector<uint8_t> unsent{};
  std::vector<uint8_t> unread{};

  uint32_t inFlight() const { return sent - arrived; }
};

struct Tally {
  uint64_t sent = 0;
  uint64_t delivered = 0;
  uint64_t corrupt = 0;
  std::vector<int64_t> latenciesNs{};
};

/** Writes packets of flows; knows how each kind of input takes them. */
class PacketWriter {
 public:
  PacketWriter(int payload, bool hasSegmentation);
  /** Sends up to `count` packets of one flow in a row. @returns how many went; fewer when the socket is full. */
  int send(Flow& flow, int count);

 private:
  void fill(uint8_t* packet, const Flow& flow, uint32_t sequence) const;
  int sendDatagrams(Flow& flow, size_t size, int count);
  int sendSegmented(Flow& flow, size_t size, int count);
  int sendStream(Flow& flow, size_t size, int count);

  int payload;
  bool hasSegmentation;
  std::vector<uint8_t> buffer;
  std::vector<uint8_t> pattern;
};

/** Reads and checks packets of flows. */
class PacketReader {
 public:
  PacketReader(int payload, bool measuresLatency);
  /** Everything that is there at the output of a flow. */
  void receive(Flow& flow, Tally& tally);

 private:
  void check(Flow& flow, const uint8_t* packet, size_t size, Tally& tally) const;
  void receiveDatagrams(Flow& flow, Tally& tally);
  void receiveStream(Flow& flow, Tally& tally);

  size_t payload;
  bool measuresLatency;
  std::vector<uint8_t> buffer;
  std::vector<uint8_t> pattern;
};

constexpr uint32_t stampMagic = 0x6469616c;
constexpr int longestBurst = 64;
