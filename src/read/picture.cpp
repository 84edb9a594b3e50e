// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture.h"

#include <string>

#include "metadata/metadata.h"
#include "read/named_error.h"
#include "read/picture_file.h"
#include "read/sniff.h"

namespace latent::read {

namespace {

OpenedPicture open_by_kind(const ByteSource& source, const Sniffed& sniffed, const Limits& limits) {
  switch (sniffed.kind) {
    case FileKind::Tiff:
      return sniffed.named_like_raw || is_raw_tiff(source, limits)
                 ? open_raw_picture(source, sniffed, limits)
                 : open_tiff_picture(source, limits);
    case FileKind::Png:
      return open_png_picture(source, limits);
    case FileKind::Jpeg:
      return open_jpeg_picture(source, limits);
    case FileKind::Exr:
      return open_exr_picture(source, limits);
    case FileKind::JpegXl:
      return open_jxl_picture(source, limits);
    case FileKind::Binary:
      return open_raw_picture(source, sniffed, limits);
    case FileKind::Empty:
      return fail(ErrorCode::Corrupt, "is empty; copy it again");
    default:
      return fail(ErrorCode::Unsupported,
                  std::string("is ") + described(sniffed.kind) +
                      "; convert it to TIFF, PNG, JPEG, OpenEXR or JPEG XL first");
  }
}

/// Where a format states no orientation in a place of its own, EXIF in another may (PNGs of older
/// programs keep it in text), or XMP (all that OpenEXR has).
void settle_orientation(const std::filesystem::path& path, const Limits& limits,
                        PictureFile& file) {
  if (file.states_orientation()) return;
  const auto metadata = metadata::Metadata::read(path, limits);
  if (!metadata) return;
  if (const auto stated = metadata->orientation()) file.set_orientation(*stated);
}

}  // namespace

Result<Picture> open_picture(const std::filesystem::path& path, const Limits& limits,
                             const RunControl& control) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  return named(path, [&]() -> Result<Picture> {
    LATENT_CHECK(control.check());
    LATENT_TRY(const auto source, open_bytes(path));
    LATENT_TRY(const auto file, open_by_kind(*source, sniffed, limits));
    settle_orientation(path, limits, *file);
    LATENT_TRY(Picture picture, file->read(control));
    mend_floats(picture);
    return picture;
  });
}

Result<PictureFacts> inspect_picture(const std::filesystem::path& path, const Limits& limits) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  return named(path, [&]() -> Result<PictureFacts> {
    LATENT_TRY(const auto source, open_bytes(path));
    LATENT_TRY(const auto file, open_by_kind(*source, sniffed, limits));
    settle_orientation(path, limits, *file);
    return file->facts();
  });
}

}  // namespace latent::read
