// From one sample rate to another that is a whole multiple of it, or the other way.
#pragma once
#include <cstdint>
#include <vector>

class Resampler {
 public:
  /// `factor` of 2 to 6; upwards or downwards.
  Resampler(int32_t factor, bool isUpwards);
  /// @return How many samples were made, or -1 where they do not fit or the input is no whole number of steps.
  int32_t run(const float* source, int32_t sourceCount, float* destination, int32_t destinationCount);

 private:
  void runUpwards(const float* source, int32_t count, float* destination) const;
  void runDownwards(const float* source, int32_t count, float* destination) const;

  int32_t factor_;
  bool isUpwards_;
  /// Upwards by phase, reversed: a dot product with the input, oldest first.
  std::vector<float> taps_;
  /// Taps of one output sample.
  int32_t span_;
  /// The last `span_ - 1` input samples and then the new ones.
  std::vector<float> input_;
};
