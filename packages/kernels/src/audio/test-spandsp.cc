// Codecs of libspandsp from standard input to standard output: samples of 16 bits one way, bytes the other.
#include <spandsp.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace {
std::vector<uint8_t> readAll() {
  std::vector<uint8_t> input;
  uint8_t piece[65536];
  for (ssize_t count; (count = read(0, piece, sizeof piece)) > 0;) input.insert(input.end(), piece, piece + count);
  return input;
}

void writeAll(const void* data, size_t length) {
  const auto* bytes = static_cast<const uint8_t*>(data);
  for (ssize_t count; length > 0 && (count = write(1, bytes, length)) > 0; length -= static_cast<size_t>(count)) bytes += count;
}
}  // namespace

int main(int, char** words) {
  const std::string what = words[1];
  const std::vector<uint8_t> input = readAll();
  std::vector<int16_t> samples(input.size() / 2);
  std::memcpy(samples.data(), input.data(), samples.size() * 2);
  std::vector<uint8_t> bytes(samples.size());
  std::vector<int16_t> decoded(input.size() * 2);

  if (what == "encode-muLaw") for (size_t at = 0; at < samples.size(); ++at) bytes[at] = linear_to_ulaw(samples[at]);
  else if (what == "encode-aLaw") for (size_t at = 0; at < samples.size(); ++at) bytes[at] = linear_to_alaw(samples[at]);
  else if (what == "encode-g722") bytes.resize(static_cast<size_t>(g722_encode(g722_encode_init(nullptr, 64000, 0), bytes.data(), samples.data(), static_cast<int>(samples.size()))));
  else if (what == "decode-g722") decoded.resize(static_cast<size_t>(g722_decode(g722_decode_init(nullptr, 64000, 0), decoded.data(), input.data(), static_cast<int>(input.size()))));
  else decoded.resize(input.size());
  if (what == "decode-muLaw") for (size_t at = 0; at < input.size(); ++at) decoded[at] = ulaw_to_linear(input[at]);
  if (what == "decode-aLaw") for (size_t at = 0; at < input.size(); ++at) decoded[at] = alaw_to_linear(input[at]);

  if (what.starts_with("encode")) writeAll(bytes.data(), bytes.size());
  else writeAll(decoded.data(), decoded.size() * 2);
}
