#pragma once
#include "options.h"

/** Relays packets through the server, saturated (closed loop) or paced (open loop), checks each at the far end, prints one JSON line. */
void runTraffic(const Options& options);
