// Decoder of libvpx for VP8, one thread.
#pragma once
#include <vpx/vpx_decoder.h>

#include <cstdint>
#include <memory>
#include <span>

#include "picture.h"

class Decoder {
 public:
  /// @return nullptr where libvpx refuses. Pictures larger than `widest` by `highest` are refused before anything is made for them.
  static std::unique_ptr<Decoder> create(int32_t widest, int32_t highest);
  ~Decoder();
  Decoder(const Decoder&) = delete;

  /// Decodes a whole frame into `picture`, planes one after the other. @return Bytes of the picture, 0 where the frame shows none, or a picture::Failure.
  int32_t decode(std::span<const uint8_t> frame, std::span<uint8_t> picture, picture::Size& size);

 private:
  Decoder(int32_t widest, int32_t highest) : widest_(widest), highest_(highest) {}
  bool isTooLarge(std::span<const uint8_t> frame) const;

  vpx_codec_ctx_t context_{};
  int32_t widest_;
  int32_t highest_;
  bool isOpen_ = false;
};
