// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "tasks/denoise.h"

namespace latent::tasks {

struct UpscaleSettings {
  double denoise = 0.0;    ///< strength of a denoise before, 0..1; needs a denoising package
  double tolerance = 0.0;  ///< damage that the network shall not enlarge, sigma in 8-bit steps
  bool consistent = true;  ///< the result, scaled down again, gives the source back
  WideGamut wide_gamut = WideGamut::Preserve;
  /// Whose arithmetic, for packages made for darktable; with darktable's nothing is held to the
  /// source.
  models::Compat compat = models::Compat::None;
  /// Part of the source (unturned); the result holds only that part, with the pixels of the whole
  /// run.
  std::optional<Rect> region;
  PictureOutputSettings output;
  int threads = 0;  ///< as DenoiseSettings::threads
};

/// Enlarges finished pictures two or four times a side, one after the other, with one network.
///
/// Threads  one call at a time; the object keeps the compiled networks for the next picture.
class PictureUpscaler {
 public:
  /// `denoiser` is the package for UpscaleSettings::denoise, absent where that stays 0.
  ///
  /// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
  [[nodiscard]] static Result<PictureUpscaler> create(const models::Package& package, int scale,
                                                      const models::Package* denoiser,
                                                      const infer::EngineRequest& engine,
                                                      Limits limits = {});
  PictureUpscaler(PictureUpscaler&&) noexcept;
  PictureUpscaler& operator=(PictureUpscaler&&) noexcept;
  ~PictureUpscaler();

  /// Decodes `source`, enlarges it, and writes `target` in the format of its ending: beside it
  /// first, renamed when whole. Rows stream out; of the enlargement never more than a row of tiles
  /// exists.
  ///
  /// Errors   as PictureDenoiser::run(); TooLarge where the format cannot hold the enlargement, as
  ///          write::check_size() says: found before a sample is read.
  [[nodiscard]] Result<PictureReport> run(const read::Photograph& source,
                                          const std::filesystem::path& target,
                                          const UpscaleSettings& settings,
                                          const RunControl& control);

 private:
  struct State;
  explicit PictureUpscaler(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
