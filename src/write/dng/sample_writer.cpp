// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/sample_writer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/threads.h"
#include "metadata/tiff_fields.h"
#include "write/dng/lossless_jpeg.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr int kTileSide = 512;
constexpr int kStripRows = 64;
constexpr std::uint16_t kUncompressed = 1;
constexpr std::uint16_t kJpeg = 7;
constexpr std::uint16_t kJpegXl = 52546;
constexpr std::uint16_t kJxlDistance = 52553;
constexpr std::uint16_t kJxlEffort = 52554;
constexpr std::uint16_t kJxlDecodeSpeed = 52555;
constexpr int kWordsOfFloat = 2;

bool is_tiled(const SampleLayout& layout) { return layout.coding != SampleCoding::Plain; }

/// Words of 16 bits that a pixel takes.
int words_of(const SampleLayout& layout) {
  return layout.channels * (layout.floats ? kWordsOfFloat : 1);
}

/// Whether samples stand in the file along JxlCurve.
bool has_curve(const SampleLayout& layout) {
  return layout.coding == SampleCoding::Jxl && layout.jxl.distance > 0;
}

/// TIFF wants tile sides in multiples of 16; every JPEG component must get whole columns.
int tile_step(const SampleLayout& layout) {
  return layout.channels == 1 ? std::lcm(16, layout.components) : 16;
}

/// No tile is wider than the picture: LibRaw 0.20 wraps its rows at whichever is less. And no
/// picture is just as many tiles wide as a tile has components: LibRaw 0.20 then takes the one for
/// the other.
Size tile_size(const SampleLayout& layout) {
  if (!is_tiled(layout)) return {layout.size.width, std::min(kStripRows, layout.size.height)};
  const int step = tile_step(layout);
  int steps = std::max(1, std::min(kTileSide, layout.size.width) / step);
  const bool mistakable =
      layout.components > 1 && layout.size.width == layout.components * steps * step;
  if (mistakable && steps > 1) --steps;
  return {steps * step, std::min(kTileSide, round_up(layout.size.height, 16))};
}

/// The bytes of a row as they stand in a little-endian file; `unit` words are one sample.
std::span<const std::uint8_t> little_endian_bytes(std::span<std::uint16_t> samples,
                                                  std::size_t unit) {
  if constexpr (std::endian::native == std::endian::big) {
    for (auto& sample : samples) {
      sample = static_cast<std::uint16_t>((sample << 8U) | (sample >> 8U));
    }
    if (unit == 2) {
      for (std::size_t i = 0; i + 1 < samples.size(); i += 2) std::swap(samples[i], samples[i + 1]);
    }
  }
  return {reinterpret_cast<const std::uint8_t*>(samples.data()), samples.size_bytes()};
}

using Tile = std::vector<std::uint8_t>;

/// Encodes all tiles of a band, `threads` at a time.
Result<std::vector<Tile>> encode_tiles(ImageView<const std::uint16_t> band, int tile_width,
                                       const SampleLayout& layout) {
  const int count = band.width() / tile_width;
  std::vector<Tile> tiles(static_cast<std::size_t>(count));
  std::atomic<int> next{0};
  const auto work = [&](int) -> Status {
    for (int i = next++; i < count; i = next++) {
      const auto tile = band.crop({i * tile_width, 0, tile_width, band.height()});
      LATENT_TRY(tiles[static_cast<std::size_t>(i)],
                 layout.coding == SampleCoding::Jxl
                     ? encode_jxl_tile(tile, layout.jxl)
                     : encode_lossless_jpeg(tile, layout.components));
    }
    return {};
  };
  LATENT_CHECK(run_on_threads(std::clamp(layout.threads, 1, count), work));
  return tiles;
}

}  // namespace

Result<SampleWriter> SampleWriter::create(const SampleLayout& layout) {
  SampleWriter writer;
  writer.layout_ = layout;
  if (layout.floats || layout.size.width < tile_step(layout)) {
    writer.layout_.coding = SampleCoding::Plain;
  }
  writer.tile_ = tile_size(writer.layout_);
  const Size band{round_up(layout.size.width, writer.tile_.width), writer.tile_.height};
  LATENT_TRY(writer.band_,
             Image<std::uint16_t>::create(band, words_of(layout), no_limits_of_pixels()));
  return writer;
}

Status SampleWriter::write_rows(ImageView<const std::uint16_t> rows, SafeFile& file) {
  LATENT_ENSURE(!layout_.floats);
  return take_rows(rows, file);
}

Status SampleWriter::write_rows(ImageView<const float> rows, SafeFile& file) {
  LATENT_ENSURE(layout_.floats);
  return take_rows(rows, file);
}

template <class T>
Status SampleWriter::take_rows(ImageView<const T> rows, SafeFile& file) {
  LATENT_ENSURE(rows.width() == layout_.size.width && rows.channels() == layout_.channels);
  LATENT_ENSURE(rows.height() <= layout_.size.height - rows_taken_);
  for (int y = 0; y < rows.height(); ++y) {
    const auto from = rows.row(y);
    std::memcpy(band_.view().row(rows_in_band_).data(), from.data(), from.size_bytes());
    ++rows_in_band_;
    ++rows_taken_;
    if (rows_in_band_ == tile_.height) LATENT_CHECK(flush(file));
  }
  return {};
}

Status SampleWriter::finish(SafeFile& file) {
  LATENT_ENSURE(rows_taken_ == layout_.size.height);
  return flush(file);
}

Status SampleWriter::flush(SafeFile& file) {
  if (rows_in_band_ == 0) return {};
  auto status = is_tiled(layout_) ? write_tiles(file) : write_strip(file);
  rows_in_band_ = 0;
  return status;
}

Status SampleWriter::write_strip(SafeFile& file) {
  auto view = band_.view();
  const std::span<std::uint16_t> samples(
      view.data(), view.row(0).size() * static_cast<std::size_t>(rows_in_band_));
  const auto bytes = little_endian_bytes(samples, layout_.floats ? kWordsOfFloat : 1);
  offsets_.push_back(file.size());
  byte_counts_.push_back(bytes.size());
  return file.write(bytes);
}

Status SampleWriter::write_tiles(SafeFile& file) {
  pad_columns(0, rows_in_band_);
  pad_rows();
  encode_band();
  LATENT_TRY(const auto tiles, encode_tiles(std::as_const(band_).view(), tile_.width, layout_));
  for (const Tile& tile : tiles) {
    offsets_.push_back(file.size());
    byte_counts_.push_back(tile.size());
    LATENT_CHECK(file.write(tile));
    // TIFF wants even offsets.
    if (tile.size() % 2 != 0) LATENT_CHECK(file.write(std::array<std::uint8_t, 1>{0}));
  }
  return {};
}

/// Continues each row by its last samples of each component: differences of 0.
void SampleWriter::pad_columns(int first_row, int rows) {
  const auto used =
      static_cast<std::size_t>(layout_.size.width) * static_cast<std::size_t>(layout_.channels);
  const auto step = static_cast<std::size_t>(layout_.components);
  for (int y = first_row; y < first_row + rows; ++y) {
    const auto row = band_.view().row(y);
    for (std::size_t x = used; x < row.size(); ++x) row[x] = x >= step ? row[x - step] : row[0];
  }
}

/// Fills what is below the picture by rows that differ neither from left to right nor from above.
void SampleWriter::pad_rows() {
  const auto last = band_.view().row(rows_in_band_ - 1);
  const auto tile =
      static_cast<std::size_t>(tile_.width) * static_cast<std::size_t>(layout_.channels);
  const auto step = static_cast<std::size_t>(layout_.components);
  for (int y = rows_in_band_; y < tile_.height; ++y) {
    const auto row = band_.view().row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      row[x] = last[x / tile * tile + x % tile % step];
    }
  }
}

/// What is stored with loss is stored along a curve.
void SampleWriter::encode_band() {
  if (!has_curve(layout_)) return;
  const auto& table = JxlCurve::of_srgb().to_encoded;
  for (int y = 0; y < tile_.height; ++y) {
    for (std::uint16_t& sample : band_.view().row(y)) sample = table[sample];
  }
}

namespace {

void set_jxl_fields(const SampleLayout& layout, TiffDirectory& directory) {
  constexpr auto kFloat = static_cast<std::uint16_t>(TiffType::Float);
  const auto distance = std::bit_cast<std::array<std::uint8_t, 4>>(layout.jxl.distance);
  if (!directory.set(kJxlDistance, kFloat, 1, distance)) return;  // one float is always right
  directory.set_long(kJxlEffort, static_cast<std::uint32_t>(layout.jxl.effort));
  directory.set_long(kJxlDecodeSpeed, static_cast<std::uint32_t>(layout.jxl.decode_speed));
  if (has_curve(layout)) {
    directory.set_short(tag::kLinearizationTable, JxlCurve::of_srgb().to_linear);
  }
}

}  // namespace

void SampleWriter::set_fields(TiffDirectory& directory) const {
  const bool jxl = layout_.coding == SampleCoding::Jxl;
  directory.set_short(tag::kCompression, jxl ? kJpegXl : is_tiled(layout_) ? kJpeg : kUncompressed);
  if (jxl) set_jxl_fields(layout_, directory);
  const auto width = static_cast<std::uint32_t>(tile_.width);
  const auto height = static_cast<std::uint32_t>(tile_.height);
  if (is_tiled(layout_)) {
    directory.set_long(tag::kTileWidth, width);
    directory.set_long(tag::kTileLength, height);
    directory.set_offsets(tag::kTileOffsets, offsets_);
    directory.set_offsets(tag::kTileByteCounts, byte_counts_);
  } else {
    directory.set_long(tag::kRowsPerStrip, height);
    directory.set_offsets(tag::kStripOffsets, offsets_);
    directory.set_offsets(tag::kStripByteCounts, byte_counts_);
  }
}

std::uint64_t SampleWriter::largest_size(const SampleLayout& layout) {
  const Size tile = tile_size(layout);
  const auto padded = static_cast<std::uint64_t>(
      Size{round_up(layout.size.width, tile.width), round_up(layout.size.height, tile.height)}
          .area());
  const std::uint64_t plain = padded * static_cast<std::uint64_t>(words_of(layout)) * 2;
  // A sample takes at most 16 bits and its code word's, which is short wherever they are many;
  // random samples measure 7 % more than plain ones.
  return is_tiled(layout) ? plain + plain / 8 : plain;
}

}  // namespace latent::write
