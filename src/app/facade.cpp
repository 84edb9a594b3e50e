// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "app/facade_limits.h"
#include "app/model_defaults.h"
#include "app/output_name.h"
#include "app/standard_paths.h"
#include "base/threads.h"
#include "latent/latent.h"
#include "tasks/raw_denoise.h"

namespace latent::v1 {

namespace {

Result<tasks::RawDenoiseReport> run(const RawDenoiseRequest& request,
                                    const std::function<void(double)>& progress,
                                    const std::stop_token& stop) {
  LATENT_CHECK(app::check_is_not_source(request.target, request.source));
  infer::EngineRequest engine;
  LATENT_TRY(engine.engine, infer::parse_engine(request.engine));
  LATENT_TRY(engine.precision, infer::parse_precision(request.precision));
  engine.device = request.device;
  engine.cache_dir = app::cache_folder();
  LATENT_TRY(const latent::Limits limits, app::limits_of(request.limits));
  LATENT_TRY(const models::Package package, app::open_model(request.model));
  LATENT_TRY(auto denoiser, tasks::RawDenoiser::create(package, std::move(engine), limits));
  tasks::RawDenoiseSettings settings;
  settings.strength = request.strength;
  settings.noise_scale = request.noise_scale;
  settings.overwrite = request.overwrite;
  settings.compression =
      request.compress ? tasks::DngCompression::LosslessJpeg : tasks::DngCompression::None;
  if (request.noise) {
    settings.noise = NoiseModel{request.noise->a, request.noise->b, NoiseModel::Origin::Given};
  }
  if (request.region) {
    const auto& [x, y, width, height] = *request.region;
    settings.region = Rect{x, y, width, height};
  }
  LATENT_TRY(const auto photograph, read::Photograph::open(request.source, limits));
  return denoiser.run(photograph, request.target, settings, RunControl{stop, progress});
}

RawDenoiseOutcome failed(const Error& error) {
  return {std::nullopt, {error_code_name(error.code), error.message}};
}

}  // namespace

std::string version() { return LATENT_VERSION; }

RawDenoiseOutcome denoise_raw(const RawDenoiseRequest& request,
                              const std::function<void(double)>& progress,
                              const std::stop_token& stop) {
  try {
    const auto report = run(request, progress, stop);
    if (!report) return failed(report.error());
    RawDenoiseAnswer answer;
    answer.width = report->result.width;
    answer.height = report->result.height;
    answer.sensor = sensor_class_name(report->sensor);
    answer.device = report->session.device;
    answer.precision = infer::precision_name(report->session.precision);
    answer.seconds = report->seconds.total;
    answer.notices = report->notices;
    for (auto& notice : app::folder_notices()) answer.notices.push_back(notice);
    return {std::move(answer), {}};
  } catch (...) {
    return failed(error_of_exception());
  }
}

}  // namespace latent::v1
