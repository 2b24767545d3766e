// One of the two bands of G.722: an adaptive predictor and an adaptive quantizer step, the same in encoder and decoder (ITU-T G.722 clauses 3.5, 3.6, 6.2.1).
#pragma once
#include <array>
#include <cstdint>

inline int32_t saturate(int32_t value) { return value > 32767 ? 32767 : value < -32768 ? -32768 : value; }

/// What differs between the bands.
struct BandRules {
  int32_t firstStep;
  int32_t mostLogStep;
  /// Blocks SCALEL and SCALEH: where the logarithm's exponent begins.
  int32_t exponent;
};

inline constexpr BandRules lowRules{.firstStep = 32, .mostLogStep = 18432, .exponent = 8};
inline constexpr BandRules highRules{.firstStep = 8, .mostLogStep = 22528, .exponent = 10};

class Band {
 public:
  explicit Band(const BandRules& rules) : rules_(rules), step_(rules.firstStep) {}
  /// What is expected next: the signal is sent as the difference from it.
  int32_t prediction() const { return prediction_; }
  /// The quantizer's step.
  int32_t step() const { return step_; }
  /// Takes note of what was sent: the difference as it arrives, and what it says of the step.
  void adapt(int32_t difference, int32_t logStepChange);

 private:
  void adaptStep(int32_t logStepChange);
  void adaptPoles(int32_t difference);
  void adaptZeros(int32_t difference);
  void predict();

  BandRules rules_;
  int32_t step_;
  int32_t logStep_ = 0;
  int32_t prediction_ = 0;
  /// Part of the prediction that comes from the differences.
  int32_t zeroPrediction_ = 0;
  std::array<int32_t, 2> poles_{};
  std::array<int32_t, 6> zeros_{};
  /// The newest first.
  std::array<int32_t, 6> differences_{};
  std::array<int32_t, 2> reconstructed_{};
  std::array<int32_t, 2> partial_{};
};
