// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stop_token>
#include <vector>

#include "read/libraw/libraw_develop.h"
#include "read/picture/picture_file.h"
#include "read/picture/picture_raw.h"

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

/// Where the shown part lies in the developed picture, and how large that is.
struct Shown {
  Rect part;
  Size developed;
};

int rounded(double value) { return static_cast<int>(std::lround(value)); }

/// What is shown: the maker's crop, of the visible area, whose pixels LibRaw makes squares.
Shown shown_of(const RawFacts& facts) {
  const Stretch stretch = stretch_of(facts);
  const Rect& crop = facts.crop;
  const Size visible = facts.active.size();
  Shown shown;
  shown.developed = {rounded(visible.width * stretch.x), rounded(visible.height * stretch.y)};
  const Rect whole{0, 0, shown.developed.width, shown.developed.height};
  const Rect part{rounded((crop.x - facts.active.x) * stretch.x),
                  rounded((crop.y - facts.active.y) * stretch.y), rounded(crop.width * stretch.x),
                  rounded(crop.height * stretch.y)};
  shown.part = part.intersection(whole);
  if (shown.part.empty()) shown.part = whole;
  return shown;
}

/// A sensor that LibRaw turns by 45 degrees has a size that only LibRaw knows; asking for it spoils
/// a LibRaw for anything else.
Result<Shown> shown_of(RawFile& file) {
  if (file.facts().sensor != SensorClass::SuperCcd) return shown_of(file.facts());
  LATENT_TRY(const LibRawHandle asked, file.libraw());
  asked->imgdata.params.user_flip = 0;
  LATENT_CHECK(check_libraw(asked->adjust_sizes_info_only(), "reading its header"));
  const auto& sizes = asked->imgdata.sizes;
  return Shown{{0, 0, sizes.iwidth, sizes.iheight}, {sizes.iwidth, sizes.iheight}};
}

Status develop(LibRaw& raw, const RunControl& control) {
  const auto& sizes = raw.imgdata.sizes;
  configure_libraw(raw, {{0, 0, sizes.width, sizes.height}, false, false});
  auto& params = raw.imgdata.params;
  params.output_color = 0;  // the camera's: LibRaw 0.20 knows no Rec. 2020
  params.output_bps = 16;
  params.gamm[0] = 1;
  params.gamm[1] = 1;
  params.user_flip = 0;  // as stored; the orientation goes along
  const std::stop_callback on_stop(control.stop, [&raw] { raw.setCancelFlag(); });
  auto developed = develop_libraw(raw);
  LATENT_CHECK(control.check());
  return developed;
}

/// The part of the developed picture in the colours of Rec. 2020, or grey.
Result<Picture> copy(LibRaw& raw, PictureFacts facts, const Shown& shown, const Limits& limits,
                     const RunControl& control) {
  const auto& sizes = raw.imgdata.sizes;
  const auto* from = raw.imgdata.image;
  const Size developed{sizes.width, sizes.height};  // as stretched; iwidth and iheight stay
  if (from == nullptr || developed.width <= 0 || developed.height <= 0) {
    return fail(ErrorCode::Unsupported,
                "is coded in a way that cannot be developed neutrally; "
                "develop it with a raw developer");
  }
  Rect part{0, 0, developed.width, developed.height};
  if (developed == shown.developed) part = shown.part;
  facts.size = part.size();
  LATENT_TRY(Picture picture, blank_picture(facts, limits));
  const EncodingCurve curve;
  const CameraMatrix matrix = camera_to_rec2020(raw);
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

}  // namespace

Result<PictureFacts> developed_facts(RawFile& file) {
  LATENT_TRY(const Shown shown, shown_of(file));
  LATENT_CHECK(check_picture_size(shown.developed.width, shown.developed.height, file.limits()));
  PictureFacts facts;
  facts.format = "raw";
  facts.is_raw = true;
  facts.size = shown.part.size();
  facts.depth = SampleDepth::U16;
  facts.colours = file.facts().sensor == SensorClass::Mono ? 1 : 3;
  facts.orientation = file.facts().orientation;
  return facts;
}

Result<Picture> develop_picture(RawFile& file, const RunControl& control) {
  constexpr double kDecoded = 0.2;
  constexpr double kDeveloped = 0.9;
  LATENT_TRY(const PictureFacts facts, developed_facts(file));
  LATENT_TRY(const Shown shown, shown_of(file));
  LATENT_TRY(const LibRawHandle raw, file.developable(RunControl{control.stop, {}}));
  control.report(kDecoded);
  LATENT_CHECK(develop(*raw, control));
  control.report(kDeveloped);
  LATENT_TRY(Picture picture, copy(*raw, facts, shown, file.limits(), control));
  adopt_profile(picture, {},
                colour::Profile::named(picture.colours == 1 ? colour::NamedProfile::Grey
                                                            : colour::NamedProfile::Rec2020));
  picture.warnings.insert(picture.warnings.end(), file.facts().notices.begin(),
                          file.facts().notices.end());
  if (!file.not_applied().empty()) picture.warnings.push_back(file.not_applied());
  control.report(1);
  return picture;
}

}  // namespace latent::read
