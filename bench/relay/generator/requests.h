#pragma once
#include "options.h"

/** Whole lives of allocations, several at once, each from a 5-tuple of its own: Allocate, 401, Allocate, Refresh to 0. Prints one JSON line. */
void runAllocations(const Options& options);
/** Binding requests in a closed loop. Prints one JSON line. */
void runBindings(const Options& options);
/** Opens allocations, prints a line, and holds them until standard input ends. */
void runHold(const Options& options);
