// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_batches.h"

#include <array>

#include "app/model_defaults.h"
#include "app/standard_paths.h"
#include "read/photograph.h"
#include "tasks/denoise.h"
#include "tasks/upscale.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array kBytesOfSample{1, 2, 4};  // by SampleDepth

infer::EngineRequest engine_of(const infer::EngineRequest& wanted, const std::stop_token& stop) {
  infer::EngineRequest engine = wanted;
  engine.stop = stop;
  if (engine.cache_dir.empty()) engine.cache_dir = cache_folder();
  return engine;
}

template <class Job>
Batch batch_of(const Job& job, const models::Package& package, std::string suffix) {
  Batch batch;
  batch.sources = job.sources;
  batch.output = job.output;
  batch.suffix = std::move(suffix);
  batch.extension = job.extension;
  batch.model_id = package.manifest().id;
  batch.model_version = package.manifest().version;
  return batch;
}

/// What the result for a source will be, by its header.
template <class Job>
LargeResult result_of(const read::PictureFacts& facts, const Job& job, int scale) {
  const Size part = job.settings.region ? job.settings.region->size() : facts.size;
  LargeResult result;
  result.size = {part.width * scale, part.height * scale};
  const int channels = facts.colours + (facts.alpha ? 1 : 0);
  const auto bytes = kBytesOfSample.at(
      static_cast<std::size_t>(job.settings.output.depth.value_or(SampleDepth::U16)));
  result.bytes = static_cast<std::uint64_t>(result.size.area() * channels * bytes);
  return result;
}

/// What a task on pictures is run as: the photograph is opened, and what comes of it foreseen.
template <class Task, class Job>
Batch::Run run_of(Task& task, const Job& job, int scale, const std::vector<std::string>& notices) {
  return [&task, &job, &notices, scale](const fs::path& source, const OutputName& output,
                                        const Batch::Foresee& foresee,
                                        const RunControl& control) -> Result<AnyReport> {
    LATENT_TRY(const auto photograph, read::Photograph::open(source, job.limits));
    if (const auto facts = photograph.picture_facts()) foresee(result_of(*facts, job, scale));
    auto settings = job.settings;
    settings.output.overwrite = output.overwrite;
    return with_notices(task.run(photograph, output.path, settings, control), notices);
  };
}

}  // namespace

std::string upscale_suffix(int scale) { return "_upscale-" + std::to_string(scale) + "x"; }

Result<BatchResult> run_denoise(const DenoiseJob& job, BatchObserver& observer,
                                const std::stop_token& stop) {
  std::vector<std::string> notices;
  LATENT_TRY(const models::Package package, open_model_for("denoise", job.model, &notices));
  LATENT_TRY(auto denoiser,
             tasks::PictureDenoiser::create(package, engine_of(job.engine, stop), job.limits));
  Batch batch = batch_of(job, package, kDenoiseSuffix);
  batch.run = run_of(denoiser, job, 1, notices);
  return run_batch(batch, observer, stop);
}

Result<BatchResult> run_upscale(const UpscaleJob& job, BatchObserver& observer,
                                const std::stop_token& stop) {
  std::vector<std::string> notices;
  LATENT_TRY(const models::Package package, open_model_for("upscale", job.model, &notices));
  std::optional<models::Package> denoise;
  if (job.settings.denoise > 0.0) {
    LATENT_TRY(denoise, open_model_for("denoise", job.denoise_model, &notices));
  }
  LATENT_TRY(auto upscaler,
             tasks::PictureUpscaler::create(package, job.scale, denoise ? &*denoise : nullptr,
                                            engine_of(job.engine, stop), job.limits));
  Batch batch = batch_of(job, package, upscale_suffix(job.scale));
  batch.run = run_of(upscaler, job, job.scale, notices);
  return run_batch(batch, observer, stop);
}

}  // namespace latent::app
