// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/settings_table.h"
#include "app/task_rows.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "colour/profile.h"
#include "fill/spot_list.h"
#include "tasks/erase.h"
#include "write/picture/picture_writer.h"

namespace latent::app {

namespace {

constexpr double kSteps = 255.0;  // of 8 bits

using Facts = nlohmann::ordered_json;

TaskAnswer answer_of(const tasks::AnyReport& any) {
  const auto& report = std::get<tasks::EraseReport>(any);
  TaskAnswer answer;
  answer.common = report;
  const Facts facts{{"width", report.result.width},
                    {"height", report.result.height},
                    {"filled_by", report.filled_by},
                    {"holes", report.holes},
                    {"pixels", report.pixels},
                    {"spots", report.spots},
                    {"grown_px", report.grown_px},
                    {"grain", {{"around", report.grain_around}, {"before", report.grain_before}}}};
  answer.facts = facts.dump();
  answer.details = {
      fmt::format("{} pixels in {} hole{} filled by {}", report.pixels, report.holes,
                  report.holes == 1 ? "" : "s", printable(report.filled_by)),
      fmt::format("grain around {:.2f} of 255, of the fill before it was matched {:.2f}",
                  report.grain_around * kSteps, report.grain_before * kSteps)};
  if (report.grown_px > 0) {
    answer.details.push_back(fmt::format("masks grew by up to {:.0f} pixels", report.grown_px));
  }
  return answer;
}

Result<TaskLease> open(const Job& job, Making& making) {
  const std::string key = fmt::format(
      "erase|{}|{}|{}|{}", making.package ? making.package->sha256() : std::string("builtin"),
      making.package ? making.package->path().native() : std::string(), key_of(making.engine),
      key_of(job.limits));
  return WarmModels::lease(making.at.warm, key, making.engine,
                           [&](const infer::EngineRequest& engine) {
                             return tasks::create_erase(making.package, engine, job.limits);
                           });
}

tasks::Settings settings_of(const Job& job) {
  auto settings = std::get<tasks::EraseSettings>(job.settings);
  settings.threads = job.engine.threads;
  return settings;
}

Status check_erase(const Job& job) {
  const auto& settings = std::get<tasks::EraseSettings>(job.settings);
  LATENT_CHECK(tasks::check(settings));
  const bool prompts = !settings.clicks.empty() || !settings.boxes.empty();
  if (settings.mask.empty() && !prompts && !settings.spots && settings.spots_list.empty()) {
    return fail(ErrorCode::Usage,
                settings.not_on.empty()
                    ? "nothing is named that is to go; say it with --mask, --click, --box, --spots "
                      "or --spots-list"
                    : "--not says what stays; say with --click or --box what goes");
  }
  if (job.sources.size() > 1 && prompts) {
    return fail(ErrorCode::Usage,
                "--click and --box mean one photograph; give one source, or a mask or a list of "
                "spots for many");
  }
  if (settings.output.profile != "source") {
    LATENT_CHECK(colour::Profile::parse(settings.output.profile));
  }
  const std::filesystem::path target = job.output.file.value_or("x." + job.format);
  const auto format = write::picture_format_of(target);
  if (format && settings.output.depth && !write::holds(*format, *settings.output.depth)) {
    return fail(
        ErrorCode::Usage,
        fmt::format("a {} file does not hold {} samples; choose another format or bit depth",
                    displayed(target.extension()), sample_depth_name(*settings.output.depth)));
  }
  return {};
}

/// --spots --dry-run: finds the spots of the first source, and writes their list where one is named.
Result<Rehearsal> rehearse(const Job& job, const RunControl& control) {
  const auto& settings = std::get<tasks::EraseSettings>(job.settings);
  if (!settings.spots) {
    return fail(ErrorCode::Usage, "--dry-run lists the spots that --spots finds; give both");
  }
  if (job.sources.size() != 1) {
    return fail(ErrorCode::Usage, "--dry-run looks for spots in one photograph");
  }
  const auto& source = job.sources.front();
  LATENT_TRY(const auto photograph, read::Photograph::open(source, job.limits));
  LATENT_TRY(const auto found, tasks::look_for_spots(photograph, control));
  const fill::SpotList list{found.picture, found.spots};
  const std::string text = fill::spots_to_json(list);
  Rehearsal told;
  told.json = text;
  told.lines.push_back(fmt::format("{}: {} spot{} found", quoted(source), found.spots.size(),
                                   found.spots.size() == 1 ? "" : "s"));
  for (const auto& spot : found.spots) {
    told.lines.push_back(fmt::format("  at {:.0f},{:.0f}  radius {:.0f}  darker by {:.1f} of 255",
                                     spot.x, spot.y, spot.radius, spot.depth * kSteps));
  }
  if (!settings.spots_list.empty()) {
    SafeFileOptions options;
    options.overwrite =
        job.output.if_exists == IfExists::Overwrite ? Overwrite::Replace : Overwrite::Refuse;
    LATENT_TRY(auto file, SafeFile::create(settings.spots_list, options));
    LATENT_CHECK(file.write(std::string_view(text)));
    LATENT_CHECK(file.commit());
    told.lines.push_back(fmt::format("list written to {}", quoted(settings.spots_list)));
  }
  return told;
}

}  // namespace

TaskRow erase_row() {
  TaskRow row;
  row.id = "erase";
  row.summary = "Erase objects and sensor dust; fill what is left from the surroundings";
  row.sources = "finished pictures: TIFF, PNG, JPEG, OpenEXR, JPEG XL, or raws";
  row.model_task = "erase";
  row.builtin = true;
  row.settings = &erase_settings();
  row.endings = find_setting(*row.settings, "format")->words;
  row.defaults = tasks::EraseSettings{};
  row.suffix = [](const Job&) -> std::string { return "_erase"; };
  row.check = check_erase;
  row.open = open;
  row.settings_of = settings_of;
  row.answer = answer_of;
  row.rehearse = rehearse;
  return row;
}

}  // namespace latent::app
