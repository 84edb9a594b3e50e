// SPDX-License-Identifier: GPL-3.0-or-later
#include <jxl/encode.h>
#include <jxl/encode_cxx.h>
#include <jxl/thread_parallel_runner.h>
#include <jxl/thread_parallel_runner_cxx.h>

#include <algorithm>
#include <cstring>

#include "base/path.h"
#include "write/exif_blocks.h"
#include "write/picture/alpha.h"
#include "write/picture/picture_encoder.h"

namespace latent::write {

namespace {

/// 7 % smaller than 1 and 2 for 1.7 times their work.
constexpr int kEffort = 3;

JxlDataType data_type(SampleDepth depth) {
  switch (depth) {
    case SampleDepth::U8:
      return JXL_TYPE_UINT8;
    case SampleDepth::U16:
      return JXL_TYPE_UINT16;
    default:
      return JXL_TYPE_FLOAT;
  }
}

class JxlEncoderOfPicture : public PictureEncoder {
 public:
  explicit JxlEncoderOfPicture(EncoderJob& job) : job_(job) {}

  Status begin() override;
  Status write_row(std::span<const std::uint8_t> samples) override;
  Status finish() override;

 private:
  [[nodiscard]] Status fault(const char* step) const;
  [[nodiscard]] JxlBasicInfo basic_info() const;
  [[nodiscard]] Status configure();
  [[nodiscard]] Status add_boxes();
  [[nodiscard]] Status add_frame();
  [[nodiscard]] Status write_out();

  EncoderJob& job_;
  JxlThreadParallelRunnerPtr runner_;
  JxlEncoderPtr encoder_;
  Image<std::uint8_t> picture_;  ///< [height, width, bytes of a pixel]
  int rows_ = 0;
};

Status JxlEncoderOfPicture::fault(const char* step) const {
  return fail(ErrorCode::Internal, job_.file.target(),
              "cannot write " + quoted(job_.file.target()) + ": the JPEG XL library refuses " +
                  step + " (code " + std::to_string(JxlEncoderGetError(encoder_.get())) + ")");
}

JxlBasicInfo JxlEncoderOfPicture::basic_info() const {
  const PictureHeader& header = job_.header;
  const bool is_float = header.depth == SampleDepth::F32;
  JxlBasicInfo info;
  JxlEncoderInitBasicInfo(&info);
  info.xsize = static_cast<std::uint32_t>(header.size.width);
  info.ysize = static_cast<std::uint32_t>(header.size.height);
  info.bits_per_sample = static_cast<std::uint32_t>(8 * sample_bytes(header.depth));
  info.exponent_bits_per_sample = is_float ? 8 : 0;
  info.num_color_channels = static_cast<std::uint32_t>(header.colours);
  info.orientation = static_cast<JxlOrientation>(header.orientation);
  info.uses_original_profile = JXL_TRUE;
  if (header.alpha) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
    info.alpha_exponent_bits = info.exponent_bits_per_sample;
  }
  return info;
}

Status JxlEncoderOfPicture::configure() {
  const PictureHeader& header = job_.header;
  JxlEncoder* encoder = encoder_.get();
  if (JxlEncoderSetParallelRunner(encoder, JxlThreadParallelRunner, runner_.get()) !=
      JXL_ENC_SUCCESS) {
    return fault("threads");
  }
  const JxlBasicInfo info = basic_info();
  if (JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) return fault("these samples");
  constexpr int kLevelOfAll = 10;
  if (JxlEncoderGetRequiredCodestreamLevel(encoder) == kLevelOfAll &&
      JxlEncoderSetCodestreamLevel(encoder, kLevelOfAll) != JXL_ENC_SUCCESS) {
    return fault("this depth");
  }
  JxlEncoderStatus status = JXL_ENC_SUCCESS;
  if (header.icc.empty()) {
    JxlColorEncoding srgb;
    JxlColorEncodingSetToSRGB(&srgb, header.colours == 1 ? JXL_TRUE : JXL_FALSE);
    status = JxlEncoderSetColorEncoding(encoder, &srgb);
  } else {
    status = JxlEncoderSetICCProfile(encoder, header.icc.data(), header.icc.size());
  }
  return status == JXL_ENC_SUCCESS ? Status{} : fault("the colour profile");
}

Status JxlEncoderOfPicture::begin() {
  const PictureHeader& header = job_.header;
  if (header.alpha && header.alpha_associated) {
    // The format knows associated alpha; version 0.7 of the library ends the process for it.
    job_.warnings.emplace_back("colours were divided by alpha, which is stored unassociated");
  }
  encoder_ = JxlEncoderMake(nullptr);
  runner_ = JxlThreadParallelRunnerMake(
      nullptr, static_cast<std::size_t>(std::max(1, job_.options.threads)));
  if (encoder_ == nullptr || runner_ == nullptr) {
    return fail(ErrorCode::TooLarge, "not enough memory for a JPEG XL file");
  }
  const auto pixel = static_cast<int>(sample_bytes(header.depth)) * channels_of(header);
  LATENT_TRY(picture_, Image<std::uint8_t>::create(header.size, pixel, no_limits_of_pixels()));
  return configure();
}

Status JxlEncoderOfPicture::write_row(std::span<const std::uint8_t> samples) {
  const PictureHeader& header = job_.header;
  std::vector<std::uint8_t> straight;
  if (header.alpha && header.alpha_associated) {
    straight = unassociated(samples, channels_of(header), header.depth);
    samples = straight;
  }
  std::memcpy(picture_.view().row(rows_++).data(), samples.data(), samples.size());
  return {};
}

Status JxlEncoderOfPicture::add_boxes() {
  constexpr std::size_t kLargestExif = std::size_t{16} << 20U;
  const PictureHeader& header = job_.header;
  const auto exif = exif_block(header, kLargestExif, job_.warnings);
  LATENT_TRY(const std::string xmp, xmp_block(header));
  if (!header.metadata.iptc.empty()) {
    job_.warnings.emplace_back("IPTC was left out: JPEG XL has no place for it");
  }
  if (exif.empty() && xmp.empty()) return {};
  JxlEncoder* encoder = encoder_.get();
  if (JxlEncoderUseBoxes(encoder) != JXL_ENC_SUCCESS) return fault("metadata");
  if (!exif.empty()) {
    std::vector<std::uint8_t> box(4);  // the block begins right behind this number
    box.insert(box.end(), exif.begin(), exif.end());
    if (JxlEncoderAddBox(encoder, "Exif", box.data(), box.size(), JXL_FALSE) != JXL_ENC_SUCCESS) {
      return fault("EXIF");
    }
  }
  if (!xmp.empty() &&
      JxlEncoderAddBox(encoder, "xml ", reinterpret_cast<const std::uint8_t*>(xmp.data()),
                       xmp.size(), JXL_FALSE) != JXL_ENC_SUCCESS) {
    return fault("XMP");
  }
  return {};
}

Status JxlEncoderOfPicture::add_frame() {
  const PictureHeader& header = job_.header;
  JxlEncoderFrameSettings* settings = JxlEncoderFrameSettingsCreate(encoder_.get(), nullptr);
  if (settings == nullptr || JxlEncoderSetFrameLossless(settings, JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderFrameSettingsSetOption(settings, JXL_ENC_FRAME_SETTING_EFFORT, kEffort) !=
          JXL_ENC_SUCCESS) {
    return fault("to work without loss");
  }
  const JxlPixelFormat format{static_cast<std::uint32_t>(channels_of(header)),
                              data_type(header.depth), JXL_NATIVE_ENDIAN, 0};
  const auto view = picture_.view();
  const std::size_t bytes = view.row(0).size() * static_cast<std::size_t>(view.height());
  if (JxlEncoderAddImageFrame(settings, &format, view.data(), bytes) != JXL_ENC_SUCCESS) {
    return fault("the samples");
  }
  picture_ = {};  // the library has taken its copy
  JxlEncoderCloseInput(encoder_.get());
  return {};
}

Status JxlEncoderOfPicture::write_out() {
  std::vector<std::uint8_t> buffer(std::size_t{1} << 20U);
  for (;;) {
    std::uint8_t* next = buffer.data();
    std::size_t left = buffer.size();
    const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder_.get(), &next, &left);
    LATENT_CHECK(job_.file.write({buffer.data(), buffer.size() - left}));
    if (status == JXL_ENC_SUCCESS) return {};
    if (status != JXL_ENC_NEED_MORE_OUTPUT) return fault("to encode the picture");
  }
}

Status JxlEncoderOfPicture::finish() {
  LATENT_CHECK(add_boxes());
  LATENT_CHECK(add_frame());
  return write_out();
}

}  // namespace

std::unique_ptr<PictureEncoder> jxl_encoder(EncoderJob& job) {
  return std::make_unique<JxlEncoderOfPicture>(job);
}

bool jxl_is_there() { return true; }

}  // namespace latent::write
