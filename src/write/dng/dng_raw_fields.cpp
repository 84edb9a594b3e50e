// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/dng_raw_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "metadata/tiff_fields.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr std::uint16_t kPhotometricCfa = 32803;
constexpr std::uint16_t kPhotometricLinearRaw = 34892;
constexpr float kMostFloatWhite = 4e9F;  ///< what a LONG or the larger part of a RATIONAL holds

bool is_cfa(const DngHeader& header) {
  return header.sensor == SensorClass::Bayer || header.sensor == SensorClass::XTrans;
}

/// Which entries of levels.white count for this header.
std::vector<int> used_colours(const DngHeader& header) {
  if (header.sensor == SensorClass::LinearRgb) return {0, 1, 2};
  if (!is_cfa(header)) return {1};
  std::vector<int> used;
  const Size period = header.cfa.period();
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) used.push_back(static_cast<int>(header.cfa.at(x, y)));
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

float mean_black(const DngHeader& header) {
  const auto& counts = header.levels.black.counts;
  return std::accumulate(counts.begin(), counts.end(), 0.0F) / static_cast<float>(counts.size());
}

std::uint32_t unsigned_of(int value) { return static_cast<std::uint32_t>(value); }

void set_levels(TiffDirectory& directory, std::uint16_t tag, const std::vector<double>& levels) {
  const bool whole = std::all_of(levels.begin(), levels.end(),
                                 [](double level) { return level == std::floor(level); });
  if (!whole) return directory.set_rational(tag, levels);
  if (std::any_of(levels.begin(), levels.end(), [](double level) { return level > 65535; })) {
    std::vector<std::uint32_t> large;
    for (const double level : levels) large.push_back(static_cast<std::uint32_t>(level));
    return directory.set_long(tag, large);
  }
  std::vector<std::uint16_t> counts;
  counts.reserve(levels.size());
  for (const double level : levels) {
    counts.push_back(static_cast<std::uint16_t>(std::clamp(level, 0.0, 65535.0)));
  }
  directory.set_short(tag, counts);
}

void set_geometry(const DngHeader& header, TiffDirectory& directory) {
  const Rect& active = header.active;
  const Rect& crop = header.crop;
  directory.set_long(tag::kImageWidth, unsigned_of(header.buffer.width));
  directory.set_long(tag::kImageLength, unsigned_of(header.buffer.height));
  directory.set_long(tag::kActiveArea,
                     std::array{unsigned_of(active.y), unsigned_of(active.x),
                                unsigned_of(active.bottom()), unsigned_of(active.right())});
  directory.set_long(tag::kDefaultCropOrigin,
                     std::array{unsigned_of(crop.x - active.x), unsigned_of(crop.y - active.y)});
  directory.set_long(tag::kDefaultCropSize,
                     std::array{unsigned_of(crop.width), unsigned_of(crop.height)});
  if (!directory.contains(tag::kDefaultScale)) {
    // The longer side of a pixel is stretched out, so that no sample is lost.
    const double aspect = header.pixel_aspect;
    directory.set_rational(tag::kDefaultScale,
                           std::array{std::max(aspect, 1.0), std::max(1.0 / aspect, 1.0)});
  }
}

void set_cfa(const DngHeader& header, TiffDirectory& directory) {
  const CfaPattern pattern = header.cfa.shifted(header.active.origin());
  const Size period = pattern.period();
  std::vector<std::uint8_t> colours;
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      colours.push_back(static_cast<std::uint8_t>(rgb_index(pattern.at(x, y))));
    }
  }
  directory.set_short(tag::kCfaRepeatPatternDim,
                      std::array{static_cast<std::uint16_t>(period.height),
                                 static_cast<std::uint16_t>(period.width)});
  directory.set_byte(tag::kCfaPattern, colours);
  directory.set_byte(tag::kCfaPlaneColor, std::array<std::uint8_t, 3>{0, 1, 2});
  directory.set_short(tag::kCfaLayout, 1);
}

/// WhiteLevel is a whole count; of floats it may be a fraction.
double written_white(const DngHeader& header, float white) {
  return header.floats ? double{white} : std::floor(white);
}

void set_mosaic_levels(const DngHeader& header, TiffDirectory& directory) {
  const BlackLevels black = active_black(header);
  directory.set_short(tag::kBlackLevelRepeatDim,
                      std::array{static_cast<std::uint16_t>(black.period.height),
                                 static_cast<std::uint16_t>(black.period.width)});
  set_levels(directory, tag::kBlackLevel, {black.counts.begin(), black.counts.end()});
  set_levels(directory, tag::kWhiteLevel, {written_white(header, cfa_white(header))});
}

void set_linear_levels(const DngHeader& header, TiffDirectory& directory) {
  const auto& white = header.levels.white;
  directory.set_short(tag::kBlackLevelRepeatDim, std::array<std::uint16_t, 2>{1, 1});
  set_levels(directory, tag::kBlackLevel, {0.0, 0.0, 0.0});
  set_levels(directory, tag::kWhiteLevel,
             {written_white(header, white[0]), written_white(header, white[1]),
              written_white(header, white[2])});
}

void set_noise_field(const DngHeader& header, TiffDirectory& directory) {
  if (!header.noise) return;
  const auto pairs = noise_profile(header, *header.noise);
  if (header.sensor == SensorClass::Mono) {
    directory.set_double(tag::kNoiseProfile, std::array{pairs[2], pairs[3]});
  } else {
    directory.set_double(tag::kNoiseProfile, pairs);
  }
}

Status check_levels(const DngHeader& header) {
  const BlackLevels& black = header.levels.black;
  const bool shaped = black.period.width > 0 && black.period.height > 0 &&
                      black.counts.size() == static_cast<std::size_t>(black.period.area());
  if (!shaped) return fail(ErrorCode::Corrupt, "the black levels do not fill their pattern");
  const float highest = *std::max_element(black.counts.begin(), black.counts.end());
  const float lowest = *std::min_element(black.counts.begin(), black.counts.end());
  for (const int colour : used_colours(header)) {
    const float white = header.levels.white[static_cast<std::size_t>(colour)];
    const float most = header.floats ? kMostFloatWhite : 65535.0F;
    // Written so that NaN fails too.
    if (!(lowest >= 0.0F && white > highest && white <= most)) {
      return fail(ErrorCode::Corrupt,
                  "the levels of the picture do not fit a DNG: white must lie above black, both "
                  "within 16 bits");
    }
  }
  return {};
}

/// Measured: darktable 4.2 and RawTherapee 5.9 take no black off a LinearRaw of three samples, and
/// RawTherapee crashes where it has margins.
Status check_linear(const DngHeader& header) {
  const auto& black = header.levels.black.counts;
  const bool no_black = std::all_of(black.begin(), black.end(), [](float b) { return b == 0.0F; });
  if (!no_black || header.active.size() != header.buffer) {
    return fail(ErrorCode::Unsupported,
                "a linear DNG is only read rightly with black at 0 and without margins");
  }
  return {};
}

}  // namespace

int samples_per_pixel(const DngHeader& header) {
  return header.sensor == SensorClass::LinearRgb ? 3 : 1;
}

Status check_header(const DngHeader& header) {
  const bool cfa = is_cfa(header);
  if (!cfa && header.sensor != SensorClass::Mono && header.sensor != SensorClass::LinearRgb) {
    return fail(ErrorCode::Unsupported, std::string("a DNG cannot hold the mosaic of a ") +
                                            sensor_class_name(header.sensor) + " sensor");
  }
  if (cfa && header.cfa.is_mono()) {
    return fail(ErrorCode::Unsupported, "a mosaic without colours cannot be written as a CFA");
  }
  const Rect buffer{0, 0, header.buffer.width, header.buffer.height};
  const bool nested = !header.active.empty() && !header.crop.empty() &&
                      buffer.contains(header.active) && header.active.contains(header.crop);
  if (!nested) {
    return fail(ErrorCode::Corrupt,
                "the active area and the crop of the picture do not lie inside each other");
  }
  LATENT_CHECK(check_levels(header));
  return header.sensor == SensorClass::LinearRgb ? check_linear(header) : Status{};
}

BlackLevels active_black(const DngHeader& header) {
  const BlackLevels& black = header.levels.black;
  const bool one = std::all_of(black.counts.begin(), black.counts.end(),
                               [&](float count) { return count == black.counts.front(); });
  BlackLevels result;
  result.counts.clear();
  result.period =
      one ? Size{1, 1} : Size{std::lcm(black.period.width, 2), std::lcm(black.period.height, 2)};
  for (int y = 0; y < result.period.height; ++y) {
    for (int x = 0; x < result.period.width; ++x) {
      result.counts.push_back(black.at(header.active.x + x, header.active.y + y));
    }
  }
  return result;
}

float cfa_white(const DngHeader& header) {
  float white = std::numeric_limits<float>::max();
  for (const int colour : used_colours(header)) {
    white = std::min(white, header.levels.white[static_cast<std::size_t>(colour)]);
  }
  return white;
}

std::array<double, 6> noise_profile(const DngHeader& header, const NoiseModel& noise) {
  const double black = mean_black(header);
  const bool one_white = header.sensor != SensorClass::LinearRgb;
  std::array<double, 6> pairs{};
  for (std::size_t colour = 0; colour < 3; ++colour) {
    const double own = header.levels.white[colour] - black;
    const double written =
        (one_white ? written_white(header, cfa_white(header)) : own + black) - black;
    const double ratio = own > 0.0 && written > 0.0 ? own / written : 1.0;
    pairs[2 * colour] = noise.a[colour] * ratio;
    pairs[2 * colour + 1] = noise.b[colour] * ratio * ratio;
  }
  return pairs;
}

void set_raw_fields(const DngHeader& header, TiffDirectory& directory) {
  const bool cfa = is_cfa(header);
  const int samples = samples_per_pixel(header);
  directory.set_long(tag::kNewSubfileType, std::uint32_t{0});
  directory.set_short(
      tag::kBitsPerSample,
      std::vector<std::uint16_t>(static_cast<std::size_t>(samples),
                                 static_cast<std::uint16_t>(header.floats ? 32 : 16)));
  if (header.floats) {
    constexpr std::uint16_t kFloat = 3;
    directory.set_short(tag::kSampleFormat,
                        std::vector<std::uint16_t>(static_cast<std::size_t>(samples), kFloat));
  }
  directory.set_short(tag::kPhotometricInterpretation,
                      cfa ? kPhotometricCfa : kPhotometricLinearRaw);
  directory.set_short(tag::kSamplesPerPixel, static_cast<std::uint16_t>(samples));
  directory.set_short(tag::kPlanarConfiguration, 1);
  set_geometry(header, directory);
  if (cfa) set_cfa(header, directory);
  if (samples == 1) {
    set_mosaic_levels(header, directory);
  } else {
    set_linear_levels(header, directory);
  }
  set_noise_field(header, directory);
}

}  // namespace latent::write
