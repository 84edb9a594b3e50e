// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/raw_denoise_batch.h"

#include "app/model_defaults.h"
#include "app/standard_paths.h"
#include "tasks/raw_denoise.h"

namespace latent::app {

namespace fs = std::filesystem;

Result<BatchResult> run_raw_denoise(const RawDenoiseJob& job, BatchObserver& observer,
                                    const std::stop_token& stop) {
  std::vector<std::string> notices;
  LATENT_TRY(const models::Package package, open_model_for("rawdenoise", job.model, &notices));
  infer::EngineRequest engine = job.engine;
  engine.stop = stop;
  if (engine.cache_dir.empty()) engine.cache_dir = cache_folder();
  LATENT_TRY(tasks::RawDenoiser denoiser, tasks::RawDenoiser::create(package, engine, job.limits));

  Batch batch;
  batch.sources = job.sources;
  batch.output = job.output;
  batch.suffix = kRawDenoiseSuffix;
  batch.extension = kRawDenoiseExtension;
  batch.model_id = package.manifest().id;
  batch.model_version = package.manifest().version;
  batch.run = [&](const fs::path& source, const OutputName& output,
                  const Batch::Foresee& /*foresee*/,
                  const RunControl& control) -> Result<AnyReport> {
    LATENT_TRY(const auto photograph, read::Photograph::open(source, job.limits));
    tasks::RawDenoiseSettings settings = job.settings;
    settings.overwrite = output.overwrite;
    return with_notices(denoiser.run(photograph, output.path, settings, control), notices);
  };
  return run_batch(batch, observer, stop);
}

}  // namespace latent::app
