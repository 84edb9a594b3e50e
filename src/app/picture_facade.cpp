// SPDX-License-Identifier: GPL-3.0-or-later
// The part of the facade that has to do with finished pictures.
#include <utility>

#include "app/facade_limits.h"
#include "app/model_defaults.h"
#include "app/output_name.h"
#include "app/standard_paths.h"
#include "base/threads.h"
#include "latent/latent.h"
#include "tasks/denoise.h"
#include "tasks/upscale.h"

namespace latent::v1 {

namespace {

Result<infer::EngineRequest> engine_of(const Engine& wanted) {
  infer::EngineRequest engine;
  LATENT_TRY(engine.engine, infer::parse_engine(wanted.engine));
  LATENT_TRY(engine.precision, infer::parse_precision(wanted.precision));
  engine.device = wanted.device;
  engine.cache_dir = app::cache_folder();
  return engine;
}

Result<tasks::PictureOutputSettings> output_of(const PictureOutput& output) {
  tasks::PictureOutputSettings settings;
  settings.profile = output.profile;
  settings.overwrite = output.overwrite;
  settings.jpeg_quality = output.jpeg_quality;
  if (output.bits && *output.bits != 8 && *output.bits != 16 && *output.bits != 32) {
    return fail(ErrorCode::Usage, "bits must be 8, 16 or 32");
  }
  if (output.bits) {
    settings.depth = *output.bits == 8    ? SampleDepth::U8
                     : *output.bits == 16 ? SampleDepth::U16
                                          : SampleDepth::F32;
  }
  if (output.compression == "zstd") {
    settings.compression = write::TiffCompression::Zstd;
  } else if (output.compression == "none") {
    settings.compression = write::TiffCompression::None;
  } else if (output.compression != "deflate") {
    return fail(ErrorCode::Usage, "compression must be deflate, zstd or none");
  }
  return settings;
}

std::optional<Rect> rect_of(const std::optional<std::array<int, 4>>& region) {
  if (!region) return std::nullopt;
  return Rect{(*region)[0], (*region)[1], (*region)[2], (*region)[3]};
}

tasks::WideGamut gamut_of(bool keep) {
  return keep ? tasks::WideGamut::Preserve : tasks::WideGamut::Clip;
}

Result<tasks::DenoiseSettings> settings_of(const DenoiseStrength& how) {
  tasks::DenoiseSettings settings;
  settings.strength = how.strength;
  settings.luma = how.luma;
  settings.chroma = how.chroma;
  settings.level = how.level;
  settings.wide_gamut = gamut_of(how.keep_wide_gamut);
  if (how.detail == "darktable") {
    settings.detail = tasks::Detail::Darktable;
  } else if (how.detail == "none") {
    settings.detail = tasks::Detail::None;
  } else if (how.detail != "auto") {
    return fail(ErrorCode::Usage, "detail must be auto, darktable or none");
  }
  return settings;
}

Result<tasks::PictureReport> run(const DenoiseRequest& request, const RunControl& control) {
  LATENT_TRY(auto engine, engine_of(request.engine));
  LATENT_TRY(auto settings, settings_of(request.how));
  LATENT_TRY(settings.output, output_of(request.output));
  settings.region = rect_of(request.region);
  LATENT_TRY(const latent::Limits limits, app::limits_of(request.limits));
  LATENT_TRY(const models::Package package, app::open_model(request.model));
  LATENT_TRY(auto denoiser, tasks::PictureDenoiser::create(package, std::move(engine), limits));
  LATENT_TRY(const auto photograph, read::Photograph::open(request.source, limits));
  return denoiser.run(photograph, request.output.target, settings, control);
}

Result<tasks::PictureReport> run(const UpscaleRequest& request, const RunControl& control) {
  LATENT_TRY(const auto engine, engine_of(request.engine));
  tasks::UpscaleSettings settings;
  LATENT_TRY(settings.output, output_of(request.output));
  settings.denoise = request.denoise;
  settings.tolerance = request.tolerance;
  settings.wide_gamut = gamut_of(request.keep_wide_gamut);
  settings.region = rect_of(request.region);
  LATENT_TRY(const latent::Limits limits, app::limits_of(request.limits));
  LATENT_TRY(const models::Package package, app::open_model(request.model));
  std::optional<models::Package> denoise;
  if (request.denoise > 0.0) {
    LATENT_TRY(denoise, app::open_model(request.denoise_model));
  }
  LATENT_TRY(auto upscaler,
             tasks::PictureUpscaler::create(package, request.scale, denoise ? &*denoise : nullptr,
                                            engine, limits));
  LATENT_TRY(const auto photograph, read::Photograph::open(request.source, limits));
  return upscaler.run(photograph, request.output.target, settings, control);
}

Failure failure_of(const Error& error) { return {error_code_name(error.code), error.message}; }

template <class Request>
PictureOutcome outcome_of(const Request& request, const std::function<void(double)>& progress,
                          const std::stop_token& stop) {
  try {
    const Status apart = app::check_is_not_source(request.output.target, request.source);
    if (!apart) return {std::nullopt, failure_of(apart.error())};
    const auto report = run(request, RunControl{stop, progress});
    if (!report) return {std::nullopt, failure_of(report.error())};
    PictureAnswer answer;
    answer.width = report->result.width;
    answer.height = report->result.height;
    if (report->network_ran) {
      answer.device = report->session.device;
      answer.precision = infer::precision_name(report->session.precision);
    }
    if (report->level) answer.level = static_cast<double>(report->level->overall()) * 255.0;
    answer.seconds = report->seconds.total;
    answer.notices = report->notices;
    for (auto& notice : app::folder_notices()) answer.notices.push_back(notice);
    return {std::move(answer), {}};
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
  tasks::PictureDenoiser denoiser;
  tasks::PreparedPicture picture;
};

PreparedDenoise::PreparedDenoise(const std::string& source, const std::string& model,
                                 const Engine& engine, const std::stop_token& stop,
                                 const Limits& limits) {
  const auto prepared = [&]() -> Result<std::shared_ptr<State>> {
    LATENT_TRY(auto request, engine_of(engine));
    LATENT_TRY(const latent::Limits allowed, app::limits_of(limits));
    LATENT_TRY(const models::Package package, app::open_model(model));
    LATENT_TRY(auto denoiser, tasks::PictureDenoiser::create(package, std::move(request), allowed));
    LATENT_TRY(const auto photograph, read::Photograph::open(source, allowed));
    LATENT_TRY(auto picture, denoiser.prepare(photograph, RunControl{stop, {}}));
    return std::make_shared<State>(State{std::move(denoiser), std::move(picture)});
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

int PreparedDenoise::width() const { return state_ ? state_->picture.size().width : 0; }
int PreparedDenoise::height() const { return state_ ? state_->picture.size().height : 0; }
double PreparedDenoise::level() const {
  return state_ ? static_cast<double>(state_->picture.level().overall()) * 255.0 : 0.0;
}

PreviewOutcome PreparedDenoise::preview(const std::array<int, 4>& region,
                                        const DenoiseStrength& how, const std::stop_token& stop) {
  if (!state_) return {std::nullopt, failure_};
  const auto shown = [&]() -> Result<Preview> {
    LATENT_TRY(const auto settings, settings_of(how));
    LATENT_TRY(const auto pair, state_->denoiser.preview(state_->picture, *rect_of(region),
                                                         settings, RunControl{stop, {}}));
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
