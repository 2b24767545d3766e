#include "encoder.h"

#include <vpx/vp8cx.h>

#include <algorithm>
#include <cstring>

namespace {
constexpr int ticksPerSecond = 90'000;
/// How far the encoder's bucket goes: half a second full, longer never; what follows does not have to wait for it.
constexpr unsigned bucketMs = 600, bucketStartMs = 300, bucketGoalMs = 500;
constexpr unsigned lowestQuantizer = 4, highestQuantizer = 56;
/// A key frame may have this many percent of what a frame has on average.
constexpr unsigned keyFramePercent = 400;
/// Below this difference a block counts as unchanged.
constexpr unsigned staticThreshold = 100;

void configure(vpx_codec_enc_cfg_t& configuration, const EncoderSettings& settings) {
  configuration.g_w = static_cast<unsigned>(settings.size.width);
  configuration.g_h = static_cast<unsigned>(settings.size.height);
  configuration.g_timebase = {1, ticksPerSecond};
  configuration.g_threads = 1;
  configuration.g_lag_in_frames = 0;
  configuration.g_error_resilient = VPX_ERROR_RESILIENT_DEFAULT;
  configuration.rc_end_usage = VPX_CBR;
  configuration.rc_target_bitrate = static_cast<unsigned>(settings.bitrateBps / 1000);
  configuration.rc_min_quantizer = lowestQuantizer;
  configuration.rc_max_quantizer = highestQuantizer;
  configuration.rc_undershoot_pct = 100;
  configuration.rc_overshoot_pct = 15;
  configuration.rc_buf_sz = bucketMs;
  configuration.rc_buf_initial_sz = bucketStartMs;
  configuration.rc_buf_optimal_sz = bucketGoalMs;
  configuration.rc_dropframe_thresh = 30;
  configuration.kf_mode = VPX_KF_DISABLED;
}
}  // namespace

std::unique_ptr<Encoder> Encoder::create(const EncoderSettings& settings) {
  std::unique_ptr<Encoder> encoder(new Encoder(settings.size));
  vpx_codec_ctx_t& context = encoder->context_;
  if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), &encoder->configuration_, 0) != VPX_CODEC_OK) return nullptr;
  configure(encoder->configuration_, settings);
  encoder->isOpen_ = vpx_codec_enc_init(&context, vpx_codec_vp8_cx(), &encoder->configuration_, 0) == VPX_CODEC_OK;
  if (!encoder->isOpen_) return nullptr;
  // Negative: libvpx measures no time and drops no quality by the machine's load.
  const bool isSet = vpx_codec_control(&context, VP8E_SET_CPUUSED, -settings.speed) == VPX_CODEC_OK && vpx_codec_control(&context, VP8E_SET_STATIC_THRESHOLD, staticThreshold) == VPX_CODEC_OK &&
                     vpx_codec_control(&context, VP8E_SET_MAX_INTRA_BITRATE_PCT, keyFramePercent) == VPX_CODEC_OK && vpx_codec_control(&context, VP8E_SET_NOISE_SENSITIVITY, 0) == VPX_CODEC_OK;
  return isSet ? std::move(encoder) : nullptr;
}

Encoder::~Encoder() {
  if (isOpen_) vpx_codec_destroy(&context_);
}

bool Encoder::setBitrate(int32_t bitrateBps) {
  configuration_.rc_target_bitrate = static_cast<unsigned>(bitrateBps / 1000);
  return vpx_codec_enc_config_set(&context_, &configuration_) == VPX_CODEC_OK;
}

int32_t Encoder::encode(std::span<const uint8_t> pixels, int64_t ticks, bool wantsKeyFrame, std::span<uint8_t> frame, bool& isKeyFrame) {
  if (static_cast<int64_t>(pixels.size()) < picture::bytesOf(size_)) return picture::doesNotFit;
  vpx_image_t image;
  const auto [width, height] = size_;
  vpx_img_wrap(&image, VPX_IMG_FMT_I420, static_cast<unsigned>(width), static_cast<unsigned>(height), 1, const_cast<uint8_t*>(pixels.data()));
  image.planes[VPX_PLANE_U] = image.planes[VPX_PLANE_Y] + int64_t{width} * height;
  image.planes[VPX_PLANE_V] = image.planes[VPX_PLANE_U] + int64_t{picture::half(width)} * picture::half(height);
  image.stride[VPX_PLANE_U] = image.stride[VPX_PLANE_V] = picture::half(width);

  // libvpx wants times that grow, and durations of at least one.
  const int64_t time = std::max(ticks, lastTicks_ + 1);
  const auto duration = static_cast<unsigned long>(lastTicks_ < 0 ? ticksPerSecond / 25 : time - lastTicks_);
  lastTicks_ = time;
  if (vpx_codec_encode(&context_, &image, time, duration, wantsKeyFrame ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME) != VPX_CODEC_OK) return picture::malformed;

  int32_t length = 0;
  vpx_codec_iter_t position = nullptr;
  while (const vpx_codec_cx_pkt_t* packet = vpx_codec_get_cx_data(&context_, &position)) {
    if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    if (packet->data.frame.sz > frame.size()) return picture::doesNotFit;
    std::memcpy(frame.data(), packet->data.frame.buf, packet->data.frame.sz);
    length = static_cast<int32_t>(packet->data.frame.sz);
    isKeyFrame = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
  }
  return length;
}
