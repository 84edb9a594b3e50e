// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "tasks/picture_output.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
}

namespace latent::cli {

/// How finished pictures are written, as the user wrote it: what denoise and upscale share.
struct PictureOptions {
  std::string format;
  std::string bit_depth;
  std::string profile = "source";
  std::string compression = "deflate";
  int quality = 95;
  std::string wide_gamut = "preserve";
  std::string region;

  void declare(CLI::App& verb);

  /// The words as settings, held together with what is known before any file is opened: the names
  /// of profile and format, and a depth that the format holds. `output` is -o, or empty.
  ///
  /// Errors   Usage, NotFound, Corrupt, Unsupported  as colour::Profile::parse() and
  ///                                                 write::picture_format_of().
  [[nodiscard]] Result<tasks::PictureOutputSettings> settings(const std::string& output) const;
  [[nodiscard]] tasks::WideGamut gamut() const;
  /// Errors   Usage  as parse_region().
  [[nodiscard]] Result<std::optional<Rect>> part() const;
  /// The ending of results whose name is not given.
  [[nodiscard]] std::string extension() const;
};

}  // namespace latent::cli
