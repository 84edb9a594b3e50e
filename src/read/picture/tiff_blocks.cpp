// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>

#include "read/picture/tiff_layout.h"

namespace latent::read {

namespace {

/// The least bytes that a strip or tile takes in the file.
///
/// PackBits    128 bytes as 2.
/// Deflate     A match of 258 bytes in two bits. PixarLog packs half of what it gives.
/// LZW         A code of 12 bits for a string of 3839 bytes.
/// LZMA        A match of 273 bytes in a third of a bit.
/// Zstandard   A block of 128 KiB as 4 bytes.
/// JPEG        A bit for a block of 64 samples; subsampling makes up to 5.3 times as many of them.
/// ThunderScan 63 pixels of 4 bits in a byte.
/// Fax         A bit for a row.
/// The others (LERC, WebP, JBIG) store what is flat as a header alone.
std::uint64_t least_bytes(int compression, std::uint64_t bytes, std::uint64_t rows) {
  constexpr std::uint64_t kDeflate = 1032;
  constexpr std::uint64_t kLeastHeader = 16;
  switch (compression) {
    case COMPRESSION_NONE:
      return bytes;
    case COMPRESSION_PACKBITS:
      return bytes / 64;
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
      return bytes / kDeflate;
    case COMPRESSION_PIXARLOG:
      return bytes / (2 * kDeflate);
    case COMPRESSION_LZW:
      return bytes / 2800;
    case COMPRESSION_LZMA:
      return bytes / 7200;
    case COMPRESSION_ZSTD:
      return bytes / 32768;
    case COMPRESSION_JPEG:
    case COMPRESSION_OJPEG:
      return bytes / 2731;
    case COMPRESSION_THUNDERSCAN:
      return bytes / 32;
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTRLEW:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
      return rows / 8;
    case COMPRESSION_NEXT:
      return rows;
    default:
      return kLeastHeader;
  }
}

/// What libtiff makes of strip or tile `index`, in bytes, and its rows.
struct Decoded {
  std::uint64_t bytes = 0;
  std::uint64_t rows = 0;
};

Decoded decoded(TIFF* tiff, const TiffHeader& header, std::uint32_t index) {
  const auto rows = static_cast<std::uint32_t>(header.layout.block.height);
  if (header.layout.tiled) return {TIFFTileSize64(tiff), rows};
  const auto height = static_cast<std::uint32_t>(header.facts.size.height);
  const std::uint32_t strips = (height + rows - 1) / rows;  // of a plane
  const std::uint32_t count = std::min(rows, height - index % strips * rows);
  return {TIFFVStripSize64(tiff, count), count};
}

tl::unexpected<Error> too_few(std::uint64_t held, Size size) {
  return fail(ErrorCode::Corrupt,
              fmt::format("is cut short or damaged: {} bytes cannot hold its {} x {} pixels; "
                          "copy it again",
                          held, size.width, size.height));
}

/// The strips of the old JPEG may lie inside a stream that begins elsewhere.
Status check_old_jpeg(const TiffHeader& header, std::uint64_t file_bytes) {
  const std::uint64_t samples = static_cast<std::uint64_t>(header.facts.size.area()) *
                                static_cast<std::uint64_t>(header.layout.samples);
  if (least_bytes(COMPRESSION_OJPEG, samples, 0) <= file_bytes) return {};
  return too_few(file_bytes, header.facts.size);
}

}  // namespace

Status check_tiff_blocks(TiffSession& session, const TiffHeader& header, std::uint64_t file_bytes) {
  if (header.layout.old_jpeg) return check_old_jpeg(header, file_bytes);
  TIFF* tiff = session.handle();
  const std::uint32_t count =
      header.layout.tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
  // Writers of subsampled YCbCr do not agree on what the last rows take.
  const std::uint64_t doubt = header.layout.by_libtiff ? 2 : 1;
  const char* kind = header.layout.tiled ? "tile" : "strip";
  std::uint64_t held = 0;
  std::uint64_t promised = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t offset = TIFFGetStrileOffset(tiff, i);
    const std::uint64_t bytes = TIFFGetStrileByteCount(tiff, i);
    if (bytes == 0 || offset > file_bytes || bytes > file_bytes - offset) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("is cut short or damaged: {} {} of {} is not wholly in the file; "
                              "copy it again",
                              kind, i + 1, count));
    }
    const Decoded block = decoded(tiff, header, i);
    const std::uint64_t least =
        least_bytes(header.layout.compression, block.bytes, block.rows) / doubt;
    if (bytes < least) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("is cut short or damaged: {} {} of {} has {} bytes, too few for its "
                              "pixels; copy it again",
                              kind, i + 1, count, bytes));
    }
    held += std::min(bytes, file_bytes - held);
    promised += least;
  }
  if (held < promised) return too_few(held, header.facts.size);
  return {};
}

}  // namespace latent::read
