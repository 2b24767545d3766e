// What stands in for lost samples of codecs that do not make up anything themselves.
#pragma once
#include <cstdint>

#include "operations.h"

/// Samples of history that are looked at: two periods of the lowest voice, at 48 kHz.
constexpr int32_t mostHistory = 1920;

/**
 * Goes on with the last period of what was heard before, joined without a step. `history` ends where the lost samples begin.
 * The gain fades it; called again with its own output as history it goes on with the same period.
 */
void conceal(float* destination, int32_t count, const float* history, int32_t historyCount, const GainRamp& gain);
