// Sends the packets of one stream on to its receivers: for each of them a header, rewritten numbers, protection, and a descriptor for the UDP kernel. What is not simply the next packet
// of a stream is handed over to JavaScript.
#pragma once
#include <optional>

#include "../numbered-table.h"
#include "context.h"
#include "forwarding-descriptors.h"
#include "vp8-descriptor.h"

/// What a call is given: tables of descriptors, each a whole number of them.
struct ForwardingTables {
  std::span<uint8_t> slab;
  std::span<const int32_t> packets;
  std::span<int32_t> streams;
  std::span<int32_t> lines;
  /// Places of the receivers in the table of streams.
  std::span<const int32_t> receivers;
  std::span<int32_t> outgoing;
  std::span<int32_t> reports;
  std::span<int32_t> call;
};

class Forwarder {
 public:
  enum class Outcome {
    done,
    /// Scratch region or outgoing descriptors are used up: to be called again once they are sent.
    full,
    /// A descriptor reaches outside the slab or the tables.
    outside,
  };

  Forwarder(const ForwardingTables& tables, const NumberedTable<Context>& contexts) : tables_(tables), contexts_(contexts), call_(tables.call.data()), now_(readDouble(call_ + call::now)) {}
  Outcome run();

 private:
  /// What one packet becomes of one receiver.
  struct Rewritten {
    uint16_t sequenceNumber;
    uint32_t timestamp;
    Bytes payload;
    Vp8Descriptor vp8;
    uint16_t pictureId;
    uint8_t tl0PictureIndex;
  };

  Outcome serveReceiver(int32_t* words);
  /// @return nullptr where the stream or its line is not the kernel's now.
  int32_t* findLine(const int32_t* words) const;
  /// @return nullptr where the packet is outside the table, or its payload outside the slab.
  const int32_t* findPacket(int32_t index) const;
  bool hasRoomFor(const int32_t* packet) const;
  /// @return Nothing where the packet is not simply the next one.
  std::optional<Rewritten> rewrite(const int32_t* words, const int32_t* packet) const;
  bool rewriteVp8(const int32_t* words, Rewritten& rewritten) const;
  void send(int32_t* words, int32_t* line, const int32_t* packet, const Rewritten& rewritten, Context& context);
  size_t writeHeader(uint8_t* at, const int32_t* words, int32_t* line, const int32_t* packet, const Rewritten& rewritten) const;
  void describe(const int32_t* line, int32_t offset, int32_t length);
  void advance(int32_t* words, const int32_t* packet, const Rewritten& rewritten) const;
  void report(const int32_t* words, int32_t first, int32_t until, bool isHandedOver);

  const ForwardingTables& tables_;
  const NumberedTable<Context>& contexts_;
  int32_t* const call_;
  const double now_;
};
