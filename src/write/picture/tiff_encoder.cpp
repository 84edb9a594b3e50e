// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/tiff_encoder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "base/threads.h"
#include "metadata/tiff_fields.h"
#include "write/dng/dng_main_fields.h"
#include "write/dng/tile_coder.h"
#include "write/exif_blocks.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr int kTileSide = 512;
constexpr std::uint16_t kPhotoshop = 0x8649;
constexpr int kFlattestTile = 16;
constexpr std::uint32_t kHeaderBytes =
    16;  ///< of a BigTIFF; a classic one leaves half of it unused
/// How far into the file a maker note is put to stand where it stood in the source.
constexpr std::uint32_t kLastNoteOffset = 1U << 20U;

using Tile = std::vector<std::uint8_t>;

/// Collects rows to a row of tiles (or a few strips), compresses those in parallel, keeps account
/// of where they stand.
class BandWriter {
 public:
  static Result<BandWriter> create(const PictureHeader& header,
                                   const PictureWriterOptions& options);

  Status write_row(std::span<const std::uint8_t> samples, SafeFile& file);
  Status flush(SafeFile& file);
  void set_fields(TiffDirectory& directory) const;

 private:
  BandWriter() = default;
  [[nodiscard]] std::vector<TileView> tiles_of_band() const;
  Result<std::vector<Tile>> encode(const std::vector<TileView>& tiles);
  void pad();

  TiffLayout layout_;
  TiffCompression compression_ = TiffCompression::Deflate;
  SampleDepth depth_ = SampleDepth::U16;
  Size band_size_;
  std::size_t pixel_bytes_ = 0;
  Image<std::uint8_t> band_;  ///< [rows, padded width, bytes of a pixel]
  int rows_in_band_ = 0;
  std::vector<TileCoder> coders_;  ///< one a thread
  std::vector<std::uint64_t> offsets_;
  std::vector<std::uint64_t> byte_counts_;
};

Result<BandWriter> BandWriter::create(const PictureHeader& header,
                                      const PictureWriterOptions& options) {
  BandWriter writer;
  const int threads = std::max(1, options.threads);
  writer.compression_ = options.compression;
  writer.depth_ = header.depth;
  writer.layout_ = tiff_layout(header, options);
  const Size tile = writer.layout_.tile;
  writer.pixel_bytes_ = sample_bytes(header.depth) * static_cast<std::size_t>(channels_of(header));
  // Strips are compressed in parallel too; some for each thread, as they take different times.
  constexpr int kStripsAThread = 4;
  const int strips =
      std::min(threads * kStripsAThread, (header.size.height + tile.height - 1) / tile.height);
  writer.band_size_ = {header.size.width,
                       writer.layout_.tiled ? tile.height : strips * tile.height};
  const Size padded{writer.layout_.tiled ? round_up(header.size.width, tile.width) : tile.width,
                    writer.band_size_.height};
  LATENT_TRY(writer.band_,
             Image<std::uint8_t>::create(padded, static_cast<int>(writer.pixel_bytes_),
                                         no_limits_of_pixels()));
  for (int i = 0; i < threads; ++i) {
    writer.coders_.emplace_back(options.compression, header.depth, channels_of(header));
  }
  return writer;
}

Status BandWriter::write_row(std::span<const std::uint8_t> samples, SafeFile& file) {
  std::memcpy(band_.view().row(rows_in_band_).data(), samples.data(), samples.size());
  ++rows_in_band_;
  return rows_in_band_ == band_size_.height ? flush(file) : Status{};
}

std::vector<TileView> BandWriter::tiles_of_band() const {
  const auto view = band_.view();
  const auto stride = static_cast<std::size_t>(view.stride());
  std::vector<TileView> tiles;
  for (int y = 0; y < rows_in_band_; y += layout_.tile.height) {
    // A tile is whole, the last strip as high as there are rows.
    const int height =
        layout_.tiled ? layout_.tile.height : std::min(layout_.tile.height, rows_in_band_ - y);
    for (int x = 0; x < view.width(); x += layout_.tile.width) {
      tiles.push_back({view.row(y).data() + static_cast<std::size_t>(x) * pixel_bytes_, stride,
                       layout_.tile.width, height});
    }
  }
  return tiles;
}

/// What is outside of the picture repeats its last column and row, which compresses well.
void BandWriter::pad() {
  const auto view = band_.view();
  const std::size_t used = static_cast<std::size_t>(band_size_.width) * pixel_bytes_;
  for (int y = 0; y < rows_in_band_; ++y) {
    const auto row = view.row(y);
    for (std::size_t x = used; x < row.size(); ++x) row[x] = row[x - pixel_bytes_];
  }
  const auto last = view.row(rows_in_band_ - 1);
  for (int y = rows_in_band_; y < view.height(); ++y) {
    std::memcpy(view.row(y).data(), last.data(), last.size());
  }
}

Result<std::vector<Tile>> BandWriter::encode(const std::vector<TileView>& tiles) {
  std::vector<Tile> encoded(tiles.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&](int worker) -> Status {
    TileCoder& coder = coders_[static_cast<std::size_t>(worker)];
    for (std::size_t i = next++; i < tiles.size(); i = next++) {
      LATENT_TRY(encoded[i], coder.encode(tiles[i]));
    }
    return {};
  };
  LATENT_CHECK(run_on_threads(static_cast<int>(std::min(coders_.size(), tiles.size())), work));
  return encoded;
}

Status BandWriter::flush(SafeFile& file) {
  if (rows_in_band_ == 0) return {};
  pad();
  LATENT_TRY(const auto tiles, encode(tiles_of_band()));
  for (const Tile& tile : tiles) {
    offsets_.push_back(file.size());
    byte_counts_.push_back(tile.size());
    LATENT_CHECK(file.write(tile));
    // TIFF wants even offsets.
    if (tile.size() % 2 != 0) LATENT_CHECK(file.write(std::array<std::uint8_t, 1>{0}));
  }
  rows_in_band_ = 0;
  return {};
}

void BandWriter::set_fields(TiffDirectory& directory) const {
  directory.set_short(tag::kCompression, TileCoder::compression_tag(compression_));
  const std::uint16_t predictor = TileCoder::predictor_tag(compression_, depth_);
  if (predictor != 1) directory.set_short(tag::kPredictor, predictor);
  if (layout_.tiled) {
    directory.set_long(tag::kTileWidth, static_cast<std::uint32_t>(layout_.tile.width));
    directory.set_long(tag::kTileLength, static_cast<std::uint32_t>(layout_.tile.height));
    directory.set_offsets(tag::kTileOffsets, offsets_);
    directory.set_offsets(tag::kTileByteCounts, byte_counts_);
  } else {
    directory.set_long(tag::kRowsPerStrip, static_cast<std::uint32_t>(layout_.tile.height));
    directory.set_offsets(tag::kStripOffsets, offsets_);
    directory.set_offsets(tag::kStripByteCounts, byte_counts_);
  }
}

class TiffEncoder : public PictureEncoder {
 public:
  TiffEncoder(EncoderJob& job, TiffFlavour flavour) : job_(job), flavour_(flavour) {}

  Status begin() override;
  Status write_row(std::span<const std::uint8_t> samples) override {
    return samples_->write_row(samples, job_.file);
  }
  Status finish() override;

 private:
  Result<std::uint64_t> append(std::span<const std::uint8_t> bytes);
  Result<std::uint64_t> append(const TiffDirectory& directory);
  Status set_note(TiffDirectory& photo, TiffDirectory& image);
  Status set_exif(TiffDirectory& image);
  Status set_blocks(TiffDirectory& image);
  void set_samples(TiffDirectory& image) const;

  EncoderJob& job_;
  TiffFlavour flavour_;
  std::optional<BandWriter> samples_;
  NotePlace note_place_ = NotePlace::Nowhere;
};

/// Leaves room for the header, and puts the maker note where its own offsets expect it.
Status TiffEncoder::begin() {
  LATENT_TRY(samples_, BandWriter::create(job_.header, job_.options));
  SafeFile& file = job_.file;
  LATENT_CHECK(file.write(std::array<std::uint8_t, kHeaderBytes>{}));
  const auto& note = job_.header.metadata.maker_note;
  if (!note) return {};
  note_place_ = note_place(*note, kHeaderBytes, kLastNoteOffset);
  if (note_place_ != NotePlace::WhereItStood) return {};
  LATENT_CHECK(file.write(std::vector<std::uint8_t>(note->source_offset - kHeaderBytes)));
  LATENT_CHECK(file.write(note->bytes));
  if (file.size() % 2 != 0) LATENT_CHECK(file.write(std::array<std::uint8_t, 1>{}));
  return {};
}

Result<std::uint64_t> TiffEncoder::append(std::span<const std::uint8_t> bytes) {
  SafeFile& file = job_.file;
  if (file.size() % 2 != 0) LATENT_CHECK(file.write(std::array<std::uint8_t, 1>{}));
  const std::uint64_t position = file.size();
  LATENT_CHECK(file.write(bytes));
  return position;
}

Result<std::uint64_t> TiffEncoder::append(const TiffDirectory& directory) {
  const std::uint64_t position = job_.file.size() + job_.file.size() % 2;
  return append(directory.serialise(position, flavour_));
}

Status TiffEncoder::set_note(TiffDirectory& photo, TiffDirectory& image) {
  const auto& note = job_.header.metadata.maker_note;
  if (!note) return {};
  std::uint64_t position = note->source_offset;
  if (note_place_ == NotePlace::Anywhere) {
    LATENT_TRY(position, append(note->bytes));
  }
  if (note_place_ != NotePlace::Nowhere) {
    photo.set_elsewhere(tag::kMakerNote, TiffType::Undefined, note->bytes.size(), position);
    return {};
  }
  if (image.contains(tag::kDngPrivateData)) {
    job_.warnings.emplace_back(
        "the maker note was left out: it holds offsets or a byte order that would be wrong in the "
        "new file");
    return {};
  }
  // As Adobe's programs keep it, together with its offset; ExifTool reads it there.
  image.set_byte(tag::kDngPrivateData, private_maker_note(*note));
  return {};
}

Status TiffEncoder::set_exif(TiffDirectory& image) {
  const auto& source = job_.header.metadata;
  TiffDirectory photo = photo_directory(job_.header, job_.warnings);
  const TiffDirectory interop = interop_directory(job_.header, job_.warnings);
  const TiffDirectory gps = plain_directory(source.gps, job_.warnings);
  if (!interop.empty()) {
    LATENT_TRY(const std::uint64_t position, append(interop));
    photo.set_offset(tag::kInteropIfd, position);
  }
  LATENT_CHECK(set_note(photo, image));
  if (!photo.empty()) {
    LATENT_TRY(const std::uint64_t position, append(photo));
    image.set_offset(tag::kExifIfd, position);
  }
  if (!gps.empty()) {
    LATENT_TRY(const std::uint64_t position, append(gps));
    image.set_offset(tag::kGpsIfd, position);
  }
  return {};
}

Status TiffEncoder::set_blocks(TiffDirectory& image) {
  const auto& header = job_.header;
  LATENT_TRY(const std::string xmp, xmp_block(header));
  const auto* packet = reinterpret_cast<const std::uint8_t*>(xmp.data());
  if (!xmp.empty()) image.set_byte(tag::kXmp, {packet, xmp.size()});
  if (!header.metadata.iptc.empty()) {
    image.set_long(tag::kIptc, iptc_words(header.metadata.iptc));
  }
  if (!header.metadata.photoshop.empty()) image.set_byte(kPhotoshop, header.metadata.photoshop);
  if (!header.icc.empty()) image.set_undefined(tag::kIccProfile, header.icc);
  return {};
}

void TiffEncoder::set_samples(TiffDirectory& image) const {
  const PictureHeader& header = job_.header;
  const auto channels = static_cast<std::size_t>(channels_of(header));
  const auto bits = static_cast<std::uint16_t>(8 * sample_bytes(header.depth));
  const std::uint16_t format = header.depth == SampleDepth::F32 ? 3 : 1;
  image.set_long(tag::kImageWidth, static_cast<std::uint32_t>(header.size.width));
  image.set_long(tag::kImageLength, static_cast<std::uint32_t>(header.size.height));
  image.set_short(tag::kBitsPerSample, std::vector<std::uint16_t>(channels, bits));
  image.set_short(tag::kSampleFormat, std::vector<std::uint16_t>(channels, format));
  image.set_short(tag::kPhotometricInterpretation, header.colours == 3 ? 2 : 1);
  image.set_short(tag::kSamplesPerPixel, static_cast<std::uint16_t>(channels));
  image.set_short(tag::kPlanarConfiguration, 1);
  if (header.alpha) image.set_short(tag::kExtraSamples, header.alpha_associated ? 1 : 2);
  samples_->set_fields(image);
}

Status TiffEncoder::finish() {
  LATENT_CHECK(samples_->flush(job_.file));
  TiffDirectory image = image_directory(job_.header, job_.warnings);
  set_samples(image);
  LATENT_CHECK(set_blocks(image));
  LATENT_CHECK(set_exif(image));
  LATENT_TRY(const std::uint64_t first, append(image));
  if (flavour_ == TiffFlavour::Classic &&
      job_.file.size() > std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorCode::Internal, "the TIFF grew beyond 4 GiB, which was not foreseen");
  }
  return job_.file.write_at(0, tiff_header(first, flavour_));
}

}  // namespace

TiffLayout tiff_layout(const PictureHeader& header, const PictureWriterOptions& options) {
  constexpr std::size_t kLargestBand = std::size_t{64} << 20U;
  constexpr std::size_t kStripBytes = std::size_t{1} << 20U;
  const std::size_t row = row_bytes(header);
  const bool strips = options.pieces == TiffPieces::Strips ||
                      options.compression == TiffCompression::None ||
                      header.size.width <= kTileSide;
  if (strips) {
    const auto rows = static_cast<int>(std::clamp<std::size_t>(kStripBytes / row, 1, kTileSide));
    return {{header.size.width, std::min(rows, header.size.height)}, false};
  }
  int height = std::min(kTileSide, round_up(header.size.height, kFlattestTile));
  while (height > kFlattestTile && row * static_cast<std::size_t>(height) > kLargestBand) {
    height = std::max(kFlattestTile, round_up(height / 2, kFlattestTile));
  }
  return {{kTileSide, height}, true};
}

TiffFlavour tiff_flavour(const PictureHeader& header, const PictureWriterOptions& options) {
  constexpr std::uint64_t kClassicLimit = std::uint64_t{1} << 32U;
  constexpr std::uint64_t kAllTheRest = Limits{}.max_metadata_bytes * 2;
  const TiffLayout layout = tiff_layout(header, options);
  const auto padded = [](int side, int tile) {
    return (static_cast<std::uint64_t>(side) + static_cast<std::uint64_t>(tile) - 1) /
           static_cast<std::uint64_t>(tile) * static_cast<std::uint64_t>(tile);
  };
  const std::uint64_t pixels =
      padded(header.size.width, layout.tile.width) * padded(header.size.height, layout.tile.height);
  const std::uint64_t plain =
      pixels * sample_bytes(header.depth) * static_cast<std::uint64_t>(channels_of(header));
  // What cannot be compressed grows by less than a part in a thousand, and by some bytes a tile.
  const std::uint64_t bound = plain + plain / 256 + header.icc.size() + kAllTheRest;
  return bound < kClassicLimit ? TiffFlavour::Classic : TiffFlavour::Big;
}

std::unique_ptr<PictureEncoder> tiff_encoder(EncoderJob& job, TiffFlavour flavour) {
  return std::make_unique<TiffEncoder>(job, flavour);
}

std::unique_ptr<PictureEncoder> tiff_encoder(EncoderJob& job) {
  return tiff_encoder(job, tiff_flavour(job.header, job.options));
}

}  // namespace latent::write
