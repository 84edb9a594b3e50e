// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <array>
#include <memory>
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

TaskAnswer answer_of(const tasks::PictureReport& report) {
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

/// A batch of one task, `scale` times as large as its sources: the photograph is opened, and what
/// comes of it foreseen.
template <class Settings>
Batch picture_batch(tasks::Task made, Settings settings, int scale, const Job& job) {
  const auto task = std::make_shared<tasks::Task>(std::move(made));
  Batch batch;
  const std::string work = job.again ? "" : job.task;  // the word is that of the row
  batch.run = [task, settings, scale, work, limits = job.limits](
                  const fs::path& source, const OutputName& output, const Batch::Foresee& foresee,
                  const RunControl& control) -> Result<TaskAnswer> {
    LATENT_TRY(const auto photograph, read::Photograph::open(source, limits));
    if (auto by = done_before(photograph, work)) return done_already(*std::move(by));
    if (const auto facts = photograph.picture_facts()) foresee(result_of(*facts, settings, scale));
    LATENT_TRY(const tasks::AnyReport report,
               task->run(photograph, target_of(output), settings, control));
    return answer_of(std::get<tasks::PictureReport>(report));
  };
  return batch;
}

Result<Batch> make_denoise(const Job& job, Making& making) {
  LATENT_TRY(tasks::Task task,
             tasks::create_denoise({making.package, {}}, making.engine, job.limits));
  auto settings = std::get<tasks::DenoiseSettings>(job.settings);
  settings.threads = job.engine.threads;
  return picture_batch(std::move(task), settings, 1, job);
}

Result<Batch> make_upscale(const Job& job, Making& making) {
  const auto& choice = std::get<UpscaleChoice>(job.settings);
  tasks::UpscaleSettings settings = choice;
  settings.threads = job.engine.threads;
  std::optional<models::Package> denoise;
  if (settings.denoise > 0.0) {
    LATENT_TRY(denoise, open_model_for("denoise", job.denoise_model, &making.notices));
  }
  LATENT_TRY(tasks::Task task,
             tasks::create_upscale({making.package, std::move(denoise), choice.scale},
                                   making.engine, job.limits));
  return picture_batch(std::move(task), settings, choice.scale, job);
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

TaskRow picture_row(const std::vector<Setting>& settings) {
  TaskRow row;
  row.sources = "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws";
  row.settings = &settings;
  row.endings = find_setting(settings, "format")->words;
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
  row.make = make_denoise;
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
    return fmt::format("_upscale-{}x", std::get<UpscaleChoice>(job.settings).scale);
  };
  row.check = [](const Job& job) {
    return check_output(job, std::get<UpscaleChoice>(job.settings).output);
  };
  row.make = make_upscale;
  return row;
}

}  // namespace latent::app
