// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/image.h"

namespace latent::write {

/// How a finished picture is written. The samples are sRGB-encoded unless `icc_profile` says other.
struct PictureOptions {
  Overwrite overwrite = Overwrite::Refuse;
  std::span<const std::uint8_t> icc_profile;  ///< embedded as it is; empty: see each function
  int jpeg_quality = 92;                      ///< 1..100
  FileAccess access = {};  ///< to whom the file is open at most: no more than its source
};

/// Writes [h, w, 1 or 3] as PNG. Without a profile the sRGB chunk says what it is.
///
/// Errors   Usage, NotFound, Io  as SafeFile.
///          Internal             an empty picture, channels not 1 or 3.
[[nodiscard]] Status write_png(const std::filesystem::path& target,
                               ImageView<const std::uint8_t> picture,
                               const PictureOptions& options = {});
[[nodiscard]] Status write_png(const std::filesystem::path& target,
                               ImageView<const std::uint16_t> picture,
                               const PictureOptions& options = {});

/// Writes [h, w, 1 or 3] as JPEG, 4:4:4 from quality 90 on, 4:2:0 below. Without a profile it has
/// none, which readers take for sRGB.
///
/// Errors   as write_png(), and TooLarge for a side above 65500 px.
[[nodiscard]] Status write_jpeg(const std::filesystem::path& target,
                                ImageView<const std::uint8_t> picture,
                                const PictureOptions& options = {});

/// The same into memory.
[[nodiscard]] Result<std::vector<std::uint8_t>> encode_jpeg(ImageView<const std::uint8_t> picture,
                                                            const PictureOptions& options = {});

/// Writes [h, w, 1 or 3] as TIFF, deflate with horizontal prediction; BigTIFF above 4 GiB. Without
/// a profile it has none.
///
/// Errors   as write_png().
[[nodiscard]] Status write_tiff(const std::filesystem::path& target,
                                ImageView<const std::uint8_t> picture,
                                const PictureOptions& options = {});
[[nodiscard]] Status write_tiff(const std::filesystem::path& target,
                                ImageView<const std::uint16_t> picture,
                                const PictureOptions& options = {});

}  // namespace latent::write
