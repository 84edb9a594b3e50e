// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <jxl/decode.h>
#include <jxl/thread_parallel_runner.h>

#include <algorithm>
#include <string>
#include <utility>

#include "metadata/container_blocks.h"
#include "read/exif_facts.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

struct DecoderDelete {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};
struct RunnerDelete {
  void operator()(void* runner) const { JxlThreadParallelRunnerDestroy(runner); }
};

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::Corrupt,
              "is damaged: libjxl cannot make sense of its data; copy it again");
}

/// Resolution stands only in EXIF, in a box of the container before or behind the picture; libjxl
/// would unpack a compressed one, and that is left alone.
Resolution exif_resolution(const ByteSource& source, const Limits& limits) {
  const auto read_at = [&](std::uint64_t offset, std::size_t size) {
    const std::uint64_t left = source.size() - std::min(offset, source.size());
    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, left)));
    if (!source.read_at(offset, bytes)) bytes.clear();
    return bytes;
  };
  const auto blocks = metadata::container_blocks(read_at, limits);
  return blocks ? exif_facts(blocks->exif).resolution : Resolution{};
}

class JxlPicture final : public PictureFile {
 public:
  JxlPicture(const ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  Status open() {
    decoder_.reset(JxlDecoderCreate(nullptr));
    if (!decoder_) return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    LATENT_CHECK(start_threads());
    constexpr int kEvents = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE;
    if (JxlDecoderSubscribeEvents(decoder_.get(), kEvents) != JXL_DEC_SUCCESS ||
        JxlDecoderSetKeepOrientation(decoder_.get(), JXL_TRUE) != JXL_DEC_SUCCESS) {
      return damaged();
    }
    LATENT_CHECK(advance_to(JXL_DEC_BASIC_INFO, {}));
    return judge_header();
  }

  Result<Picture> read(const RunControl& control) override {
    LATENT_CHECK(advance_to(JXL_DEC_COLOR_ENCODING, control));
    Picture about;  // what is known before the depth is final
    about.colours = facts_.colours;
    choose_colours(about);
    LATENT_CHECK(advance_to(JXL_DEC_NEED_IMAGE_OUT_BUFFER, control));
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    picture.icc = std::move(about.icc);
    picture.icc_from_file = about.icc_from_file;
    picture.icc_stated = about.icc_stated;
    picture.warnings = std::move(about.warnings);
    picture.alpha_associated = facts_.alpha && info_.alpha_premultiplied != JXL_FALSE;
    LATENT_CHECK(set_output(picture));
    LATENT_CHECK(advance_to(JXL_DEC_FULL_IMAGE, control));
    picture.resolution = exif_resolution(source_, limits_);
    warn(picture);
    control.report(1);
    return picture;
  }

 private:
  /// Runs libjxl up to an event; the file is handed over in pieces. That these are all is not told
  /// to libjxl, which would print what it lacks.
  Status advance_to(JxlDecoderStatus event, const RunControl& control) {
    for (;;) {
      LATENT_CHECK(control.check());
      const JxlDecoderStatus status = JxlDecoderProcessInput(decoder_.get());
      if (status == event) return {};
      if (status != JXL_DEC_NEED_MORE_INPUT) return damaged();
      LATENT_CHECK(hand_over());
      control.report(static_cast<double>(position_) / static_cast<double>(source_.size()));
    }
  }

  Status hand_over() {
    const std::size_t unread = JxlDecoderReleaseInput(decoder_.get());
    const std::uint64_t left = source_.size() - position_;
    if (left == 0) {
      return fail(ErrorCode::Corrupt,
                  "is cut short: it ends before its picture does; copy it again");
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kPiece));
    std::vector<std::uint8_t> next(unread + count);
    std::copy(input_.end() - static_cast<std::ptrdiff_t>(unread), input_.end(), next.begin());
    LATENT_CHECK(source_.read_at(position_, std::span(next).subspan(unread)));
    input_ = std::move(next);
    position_ += count;
    if (JxlDecoderSetInput(decoder_.get(), input_.data(), input_.size()) != JXL_DEC_SUCCESS) {
      return damaged();
    }
    return {};
  }

  Status judge_header() {
    if (JxlDecoderGetBasicInfo(decoder_.get(), &info_) != JXL_DEC_SUCCESS) return damaged();
    LATENT_CHECK(check_picture_size(info_.xsize, info_.ysize, limits_));
    if (info_.num_color_channels != 1 && info_.num_color_channels != 3) return damaged();
    LATENT_CHECK(judge_extra_channels());
    facts_.format = "JPEG XL";
    facts_.size = {static_cast<int>(info_.xsize), static_cast<int>(info_.ysize)};
    facts_.colours = static_cast<int>(info_.num_color_channels);
    facts_.alpha = info_.alpha_bits > 0;
    state_orientation(sound_orientation(static_cast<std::uint64_t>(info_.orientation)));
    facts_.depth = info_.exponent_bits_per_sample > 0 || info_.bits_per_sample > 16
                       ? SampleDepth::F32
                   : info_.bits_per_sample > 8 ? SampleDepth::U16
                                               : SampleDepth::U8;
    return {};
  }

  /// libjxl decodes them all, those that are left out too. By its bytes a JPEG XL file cannot be
  /// judged: what is flat takes none, so the limit of pixels is the only bound.
  Status judge_extra_channels() {
    constexpr std::int64_t kMostPlanes = 4;  // of the largest picture
    const std::int64_t planes = std::int64_t{info_.num_color_channels} + info_.num_extra_channels;
    if (planes > kMostPlanes &&
        std::int64_t{info_.xsize} * info_.ysize > kMostPlanes * limits_.max_pixels / planes) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("cannot be read: {} x {} pixels of {} channels are more than is "
                              "read; save it without its extra channels",
                              info_.xsize, info_.ysize, planes));
    }
    int alphas = 0;
    for (std::uint32_t i = 0; i < info_.num_extra_channels; ++i) {
      JxlExtraChannelInfo channel{};
      if (JxlDecoderGetExtraChannelInfo(decoder_.get(), i, &channel) != JXL_DEC_SUCCESS) {
        return damaged();
      }
      if (channel.type == JXL_CHANNEL_BLACK) {
        return fail(ErrorCode::Unsupported, "holds CMYK; convert it to RGB first");
      }
      alphas += channel.type == JXL_CHANNEL_ALPHA ? 1 : 0;
    }
    if (alphas > 1) {
      return fail(ErrorCode::Unsupported,
                  fmt::format("has {} channels of alpha, and one is all that is taken; flatten it "
                              "first",
                              alphas));
    }
    return {};
  }

  Status start_threads() {
    runner_.reset(
        JxlThreadParallelRunnerCreate(nullptr, JxlThreadParallelRunnerDefaultNumWorkerThreads()));
    if (!runner_) return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    if (JxlDecoderSetParallelRunner(decoder_.get(), JxlThreadParallelRunner, runner_.get()) !=
        JXL_DEC_SUCCESS) {
      return fail(ErrorCode::Internal, "cannot be read: libjxl refuses its threads");
    }
    return {};
  }

  [[nodiscard]] std::vector<std::uint8_t> icc_of(JxlColorProfileTarget target) const {
    std::size_t size = 0;
    if (JxlDecoderGetICCProfileSize(decoder_.get(), nullptr, target, &size) != JXL_DEC_SUCCESS ||
        size > limits_.max_metadata_bytes) {
      return {};
    }
    std::vector<std::uint8_t> icc(size);
    if (JxlDecoderGetColorAsICCProfile(decoder_.get(), nullptr, target, icc.data(), size) !=
        JXL_DEC_SUCCESS) {
      return {};
    }
    return icc;
  }

  /// A picture with an ICC profile that was stored with loss comes in a colour space of our choice;
  /// libjxl's own would be linear sRGB, which is too narrow, and too coarse in whole numbers.
  void choose_colours(Picture& picture) {
    const bool has_icc =
        JxlDecoderGetColorAsEncodedProfile(
            decoder_.get(), nullptr, JXL_COLOR_PROFILE_TARGET_ORIGINAL, nullptr) != JXL_DEC_SUCCESS;
    const bool as_stored = info_.uses_original_profile != JXL_FALSE;
    if (has_icc && !as_stored) ask_for_wide_colours(picture);
    adopt_profile(picture, icc_of(JXL_COLOR_PROFILE_TARGET_DATA), usual_profile(picture.colours));
    // What libjxl gives is the file's own, or says the same as the numbers in the file, or is ours.
    picture.icc_stated = picture.icc_from_file && !has_icc;
    picture.icc_from_file = picture.icc_from_file && has_icc && as_stored;
  }

  void ask_for_wide_colours(Picture& picture) {
    JxlColorEncoding wide{};
    const bool grey = info_.num_color_channels == 1;
    wide.color_space = grey ? JXL_COLOR_SPACE_GRAY : JXL_COLOR_SPACE_RGB;
    wide.white_point = JXL_WHITE_POINT_D65;
    wide.primaries = JXL_PRIMARIES_2100;
    wide.transfer_function = JXL_TRANSFER_FUNCTION_SRGB;
    wide.rendering_intent = JXL_RENDERING_INTENT_RELATIVE;
    if (JxlDecoderSetPreferredColorProfile(decoder_.get(), &wide) != JXL_DEC_SUCCESS) return;
    if (facts_.depth == SampleDepth::U8) facts_.depth = SampleDepth::U16;
    picture.warnings.push_back(
        fmt::format("it is stored with loss, apart from its colour profile; it was read as {} with "
                    "the curve of sRGB in {}",
                    grey ? "grey" : "Rec. 2020", sample_depth_name(facts_.depth)));
  }

  Status set_output(Picture& picture) {
    JxlPixelFormat format{};
    format.num_channels = static_cast<std::uint32_t>(picture.channels());
    format.endianness = JXL_NATIVE_ENDIAN;
    format.data_type = facts_.depth == SampleDepth::U8    ? JXL_TYPE_UINT8
                       : facts_.depth == SampleDepth::U16 ? JXL_TYPE_UINT16
                                                          : JXL_TYPE_FLOAT;
    const auto [data, bytes] = std::visit(
        [](auto& image) {
          const auto view = image.view();
          return std::pair(static_cast<void*>(view.data()),
                           view.row(0).size_bytes() * static_cast<std::size_t>(view.height()));
        },
        picture.samples);
    std::size_t wanted = 0;
    if (JxlDecoderImageOutBufferSize(decoder_.get(), &format, &wanted) != JXL_DEC_SUCCESS ||
        wanted != bytes ||
        JxlDecoderSetImageOutBuffer(decoder_.get(), &format, data, bytes) != JXL_DEC_SUCCESS) {
      return damaged();
    }
    return {};
  }

  void warn(Picture& picture) const {
    const std::uint32_t bits = info_.bits_per_sample;
    if (info_.exponent_bits_per_sample == 0 && bits != 8 && bits != 16) {
      picture.warnings.push_back(
          bits > 16
              ? fmt::format("its {}-bit integers were rounded to 32-bit "
                            "float",
                            bits)
              : fmt::format("its {}-bit samples were widened to {} bits", bits, bits < 8 ? 8 : 16));
    }
    if (info_.num_extra_channels > (facts_.alpha ? 1U : 0U)) {
      picture.warnings.emplace_back("its channels beside colour and alpha were left out");
    }
    if (info_.have_animation != JXL_FALSE) {
      picture.warnings.emplace_back("it is an animation; the first frame was read");
    }
  }

  const ByteSource& source_;
  Limits limits_;
  std::vector<std::uint8_t> input_;
  std::uint64_t position_ = 0;
  std::unique_ptr<void, RunnerDelete> runner_;
  std::unique_ptr<JxlDecoder, DecoderDelete> decoder_;  // goes before its threads
  JxlBasicInfo info_{};
};

}  // namespace

OpenedPicture open_jxl_picture(const ByteSource& source, const Limits& limits) {
  auto picture = std::make_unique<JxlPicture>(source, limits);
  LATENT_CHECK(picture->open());
  return picture;
}

}  // namespace latent::read
