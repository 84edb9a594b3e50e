// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/name_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "app/name_pattern.h"
#include "app/task_table.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

double strength_of(const Job& job) {
  return std::visit(
      [](const auto& settings) {
        if constexpr (requires { settings.strength; }) return settings.strength;
        return 1.0;
      },
      job.settings);
}

std::string suffix_of(const Job& job) {
  const auto row = task_row(job.task);
  return row ? (*row)->suffix(job) : std::string{};
}

/// Where the source lies below the folder that was opened, so that a tree can be mirrored.
std::string subfolder(const PatternFacts& facts) {
  const fs::path folder = facts.source.parent_path();
  if (facts.library.empty()) return {};
  const fs::path inside = folder.lexically_relative(facts.library);
  return inside.empty() || inside == "." || inside.native().starts_with("..") ? std::string{}
                                                                              : inside.native();
}

tl::unexpected<Error> unknown(std::string_view name) {
  std::string known;
  for (const auto& [variable, meaning] : pattern_variables()) {
    known += (known.empty() ? "$(" : ", $(") + variable + ")";
  }
  return fail(ErrorCode::Usage, fmt::format("$({}) is no variable; there are {}",
                                            printable(name.substr(0, 40)), known));
}

/// The variables that only the studio has, then those that every name may have.
Result<std::string> value_of(std::string_view name, const Job& job, const PatternFacts& facts) {
  if (std::ranges::find(pattern_variables(), name, &std::pair<std::string, std::string>::first) ==
      pattern_variables().end()) {
    return unknown(name);
  }
  if (name == "MODEL") return job.model.empty() ? std::string("default") : job.model;
  if (name == "STRENGTH") return fmt::format("{:.0f}", strength_of(job) * 100.0);
  if (name == "SCALE") {
    const auto* upscale = std::get_if<UpscaleChoice>(&job.settings);
    return std::to_string(upscale == nullptr ? 1 : upscale->scale);
  }
  if (name == "SUBFOLDER") return subfolder(facts);
  return value_of_variable(
      name, {facts.source, static_cast<std::size_t>(facts.sequence), job.task, suffix_of(job),
             [&] { return date_taken(facts.source, job.limits); }});
}

/// Without an ending that any task writes: the job's is put there. "out.v2" stays whole.
fs::path with_ending(fs::path path, const std::string& ending) {
  const std::string own = path.extension().native();
  for (const TaskRow& row : task_table()) {
    for (const std::string& known : row.endings) {
      if (own == "." + known || (known == "tif" && own == ".tiff") ||
          (known == "jpg" && own == ".jpeg")) {
        return path.replace_extension(ending);
      }
    }
  }
  return path += "." + ending;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& pattern_variables() {
  static const std::vector<std::pair<std::string, std::string>> variables{
      {"FILE_FOLDER", "folder of the source"},
      {"FILE_NAME", "its name without the ending"},
      {"FILE_EXTENSION", "its ending"},
      {"SUFFIX", "what the task adds, _denoise"},
      {"TASK", "the task"},
      {"MODEL", "the model"},
      {"STRENGTH", "strength in percent"},
      {"SCALE", "factor of an enlargement"},
      {"SEQUENCE", "number in the batch, 0001"},
      {"SUBFOLDER", "folder below the one that was opened"},
      {"YEAR", "today"},
      {"MONTH", "today"},
      {"DAY", "today"},
      {"EXIF.YEAR", "when it was taken"},
      {"EXIF.MONTH", "when it was taken"},
      {"EXIF.DAY", "when it was taken"},
      {"HOME", "your home folder"}};
  return variables;
}

Result<fs::path> named_by_pattern(const std::string& pattern, const Job& job,
                                  const PatternFacts& facts) {
  LATENT_TRY(const std::string text, with_variables(pattern, [&](std::string_view name) {
               return value_of(name, job, facts);
             }));
  fs::path path = fs::path(text).lexically_normal();
  if (text.starts_with("~/")) {
    const char* home = std::getenv("HOME");
    if (home != nullptr) path = fs::path(home) / text.substr(2);
  }
  if (path.is_relative()) path = facts.source.parent_path() / path;
  std::error_code unknown;
  const bool is_folder = text.empty() || text.ends_with('/') || fs::is_directory(path, unknown);
  if (is_folder) path /= facts.source.stem().native() + suffix_of(job);
  return with_ending(std::move(path), job.format).lexically_normal();
}

}  // namespace latent::app
