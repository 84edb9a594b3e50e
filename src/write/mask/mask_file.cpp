// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/mask/mask_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "write/picture/picture.h"
#include "write/picture/picture_writer.h"

namespace latent::write {

namespace {

template <class T>
Result<Image<T>> stored(ImageView<const float> mask) {
  LATENT_TRY(auto image, Image<T>::create(mask.size()));
  constexpr auto kMost = static_cast<float>(std::numeric_limits<T>::max());
  for (int y = 0; y < mask.height(); ++y) {
    const auto in = mask.row(y);
    const auto out = image.view().row(y);
    for (std::size_t x = 0; x < out.size(); ++x) {
      const float value = in[x] > 0 ? std::min(in[x], 1.0F) : 0.0F;
      out[x] = static_cast<T>(value * kMost + 0.5F);
    }
  }
  return image;
}

Status write_pfm(const std::filesystem::path& target, ImageView<const float> mask,
                 const MaskFileOptions& options) {
  SafeFileOptions how;
  how.overwrite = options.overwrite;
  how.access = options.access;
  LATENT_TRY(auto file, SafeFile::create(target, how));
  const bool big = std::endian::native == std::endian::big;
  const std::string header =
      fmt::format("Pf\n{} {}\n{}1.0\n", mask.width(), mask.height(), big ? "" : "-");
  LATENT_CHECK(file.write(std::string_view(header)));
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(mask.width()) * sizeof(float));
  for (int y = mask.height() - 1; y >= 0; --y) {
    std::memcpy(bytes.data(), mask.row(y).data(), bytes.size());
    LATENT_CHECK(file.write(std::span<const std::uint8_t>(bytes)));
  }
  return file.commit();
}

Status write_float_tiff(const std::filesystem::path& target, ImageView<const float> mask,
                        const MaskFileOptions& options) {
  PictureHeader header;
  header.size = mask.size();
  header.colours = 1;
  header.depth = SampleDepth::F32;
  PictureWriterOptions how;
  how.overwrite = options.overwrite;
  how.access = options.access;
  LATENT_TRY(auto writer, PictureWriter::create(target, PictureFormat::Tiff, header, how));
  LATENT_CHECK(writer.write_rows(mask));
  return writer.finish();
}

}  // namespace

Status write_mask(const std::filesystem::path& target, ImageView<const float> mask,
                  MaskFormat format, const MaskFileOptions& options) {
  LATENT_ENSURE(!mask.empty() && mask.channels() == 1);
  PictureOptions picture;
  picture.overwrite = options.overwrite;
  picture.access = options.access;
  switch (format) {
    case MaskFormat::Png8: {
      LATENT_TRY(const auto samples, stored<std::uint8_t>(mask));
      return write_png(target, samples.view(), picture);
    }
    case MaskFormat::Png16: {
      LATENT_TRY(const auto samples, stored<std::uint16_t>(mask));
      return write_png(target, samples.view(), picture);
    }
    case MaskFormat::Tiff16: {
      LATENT_TRY(const auto samples, stored<std::uint16_t>(mask));
      return write_tiff(target, samples.view(), picture);
    }
    case MaskFormat::TiffFloat:
      return write_float_tiff(target, mask, options);
    case MaskFormat::Pfm:
      return write_pfm(target, mask, options);
  }
  return fail(ErrorCode::Internal, "no such format of masks");
}

}  // namespace latent::write
