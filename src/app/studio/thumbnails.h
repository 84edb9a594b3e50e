// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "app/studio/file_facts.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::app {

/// The thumbnails that all desktop programs share: $XDG_CACHE_HOME/thumbnails.
///
/// Source   freedesktop.org, Thumbnail Managing Standard: MD5 of the URI, PNG with Thumb::URI and
///          Thumb::MTime, mode 0600, written beside and renamed.
/// Threads  any.
class ThumbnailCache {
 public:
  /// `folder` empty: nothing is kept.
  explicit ThumbnailCache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// That of the user's environment; empty where there is none.
  [[nodiscard]] static std::filesystem::path standard_folder();

  /// A thumbnail of at least that size: from the cache where it is of this very file, else made
  /// and kept.
  ///
  /// Errors   as small_picture(), and the sentence of an earlier failure is not kept: it is tried
  ///          again.
  [[nodiscard]] Result<Image<std::uint8_t>> thumbnail(const std::filesystem::path& file,
                                                      int longest_side_px,
                                                      const RunControl& control = {}) const;

  /// Nothing is decoded but the cached PNG. NotFound where there is none, or an older one.
  [[nodiscard]] Result<Image<std::uint8_t>> cached(const std::filesystem::path& file,
                                                   int longest_side_px) const;

  /// "normal/<md5>.png" and so on, in this folder.
  [[nodiscard]] std::filesystem::path place(const std::filesystem::path& file,
                                            int longest_side_px) const;

 private:
  [[nodiscard]] Status keep(const std::filesystem::path& file, int longest_side_px,
                            ImageView<const std::uint8_t> pixels) const;
  std::filesystem::path folder_;
};

/// "file:///home/a/%C3%A4.nef", as g_filename_to_uri() has it.
[[nodiscard]] std::string uri_of(const std::filesystem::path& file);

}  // namespace latent::app
