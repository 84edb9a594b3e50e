// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "app/facade_job.h"
#include "app/facade_limits.h"
#include "base/threads.h"
#include "latent/latent.h"

namespace latent::v1 {

namespace {

Result<app::Job> job_of(const RawDenoiseRequest& request) {
  LATENT_TRY(app::Job job,
             job_of_one("rawdenoise", request.source, request.target, request.overwrite));
  LATENT_CHECK(put_engine(job, request.engine, request.device, request.precision));
  LATENT_CHECK(
      app::put_text(job, "compression", request.compress ? "lossless" : "none", "compress"));
  LATENT_CHECK(put_region(job, request.region));
  LATENT_CHECK(app::put_limits(job, request.limits));
  job.model = request.model;
  auto& settings = std::get<tasks::RawDenoiseSettings>(job.settings);
  settings.strength = request.strength;
  settings.noise_scale = request.noise_scale;
  if (request.noise) {
    settings.noise = NoiseModel{request.noise->a, request.noise->b, NoiseModel::Origin::Given};
  }
  return job;
}

Result<RawDenoiseAnswer> run(const RawDenoiseRequest& request, const RunControl& control) {
  LATENT_TRY(const app::Job job, job_of(request));
  LATENT_TRY(const app::FileReport report, app::run_one(job, control));
  const tasks::TaskReport& told = report.task.common;
  LATENT_TRY(const models::Json facts, facts_of(report));
  RawDenoiseAnswer answer;
  answer.width = told.result.width;
  answer.height = told.result.height;
  answer.sensor = *facts.as_object()->at("sensor").as_string();
  answer.device = told.session.device;
  answer.precision = infer::precision_name(told.session.precision);
  answer.seconds = told.seconds.total;
  answer.notices = notices_of(told);
  return answer;
}

}  // namespace

std::string version() { return LATENT_VERSION; }

RawDenoiseOutcome denoise_raw(const RawDenoiseRequest& request,
                              const std::function<void(double)>& progress,
                              const std::stop_token& stop) {
  try {
    auto answer = run(request, RunControl{stop, progress});
    if (!answer) return {std::nullopt, failure_of(answer.error())};
    return {*std::move(answer), {}};
  } catch (...) {
    return {std::nullopt, failure_of(error_of_exception())};
  }
}

}  // namespace latent::v1
