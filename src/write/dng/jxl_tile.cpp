// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/jxl_tile.h"

#include <jxl/encode.h>
#include <jxl/encode_cxx.h>

#include <algorithm>
#include <string>

namespace latent::write {

namespace {

constexpr int kChannels = 3;
constexpr std::size_t kFirstBuffer = std::size_t{1} << 18U;

tl::unexpected<Error> refused(JxlEncoder* encoder, const char* step) {
  return fail(ErrorCode::Internal, std::string("the JPEG XL library refuses ") + step + " (code " +
                                       std::to_string(JxlEncoderGetError(encoder)) + ")");
}

Status describe(JxlEncoder* encoder, Size size, const JxlCoding& coding) {
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(size.width);
  info.ysize = static_cast<std::uint32_t>(size.height);
  info.bits_per_sample = 16;
  info.num_color_channels = kChannels;
  info.uses_original_profile = coding.distance > 0 ? JXL_FALSE : JXL_TRUE;
  if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) {
    return refused(encoder, "samples of 16 bits");
  }
  constexpr int kLevelOfAll = 10;
  if (JxlEncoderGetRequiredCodestreamLevel(encoder) == kLevelOfAll &&
      JxlEncoderSetCodestreamLevel(encoder, kLevelOfAll) != JXL_ENC_SUCCESS) {
    return refused(encoder, "this depth");
  }
  JxlColorEncoding colours;
  JxlColorEncodingSetToSRGB(&colours, JXL_FALSE);
  if (JxlEncoderSetColorEncoding(encoder, &colours) != JXL_ENC_SUCCESS) {
    return refused(encoder, "the colour encoding");
  }
  return {};
}

Status configure(JxlEncoderFrameSettings* settings, const JxlCoding& coding) {
  const auto set = [&](JxlEncoderFrameSettingId option, int value) {
    return JxlEncoderFrameSettingsSetOption(settings, option, value) == JXL_ENC_SUCCESS;
  };
  const bool quality =
      coding.distance > 0 ? JxlEncoderSetFrameDistance(settings, coding.distance) == JXL_ENC_SUCCESS
                          : JxlEncoderSetFrameLossless(settings, JXL_TRUE) == JXL_ENC_SUCCESS;
  const bool done = quality && set(JXL_ENC_FRAME_SETTING_EFFORT, coding.effort) &&
                    set(JXL_ENC_FRAME_SETTING_DECODING_SPEED, coding.decode_speed);
  return done ? Status{} : fail(ErrorCode::Internal, "the JPEG XL library refuses its settings");
}

Result<std::vector<std::uint8_t>> output_of(JxlEncoder* encoder) {
  std::vector<std::uint8_t> bytes(kFirstBuffer);
  std::size_t used = 0;
  for (;;) {
    std::uint8_t* next = bytes.data() + used;
    std::size_t left = bytes.size() - used;
    const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder, &next, &left);
    used = bytes.size() - left;
    if (status == JXL_ENC_SUCCESS) break;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) return refused(encoder, "to encode a tile");
    bytes.resize(2 * bytes.size());
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace

bool jxl_tiles_are_there() { return true; }

Result<std::vector<std::uint8_t>> encode_jxl_tile(ImageView<const std::uint16_t> samples,
                                                  const JxlCoding& coding) {
  LATENT_ENSURE(samples.channels() == kChannels && !samples.empty());
  const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
  if (encoder == nullptr) return fail(ErrorCode::TooLarge, "not enough memory for JPEG XL tiles");
  LATENT_CHECK(describe(encoder.get(), samples.size(), coding));
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  if (settings == nullptr) return refused(encoder.get(), "a frame");
  LATENT_CHECK(configure(settings, coding));
  std::vector<std::uint16_t> packed;  // libjxl takes rows without anything between them
  packed.reserve(static_cast<std::size_t>(samples.size().area()) * kChannels);
  for (int y = 0; y < samples.height(); ++y) {
    const auto row = samples.row(y);
    packed.insert(packed.end(), row.begin(), row.end());
  }
  const JxlPixelFormat format{kChannels, JXL_TYPE_UINT16, JXL_NATIVE_ENDIAN, 0};
  if (JxlEncoderAddImageFrame(settings, &format, packed.data(),
                              packed.size() * sizeof(std::uint16_t)) != JXL_ENC_SUCCESS) {
    return refused(encoder.get(), "the samples of a tile");
  }
  JxlEncoderCloseInput(encoder.get());
  return output_of(encoder.get());
}

}  // namespace latent::write
