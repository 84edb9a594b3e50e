// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/raw_denoise_batch.h"

#include <fmt/format.h>

#include <exception>
#include <new>

#include "app/standard_paths.h"
#include "base/path.h"
#include "models/registry.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// Nothing below may throw; what a library throws all the same ends here, not the batch.
Result<tasks::RawDenoiseReport> run_guarded(tasks::RawDenoiser& denoiser, const fs::path& source,
                                            const fs::path& target,
                                            const tasks::RawDenoiseSettings& settings,
                                            const RunControl& control) {
  try {
    return denoiser.run(source, target, settings, control);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, quoted(source) + " needs more memory than this machine gives");
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::Internal,
                fmt::format("{}: internal fault: {}", quoted(source), thrown.what()));
  }
}

}  // namespace

Result<BatchResult> run_raw_denoise(const RawDenoiseJob& job, BatchObserver& observer,
                                    const std::stop_token& stop) {
  const models::Registry registry(model_folders());
  LATENT_TRY(const models::Package package, registry.open(job.model));
  infer::EngineRequest engine = job.engine;
  if (engine.cache_dir.empty()) engine.cache_dir = cache_folder();
  LATENT_TRY(tasks::RawDenoiser denoiser, tasks::RawDenoiser::create(package, engine));

  BatchResult result;
  RunControl control{stop, [&](double fraction) { observer.progressed(fraction); }};
  for (std::size_t index = 0; index < job.sources.size(); ++index) {
    const fs::path& source = job.sources[index];
    if (stop.stop_requested()) {
      result.cancelled = true;
      break;
    }
    observer.started(source, index, job.sources.size());
    const auto name = output_name(source, kRawDenoiseSuffix, kRawDenoiseExtension, job.output);
    if (!name) {
      observer.failed(source, name.error());
      ++result.failed;
      continue;
    }
    if (name->skip) {
      observer.skipped(source, name->path);
      ++result.skipped;
      continue;
    }
    tasks::RawDenoiseSettings settings = job.settings;
    settings.overwrite = name->overwrite;
    auto report = run_guarded(denoiser, source, name->path, settings, control);
    if (report) {
      observer.finished({source, name->path, package.manifest().id, package.manifest().version,
                         *std::move(report)});
      ++result.done;
    } else if (report.error().code == ErrorCode::Cancelled) {
      result.cancelled = true;
      break;
    } else {
      observer.failed(source, report.error());
      ++result.failed;
    }
  }
  return result;
}

}  // namespace latent::app
