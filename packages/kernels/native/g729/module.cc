// What JavaScript sees of the kernel. src/g729/load-g729.ts hands it out.
#include "../numbered-codec.h"
#include "codec.h"

NAPI_MODULE_INIT() { return NumberedCodec<G729Encoder, G729Decoder>::attach(env, exports); }
