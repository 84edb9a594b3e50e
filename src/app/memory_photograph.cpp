// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/memory_photograph.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>

#include "write/tiff_directory.h"

namespace latent::app {

namespace tag = metadata::tag;

namespace {

static_assert(std::endian::native == std::endian::little, "TIFF directories are written so");

constexpr const char* kName = "pixels in memory";

/// One block of samples as it lies in memory.
struct Block {
  const std::byte* samples;
  Size size;
  std::size_t row_bytes;  ///< that are of the picture
  std::ptrdiff_t step;    ///< from one row to the next
};

Status check_block(const Block& block, const Limits& limits) {
  LATENT_CHECK(check_dimensions(block.size.width, block.size.height, limits));
  if (block.samples == nullptr) return fail(ErrorCode::Usage, "there are no samples");
  if (block.step < 0 || static_cast<std::size_t>(block.step) < block.row_bytes) {
    return fail(ErrorCode::Usage, fmt::format("rows of {} bytes cannot lie {} bytes apart",
                                              block.row_bytes, block.step));
  }
  return {};
}

/// A TIFF with one directory and the samples in strips.
Result<std::vector<std::uint8_t>> file_of(const Block& block, write::TiffDirectory& directory) {
  constexpr std::size_t kStripBytes = std::size_t{1} << 20U;
  constexpr std::uint64_t kMostClassic = 4'000'000'000;
  const auto height = static_cast<std::size_t>(block.size.height);
  LATENT_TRY(const std::size_t bytes, checked_multiply(block.row_bytes, height));
  const auto flavour = bytes > kMostClassic ? write::TiffFlavour::Big : write::TiffFlavour::Classic;
  const std::size_t rows = std::clamp<std::size_t>(kStripBytes / block.row_bytes, 1, height);
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint64_t> counts;
  for (std::size_t first = 0; first < height; first += rows) {
    offsets.push_back(first * block.row_bytes);
    counts.push_back(std::min(rows, height - first) * block.row_bytes);
  }
  directory.set_long(tag::kImageWidth, static_cast<std::uint32_t>(block.size.width));
  directory.set_long(tag::kImageLength, static_cast<std::uint32_t>(block.size.height));
  directory.set_short(tag::kCompression, 1);
  directory.set_long(tag::kRowsPerStrip, static_cast<std::uint32_t>(rows));
  directory.set_short(tag::kPlanarConfiguration, 1);
  directory.set_offsets(tag::kStripByteCounts, counts);
  directory.set_offsets(tag::kStripOffsets, offsets);
  const std::size_t head = write::tiff_header(0, flavour).size();
  const std::size_t begin = (head + directory.serialise(head, flavour).size() + 15) / 16 * 16;
  for (std::uint64_t& offset : offsets) offset += begin;
  directory.set_offsets(tag::kStripOffsets, std::move(offsets));

  std::vector<std::uint8_t> file = write::tiff_header(head, flavour);
  const auto fields = directory.serialise(head, flavour);
  file.insert(file.end(), fields.begin(), fields.end());
  file.resize(begin + bytes);
  for (std::size_t y = 0; y < height; ++y) {
    std::memcpy(file.data() + begin + y * block.row_bytes,
                block.samples + static_cast<std::ptrdiff_t>(y) * block.step, block.row_bytes);
  }
  return file;
}

void set_samples(write::TiffDirectory& directory, int bits, int channels, bool floats) {
  const auto count = static_cast<std::size_t>(channels);
  const std::vector<std::uint16_t> depths(count, static_cast<std::uint16_t>(bits));
  const std::vector<std::uint16_t> formats(count, floats ? 3 : 1);
  directory.set_short(tag::kBitsPerSample, depths);
  directory.set_short(tag::kSamplesPerPixel, static_cast<std::uint16_t>(channels));
  directory.set_short(tag::kSampleFormat, formats);
}

Status check_levels(const MosaicInMemory& mosaic) {
  const Size period = mosaic.black_period;
  const bool is_pattern = period.width >= 1 && period.height >= 1 && period.width <= 16 &&
                          period.height <= 16 &&
                          static_cast<std::int64_t>(mosaic.black.size()) == period.area();
  if (!is_pattern) {
    return fail(ErrorCode::Usage, "black takes one number, or one for each site of its pattern");
  }
  const double most = *std::ranges::max_element(mosaic.black);
  const double least = *std::ranges::min_element(mosaic.black);
  if (!(least >= 0) || !(most < mosaic.white) || !std::isfinite(mosaic.white)) {
    return fail(ErrorCode::Usage, "black must be 0 or more, and white above it");
  }
  for (const double factor : mosaic.balance) {
    if (!(factor > 0) || !std::isfinite(factor)) {
      return fail(ErrorCode::Usage, "the multipliers of the white balance must be above 0");
    }
  }
  return {};
}

void set_cfa(write::TiffDirectory& directory, const CfaPattern& cfa) {
  constexpr std::uint16_t kColourFilterArray = 32803;
  constexpr std::uint16_t kLinearRaw = 34892;
  directory.set_short(tag::kPhotometricInterpretation,
                      cfa.is_mono() ? kLinearRaw : kColourFilterArray);
  if (cfa.is_mono()) return;
  const Size period = cfa.period();
  const std::array<std::uint16_t, 2> sides{static_cast<std::uint16_t>(period.height),
                                           static_cast<std::uint16_t>(period.width)};
  std::vector<std::uint8_t> sites;
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      sites.push_back(static_cast<std::uint8_t>(rgb_index(cfa.at(x, y))));
    }
  }
  directory.set_short(tag::kCfaRepeatPatternDim, sides);
  directory.set_byte(tag::kCfaPattern, sites);
}

}  // namespace

Result<read::Photograph> photograph_of(const PixelsInMemory& pixels, const colour::Profile& profile,
                                       const Limits& limits) {
  if (pixels.channels < 1 || pixels.channels > 4) {
    return fail(ErrorCode::Usage, "a picture has 1 to 4 channels");
  }
  const int colours = pixels.channels >= 3 ? 3 : 1;
  if (profile.channels() != colours) {
    return fail(ErrorCode::Usage,
                fmt::format("the profile '{}' is for {} channels, and the picture has {}",
                            profile.description(), profile.channels(), colours));
  }
  constexpr std::array kBits{8, 16, 32};
  const int bits = kBits.at(static_cast<std::size_t>(pixels.depth));
  const std::size_t row = static_cast<std::size_t>(std::max(pixels.size.width, 0)) *
                          static_cast<std::size_t>(pixels.channels * bits / 8);
  const Block block{pixels.samples, pixels.size, row, pixels.row_bytes};
  LATENT_CHECK(check_block(block, limits));
  write::TiffDirectory directory;
  set_samples(directory, bits, pixels.channels, pixels.depth == SampleDepth::F32);
  directory.set_short(tag::kPhotometricInterpretation, colours == 3 ? 2 : 1);
  if (pixels.channels != colours) directory.set_short(tag::kExtraSamples, 2);
  directory.set_undefined(tag::kIccProfile, profile.icc());
  LATENT_TRY(auto file, file_of(block, directory));
  return read::Photograph::of(std::move(file), kName, limits);
}

Result<read::Photograph> photograph_of(const MosaicInMemory& mosaic, const Limits& limits) {
  LATENT_CHECK(check_levels(mosaic));
  const int bits = mosaic.floats ? 32 : 16;
  const std::size_t row =
      static_cast<std::size_t>(std::max(mosaic.size.width, 0)) * static_cast<std::size_t>(bits / 8);
  const Block block{mosaic.samples, mosaic.size, row, mosaic.row_bytes};
  LATENT_CHECK(check_block(block, limits));
  write::TiffDirectory directory;
  set_samples(directory, bits, 1, mosaic.floats);
  set_cfa(directory, mosaic.cfa);
  directory.set_long(tag::kNewSubfileType, 0);
  directory.set_short(tag::kOrientation, 1);
  directory.set_byte(tag::kDngVersion, std::array<std::uint8_t, 4>{1, 4, 0, 0});
  directory.set_ascii(tag::kUniqueCameraModel, kName);
  const std::array<std::uint16_t, 2> period{static_cast<std::uint16_t>(mosaic.black_period.height),
                                            static_cast<std::uint16_t>(mosaic.black_period.width)};
  directory.set_short(tag::kBlackLevelRepeatDim, period);
  directory.set_double(tag::kBlackLevel, mosaic.black);
  directory.set_double(tag::kWhiteLevel, std::array{mosaic.white});
  if (mosaic.balance_known) {
    const auto& balance = mosaic.balance;
    directory.set_double(tag::kAsShotNeutral,
                         std::array{balance[1] / balance[0], 1.0, balance[1] / balance[2]});
  }
  LATENT_TRY(auto file, file_of(block, directory));
  return read::Photograph::of(std::move(file), std::string(kName) + ".dng", limits);
}

}  // namespace latent::app
