// What JavaScript sees of the kernel. src/g722/load-g722.ts hands it out.
#include "../numbered-codec.h"
#include "codec.h"

NAPI_MODULE_INIT() { return NumberedCodec<G722Encoder, G722Decoder>::attach(env, exports); }
