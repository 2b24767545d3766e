#include "decoder.h"

#include <vpx/vp8dx.h>

#include <cstring>

namespace {
/// Rows of a plane, without what libvpx keeps beside them. @return Behind the last one.
uint8_t* copyPlane(uint8_t* to, const uint8_t* from, int stride, int32_t width, int32_t height) {
  for (int32_t row = 0; row < height; ++row, to += width, from += stride) std::memcpy(to, from, static_cast<size_t>(width));
  return to;
}
}  // namespace

std::unique_ptr<Decoder> Decoder::create(int32_t widest, int32_t highest) {
  std::unique_ptr<Decoder> decoder(new Decoder(widest, highest));
  const vpx_codec_dec_cfg_t configuration{.threads = 1, .w = 0, .h = 0};
  decoder->isOpen_ = vpx_codec_dec_init(&decoder->context_, vpx_codec_vp8_dx(), &configuration, 0) == VPX_CODEC_OK;
  return decoder->isOpen_ ? std::move(decoder) : nullptr;
}

Decoder::~Decoder() {
  if (isOpen_) vpx_codec_destroy(&context_);
}

bool Decoder::isTooLarge(std::span<const uint8_t> frame) const {
  vpx_codec_stream_info_t info{};
  info.sz = sizeof info;
  const bool isKnown = vpx_codec_peek_stream_info(vpx_codec_vp8_dx(), frame.data(), static_cast<unsigned>(frame.size()), &info) == VPX_CODEC_OK && info.is_kf != 0;
  return isKnown && (static_cast<int64_t>(info.w) > widest_ || static_cast<int64_t>(info.h) > highest_);
}

int32_t Decoder::decode(std::span<const uint8_t> frame, std::span<uint8_t> picture, picture::Size& size) {
  if (frame.empty()) return picture::malformed;
  if (isTooLarge(frame)) return picture::tooLarge;
  if (vpx_codec_decode(&context_, frame.data(), static_cast<unsigned>(frame.size()), nullptr, 0) != VPX_CODEC_OK) return picture::malformed;
  vpx_codec_iter_t position = nullptr;
  const vpx_image_t* const image = vpx_codec_get_frame(&context_, &position);
  if (image == nullptr) return 0;
  size = {static_cast<int32_t>(image->d_w), static_cast<int32_t>(image->d_h)};
  if (size.width > widest_ || size.height > highest_) return picture::tooLarge;
  const int64_t bytes = picture::bytesOf(size);
  if (image->fmt != VPX_IMG_FMT_I420) return picture::malformed;
  if (bytes > static_cast<int64_t>(picture.size())) return picture::doesNotFit;
  uint8_t* to = copyPlane(picture.data(), image->planes[VPX_PLANE_Y], image->stride[VPX_PLANE_Y], size.width, size.height);
  for (const int plane : {VPX_PLANE_U, VPX_PLANE_V}) to = copyPlane(to, image->planes[plane], image->stride[plane], picture::half(size.width), picture::half(size.height));
  return static_cast<int32_t>(bytes);
}
