// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/dng_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "metadata/tiff_fields.h"
#include "read/dng/delivered_opcodes.h"
#include "read/dng/dng_directories.h"
#include "read/dng/dng_samples.h"
#include "read/exif_facts.h"
#include "read/sensor.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr int kPhotometricCfa = 32803;
constexpr int kPhotometricLinearRaw = 34892;
constexpr int kLossyJpeg = 34892;  ///< the same number, as a compression
constexpr int kUncompressed = 1;

std::uint64_t whole(const TiffFile& file, const TiffDirectory& directory, std::uint16_t tag,
                    std::uint64_t otherwise) {
  const TiffField* field = directory.find(tag);
  if (field == nullptr || field->count > 4096) return otherwise;
  const auto values = file.integers(*field);
  return values && !values->empty() ? values->front() : otherwise;
}

bool is_raw_picture(const TiffFile& file, const TiffDirectory& directory) {
  const auto photometric = whole(file, directory, tag::kPhotometricInterpretation, 0);
  return whole(file, directory, tag::kNewSubfileType, 0) == 0 &&
         (photometric == kPhotometricCfa || photometric == kPhotometricLinearRaw);
}

double area(const TiffFile& file, const TiffDirectory& directory) {
  return static_cast<double>(whole(file, directory, tag::kImageWidth, 0)) *
         static_cast<double>(whole(file, directory, tag::kImageLength, 0));
}

const TiffDirectory* find_raw_picture(const TiffFile& file) {
  const TiffDirectory* best = nullptr;
  for (const TiffDirectory& directory : file.directories()) {
    if (!is_raw_picture(file, directory)) continue;
    if (best == nullptr || area(file, directory) > area(file, *best)) best = &directory;
  }
  return best;
}

/// One entry for each block; empty where the field is missing, which only matters to who decodes.
Result<std::vector<std::uint64_t>> block_list(const DngDirectories& directories,
                                              std::uint16_t tag) {
  const TiffField* field = directories.raw->find(tag);
  if (field == nullptr) return std::vector<std::uint64_t>{};
  return directories.file->integers(*field);
}

bool is_interleaved(const DngDirectories& directories) {
  return std::ranges::any_of(
      std::array{tag::kSubTileBlockSize, tag::kRowInterleaveFactor, tag::kColumnInterleaveFactor},
      [&](std::uint16_t tag) {
        return std::ranges::any_of(directories.numbers(tag),
                                   [](double factor) { return factor != 1; });
      });
}

/// Some writers state the bits of the camera and store 16 all the same: the bytes of the blocks
/// tell.
bool is_stored_in_16_bits(const DngLayout& layout) {
  const bool asks = layout.compression == kUncompressed && layout.stated_bits > 8 &&
                    layout.stated_bits < 16 && !layout.planar && !layout.is_float;
  const int columns = (layout.image.width + layout.block.width - 1) / layout.block.width;
  const int rows = (layout.image.height + layout.block.height - 1) / layout.block.height;
  const auto blocks = static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows);
  if (!asks || layout.byte_counts.size() != blocks) return false;
  const auto row = static_cast<std::uint64_t>(layout.block.width) *
                   static_cast<std::uint64_t>(layout.samples_per_pixel) * sizeof(std::uint16_t);
  for (std::size_t i = 0; i < blocks; ++i) {
    const int y = static_cast<int>(i / static_cast<std::size_t>(columns)) * layout.block.height;
    const int left = std::min(layout.block.height, layout.image.height - y);
    const bool whole =
        layout.byte_counts[i] == row * static_cast<std::uint64_t>(left) ||
        layout.byte_counts[i] == row * static_cast<std::uint64_t>(layout.block.height);
    if (!whole) return false;
  }
  return true;
}

Result<DngLayout> read_layout(const DngDirectories& directories, const Limits& limits) {
  const auto raw = [&](std::uint16_t tag, std::uint64_t otherwise) {
    const auto value = whole(*directories.file, *directories.raw, tag, otherwise);
    return static_cast<std::int64_t>(std::min<std::uint64_t>(value, 1ULL << 32U));
  };
  const auto width = raw(tag::kImageWidth, 0);
  const auto height = raw(tag::kImageLength, 0);
  if (auto fits = check_dimensions(width, height, limits); !fits) {
    return fail(fits.error().code, "cannot be read: " + fits.error().sentence);
  }
  DngLayout layout;
  layout.image = {static_cast<int>(width), static_cast<int>(height)};
  layout.compression = static_cast<int>(std::min<std::int64_t>(raw(tag::kCompression, 1), 1 << 20));
  layout.samples_per_pixel =
      static_cast<int>(std::clamp<std::int64_t>(raw(tag::kSamplesPerPixel, 1), 1, 256));
  layout.bits_per_sample =
      static_cast<int>(std::min<std::int64_t>(raw(tag::kBitsPerSample, 1), 1 << 16));
  layout.planar = layout.samples_per_pixel > 1 && raw(tag::kPlanarConfiguration, 1) != 1;
  layout.is_float = raw(tag::kSampleFormat, 1) == 3;
  layout.interleaved = is_interleaved(directories);
  layout.little_endian = directories.file->little_endian();
  // Some writers of strips state the size of a tile too; what names its place counts.
  const auto has = [&](std::uint16_t tag) { return directories.raw->find(tag) != nullptr; };
  const bool tiled = has(tag::kTileWidth) && (has(tag::kTileOffsets) || !has(tag::kStripOffsets));
  const auto block_width = tiled ? raw(tag::kTileWidth, 0) : width;
  const auto block_height =
      tiled ? raw(tag::kTileLength, 0) : std::min(raw(tag::kRowsPerStrip, 1ULL << 32U), height);
  if (!check_dimensions(block_width, block_height, limits)) {
    return contradiction("strips or tiles have an impossible size");
  }
  layout.block = {static_cast<int>(block_width), static_cast<int>(block_height)};
  LATENT_TRY(layout.offsets,
             block_list(directories, tiled ? tag::kTileOffsets : tag::kStripOffsets));
  LATENT_TRY(layout.byte_counts,
             block_list(directories, tiled ? tag::kTileByteCounts : tag::kStripByteCounts));
  layout.stated_bits = layout.bits_per_sample;
  if (is_stored_in_16_bits(layout)) layout.bits_per_sample = 16;
  for (const double value : directories.numbers(tag::kLinearizationTable)) {
    layout.linearisation.push_back(static_cast<std::uint16_t>(std::clamp(value, 0.0, 65535.0)));
  }
  return layout;
}

std::string version_name(const DngDirectories& directories) {
  const std::vector<double> version = directories.numbers(tag::kDngVersion);
  if (version.size() < 2) return "DNG";
  return fmt::format("DNG {}.{}", static_cast<int>(version[0]), static_cast<int>(version[1]));
}

/// Samples a pixel, their order and their width, as far as raw denoise does not take them.
std::string shape_obstacle(const DngLayout& layout) {
  if (layout.samples_per_pixel != 1 && layout.samples_per_pixel != 3) {
    return fmt::format(
        "holds {} samples a pixel, where raw denoise takes one or three; develop it with a raw "
        "developer instead",
        layout.samples_per_pixel);
  }
  if (layout.planar) {
    return "holds each colour in a plane of its own, which raw denoise does not take; convert it "
           "with Adobe DNG Converter";
  }
  const bool too_few = layout.compression == kUncompressed && layout.bits_per_sample < 8;
  if (too_few || layout.bits_per_sample > 16) {
    return fmt::format(
        "holds samples of {} bits, where raw denoise takes 8 to 16; convert it to a DNG of 16 bits",
        layout.bits_per_sample);
  }
  return {};
}

std::string coding_obstacle(const DngLayout& layout) {
  if (layout.is_float) {
    return "holds floating-point samples, which are not read; convert it to an integer DNG";
  }
  if (layout.interleaved) {
    return "has interleaved rows or columns, which are not read; convert it with Adobe DNG "
           "Converter";
  }
  if (std::string obstacle = shape_obstacle(layout); !obstacle.empty()) return obstacle;
  if (!dng_samples_are_readable(layout)) {
    return fmt::format(
        "is compressed in a way that is not taken (TIFF compression {}, {} bits); "
        "convert it with Adobe DNG Converter",
        layout.compression, layout.bits_per_sample);
  }
  return {};
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

bool applied_by_libraw(const DngDirectories& directories) {
  const TiffField* field = directories.find(tag::kOpcodeList2);
  if (field == nullptr) return false;
  const auto list = directories.file->native_bytes(*field);
  const Size picture{static_cast<int>(directories.number(tag::kImageWidth, 0)),
                     static_cast<int>(directories.number(tag::kImageLength, 0))};
  const auto active = read_dng_active_area(directories, picture);
  return list && active && libraw_applies(*list, active->size());
}

/// Linear RGB in lossy JPEG tiles, whose eight bits OpcodeList2 turns linear: LibRaw decodes that,
/// list included. Without the list it guesses.
bool libraw_decodes(const DngDirectories& directories, const DngLayout& layout) {
  return layout.compression == kLossyJpeg && layout.bits_per_sample == 8 &&
         layout.samples_per_pixel == 3 && !layout.planar && !layout.interleaved &&
         applied_by_libraw(directories);
}

/// Black and white by colour; black that differs by site by its mean.
void read_linear_levels(const DngDirectories& directories, DngFile& dng) {
  const BlackDeltas& deltas = dng.layout.black_deltas;
  const double factor = 1 << deltas.shift;
  std::vector<double> black = directories.numbers(tag::kBlackLevel);
  std::vector<double> white = directories.numbers(tag::kWhiteLevel);
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
  if (!dng.layout.is_float && libraw_decodes(directories, dng.layout)) {
    facts.opens_as_linear = true;
    return;
  }
  facts.opens_as_linear = coding.empty();
  if (!coding.empty()) facts.obstacle = coding;
}

/// The largest count that the file can mean, which is its white level where it names none.
double default_white(const DngLayout& layout) {
  if (!layout.linearisation.empty()) return layout.linearisation.back();
  return std::exp2(std::clamp(layout.stated_bits, 1, 16)) - 1;
}

Status read_levels(const DngDirectories& directories, DngFile& dng) {
  DngLayout& layout = dng.layout;
  double largest = default_white(layout);
  for (const std::uint16_t count : layout.linearisation) largest = std::max<double>(largest, count);
  for (const double white : directories.numbers(tag::kWhiteLevel)) {
    largest = std::max(largest, white);
  }
  layout.black_deltas = read_black_deltas(directories, dng.facts.active, largest);
  LATENT_TRY(dng.facts.levels,
             read_dng_levels(directories, layout.samples_per_pixel, dng.facts.active,
                             default_white(layout), layout.black_deltas));
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
  LATENT_TRY(dng.layout, read_layout(directories, limits));
  RawFacts& facts = dng.facts;
  facts.container = version_name(directories);
  facts.decoder = fmt::format("DNG compression {}", dng.layout.compression);
  facts.buffer = dng.layout.image;
  LATENT_TRY(facts.active, read_dng_active_area(directories, facts.buffer));
  facts.crop = read_dng_crop(directories, facts.active);
  LATENT_CHECK(read_pattern(directories, dng));
  const std::string coding = coding_obstacle(dng.layout);
  if (!dng.layout.is_float) {
    const Status levels = read_levels(directories, dng);
    // Of a coding that is not taken, the levels need not make sense here.
    const bool taken = coding.empty() || libraw_decodes(directories, dng.layout);
    if (taken) LATENT_CHECK(levels);
  }
  facts.bits_per_sample = bits_of(dng);
  facts.orientation =
      sound_orientation(whole(*directories.file, *directories.first, tag::kOrientation, 1))
          .value_or(Orientation{1});
  facts.pixel_aspect = pixel_aspect(directories);
  facts.camera = read_dng_camera(directories);
  facts.colour_notice = colour_notice(facts);
  facts.noise_profile = read_dng_noise_profile(directories);
  if (dng.layout.stated_bits != dng.layout.bits_per_sample) {
    facts.notices.push_back(fmt::format(
        "its header says {} bits a sample, but the bytes are those of 16, as which they were read",
        dng.layout.stated_bits));
  }
  facts.obstacle = sensor_obstacle(facts.sensor);
  if (facts.obstacle.empty()) facts.obstacle = coding;
  facts.opens_as_mosaic = facts.obstacle.empty();
  read_linear_levels(directories, dng);
  judge_linear(directories, coding, dng);
  LATENT_TRY(dng.carried_tags, read_carried_tags(directories, limits));
  facts.left_out = read_left_out(directories);
  if (std::string lost = lost_by_linearisation(dng); !lost.empty()) {
    facts.notices.push_back(std::move(lost));
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
