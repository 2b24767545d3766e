// Which indices of a source were seen: the newest one, and a window of those before it (RFC 3711 §3.3.2).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

template <int Packets>
class PacketWindow {
  static_assert(Packets % 64 == 0);

 public:
  /// -1 as long as none was seen.
  int64_t newest() const { return newest_; }

  /// Whether the index was not seen, as far as that is known.
  bool isFresh(int64_t index) const {
    if (index > newest_) return true;
    return index > newest_ - Packets && (wordOf(index) & bitOf(index)) == 0;
  }

  void add(int64_t index) {
    if (index > newest_) {
      if (newest_ < 0 || index - newest_ >= Packets) seen_.fill(0);
      else for (int64_t skipped = newest_ + 1; skipped < index; ++skipped) wordOf(skipped) &= ~bitOf(skipped);
      newest_ = index;
    }
    wordOf(index) |= bitOf(index);
  }

 private:
  static uint64_t bitOf(int64_t index) { return uint64_t{1} << (index & 63); }
  uint64_t& wordOf(int64_t index) { return seen_[static_cast<size_t>(index >> 6) % seen_.size()]; }
  uint64_t wordOf(int64_t index) const { return seen_[static_cast<size_t>(index >> 6) % seen_.size()]; }

  int64_t newest_ = -1;
  std::array<uint64_t, Packets / 64> seen_{};
};
