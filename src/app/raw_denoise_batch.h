// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "app/output_name.h"
#include "infer/engine.h"
#include "tasks/raw_denoise.h"

namespace latent::app {

/// The package that raw denoise uses where the user names none.
inline constexpr const char* kDefaultRawModel = "latent-raw";
/// Its results are called <base>_raw-denoise.dng.
inline constexpr const char* kRawDenoiseSuffix = "_raw-denoise";
inline constexpr const char* kRawDenoiseExtension = "dng";

struct RawDenoiseJob {
  std::vector<std::filesystem::path> sources;
  OutputRule output;
  tasks::RawDenoiseSettings settings;
  std::string model = kDefaultRawModel;  ///< an id, or a path of a package
  infer::EngineRequest engine;
};

/// What a batch tells of one file when it is done.
struct FileReport {
  std::filesystem::path source;
  std::filesystem::path output;
  std::string model_id;
  std::string model_version;
  tasks::RawDenoiseReport task;
};

/// Told of a batch as it goes on, from the thread that runs it or from one at a time of its
/// workers.
class BatchObserver {
 public:
  BatchObserver() = default;
  BatchObserver(const BatchObserver&) = delete;
  BatchObserver& operator=(const BatchObserver&) = delete;
  virtual ~BatchObserver() = default;

  virtual void started(const std::filesystem::path& source, std::size_t index,
                       std::size_t count) = 0;
  virtual void progressed(double fraction_of_file) = 0;
  virtual void finished(const FileReport& report) = 0;
  virtual void skipped(const std::filesystem::path& source,
                       const std::filesystem::path& existing) = 0;
  virtual void failed(const std::filesystem::path& source, const Error& error) = 0;
};

struct BatchResult {
  std::size_t done = 0;
  std::size_t skipped = 0;
  std::size_t failed = 0;
  bool cancelled = false;
};

/// Denoises file after file; one that fails is reported and the rest goes on.
///
/// Errors   those of the model package, before any file is touched.
[[nodiscard]] Result<BatchResult> run_raw_denoise(const RawDenoiseJob& job, BatchObserver& observer,
                                                  const std::stop_token& stop);

}  // namespace latent::app
