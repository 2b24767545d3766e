// Keys of libspandsp: `generate <keys> <low dBm0> <twist dB> <on ms> <off ms>` writes samples of 16 bits, `detect` reads them and writes keys.
#include <spandsp.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

int main(int, char** words) {
  if (std::string(words[1]) == "generate") {
    dtmf_tx_state_t* const sender = dtmf_tx_init(nullptr);
    dtmf_tx_set_level(sender, std::atoi(words[3]), std::atoi(words[4]));
    dtmf_tx_set_timing(sender, std::atoi(words[5]), std::atoi(words[6]));
    dtmf_tx_put(sender, words[2], -1);
    int16_t samples[160];
    for (int count; (count = dtmf_tx(sender, samples, 160)) > 0;)
      if (write(1, samples, static_cast<size_t>(count) * 2) < 0) return 1;
    return 0;
  }
  dtmf_rx_state_t* const receiver = dtmf_rx_init(nullptr, nullptr, nullptr);
  int16_t samples[160];
  char keys[128];
  for (ssize_t length; (length = read(0, samples, sizeof samples)) > 0;) {
    dtmf_rx(receiver, samples, static_cast<int>(length / 2));
    const size_t count = dtmf_rx_get(receiver, keys, sizeof keys - 1);
    if (count > 0 && write(1, keys, count) < 0) return 1;
  }
  return 0;
}
