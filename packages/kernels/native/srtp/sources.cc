#include "sources.h"

Source* Sources::find(uint32_t ssrc) {
  if (lastFound_ < ssrcs_.size() && ssrcs_[lastFound_] == ssrc) return &sources_[lastFound_];
  for (size_t at = 0; at < ssrcs_.size(); ++at) {
    if (ssrcs_[at] != ssrc) continue;
    lastFound_ = at;
    return &sources_[at];
  }
  return nullptr;
}

Source& Sources::add(uint32_t ssrc) {
  lastFound_ = ssrcs_.size();
  ssrcs_.push_back(ssrc);
  return sources_.emplace_back();
}

int64_t guessIndex(int64_t newest, uint16_t sequenceNumber) {
  if (newest < 0) return sequenceNumber;
  const int64_t rollover = newest >> 16;
  const int32_t step = sequenceNumber - static_cast<int32_t>(newest & 0xffff);
  // Whichever of the three possible rollover counters brings the sequence number nearest.
  const int64_t guessed = step > 0x8000 ? rollover - 1 : step < -0x8000 ? rollover + 1 : rollover;
  return guessed * 0x10000 + sequenceNumber;
}
