// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the facade that has to do with finished pictures.
#include <utility>

#include "app/facade_job.h"
#include "app/facade_limits.h"
#include "app/model_defaults.h"
#include "app/task_rows.h"
#include "base/threads.h"
#include "latent/latent.h"
#include "tasks/denoise.h"

namespace latent::v1 {

namespace {

/// What denoise and upscale share; the words are those of the table, as on the command line.
template <class Request>
Result<app::Job> picture_job(const char* task, const Request& request) {
  const PictureOutput& output = request.output;
  LATENT_TRY(app::Job job, job_of_one(task, request.source, output.target, output.overwrite));
  const Engine& engine = request.engine;
  LATENT_CHECK(put_engine(job, engine.engine, engine.device, engine.precision));
  LATENT_CHECK(put_region(job, request.region));
  if (output.bits) {
    LATENT_CHECK(app::put_text(job, "bit_depth", std::to_string(*output.bits), "bits"));
  }
  LATENT_CHECK(app::put_text(job, "profile", output.profile, "profile"));
  LATENT_CHECK(app::put_text(job, "compression", output.compression, "compression"));
  LATENT_CHECK(app::put_text(job, "quality", std::to_string(output.jpeg_quality), "jpeg_quality"));
  LATENT_CHECK(app::put_limits(job, request.limits));
  job.model = request.model;
  return job;
}

Status put_gamut(app::Job& job, bool keep) {
  return app::put_text(job, "wide_gamut", keep ? "preserve" : "clip", "keep_wide_gamut");
}

Status put_strength(app::Job& job, const DenoiseStrength& how) {
  auto& settings = std::get<tasks::DenoiseSettings>(job.settings);
  settings.strength = how.strength;
  settings.luma = how.luma;
  settings.chroma = how.chroma;
  settings.level = how.level;
  LATENT_CHECK(put_gamut(job, how.keep_wide_gamut));
  return app::put_text(job, "detail", how.detail, "detail");
}

Result<app::Job> job_of(const DenoiseRequest& request) {
  LATENT_TRY(app::Job job, picture_job("denoise", request));
  LATENT_CHECK(put_strength(job, request.how));
  return job;
}

Result<app::Job> job_of(const UpscaleRequest& request) {
  LATENT_TRY(app::Job job, picture_job("upscale", request));
  LATENT_CHECK(app::put_text(job, "scale", std::to_string(request.scale), "scale"));
  LATENT_CHECK(put_gamut(job, request.keep_wide_gamut));
  LATENT_CHECK(app::put_text(job, "overshoot", request.bound_overshoot ? "bounded" : "free",
                             "bound_overshoot"));
  auto& settings = std::get<app::UpscaleChoice>(job.settings);
  settings.denoise = request.denoise;
  settings.tolerance = request.tolerance;
  job.denoise_model = request.denoise_model;
  return job;
}

/// Sigma in 8-bit steps, where the task tells a level.
std::optional<double> level_of(const models::Json& facts) {
  const auto* level = facts.as_object()->at("level").as_object();
  if (level == nullptr) return std::nullopt;
  const models::Json& overall = level->at("overall");
  if (const auto* whole = overall.as_integer()) return static_cast<double>(*whole) * 255.0;
  const auto* sigma = overall.as_real();
  return sigma == nullptr ? std::nullopt : std::optional<double>(*sigma * 255.0);
}

template <class Request>
Result<PictureAnswer> run(const Request& request, const RunControl& control) {
  LATENT_TRY(const app::Job job, job_of(request));
  LATENT_TRY(const app::FileReport report, app::run_one(job, control));
  LATENT_TRY(const models::Json facts, facts_of(report));
  const tasks::TaskReport& told = report.task.common;
  PictureAnswer answer;
  answer.width = told.result.width;
  answer.height = told.result.height;
  if (told.network_ran) {
    answer.device = told.session.device;
    answer.precision = infer::precision_name(told.session.precision);
  }
  answer.level = level_of(facts);
  answer.seconds = told.seconds.total;
  answer.notices = notices_of(told);
  return answer;
}

template <class Request>
PictureOutcome outcome_of(const Request& request, const std::function<void(double)>& progress,
                          const std::stop_token& stop) {
  try {
    auto answer = run(request, RunControl{stop, progress});
    if (!answer) return {std::nullopt, failure_of(answer.error())};
    return {*std::move(answer), {}};
  } catch (...) {
    return {std::nullopt, failure_of(error_of_exception())};
  }
}

std::vector<float> samples_of(const Image<float>& image) {
  const auto view = image.view();
  return {view.data(), view.data() + view.size().area() * view.channels()};
}

}  // namespace

PictureOutcome denoise_picture(const DenoiseRequest& request,
                               const std::function<void(double)>& progress,
                               const std::stop_token& stop) {
  return outcome_of(request, progress, stop);
}

PictureOutcome upscale_picture(const UpscaleRequest& request,
                               const std::function<void(double)>& progress,
                               const std::stop_token& stop) {
  return outcome_of(request, progress, stop);
}

struct PreparedDenoise::State {
  tasks::Task task;
  tasks::Prepared picture;
};

PreparedDenoise::PreparedDenoise(const std::string& source, const std::string& model,
                                 const Engine& engine, const std::stop_token& stop,
                                 const Limits& limits) {
  const auto prepared = [&]() -> Result<std::shared_ptr<State>> {
    LATENT_TRY(app::Job job, app::new_job("denoise"));
    LATENT_CHECK(put_engine(job, engine.engine, engine.device, engine.precision));
    LATENT_TRY(const latent::Limits allowed, app::limits_of(limits));
    LATENT_TRY(const models::Package package, app::open_model(model));
    LATENT_TRY(tasks::Task task,
               tasks::create_denoise({package, {}}, app::engine_of(job, {}), allowed));
    LATENT_TRY(const auto photograph, read::Photograph::open(source, allowed));
    LATENT_TRY(tasks::Prepared picture, task.prepare(photograph, RunControl{stop, {}}));
    return std::make_shared<State>(State{std::move(task), std::move(picture)});
  };
  try {
    if (auto state = prepared()) {
      state_ = *std::move(state);
    } else {
      failure_ = failure_of(state.error());
    }
  } catch (...) {
    failure_ = failure_of(error_of_exception());
  }
}

int PreparedDenoise::width() const { return state_ ? state_->picture.facts().size.width : 0; }
int PreparedDenoise::height() const { return state_ ? state_->picture.facts().size.height : 0; }
double PreparedDenoise::level() const {
  if (!state_ || !state_->picture.facts().level) return 0.0;
  return static_cast<double>(state_->picture.facts().level->overall()) * 255.0;
}

PreviewOutcome PreparedDenoise::preview(const std::array<int, 4>& region,
                                        const DenoiseStrength& how, const std::stop_token& stop) {
  if (!state_) return {std::nullopt, failure_};
  const auto shown = [&]() -> Result<Preview> {
    LATENT_TRY(app::Job job, app::new_job("denoise"));
    LATENT_CHECK(put_strength(job, how));
    LATENT_CHECK(put_region(job, region));
    const auto& settings = std::get<tasks::DenoiseSettings>(job.settings);
    LATENT_TRY(const auto pair, state_->task.show(state_->picture, *settings.region, settings,
                                                  RunControl{stop, {}}));
    return Preview{pair.after.width(), pair.after.height(), samples_of(pair.before),
                   samples_of(pair.after)};
  };
  try {
    auto preview = shown();
    if (!preview) return {std::nullopt, failure_of(preview.error())};
    return {*std::move(preview), {}};
  } catch (...) {
    return {std::nullopt, failure_of(error_of_exception())};
  }
}

}  // namespace latent::v1
