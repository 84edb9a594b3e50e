// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/run_control.h"
#include "image/mosaic.h"
#include "infer/engine.h"
#include "models/darktable_contract.h"
#include "models/package.h"
#include "tasks/task_report.h"

namespace latent::tasks {

enum class DngCompression : std::uint8_t { LosslessJpeg, None };

struct RawDenoiseSettings {
  double strength = 1.0;            ///< 0 gives the source back, 1 all that the network found
  std::optional<NoiseModel> noise;  ///< instead of the file's profile or the estimate
  double noise_scale = 1.0;         ///< times the sigma that the network is told; > 0
  /// Replace hot and dead sites by their surroundings before anything else; nothing at strength 0.
  bool repair_defects = true;
  /// Part of the crop (what the maker shows, unturned); the result holds only that part. The pixels
  /// are those of the whole run.
  std::optional<Rect> region;
  DngCompression compression = DngCompression::LosslessJpeg;
  /// Whose arithmetic, for packages made for darktable (docs/compatibility.md).
  models::Compat compat = models::Compat::None;
  bool overwrite = false;  ///< replace what stands under the target's name
  int threads = 0;         ///< for packing and compressing; 0: as many as the processor has
};

struct RawDenoiseReport : TaskReport {
  SensorClass sensor = SensorClass::Unknown;
  NoiseModel noise;  ///< before noise_scale
  int hot = 0;       ///< sites of the whole frame that were repaired
  int dead = 0;
};

/// Removes sensor noise from raw files, one after the other, with the networks of one package.
///
/// Threads  one call at a time; the object keeps compiled networks for the next file.
class RawDenoiser {
 public:
  /// With networks of ours, or with a package made for darktable; they are read when a file needs
  /// them.
  ///
  /// Errors   Unsupported, ModelMismatch  as Manifest::network().
  [[nodiscard]] static Result<RawDenoiser> create(const models::Package& package,
                                                  infer::EngineRequest engine, Limits limits = {});
  RawDenoiser(RawDenoiser&&) noexcept;
  RawDenoiser& operator=(RawDenoiser&&) noexcept;
  ~RawDenoiser();

  /// Reads `source`, denoises its mosaic, and writes a DNG at `target`: beside it first, renamed
  /// when whole. What has no mosaic is denoised as linear RGB, each channel as a monochrome
  /// picture.
  ///
  /// Errors   as read::open_raw(), read::open_linear_raw(), models::load_network(),
  ///          infer::open_proved_session(), infer::run_tiles() and write::DngWriter; ModelMismatch
  ///          where no network was trained for the sensor; Usage for a region outside the picture
  ///          or a setting out of range. No file is left then.
  [[nodiscard]] Result<RawDenoiseReport> run(const std::filesystem::path& source,
                                             const std::filesystem::path& target,
                                             const RawDenoiseSettings& settings,
                                             const RunControl& control);

 private:
  struct State;
  [[nodiscard]] Result<RawDenoiseReport> run_unnamed(const std::filesystem::path& source,
                                                     const std::filesystem::path& target,
                                                     const RawDenoiseSettings& settings,
                                                     const RunControl& control);
  explicit RawDenoiser(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
