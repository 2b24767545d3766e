// Big-endian words in packets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

using Bytes = std::span<const uint8_t>;

inline uint16_t readUint16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
inline uint32_t readUint32(const uint8_t* at) {
  uint32_t word;
  std::memcpy(&word, at, sizeof word);
  return __builtin_bswap32(word);
}
inline void writeUint16(uint8_t* at, uint16_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}
inline void writeUint32(uint8_t* at, uint32_t value) {
  const uint32_t word = __builtin_bswap32(value);
  std::memcpy(at, &word, sizeof word);
}
inline void xorUint32(uint8_t* at, uint32_t value) { writeUint32(at, readUint32(at) ^ value); }
