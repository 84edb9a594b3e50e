// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "metadata/tiff_fields.h"
#include "read/dng/dng_directories.h"
#include "read/dng/dng_layout.h"
#include "read/exif_facts.h"
#include "read/sensor.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr int kPhotometricCfa = 32803;
constexpr int kPhotometricLinearRaw = 34892;
constexpr int kLossyJpeg = 34892;  ///< the same number, as a compression

bool is_raw_picture(const TiffFile& file, const TiffDirectory& directory) {
  const auto photometric = whole_number(file, directory, tag::kPhotometricInterpretation, 0);
  return whole_number(file, directory, tag::kNewSubfileType, 0) == 0 &&
         (photometric == kPhotometricCfa || photometric == kPhotometricLinearRaw);
}

double area(const TiffFile& file, const TiffDirectory& directory) {
  return static_cast<double>(whole_number(file, directory, tag::kImageWidth, 0)) *
         static_cast<double>(whole_number(file, directory, tag::kImageLength, 0));
}

const TiffDirectory* find_raw_picture(const TiffFile& file) {
  const TiffDirectory* best = nullptr;
  for (const TiffDirectory& directory : file.directories()) {
    if (!is_raw_picture(file, directory)) continue;
    if (best == nullptr || area(file, directory) > area(file, *best)) best = &directory;
  }
  return best;
}

std::string version_name(const DngDirectories& directories) {
  const std::vector<double> version = directories.numbers(tag::kDngVersion);
  if (version.size() < 2) return "DNG";
  return fmt::format("DNG {}.{}", static_cast<int>(version[0]), static_cast<int>(version[1]));
}

Status read_pattern(const DngDirectories& directories, DngFile& dng) {
  RawFacts& facts = dng.facts;
  const int planes = dng.layout.samples_per_pixel;
  if (directories.number(tag::kPhotometricInterpretation, 0) == kPhotometricLinearRaw) {
    facts.sensor = planes == 1 ? SensorClass::Mono : SensorClass::LinearRgb;
    if (facts.sensor == SensorClass::Mono) facts.cfa_letters = dng.cfa.letters();
    return {};
  }
  LATENT_TRY(const CfaReading reading, read_dng_cfa(directories));
  facts.sensor = planes == 1 ? reading.sensor : SensorClass::SuperCcd;
  if (sensor_obstacle(facts.sensor).empty()) facts.cfa_letters = reading.pattern.letters();
  dng.cfa = reading.pattern.shifted({-facts.active.x, -facts.active.y});
  return {};
}

/// Linear RGB in lossy JPEG tiles, whose eight bits OpcodeList2 turns linear: LibRaw decodes that,
/// list included. Without the list it guesses.
bool libraw_decodes(const DngDirectories& directories, const DngLayout& layout) {
  return layout.compression == kLossyJpeg && layout.bits_per_sample == 8 &&
         layout.samples_per_pixel == 3 && !layout.planar && !layout.interleaved &&
         layout.jpeg.bits <= 8 && !layout.is_float &&
         directories.find(tag::kOpcodeList2) != nullptr;
}

/// The largest count that the file can mean, which is its white level where it names none.
double default_white(const DngLayout& layout) {
  if (layout.is_float) return 1;
  if (!layout.linearisation.empty()) return layout.linearisation.back();
  const int stated = layout.stated_bits < 8 ? 16 : layout.stated_bits;
  return std::exp2(std::clamp(std::min(stated, layout.bits_per_sample), 1, 16)) - 1;
}

/// The largest count that can be stored.
double largest_stored(const DngLayout& layout) {
  if (!layout.linearisation.empty() || layout.compression == kLossyJpeg) return 65535;
  const int bits = layout.jpeg.bits > 0 ? layout.jpeg.bits : layout.bits_per_sample;
  return std::exp2(std::clamp(bits, 1, 16)) - 1;
}

/// WhiteLevel, of integers none that cannot be stored: then the largest that can. One too much is
/// how some count, and costs no notice.
std::vector<double> stated_white(const DngDirectories& directories, DngFile& dng) {
  std::vector<double> white = directories.numbers(tag::kWhiteLevel);
  if (dng.layout.is_float) return white;
  const double most = largest_stored(dng.layout);
  double highest = 0;
  for (double& each : white) {
    highest = std::max(highest, each);
    each = std::min(each, most);
  }
  if (highest > most + 1) {
    dng.facts.notices.push_back(
        fmt::format("its white level of {:g} lies above {:g}, the most that its samples can be, "
                    "which was used instead",
                    highest, most));
  }
  return white;
}

/// Black and white by colour; black that differs by site by its mean.
void read_linear_levels(const DngDirectories& directories, const std::vector<double>& white,
                        DngFile& dng) {
  const BlackDeltas& deltas = dng.layout.black_deltas;
  const double factor = 1 << deltas.shift;
  std::vector<double> black = directories.numbers(tag::kBlackLevel);
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    std::size_t sites = 0;
    for (std::size_t i = c; i < black.size(); i += 3, ++sites) sum += black[i];
    const bool one = black.size() < 3;
    const double mean =
        one ? (black.empty() ? 0.0 : black.front()) : sum / static_cast<double>(sites);
    dng.linear_black[c] = static_cast<float>((mean + deltas.mean) * factor);
    dng.linear_white[c] = white.size() == 3
                              ? static_cast<float>((white[c] - deltas.largest()) * factor)
                              : dng.facts.levels.white[c];
  }
}

/// What open_linear_raw() takes; sets the obstacle where it is linear RGB and does not.
void judge_linear(const DngDirectories& directories, const std::string& coding, DngFile& dng) {
  RawFacts& facts = dng.facts;
  if (facts.sensor != SensorClass::LinearRgb) return;
  if (libraw_decodes(directories, dng.layout)) {
    facts.opens_as_linear = true;
    return;
  }
  facts.opens_as_linear = coding.empty();
  if (!coding.empty()) facts.obstacle = coding;
}

Status read_levels(const DngDirectories& directories, DngFile& dng) {
  DngLayout& layout = dng.layout;
  const std::vector<double> white = stated_white(directories, dng);
  const double default_level = default_white(layout);
  double largest = default_level;
  for (const std::uint16_t count : layout.linearisation) largest = std::max<double>(largest, count);
  for (const double each : white) largest = std::max(largest, each);
  layout.black_deltas = read_black_deltas(directories, dng.facts.active, largest);
  if (layout.is_float) layout.black_deltas.shift = 0;
  constexpr double kMostFloat = 1e30;
  LATENT_TRY(dng.facts.levels,
             read_dng_levels(directories, layout.samples_per_pixel, dng.facts.active,
                             {white.empty() ? default_level : white.front(),
                              layout.is_float ? kMostFloat : 65535.0},
                             layout.black_deltas));
  read_linear_levels(directories, white, dng);
  return {};
}

/// The bits that the camera digitised with; those of the file where its samples are wider than
/// counts.
int bits_of(const DngFile& dng) {
  const int stored = dng.layout.bits_per_sample;
  return stored > 16 || dng.layout.is_float ? stored
                                            : digitised_bits(stored, dng.facts.levels.white[1]);
}

/// Width over height, by DefaultScale; 1 where it names what cannot be.
double pixel_aspect(const DngDirectories& directories) {
  constexpr double kMost = 10;
  const std::vector<double> scale = directories.numbers(tag::kDefaultScale);
  if (scale.size() < 2 || !(scale[0] > 0 && scale[1] > 0)) return 1;
  const double aspect = scale[0] / scale[1];
  return aspect > 1 / kMost && aspect < kMost ? aspect : 1;
}

/// What a user should know of a colour picture without a matrix.
std::string colour_notice(const RawFacts& facts) {
  if (facts.sensor == SensorClass::Mono || !facts.camera.calibrations.empty()) return {};
  return "the source says nothing of the camera's colours, so those of the DNG are a guess: choose "
         "a camera profile in the raw developer";
}

Result<DngFile> read_directories(const DngDirectories& directories, const Limits& limits) {
  DngFile dng;
  LATENT_TRY(dng.layout, read_dng_layout(directories, limits));
  RawFacts& facts = dng.facts;
  facts.container = version_name(directories);
  facts.decoder = fmt::format("DNG compression {}", dng.layout.compression);
  facts.buffer = dng.layout.image;
  facts.is_float = dng.layout.is_float;
  LATENT_TRY(facts.active, read_dng_active_area(directories, facts.buffer));
  facts.crop = read_dng_crop(directories, facts.active);
  LATENT_CHECK(read_pattern(directories, dng));
  const std::string coding = coding_obstacle(dng.layout);
  const Status levels = read_levels(directories, dng);
  // Of a coding that is not taken, the levels need not make sense here.
  const bool taken = coding.empty() || libraw_decodes(directories, dng.layout);
  if (taken) LATENT_CHECK(levels);
  facts.bits_per_sample = bits_of(dng);
  facts.orientation =
      sound_orientation(whole_number(*directories.file, *directories.first, tag::kOrientation, 1))
          .value_or(Orientation{1});
  facts.pixel_aspect = pixel_aspect(directories);
  facts.camera = read_dng_camera(directories);
  facts.colour_notice = colour_notice(facts);
  facts.noise_profile = read_dng_noise_profile(directories);
  if (std::string notice = stored_bits_notice(dng.layout); !notice.empty()) {
    facts.notices.push_back(std::move(notice));
  }
  facts.obstacle = sensor_obstacle(facts.sensor);
  if (facts.obstacle.empty()) facts.obstacle = coding;
  facts.opens_as_mosaic = facts.obstacle.empty();
  judge_linear(directories, coding, dng);
  LATENT_TRY(dng.carried_tags, read_carried_tags(directories, limits));
  for (std::string& notice : order_by_colour(directories, dng.carried_tags)) {
    facts.notices.push_back(std::move(notice));
  }
  return dng;
}

}  // namespace

Result<std::optional<DngFile>> read_dng(const ByteSource& source, const Limits& limits) {
  auto file = TiffFile::open(source, limits);
  if (!file && file.error().code == ErrorCode::Unsupported) return std::nullopt;
  if (!file) return tl::make_unexpected(file.error());
  const TiffDirectory& first = file->directories().front();
  if (first.find(tag::kDngVersion) == nullptr) return std::nullopt;
  const TiffDirectory* raw = find_raw_picture(*file);
  if (raw == nullptr) {
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: it is a DNG without a raw picture; copy it from the card "
                "again");
  }
  LATENT_TRY(DngFile dng, read_directories({&*file, &first, raw}, limits));
  return dng;
}

}  // namespace latent::read
