// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/model_defaults.h"
#include "app/settings_table.h"
#include "app/task_rows.h"
#include "base/path.h"
#include "colour/profile.h"
#include "read/photograph.h"
#include "tasks/denoise.h"
#include "tasks/upscale.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

using Facts = nlohmann::ordered_json;

constexpr std::array kBytesOfSample{1, 2, 4};  // by SampleDepth
constexpr double kSteps = 255.0;               // of 8 bits

Facts level_facts(const std::optional<rgb::NoiseLevel>& level) {
  if (!level) return nullptr;
  return {{"origin", level->estimated ? "estimated" : "given"},
          {"overall", level->overall()},
          {"sigma", level->sigma},
          {"confidence", level->confidence}};
}

std::vector<std::string> details_of(const tasks::PictureReport& report) {
  std::vector<std::string> lines{
      fmt::format("{} {} in {} -> {} in {}", printable(report.source_format),
                  sample_depth_name(report.source_depth), report.source_profile,
                  sample_depth_name(report.depth), report.profile)};
  if (report.level) {
    lines.push_back(fmt::format("noise ({}): sigma {:.2f} of 255",
                                report.level->estimated ? "estimated" : "given",
                                static_cast<double>(report.level->overall()) * kSteps));
  }
  if (report.consistency_rms) {
    lines.push_back(fmt::format("reduced again it differs from the source by {:.3f} of 255 (rms)",
                                *report.consistency_rms * kSteps));
  }
  return lines;
}

TaskAnswer answer_of(const tasks::AnyReport& any) {
  const auto& report = std::get<tasks::PictureReport>(any);
  TaskAnswer answer;
  answer.common = report;
  Facts facts{{"width", report.result.width},
              {"height", report.result.height},
              {"scale", report.scale},
              {"source",
               {{"format", report.source_format},
                {"depth", sample_depth_name(report.source_depth)},
                {"profile", report.source_profile}}},
              {"depth", sample_depth_name(report.depth)},
              {"profile", report.profile},
              {"level", level_facts(report.level)}};
  facts["consistency_rms"] =
      report.consistency_rms ? Facts(*report.consistency_rms) : Facts(nullptr);
  answer.facts = facts.dump();
  answer.details = details_of(report);
  return answer;
}

/// What the result for a source will be, by its header.
template <class Settings>
LargeResult result_of(const read::PictureFacts& facts, const Settings& settings, int scale) {
  const Size part = settings.region ? settings.region->size() : facts.size;
  LargeResult result;
  result.size = {part.width * scale, part.height * scale};
  const int channels = facts.colours + (facts.alpha ? 1 : 0);
  const auto depth = settings.output.depth.value_or(SampleDepth::U16);
  const auto bytes = kBytesOfSample.at(static_cast<std::size_t>(depth));
  result.bytes = static_cast<std::uint64_t>(result.size.area() * channels * bytes);
  return result;
}

template <class Settings>
std::optional<LargeResult> foreseen(const Job& job, const read::Photograph& photograph, int scale) {
  const auto facts = photograph.picture_facts();
  if (!facts) return std::nullopt;
  return result_of(*facts, std::get<Settings>(job.settings), scale);
}

std::string key_of_task(const Job& job, const Making& making) {
  return fmt::format("{}|{}|{}|{}|{}|{}", job.task, making.package->sha256(),
                     making.package->local_int8_key(), making.package->path().native(),
                     key_of(making.engine), key_of(job.limits));
}

Result<TaskLease> open_denoise(const Job& job, Making& making) {
  return WarmModels::lease(
      making.at.warm, key_of_task(job, making), making.engine,
      [&](const infer::EngineRequest& engine) {
        return tasks::create_denoise({*making.package, {}}, engine, job.limits);
      });
}

tasks::Settings denoise_settings_of(const Job& job) {
  auto settings = std::get<tasks::DenoiseSettings>(job.settings);
  settings.threads = job.engine.threads;
  return settings;
}

/// Holds the words of an output together: the names of profile and format, and a depth that the
/// format holds.
Status check_output(const Job& job, const tasks::PictureOutputSettings& settings) {
  if (settings.profile != "source") {
    LATENT_CHECK(colour::Profile::parse(settings.profile));
  }
  const fs::path target = job.output.file.value_or("x." + job.format);
  LATENT_TRY(const auto format, write::picture_format_of(target));
  if (settings.depth && !write::holds(format, *settings.depth)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("a {} file does not hold {} samples; choose another format or bit depth",
                    displayed(target.extension()), sample_depth_name(*settings.depth)));
  }
  return {};
}

/// Before a photograph is known: the network of 2x, so that a package is judged at once.
int scale_of(const Job& job) {
  const int scale = std::get<UpscaleChoice>(job.settings).scale;
  return scale == 0 ? 2 : scale;
}

/// The factor is said, or there is a print it can be taken from.
Status check_factor(const UpscaleChoice& choice) {
  if (choice.scale != 0 || choice.print) return {};
  return fail(ErrorCode::Usage,
              "upscale needs --scale 2 or --scale 4, or --print with the size of the print, for "
              "example --print 40x60cm@300");
}

Result<Fitted> fit_upscale(const Job& job, const read::Photograph& photograph) {
  Fitted fitted{job, {}};
  auto& choice = std::get<UpscaleChoice>(fitted.job.settings);
  LATENT_CHECK(check_factor(choice));
  if (!choice.print) return fitted;
  LATENT_TRY(const auto facts, photograph.picture_facts());
  const Size size = choice.region ? choice.region->size() : facts.size;
  if (choice.scale == 0) {
    const auto scale = scale_for(*choice.print, size);
    if (!scale) {
      return fail(scale.error().code, photograph.path(),
                  quoted(photograph.path()) + " " + scale.error().sentence);
    }
    choice.scale = *scale;
  }
  const double dpi = choice.scale * choice.print->dpi_of(size);
  choice.output.dpi = dpi;
  constexpr double kSame = 1.005;
  if (dpi * kSame < choice.print->dpi) {
    fitted.notices.push_back(
        fmt::format("the result has {:.0f} dpi at {}, fewer than the {} asked for", dpi,
                    paper_words(*choice.print), choice.print->dpi));
  }
  return fitted;
}

Status check_upscale(const Job& job) {
  const auto& choice = std::get<UpscaleChoice>(job.settings);
  LATENT_CHECK(check_factor(choice));
  return check_output(job, choice.output);
}

Result<TaskLease> open_upscale(const Job& job, Making& making) {
  const auto& choice = std::get<UpscaleChoice>(job.settings);
  const int scale = scale_of(job);
  std::string key = fmt::format("{}|{}", key_of_task(job, making), scale);
  std::optional<models::Package> denoise;
  if (choice.denoise > 0.0) {
    LATENT_TRY(denoise, open_model_for("denoise", job.denoise_model, &making.notices, making.at));
    key += fmt::format("|{}|{}|{}", denoise->sha256(), denoise->local_int8_key(),
                       denoise->path().native());
  }
  return WarmModels::lease(making.at.warm, key, making.engine,
                           [&](const infer::EngineRequest& engine) {
                             return tasks::create_upscale(
                                 {*making.package, std::move(denoise), scale}, engine, job.limits);
                           });
}

tasks::Settings upscale_settings_of(const Job& job) {
  tasks::UpscaleSettings settings = std::get<UpscaleChoice>(job.settings);
  settings.threads = job.engine.threads;
  return settings;
}

TaskRow picture_row(const std::vector<Setting>& settings) {
  TaskRow row;
  row.sources = "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws";
  row.settings = &settings;
  row.endings = find_setting(settings, "format")->words;
  row.answer = answer_of;
  return row;
}

}  // namespace

TaskRow denoise_row() {
  TaskRow row = picture_row(denoise_settings());
  row.id = "denoise";
  row.work = "denoise";
  row.summary = "Remove noise from finished pictures";
  row.model_task = "denoise";
  row.defaults = tasks::DenoiseSettings{};
  row.suffix = [](const Job&) -> std::string { return "_denoise"; };
  row.check = [](const Job& job) {
    return check_output(job, std::get<tasks::DenoiseSettings>(job.settings).output);
  };
  row.open = open_denoise;
  row.settings_of = denoise_settings_of;
  row.foresee = [](const Job& job, const read::Photograph& photograph) {
    return foreseen<tasks::DenoiseSettings>(job, photograph, 1);
  };
  return row;
}

TaskRow upscale_row() {
  TaskRow row = picture_row(upscale_settings());
  row.id = "upscale";
  row.work = "upscale";
  row.summary = "Enlarge finished pictures two or four times a side, without inventing texture";
  row.model_task = "upscale";
  row.defaults = UpscaleChoice{};
  row.suffix = [](const Job& job) {
    const auto& choice = std::get<UpscaleChoice>(job.settings);
    if (choice.scale != 0 || !choice.print) return fmt::format("_upscale-{}x", scale_of(job));
    return "_print-" + text_of(*choice.print);
  };
  row.check = check_upscale;
  row.fit = fit_upscale;
  row.variant = scale_of;
  row.open = open_upscale;
  row.settings_of = upscale_settings_of;
  row.foresee = [](const Job& job, const read::Photograph& photograph) {
    return foreseen<UpscaleChoice>(job, photograph, scale_of(job));
  };
  return row;
}

}  // namespace latent::app
