// SPDX-License-Identifier: GPL-3.0-or-later
#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include "write/picture/picture.h"

namespace latent::write {

namespace {

/// The file behind libtiff, which wants to read and seek as well as to write: what has been written
/// is kept by SafeFile, the position here.
struct Stream {
  SafeFile* file = nullptr;
  std::uint64_t position = 0;
  std::optional<Error> error;
};

Stream& stream_of(thandle_t handle) { return *static_cast<Stream*>(handle); }

tmsize_t on_write(thandle_t handle, void* bytes, tmsize_t size) {
  Stream& stream = stream_of(handle);
  const auto count = static_cast<std::size_t>(size);
  auto status =
      stream.file->write_at(stream.position, {static_cast<const std::uint8_t*>(bytes), count});
  if (!status) {
    if (!stream.error) stream.error = std::move(status).error();
    return -1;
  }
  stream.position += count;
  return size;
}

tmsize_t on_read(thandle_t, void*, tmsize_t) { return 0; }

toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  Stream& stream = stream_of(handle);
  if (whence == SEEK_SET) stream.position = offset;
  if (whence == SEEK_CUR) stream.position += offset;
  if (whence == SEEK_END) stream.position = stream.file->size() + offset;
  return stream.position;
}

toff_t on_size(thandle_t handle) { return stream_of(handle).file->size(); }
int on_close(thandle_t) { return 0; }
int on_map(thandle_t, void**, toff_t*) { return 0; }
void on_unmap(thandle_t, void*, toff_t) {}

/// libtiff prints unless told not to.
void silence() {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
}

struct Close {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

template <class Sample>
bool set_fields(TIFF* tiff, ImageView<const Sample> picture, const PictureOptions& options) {
  constexpr unsigned kStripBytes = 1U << 20U;
  const auto row_bytes = static_cast<unsigned>(picture.row(0).size_bytes());
  const unsigned rows = std::max(1U, kStripBytes / std::max(1U, row_bytes));
  const int channels = picture.channels();
  bool good = TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, picture.width()) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, picture.height()) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(sizeof(Sample) * 8));
  good = good && TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, channels) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                              channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_PREDICTOR, PREDICTOR_HORIZONTAL) == 1;
  good = good && TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows) == 1;
  if (!options.icc_profile.empty()) {
    good = good && TIFFSetField(tiff, TIFFTAG_ICCPROFILE,
                                static_cast<std::uint32_t>(options.icc_profile.size()),
                                options.icc_profile.data()) == 1;
  }
  return good;
}

template <class Sample>
bool write_all(TIFF* tiff, ImageView<const Sample> picture, const PictureOptions& options) {
  if (!set_fields(tiff, picture, options)) return false;
  std::vector<Sample> row(picture.row(0).size());  // the predictor works in place
  for (int y = 0; y < picture.height(); ++y) {
    std::memcpy(row.data(), picture.row(y).data(), picture.row(y).size_bytes());
    if (TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y)) != 1) return false;
  }
  return TIFFFlush(tiff) == 1;
}

template <class Sample>
Status write(const std::filesystem::path& target, ImageView<const Sample> picture,
             const PictureOptions& options) {
  LATENT_ENSURE(!picture.empty() && (picture.channels() == 1 || picture.channels() == 3));
  silence();
  LATENT_TRY(auto file,
             SafeFile::create(target, {.overwrite = options.overwrite, .access = options.access}));
  Stream stream{&file, 0, std::nullopt};
  constexpr std::uint64_t kClassicBytes = std::uint64_t{4000} << 20U;
  const std::uint64_t bytes =
      picture.row(0).size_bytes() * static_cast<std::uint64_t>(picture.height());
  std::unique_ptr<TIFF, Close> tiff(TIFFClientOpen("picture", bytes < kClassicBytes ? "w" : "w8",
                                                   &stream, on_read, on_write, on_seek, on_close,
                                                   on_size, on_map, on_unmap));
  const bool good = tiff != nullptr && write_all(tiff.get(), picture, options);
  tiff.reset();
  if (stream.error) return tl::make_unexpected(std::move(*stream.error));
  if (!good) return fail(ErrorCode::Internal, "the TIFF cannot be made");
  return file.commit();
}

}  // namespace

Status write_tiff(const std::filesystem::path& target, ImageView<const std::uint8_t> picture,
                  const PictureOptions& options) {
  return write(target, picture, options);
}

Status write_tiff(const std::filesystem::path& target, ImageView<const std::uint16_t> picture,
                  const PictureOptions& options) {
  return write(target, picture, options);
}

}  // namespace latent::write
