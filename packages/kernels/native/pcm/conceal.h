// What stands in for lost samples of codecs that do not make up anything themselves.
#pragma once
#include <cstdint>

#include "operations.h"

/**
 * Goes on with the last period of what was heard before, joined without a step. `history` ends where the lost samples begin.
 * The gain fades it; called again with its own output as history it goes on with the same period. `samplesPerMs` is the rate; with less than 30 ms of history it is silence.
 */
void conceal(float* destination, int32_t count, const float* history, int32_t historyCount, int32_t samplesPerMs, const GainRamp& gain);
