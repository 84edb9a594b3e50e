// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "tasks/settings.h"

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

  /// Puts what was said here into a job of denoise or upscale; `output` is -o, or empty. The words
  /// are held together with what is known before any file is opened: the names of profile and
  /// format, and a depth that the format holds.
  ///
  /// Errors   Usage, NotFound, Corrupt, Unsupported  as colour::Profile::parse(),
  ///                                                 write::picture_format_of(), parse_region().
  template <class Job>
  [[nodiscard]] Status into(Job& job, const std::string& output) const {
    job.extension = extension();
    job.settings.wide_gamut = gamut();
    LATENT_TRY(job.settings.region, part());
    LATENT_TRY(job.settings.output, settings(output));
    return {};
  }

 private:
  [[nodiscard]] Result<tasks::PictureOutputSettings> settings(const std::string& output) const;
  [[nodiscard]] tasks::WideGamut gamut() const;
  [[nodiscard]] Result<std::optional<Rect>> part() const;
  [[nodiscard]] std::string extension() const;
};

}  // namespace latent::cli
