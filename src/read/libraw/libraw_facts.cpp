// SPDX-License-Identifier: GPL-3.0-or-later
#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

#include "base/path.h"
#include "colour/camera_matrix.h"
#include "read/libraw/libraw_file.h"
#include "read/sensor.h"

namespace latent::read {

namespace {

constexpr int kD65 = 21;  // EXIF LightSource

std::string text(const char* bytes, std::size_t most) {
  return printable({bytes, strnlen(bytes, most)});
}

/// The letter of LibRaw's colour index at a site of the visible area.
char letter_at(LibRaw& raw, int x, int y) {
  const int index = raw.COLOR(y, x);
  return index >= 0 && index < 4 ? raw.imgdata.idata.cdesc[index] : '?';
}

/// The size after which LibRaw's filter repeats: its words describe 2 x 8 sites.
Size period_of(const LibRaw& raw) {
  const unsigned filters = raw.imgdata.idata.filters;
  if (filters == LIBRAW_XTRANS) return {6, 6};
  if (filters < 1000) return {16, 16};
  const unsigned quad = filters & 0xFFU;
  return filters == quad * 0x01010101U ? Size{2, 2} : Size{2, 8};
}

std::string quad_letters(LibRaw& raw) {
  const std::string letters{letter_at(raw, 0, 0), letter_at(raw, 1, 0), letter_at(raw, 0, 1),
                            letter_at(raw, 1, 1)};
  return printable(letters);
}

bool is_phase_one(LibRaw& raw) {
  return std::strstr(raw.unpack_function_name(), "phase_one_load_raw") != nullptr;
}

SensorClass classify_mosaic(LibRaw& raw) {
  const Size period = period_of(raw);
  std::array<int, 3> sites{};
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      constexpr std::string_view kLetters = "RGB";
      const auto colour = kLetters.find(letter_at(raw, x, y));
      if (colour == std::string_view::npos) return SensorClass::FourColour;
      ++sites[colour];
    }
  }
  if (period == Size{6, 6} && sites == std::array{8, 20, 8}) return SensorClass::XTrans;
  if (period == Size{2, 2} && sites == std::array{1, 2, 1}) return SensorClass::Bayer;
  return SensorClass::Unknown;
}

SensorClass classify(LibRaw& raw) {
  const auto& idata = raw.imgdata.idata;
  if (idata.is_foveon != 0) return SensorClass::Foveon;
  if (raw.is_sraw() != 0) return SensorClass::LinearRgb;
  if (idata.filters == 0) return idata.colors == 1 ? SensorClass::Mono : SensorClass::LinearRgb;
  if (raw.is_fuji_rotated() != 0) return SensorClass::SuperCcd;
  return classify_mosaic(raw);
}

bool is_mosaic(SensorClass sensor) {
  return sensor == SensorClass::Bayer || sensor == SensorClass::XTrans;
}

Rect active_area(const libraw_image_sizes_t& sizes) {
  const Rect whole{0, 0, sizes.raw_width, sizes.raw_height};
  const Rect visible{sizes.left_margin, sizes.top_margin, sizes.width, sizes.height};
  const Rect inside = visible.intersection(whole);
  return inside.empty() ? whole : inside;
}

/// The maker's crop, where the file names one that leaves at least half of the active area.
Rect maker_crop(const libraw_image_sizes_t& sizes, const Rect& active) {
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
  const auto& inset = sizes.raw_inset_crops[0];
#else
  const auto& inset = sizes.raw_inset_crop;
#endif
  constexpr int kUnset = 0xFFFF;
  if (inset.cleft == kUnset || inset.ctop == kUnset) return active;
  const Rect crop{inset.cleft, inset.ctop, inset.cwidth, inset.cheight};
  return !crop.empty() && active.contains(crop) && 2 * crop.size().area() >= active.size().area()
             ? crop
             : active;
}

/// LibRaw counts the sites of its black levels from the visible area, and adds three parts: one for
/// all, one by colour, one by site of a pattern.
Result<BlackLevels> black_levels(LibRaw& raw, SensorClass sensor, const Rect& active) {
  const auto& color = raw.imgdata.color;
  const Size cfa = is_mosaic(sensor) ? period_of(raw) : Size{1, 1};
  const bool patterned = color.cblack[4] > 0 && color.cblack[5] > 0;
  const std::uint64_t sites = std::uint64_t{color.cblack[4]} * color.cblack[5];
  constexpr std::uint64_t kMostSites = LIBRAW_CBLACK_SIZE - 6;
  if (patterned && sites > kMostSites) {
    return fail(ErrorCode::Corrupt, "is damaged: its pattern of black levels is too large");
  }
  const int rows = patterned ? static_cast<int>(color.cblack[4]) : 1;
  const int columns = patterned ? static_cast<int>(color.cblack[5]) : 1;
  BlackLevels black{{std::lcm(cfa.width, columns), std::lcm(cfa.height, rows)}, {}};
  black.counts.reserve(static_cast<std::size_t>(black.period.area()));
  for (int y = 0; y < black.period.height; ++y) {
    for (int x = 0; x < black.period.width; ++x) {
      const int row = positive_modulo(y - active.y, black.period.height);
      const int column = positive_modulo(x - active.x, black.period.width);
      const int colour = is_mosaic(sensor) ? raw.COLOR(row, column) & 3 : 0;
      const int site = row % rows * columns + column % columns;
      const std::uint64_t level = std::uint64_t{color.cblack[colour]} + color.black +
                                  (patterned ? color.cblack[6 + site] : 0U);
      black.counts.push_back(static_cast<float>(level));
    }
  }
  return black;
}

/// White is where the maker says that linearity ends, else LibRaw's own knowledge of the camera.
/// LibRaw's limit for Nikon is a guess of its own and is not taken.
std::array<float, 4> white_levels(LibRaw& raw, int bits) {
  const auto& color = raw.imgdata.color;
  const double top = bits > 0 && bits <= 16 ? std::exp2(bits) - 1 : 65535.0;
  const double maximum = color.maximum > 0 ? color.maximum : top;
  const bool guessed = std::strncmp(raw.imgdata.idata.make, "Nikon", 5) == 0 ||
                       std::strncmp(raw.imgdata.idata.make, "NIKON", 5) == 0;
  std::array<float, 4> white{};
  for (std::size_t c = 0; c < white.size(); ++c) {
    const auto linear = static_cast<double>(color.linear_max[c]);
    const bool plausible = !guessed && linear > maximum / 2 && linear < maximum;
    white[c] = static_cast<float>(plausible ? linear : maximum);
  }
  return white;
}

Result<SensorLevels> levels_of(LibRaw& raw, SensorClass sensor, const Rect& active) {
  SensorLevels levels;
  LATENT_TRY(levels.black, black_levels(raw, sensor, active));
  levels.white = white_levels(raw, static_cast<int>(raw.imgdata.color.raw_bps));
  const float darkest_white = *std::ranges::min_element(levels.white);
  if (*std::ranges::max_element(levels.black.counts) >= darkest_white) {
    return fail(
        ErrorCode::Corrupt,
        "is damaged: its black and white level contradict each other; copy it from the card "
        "again");
  }
  return levels;
}

/// LibRaw's flip mirrors columns (1), rows (2) and swaps the axes (4).
Orientation orientation_of(int flip) {
  constexpr std::array<Orientation, 8> kExif{1, 2, 4, 3, 5, 8, 6, 7};
  return flip >= 0 && flip < 8 ? kExif[static_cast<std::size_t>(flip)] : Orientation{1};
}

void read_white_balance(const libraw_colordata_t& color, CameraFacts& camera) {
  const bool sound = std::all_of(color.cam_mul, color.cam_mul + 3,
                                 [](float v) { return std::isfinite(v) && v > 0; });
  if (!sound) {
    camera.as_shot_wb = colour::multipliers_for(camera).value_or(camera.as_shot_wb);
    return;
  }
  for (std::size_t c = 0; c < 3; ++c) {
    camera.as_shot_wb[c] = double{color.cam_mul[c]} / double{color.cam_mul[1]};
  }
  camera.as_shot_wb_known = true;
}

void read_matrix(const libraw_colordata_t& color, CameraFacts& camera) {
  ColourCalibration calibration{kD65, {}, {}, {}};
  bool any = false;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      const double entry = color.cam_xyz[row][column];
      any = any || (std::isfinite(entry) && entry != 0);
      calibration.color_matrix.push_back(std::isfinite(entry) ? entry : 0);
    }
  }
  if (any) camera.calibrations.push_back(std::move(calibration));
}

/// Four-colour and Foveon sensors are converted by LibRaw, by what it knows of them.
std::string colour_notice(const RawFacts& facts) {
  const bool of_camera = facts.sensor != SensorClass::Mono &&
                         facts.sensor != SensorClass::FourColour &&
                         facts.sensor != SensorClass::Foveon;
  if (!of_camera || !facts.camera.calibrations.empty()) return {};
  return "LibRaw " + libraw_version_number() +
         " does not know this camera's colours, so those of the DNG are a guess: choose a camera "
         "profile in the raw developer, or convert the raw with a converter that knows the camera";
}

/// Width over height; 1 where LibRaw names what cannot be.
double pixel_aspect(const libraw_image_sizes_t& sizes) {
  constexpr double kMost = 10;
  const double aspect = sizes.pixel_aspect;
  return aspect > 1 / kMost && aspect < kMost ? aspect : 1;
}

double positive(float value) { return std::isfinite(value) && value > 0 ? double{value} : 0; }

CameraFacts camera_of(const libraw_data_t& data) {
  CameraFacts camera;
  camera.make = text(data.idata.make, sizeof data.idata.make);
  camera.model = text(data.idata.model, sizeof data.idata.model);
  camera.unique_model = text(data.color.UniqueCameraModel, sizeof data.color.UniqueCameraModel);
  if (camera.unique_model.empty()) {
    const std::string make = text(data.idata.normalized_make, sizeof data.idata.normalized_make);
    const std::string model = text(data.idata.normalized_model, sizeof data.idata.normalized_model);
    camera.unique_model = make.empty() ? camera.make + " " + camera.model : make + " " + model;
  }
  camera.iso = positive(data.other.iso_speed);
  camera.exposure_seconds = positive(data.other.shutter);
  camera.aperture = positive(data.other.aperture);
  camera.focal_length_mm = positive(data.other.focal_len);
  read_matrix(data.color, camera);
  read_white_balance(data.color, camera);
  const float exposure = data.color.dng_levels.baseline_exposure;
  constexpr float kMostEv = 30;  // LibRaw says -999 where it knows nothing
  if (std::fabs(exposure) < kMostEv) camera.baseline_exposure_ev = double{exposure};
  return camera;
}

}  // namespace

Result<CfaPattern> libraw_cfa(LibRaw& raw) {
  const SensorClass sensor = classify(raw);
  if (!is_mosaic(sensor)) return CfaPattern{};
  const Rect active = active_area(raw.imgdata.sizes);
  const Size period = period_of(raw);
  const std::array<float, 4> white = white_levels(raw, 0);
  const bool greens_differ = sensor == SensorClass::Bayer && white[1] != white[3];
  std::vector<CfaColour> colours;
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      const int row = positive_modulo(y - active.y, period.height);
      const int column = positive_modulo(x - active.x, period.width);
      const int index = raw.COLOR(row, column);
      const auto rgb = std::string_view("RGB").find(letter_at(raw, column, row));
      colours.push_back(index == 3 && greens_differ ? CfaColour::Green2
                                                    : static_cast<CfaColour>(rgb));
    }
  }
  return CfaPattern::create(period, std::move(colours));
}

Result<RawFacts> libraw_facts(LibRaw& raw) {
  const libraw_data_t& data = raw.imgdata;
  RawFacts facts;
  facts.container = "camera format";
  facts.decoder = raw.unpack_function_name();
  facts.sensor = classify(raw);
  facts.buffer = {data.sizes.raw_width, data.sizes.raw_height};
  facts.active = active_area(data.sizes);
  facts.crop = maker_crop(data.sizes, facts.active);
  LATENT_TRY(facts.levels, levels_of(raw, facts.sensor, facts.active));
  facts.bits_per_sample =
      digitised_bits(static_cast<int>(data.color.raw_bps), facts.levels.white[1]);
  facts.orientation = orientation_of(data.sizes.flip);
  facts.pixel_aspect = pixel_aspect(data.sizes);
  facts.camera = camera_of(data);
  facts.colour_notice = colour_notice(facts);
  facts.obstacle = sensor_obstacle(
      facts.sensor, facts.sensor == SensorClass::FourColour ? quad_letters(raw) : "");
  if (facts.obstacle.empty() && is_phase_one(raw)) {
    facts.obstacle =
        "is a Phase One raw, whose corrections by row and column raw denoise does not take yet; "
        "convert it with Adobe DNG Converter";
  }
  facts.opens_as_mosaic = facts.obstacle.empty();
  facts.opens_as_linear = facts.sensor == SensorClass::LinearRgb ||
                          facts.sensor == SensorClass::FourColour ||
                          facts.sensor == SensorClass::Foveon;
  LATENT_TRY(const CfaPattern cfa, libraw_cfa(raw));
  if (is_mosaic(facts.sensor) || facts.sensor == SensorClass::Mono) {
    facts.cfa_letters = cfa.shifted(facts.active.origin()).letters();
  }
  return facts;
}

}  // namespace latent::read
