// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_jxl.h"

#include <fmt/format.h>
#include <jxl/decode.h>
#include <jxl/decode_cxx.h>

namespace latent::read {

namespace {

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::Corrupt,
              "is cut short or damaged: libjxl cannot make sense of a JPEG XL tile; copy it from "
              "the card again");
}

/// Runs libjxl up to an event; all of the input has been handed over.
Status advance_to(JxlDecoder* decoder, JxlDecoderStatus event) {
  return JxlDecoderProcessInput(decoder) == event ? Status{} : damaged();
}

Status check(const JxlBasicInfo& info, const JxlBlock& block) {
  const auto width = static_cast<std::uint32_t>(block.size.width);
  const auto height = static_cast<std::uint32_t>(block.size.height);
  if (info.xsize != width || info.ysize != height) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is damaged: a JPEG XL tile of {} x {} pixels stands where its header "
                            "promises {} x {}; copy it from the card again",
                            info.xsize, info.ysize, width, height));
  }
  const bool as_stated = info.num_color_channels == static_cast<std::uint32_t>(block.channels) &&
                         info.bits_per_sample == static_cast<std::uint32_t>(block.bits) &&
                         info.exponent_bits_per_sample == 0;
  if (!as_stated || info.num_extra_channels > 0) {
    return fail(ErrorCode::Unsupported,
                fmt::format("holds JPEG XL tiles of {} channels and {} bits, which are not what "
                            "its header says ({} and {}) and are not read; convert it with Adobe "
                            "DNG Converter",
                            info.num_color_channels + info.num_extra_channels, info.bits_per_sample,
                            block.channels, block.bits));
  }
  return {};
}

/// Samples stored with loss stand in another space; libjxl gives back what was handed to its
/// encoder where numbers describe that.
Status check_colours(const JxlDecoder* decoder, const JxlBasicInfo& info) {
  const JxlPixelFormat format{info.num_color_channels, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
  const bool known =
      info.uses_original_profile != JXL_FALSE ||
      JxlDecoderGetColorAsEncodedProfile(decoder, &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                         nullptr) == JXL_DEC_SUCCESS;
  if (known) return {};
  return fail(ErrorCode::Unsupported,
              "holds JPEG XL tiles with a colour profile that libjxl does not give back; convert "
              "it with Adobe DNG Converter");
}

/// libjxl spreads fewer bits over all of 16.
void narrow(std::vector<std::uint16_t>& samples, int bits) {
  constexpr std::uint32_t kFull = 65535;
  const std::uint32_t largest = (1U << static_cast<unsigned>(bits)) - 1;
  if (largest == kFull) return;
  for (std::uint16_t& sample : samples) {
    sample = static_cast<std::uint16_t>((sample * largest + kFull / 2) / kFull);
  }
}

}  // namespace

bool dng_jxl_is_there() { return true; }

Result<std::vector<std::uint16_t>> decode_jxl_block(std::span<const std::uint8_t> bytes,
                                                    const JxlBlock& block) {
  const JxlDecoderPtr owner = JxlDecoderMake(nullptr);
  JxlDecoder* decoder = owner.get();
  if (decoder == nullptr) return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  constexpr int kEvents = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE;
  if (JxlDecoderSubscribeEvents(decoder, kEvents) != JXL_DEC_SUCCESS ||
      JxlDecoderSetKeepOrientation(decoder, JXL_TRUE) != JXL_DEC_SUCCESS ||
      JxlDecoderSetInput(decoder, bytes.data(), bytes.size()) != JXL_DEC_SUCCESS) {
    return damaged();
  }
  LATENT_CHECK(advance_to(decoder, JXL_DEC_BASIC_INFO));
  JxlBasicInfo info;
  if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) return damaged();
  LATENT_CHECK(check(info, block));
  LATENT_CHECK(advance_to(decoder, JXL_DEC_COLOR_ENCODING));
  LATENT_CHECK(check_colours(decoder, info));
  LATENT_CHECK(advance_to(decoder, JXL_DEC_NEED_IMAGE_OUT_BUFFER));
  std::vector<std::uint16_t> samples(static_cast<std::size_t>(block.size.area()) *
                                     static_cast<std::size_t>(block.channels));
  const JxlPixelFormat format{static_cast<std::uint32_t>(block.channels), JXL_TYPE_UINT16,
                              JXL_NATIVE_ENDIAN, 0};
  if (JxlDecoderSetImageOutBuffer(decoder, &format, samples.data(),
                                  samples.size() * sizeof(std::uint16_t)) != JXL_DEC_SUCCESS) {
    return damaged();
  }
  LATENT_CHECK(advance_to(decoder, JXL_DEC_FULL_IMAGE));
  narrow(samples, block.bits);
  return samples;
}

}  // namespace latent::read
