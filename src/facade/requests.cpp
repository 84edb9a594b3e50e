// SPDX-License-Identifier: GPL-3.0-or-later
#include "facade/requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/setting.h"
#include "latent/library.h"

namespace latent::facade {

using models::Json;

namespace {

/// Puts values into a job one after the other; the first error stays.
class Putting {
 public:
  explicit Putting(app::Job job) : job_(std::move(job)) {}

  Putting& put(const char* key, const Json& value) { return put(key, value, key); }
  Putting& put(const char* key, const Json& value, const char* field) {
    if (status_) status_ = app::put_value(job_, key, value, field);
    return *this;
  }
  Putting& put_model(const char* key, const std::string& model) {
    return model.empty() ? *this : put(key, model);
  }
  Putting& put_region(const std::optional<v0::Region>& region) {
    if (!region) return *this;
    return put("region", Json::Array{std::int64_t{region->x}, std::int64_t{region->y},
                                     std::int64_t{region->width}, std::int64_t{region->height}});
  }

  Putting& put_mask(const v0::LocalMask& mask) {
    if (mask.file.empty()) return *this;
    return put("mask", mask.file.native()).put("mask_invert", mask.invert);
  }

  [[nodiscard]] Result<app::Job> done() {
    LATENT_CHECK(status_);
    return std::move(job_);
  }

 private:
  app::Job job_;
  Status status_;
};

Json noise_value(const std::optional<v0::SensorNoise>& noise, bool of_camera) {
  if (!noise) return of_camera ? "camera" : "auto";
  const auto list = [](const std::array<double, 3>& values) {
    return Json::Array{values[0], values[1], values[2]};
  };
  return Json::Object{{"a", list(noise->a)}, {"b", list(noise->b)}};
}

const char* word(v0::Detail detail) {
  switch (detail) {
    case v0::Detail::Darktable:
      return "darktable";
    case v0::Detail::None:
      return "none";
    case v0::Detail::Auto:
      break;
  }
  return "auto";
}

const char* word(v0::Tones tones) { return tones == v0::Tones::Kept ? "kept" : "corrected"; }

const char* word(v0::WideGamut gamut) { return gamut == v0::WideGamut::Clip ? "clip" : "preserve"; }

const char* word(v0::DngTiles tiles) {
  return tiles == v0::DngTiles::JpegXl ? "jxl" : "jxl-lossless";
}

const char* word(v0::IfExists rule) {
  switch (rule) {
    case v0::IfExists::Refuse:
      return "refuse";
    case v0::IfExists::Overwrite:
      return "overwrite";
    case v0::IfExists::Skip:
      return "skip";
    case v0::IfExists::NextFreeName:
      break;
  }
  return "number";
}

/// A place as it is typed: shares of the sides in percent. Finer than a pixel of any photograph.
std::string typed(const v0::MaskPlace& place) {
  return fmt::format("{:.9f}%,{:.9f}%", 100 * place.x, 100 * place.y);
}

std::string typed(const v0::MaskBox& box) {
  const double x = std::min(box.one.x, box.other.x);
  const double y = std::min(box.one.y, box.other.y);
  return fmt::format("{:.9f}%,{:.9f}%,{:.9f}%,{:.9f}%", 100 * x, 100 * y,
                     100 * std::abs(box.one.x - box.other.x),
                     100 * std::abs(box.one.y - box.other.y));
}

template <class Place>
Json typed(const std::vector<Place>& places) {
  Json::Array list;
  for (const Place& place : places) list.emplace_back(typed(place));
  return list;
}

Json path_or_null(const std::filesystem::path& path) {
  return path.empty() ? Json{} : Json(path.native());
}

Json number_or_auto(const std::optional<double>& number) {
  return number ? Json(*number) : Json("auto");
}

}  // namespace

Result<app::Job> job_of(const v0::Erase& task) {
  LATENT_TRY(app::Job job, app::new_job("erase"));
  return Putting(std::move(job))
      .put("mask", path_or_null(task.mask))
      .put("scale_mask", task.scale_mask)
      .put("clicks", typed(task.clicks))
      .put("not", typed(task.not_on), "not_on")
      .put("boxes", typed(task.boxes))
      .put("spots", task.spots)
      .put("spots_list", path_or_null(task.spot_list), "spot_list")
      .put("dilate", number_or_auto(task.dilate))
      .put("grain", task.grain ? "auto" : "none")
      .put_model("model", task.model)
      .done();
}

Result<app::Job> job_of(const v0::Depth& task) {
  LATENT_TRY(app::Job job, app::new_job("depth"));
  return Putting(std::move(job))
      .put("near", number_or_auto(task.near))
      .put("far", number_or_auto(task.far))
      .put("soft", task.soft)
      .put("point", task.point ? Json(typed(*task.point)) : Json{})
      .put("spread", task.spread)
      .put("invert", task.invert)
      .put("edges", task.snap_edges ? "snap" : "smooth", "snap_edges")
      .put_model("model", task.model)
      .done();
}

Result<app::Job> job_of(const v0::RawDenoise& task) {
  LATENT_TRY(app::Job job, app::new_job("rawdenoise"));
  return Putting(std::move(job))
      .put("strength", task.strength)
      .put("noise", noise_value(task.noise, task.noise_of_camera))
      .put("noise_scale", task.noise_scale)
      .put("hot_pixels",
           !task.remove_hot_pixels ? "keep"
           : task.learn_hot_pixels ? "learn"
                                   : "remove",
           "remove_hot_pixels")
      .put("demosaic", task.demosaic)
      .put("ca", task.correct_ca ? "auto" : "off", "correct_ca")
      .put_region(task.region)
      .put_mask(task.mask)
      .put_model("model", task.model)
      .done();
}

Result<app::Job> job_of(const v0::Denoise& task) {
  LATENT_TRY(app::Job job, app::new_job("denoise"));
  return Putting(std::move(job))
      .put("strength", task.strength)
      .put("luma", task.luma)
      .put("chroma", task.chroma)
      .put("level", task.level ? Json(*task.level) : Json("auto"))
      .put("detail", word(task.detail))
      .put("tones", word(task.tones))
      .put("wide_gamut", word(task.wide_gamut))
      .put_region(task.region)
      .put_mask(task.mask)
      .put_model("model", task.model)
      .done();
}

Result<app::Job> job_of(const v0::Upscale& task) {
  LATENT_TRY(app::Job job, app::new_job("upscale"));
  return Putting(std::move(job))
      .put("scale", task.scale == 0 ? Json("auto") : Json(std::int64_t{task.scale}))
      .put("print", task.print.empty() ? Json{} : Json(task.print))
      .put("denoise", task.denoise)
      .put("tolerance", task.tolerance)
      .put("overshoot", task.bound_overshoot ? "bounded" : "free", "bound_overshoot")
      .put("wide_gamut", word(task.wide_gamut))
      .put_region(task.region)
      .put_mask(task.mask)
      .put_model("model", task.model)
      .put_model("denoise_model", task.denoise_model)
      .done();
}

Status put_engine(app::Job& job, const v0::Engine& engine) {
  Putting putting(std::move(job));
  putting.put("engine", v0::name(engine.kind))
      .put("device", engine.device)
      .put("precision", v0::name(engine.precision))
      .put("max_loss", engine.max_loss)
      .put("threads", std::int64_t{engine.threads})
      .put("limit_start", engine.start_seconds, "start_seconds");
  if (!engine.onnxruntime.empty()) {
    putting.put("ort_library", engine.onnxruntime.native(), "onnxruntime");
  }
  if (!engine.onnxruntime_plugins.empty()) {
    Json::Array plugins;
    for (const auto& plugin : engine.onnxruntime_plugins) plugins.emplace_back(plugin.native());
    putting.put("ort_plugins", std::move(plugins), "onnxruntime_plugins");
  }
  LATENT_TRY(job, putting.done());
  return {};
}

Status put_output(app::Job& job, const v0::Output& output) {
  if (!output.file.empty() && !output.folder.empty()) {
    return fail(ErrorCode::Usage, "output: only one of file and folder may be given");
  }
  const bool raw = job.task == "rawdenoise";
  const bool depth = job.task == "depth";
  Putting putting(std::move(job));
  if (!output.file.empty()) putting.put("file", output.file.native());
  if (!output.folder.empty()) putting.put("folder", output.folder.native());
  const auto usual = output.file.empty() ? v0::IfExists::NextFreeName : v0::IfExists::Refuse;
  putting.put("if_exists", word(output.if_exists.value_or(usual)));
  if (!output.format.empty()) putting.put("format", output.format);
  if (!output.compress) putting.put("compression", "none", "compress");
  if (raw && output.compress && output.dng_tiles != v0::DngTiles::LosslessJpeg) {
    putting.put("compression", word(output.dng_tiles), "dng_tiles");
  }
  if (!raw && output.bit_depth) putting.put("bit_depth", std::int64_t{*output.bit_depth});
  if (!raw && !depth) {
    if (!output.profile.empty()) putting.put("profile", output.profile);
    putting.put("quality", std::int64_t{output.jpeg_quality}, "jpeg_quality");
    if (output.dpi) putting.put("dpi", *output.dpi);
  }
  LATENT_TRY(job, putting.done());
  return {};
}

bool asks_for_no_engine(const app::Job& job) {
  const infer::EngineRequest plain;
  const infer::EngineRequest& asked = job.engine;
  return asked.engine == plain.engine && asked.device == plain.device &&
         asked.precision == plain.precision && asked.most_loss_db == plain.most_loss_db &&
         asked.threads == plain.threads && asked.streams == plain.streams &&
         asked.start_seconds == plain.start_seconds && asked.ort_library.empty() &&
         asked.ort_plugins.empty();
}

}  // namespace latent::facade
