// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/picture_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "metadata/tiff_fields.h"
#include "read/tiff_directory.h"

namespace latent::read {

namespace {

template <class T>
Result<PictureSamples> create_samples(Size size, int channels, const Limits& limits) {
  auto image = Image<T>::create(size, channels, limits);
  if (!image) return fail(image.error().code, "cannot be read: " + image.error().sentence);
  return PictureSamples(*std::move(image));
}

struct Range {
  float low = std::numeric_limits<float>::max();
  float high = std::numeric_limits<float>::lowest();
};

struct Faults {
  std::size_t nans = 0;
  std::size_t infinities = 0;
  Range finite;  ///< of the colours
};

/// Whether a row holds finite numbers only; on the bits, so that it becomes vector code.
bool all_finite(std::span<const float> row) {
  constexpr std::uint32_t kExponent = 0x7F800000;
  std::uint32_t faults = 0;
  for (const float value : row) {
    faults |= (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
  }
  return faults == 0;
}

/// Of the finite numbers among the colours; {0, 0} where there are none.
Range finite_range(ImageView<const float> view, int colours) {
  Range range;
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      for (int c = 0; c < colours; ++c) {
        const float value = view.at(x, y, c);
        if (!std::isfinite(value)) continue;
        range.low = std::min(range.low, value);
        range.high = std::max(range.high, value);
      }
    }
  }
  return range.low > range.high ? Range{0, 0} : range;
}

Faults count_faults(ImageView<const float> view, int colours) {
  Faults faults;
  for (int y = 0; y < view.height(); ++y) {
    if (all_finite(view.row(y))) continue;
    for (const float value : view.row(y)) {
      faults.nans += std::isnan(value) ? 1 : 0;
      faults.infinities += std::isinf(value) ? 1 : 0;
    }
  }
  if (faults.infinities > 0) faults.finite = finite_range(view, colours);
  return faults;
}

float mended(float value, const Range& range) {
  if (std::isnan(value)) return 0;
  if (std::isinf(value)) return value > 0 ? range.high : range.low;
  return value;
}

}  // namespace

Status check_picture_size(std::int64_t width, std::int64_t height, const Limits& limits) {
  auto fits = check_dimensions(width, height, limits);
  if (!fits) return fail(fits.error().code, "cannot be read: " + fits.error().sentence);
  return {};
}

Result<Picture> blank_picture(const PictureFacts& facts, const Limits& limits) {
  Picture picture;
  picture.colours = facts.colours;
  picture.alpha = facts.alpha;
  picture.orientation = facts.orientation;
  picture.format = facts.format;
  const int channels = picture.channels();
  switch (facts.depth) {
    case SampleDepth::U8: {
      LATENT_TRY(picture.samples, create_samples<std::uint8_t>(facts.size, channels, limits));
      break;
    }
    case SampleDepth::U16: {
      LATENT_TRY(picture.samples, create_samples<std::uint16_t>(facts.size, channels, limits));
      break;
    }
    case SampleDepth::F32: {
      LATENT_TRY(picture.samples, create_samples<float>(facts.size, channels, limits));
      break;
    }
  }
  return picture;
}

void adopt_profile(Picture& picture, std::vector<std::uint8_t> embedded,
                   const colour::Profile& otherwise, Otherwise reason) {
  picture.icc = otherwise.icc();
  picture.icc_from_file = false;
  picture.icc_stated = reason == Otherwise::Stated;
  if (embedded.empty()) return;
  const auto profile = colour::Profile::from_icc(embedded);
  std::string fault;
  if (!profile) {
    fault = profile.error().sentence;
  } else if (profile->channels() != picture.colours) {
    fault = picture.colours == 1 ? "is not one for grey" : "is one for grey";
  } else {
    picture.icc = std::move(embedded);
    picture.icc_from_file = true;
    picture.icc_stated = false;
    return;
  }
  picture.unusable_icc = std::move(embedded);
  picture.warnings.push_back(
      fmt::format("the embedded colour profile {} and was left out; the picture was taken for {}",
                  fault, otherwise.description()));
}

colour::Profile usual_profile(int colours) {
  using colour::NamedProfile;
  return colour::Profile::named(colours == 1 ? NamedProfile::Grey : NamedProfile::Srgb);
}

colour::Profile linear_profile(int colours) {
  using colour::NamedProfile;
  return colour::Profile::named(colours == 1 ? NamedProfile::LinearGrey : NamedProfile::LinearSrgb);
}

void mend_floats(Picture& picture) {
  auto* image = std::get_if<Image<float>>(&picture.samples);
  if (image == nullptr) return;
  const Faults faults = count_faults(std::as_const(*image).view(), picture.colours);
  if (faults.nans + faults.infinities == 0) return;
  const int channels = image->channels();
  for (int y = 0; y < image->height(); ++y) {
    const auto row = image->view().row(y);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool is_alpha = static_cast<int>(i) % channels >= picture.colours;
      row[i] = mended(row[i], is_alpha ? Range{0, 1} : faults.finite);
    }
  }
  if (faults.nans > 0) {
    picture.warnings.push_back(
        fmt::format("{} of its samples are not a number (NaN) and were read as 0", faults.nans));
  }
  if (faults.infinities > 0) {
    picture.warnings.push_back(fmt::format(
        "{} of its samples are infinite and were read as the largest finite value of the picture, "
        "{:g}",
        faults.infinities, faults.finite.high));
  }
}

bool is_raw_tiff(const ByteSource& source, const Limits& limits) {
  constexpr std::uint64_t kCfa = 32803;
  constexpr std::uint64_t kLinearRaw = 34892;
  constexpr std::uint64_t kCanonMark = 8;  // "CR": Canon's CR2, which says so nowhere else
  std::array<std::uint8_t, 2> mark{};
  if (source.size() >= kCanonMark + mark.size() && source.read_at(kCanonMark, mark) &&
      mark == std::array<std::uint8_t, 2>{'C', 'R'}) {
    return true;
  }
  const auto file = TiffFile::open(source, limits);
  if (!file) return false;
  return std::ranges::any_of(file->directories(), [&](const TiffDirectory& directory) {
    if (directory.find(metadata::tag::kDngVersion) != nullptr) return true;
    const auto kind = file->integer(directory.find(metadata::tag::kPhotometricInterpretation));
    return kind == kCfa || kind == kLinearRaw;
  });
}

}  // namespace latent::read
