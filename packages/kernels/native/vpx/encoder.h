// Real-time encoder of libvpx for VP8, one thread, constant bitrate.
#pragma once
#include <vpx/vpx_encoder.h>

#include <cstdint>
#include <memory>
#include <span>

#include "picture.h"

struct EncoderSettings {
  picture::Size size;
  int32_t bitrateBps;
  int32_t frameRate;
  /// 0 to 16: the higher, the cheaper.
  int32_t speed;
};

class Encoder {
 public:
  /// @return nullptr where libvpx refuses.
  static std::unique_ptr<Encoder> create(const EncoderSettings& settings);
  ~Encoder();
  Encoder(const Encoder&) = delete;

  /// From the next frame on. @return False where libvpx refuses.
  bool setBitrate(int32_t bitrateBps);
  /// Encodes `pixels` as the frame at `ticks` of 90 kHz. @return Bytes of the frame, 0 where it was left out to keep the bitrate, or a picture::Failure.
  int32_t encode(std::span<const uint8_t> pixels, int64_t ticks, bool wantsKeyFrame, std::span<uint8_t> frame, bool& isKeyFrame);

 private:
  explicit Encoder(picture::Size size) : size_(size) {}

  vpx_codec_ctx_t context_{};
  vpx_codec_enc_cfg_t configuration_{};
  picture::Size size_;
  int64_t lastTicks_ = -1;
  bool isOpen_ = false;
};
