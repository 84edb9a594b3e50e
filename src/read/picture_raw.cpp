// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "read/dng_file.h"
#include "read/extents.h"
#include "read/libraw_develop.h"
#include "read/libraw_file.h"
#include "read/picture_file.h"

namespace latent::read {

namespace {

/// Linear sRGB to linear Rec. 2020, both with white D65.
///
/// Source   ITU-R BT.2087-0, table 3 (to the digits that two 3x3 matrices of BT.709 and BT.2020
///          give).
constexpr std::array<std::array<float, 3>, 3> kSrgbToRec2020{{{0.627404F, 0.329283F, 0.043313F},
                                                              {0.069097F, 0.919540F, 0.011362F},
                                                              {0.016391F, 0.088013F, 0.895595F}}};

constexpr float kFull = 65535;

/// The curve of sRGB over 16 bits, between whose entries a straight line is exact to 0.01.
class EncodingCurve {
 public:
  EncodingCurve() {
    for (std::size_t i = 0; i < curve_.size(); ++i) {
      const double linear = static_cast<double>(i) / kFull;
      const double encoded =
          linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
      curve_[i] = static_cast<float>(encoded * kFull);
    }
    curve_.back() = kFull;
  }

  /// `linear` over 0..65535; clipped.
  [[nodiscard]] std::uint16_t operator()(float linear) const {
    const float inside = std::clamp(linear, 0.0F, kFull);
    const auto below = static_cast<std::size_t>(inside);
    if (below >= curve_.size() - 1) return 65535;
    const float part = inside - static_cast<float>(below);
    const float rounded = curve_[below] + part * (curve_[below + 1] - curve_[below]) + 0.5F;
    return static_cast<std::uint16_t>(rounded);
  }

 private:
  std::vector<float> curve_ = std::vector<float>(65536);
};

using CameraMatrix = std::array<std::array<float, 4>, 3>;

/// White-balanced camera colours to linear Rec. 2020.
CameraMatrix camera_to_rec2020(LibRaw& raw) {
  CameraMatrix matrix{};
  const int colours = std::clamp(raw.imgdata.idata.colors, 1, 4);
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(colours); ++c) {
      for (std::size_t k = 0; k < 3; ++k) {
        matrix[row][c] += kSrgbToRec2020[row][k] * raw.imgdata.color.rgb_cam[k][c];
      }
    }
  }
  return matrix;
}

class RawPicture final : public PictureFile {
 public:
  RawPicture(const ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  Status open(const Sniffed& sniffed) {
    LATENT_TRY(dng_, read_dng(source_, limits_));
    auto raw = open_libraw(source_, sniffed, limits_);
    if (!raw) {
      if (raw.error().code != ErrorCode::Unsupported) return tl::make_unexpected(raw.error());
      return fail(ErrorCode::Unsupported,
                  std::string("is neither a picture (TIFF, PNG, JPEG, OpenEXR, JPEG XL) nor a raw "
                              "photo that LibRaw ") +
                      LibRaw::version() + " knows, or it is damaged; copy it again");
    }
    raw_ = *std::move(raw);
    LATENT_TRY(const RawFacts raw_facts, libraw_facts(*raw_));
    LATENT_CHECK(plan(dng_ ? dng_->facts.crop : raw_facts.crop));
    LATENT_CHECK(check_picture_size(facts_.size.width, facts_.size.height, limits_));
    facts_.format = "raw";
    facts_.is_raw = true;
    facts_.depth = SampleDepth::U16;
    facts_.colours = raw_->imgdata.idata.colors == 1 ? 1 : 3;
    state_orientation(dng_ ? dng_->facts.orientation : raw_facts.orientation);
    return {};
  }

  Result<Picture> read(const RunControl& control) override {
    LATENT_CHECK(check_extents());
    LATENT_CHECK(unpack_libraw(*raw_, control));
    if (dng_) LATENT_CHECK(replace_samples(*raw_, source_, *dng_, limits_));
    control.report(kDecoded);
    LATENT_CHECK(develop(control));
    control.report(kDeveloped);
    LATENT_TRY(Picture picture, copy(control));
    const bool grey = picture.colours == 1;
    adopt_profile(
        picture, {},
        colour::Profile::named(grey ? colour::NamedProfile::Grey : colour::NamedProfile::Rec2020));
    control.report(1);
    return picture;
  }

 private:
  static constexpr double kDecoded = 0.2;
  static constexpr double kDeveloped = 0.9;

  /// What is shown: the maker's crop, in LibRaw's visible area. A sensor that LibRaw turns by 45
  /// degrees has a size of its own.
  Status plan(Rect crop) {
    const auto& sizes = raw_->imgdata.sizes;
    visible_ = {0, 0, sizes.width, sizes.height};
    crop.x -= sizes.left_margin;
    crop.y -= sizes.top_margin;
    crop_ = crop.intersection(visible_);
    if (crop_.empty()) crop_ = visible_;
    facts_.size = crop_.size();
    turned_ = raw_->is_fuji_rotated() != 0 || sizes.pixel_aspect != 1;
    if (!turned_) return {};
    raw_->imgdata.params.user_flip = 0;
    if (raw_->is_fuji_rotated() == 0) crop_ = visible_;
    const int code = raw_->adjust_sizes_info_only();
    LATENT_CHECK(check_libraw(code, "reading its header"));
    facts_.size = {sizes.iwidth, sizes.iheight};
    return {};
  }

  /// LibRaw invents what is missing without a word, so this is looked at first, as open_raw() does.
  [[nodiscard]] Status check_extents() const {
    const auto& sizes = raw_->imgdata.sizes;
    const Size buffer{sizes.raw_width, sizes.raw_height};
    if (dng_ && dng_->facts.opens_as_mosaic) return check_blocks(source_, dng_->layout);
    LATENT_CHECK(check_tiff_extents(source_, limits_));
    return check_file_holds(source_, buffer);
  }

  Status develop(const RunControl& control) {
    configure_libraw(*raw_, {visible_, false, false});
    auto& params = raw_->imgdata.params;
    params.output_color = 0;  // the camera's: LibRaw 0.20 knows no Rec. 2020
    params.output_bps = 16;
    params.gamm[0] = 1;
    params.gamm[1] = 1;
    params.user_flip = 0;  // as stored; the orientation goes along
    const std::stop_callback on_stop(control.stop, [this] { raw_->setCancelFlag(); });
    auto developed = develop_libraw(*raw_);
    LATENT_CHECK(control.check());
    return developed;
  }

  Result<Picture> copy(const RunControl& control) {
    const auto& sizes = raw_->imgdata.sizes;
    const auto* from = raw_->imgdata.image;
    const Size developed{sizes.iwidth, sizes.iheight};
    if (from == nullptr || developed.width <= 0 || developed.height <= 0) {
      return fail(ErrorCode::Unsupported,
                  "is coded in a way that cannot be developed neutrally; "
                  "develop it with a raw developer");
    }
    Rect part{0, 0, developed.width, developed.height};
    if (!turned_) part = crop_.intersection(part);
    facts_.size = part.size();
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    const EncodingCurve curve;
    const CameraMatrix matrix = camera_to_rec2020(*raw_);
    auto& image = std::get<Image<std::uint16_t>>(picture.samples);
    for (int y = 0; y < part.height; ++y) {
      LATENT_CHECK(control.check());
      const auto* pixels = from + (static_cast<std::ptrdiff_t>(part.y) + y) * developed.width +
                           static_cast<std::ptrdiff_t>(part.x);
      const auto row = image.view().row(y);
      for (std::size_t x = 0; x < static_cast<std::size_t>(part.width); ++x) {
        if (picture.colours == 1) {
          row[x] = curve(pixels[x][0]);
          continue;
        }
        std::array<float, 4> pixel{};
        std::copy_n(pixels[x], pixel.size(), pixel.begin());
        for (std::size_t c = 0; c < 3; ++c) {
          row[3 * x + c] =
              curve(std::inner_product(pixel.begin(), pixel.end(), matrix[c].begin(), 0.0F));
        }
      }
    }
    return picture;
  }

  const ByteSource& source_;
  Limits limits_;
  std::optional<DngFile> dng_;
  LibRawHandle raw_;
  Rect visible_;
  Rect crop_;
  bool turned_ = false;  ///< by 45 degrees, or stretched to square pixels
};

}  // namespace

OpenedPicture open_raw_picture(const ByteSource& source, const Sniffed& sniffed,
                               const Limits& limits) {
  auto picture = std::make_unique<RawPicture>(source, limits);
  LATENT_CHECK(picture->open(sniffed));
  return picture;
}

}  // namespace latent::read
