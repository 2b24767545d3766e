// What is known of each SSRC of a context.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "packet-window.h"

struct Source {
  PacketWindow<1024> rtp;
  PacketWindow<128> rtcp;
};

class Sources {
 public:
  /// As many as one participant ever has, with what it leaves behind over a long call; bounds what a peer with the keys can make us keep.
  static constexpr size_t capacity = 256;

  /// @return nullptr where the SSRC is not known. Valid until the next add.
  Source* find(uint32_t ssrc);
  /// Only to be called while not full.
  Source& add(uint32_t ssrc);
  bool isFull() const { return sources_.size() == capacity; }

 private:
  /// Beside the sources and not in them: looking for one is a look at one or two cache lines.
  std::vector<uint32_t> ssrcs_;
  std::vector<Source> sources_;
  size_t lastFound_ = 0;
};

/// The index of a sequence number next to the newest index (RFC 3711 §3.3.1, appendix A). @return Negative where it would be before the first one.
int64_t guessIndex(int64_t newest, uint16_t sequenceNumber);
