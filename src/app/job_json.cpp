// SPDX-License-Identifier: GPL-3.0-or-later
// A job as JSON, both ways.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/advice.h"
#include "app/job.h"
#include "app/name_pattern.h"
#include "app/output_file.h"
#include "app/path_text.h"
#include "app/setting.h"
#include "app/task_table.h"
#include "base/path.h"
#include "models/manifest/json.h"

namespace latent::app {

namespace fs = std::filesystem;
using models::Json;

namespace {

using Text = nlohmann::ordered_json;

constexpr std::array kSections{Section::Settings, Section::Output, Section::Engine};
constexpr const char* kVersionKey = "latent_job";

// --- to text ---------------------------------------------------------------------------------

Text text_of(const Json& value);

Text text_of_number(double value) {
  constexpr double kExact = 1e15;
  // 50, not 50.0: as people write it.
  if (value == std::floor(value) && std::abs(value) < kExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

Text text_of_list(const Json::Array& list) {
  Text text = Text::array();
  for (const Json& entry : list) text.push_back(text_of(entry));
  return text;
}

Text text_of(const Json& value) {
  if (const auto* flag = value.as_bool()) return *flag;
  if (const auto* whole = value.as_integer()) return *whole;
  if (const auto* real = value.as_real()) return text_of_number(*real);
  if (const auto* words = value.as_string()) return *words;
  if (const auto* list = value.as_array()) return text_of_list(*list);
  const auto* object = value.as_object();
  if (object == nullptr) return nullptr;
  Text text = Text::object();
  for (const auto& [key, entry] : *object) text[key] = text_of(entry);
  return text;
}

bool is_path(const Setting& setting, const std::string& value) {
  return setting.form == Form::Path || (setting.form == Form::Name && names_a_path(setting, value));
}

Text text_of_paths(const Json& value) {
  Text text = Text::array();
  for (const Json& entry : *value.as_array()) text.push_back(text_of_path(*entry.as_string()));
  return text;
}

Text text_of_setting(const Setting& setting, const Job& job) {
  const Json value = setting.get(job);
  if (setting.form == Form::Paths) return text_of_paths(value);
  const auto* words = value.as_string();
  if (words == nullptr) return text_of(value);
  // A name that is no UTF-8 can only be a file's.
  return is_path(setting, *words) || !is_utf8(*words) ? text_of_path(*words) : *words;
}

// --- from text -------------------------------------------------------------------------------

/// Reads one job; `what_` begins every sentence.
class Reader {
 public:
  Reader(std::string what, fs::path folder) : what_(std::move(what)), folder_(std::move(folder)) {}

  Result<Job> job(const Json& root) {
    const auto* object = root.as_object();
    if (object == nullptr) return refused("a job is an object");
    LATENT_CHECK(version(*object));
    LATENT_TRY(Job job, of_task(*object));
    LATENT_CHECK(top_keys(*object));
    LATENT_CHECK(sources(*object, job));
    for (const Section section : kSections) LATENT_CHECK(section_keys(*object, section));
    for (const Setting& setting : *row_->settings) LATENT_CHECK(read(*object, setting, job));
    if (job.output.file && job.output.folder) {
      return refused("output.file and output.folder: only one of them may be given");
    }
    recognise_folder(job.output);
    if (job.output.file && job.sources.size() > 1 && !has_variables(*job.output.file)) {
      return refused(
          fmt::format("output.file names one output, but there are {} sources; use "
                      "output.folder",
                      job.sources.size()));
    }
    if (!given(*object, "output", "if_exists") && job.output.file) {
      job.output.if_exists = IfExists::Refuse;
    }
    return job;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> refused(const std::string& why,
                                              ErrorCode code = ErrorCode::Usage) const {
    return fail(code, fmt::format("{}: {}", what_, why));
  }

  Status version(const Json::Object& object) const {
    const auto found = object.find(kVersionKey);
    if (found == object.end()) {
      return refused(
          fmt::format("it has no {}, the version of the job ({})", kVersionKey, kJobVersion));
    }
    const auto* whole = found->second.as_integer();
    const auto* real = found->second.as_real();
    if (whole == nullptr && real == nullptr) {
      return refused(fmt::format("{} takes {}", kVersionKey, kJobVersion));
    }
    if (whole != nullptr ? *whole == kJobVersion : *real == kJobVersion) return {};
    return refused(
        fmt::format("it is a job of another version; this program reads {}", kJobVersion),
        ErrorCode::Unsupported);
  }

  Result<Job> of_task(const Json::Object& object) {
    const auto found = object.find("task");
    const auto* word = found == object.end() ? nullptr : found->second.as_string();
    if (word == nullptr) return refused("it has no task, which is a word such as denoise");
    const auto row = task_row(*word);
    if (!row) return refused(row.error().sentence);
    row_ = *row;
    return new_job(row_->id);
  }

  Status top_keys(const Json::Object& object) const {
    std::vector<std::string> known{kVersionKey, "task", "sources"};
    for (const Section section : kSections) known.emplace_back(section_name(section));
    return keys(object, Section::Top, std::move(known));
  }

  Status section_keys(const Json::Object& object, Section section) const {
    const auto found = object.find(section_name(section));
    if (found == object.end()) return {};
    const auto* inner = found->second.as_object();
    if (inner == nullptr) return refused(fmt::format("{} takes an object", section_name(section)));
    return keys(*inner, section, {});
  }

  /// Refuses by name what is none of the task's keys there.
  Status keys(const Json::Object& object, Section section, std::vector<std::string> known) const {
    for (const Setting& setting : *row_->settings) {
      if (setting.section == section) known.push_back(setting.key);
    }
    for (const auto& entry : object) {
      const std::string& key = entry.first;
      if (std::ranges::find(known, key) != known.end()) continue;
      const std::string place = section == Section::Top
                                    ? printable(key)
                                    : fmt::format("{}.{}", section_name(section), printable(key));
      return refused(fmt::format("a job of {} has no key {}{}", row_->id, place,
                                 whose(section, key).value_or(advice(key, known))));
    }
    return {};
  }

  /// The task that has that key, where another has.
  [[nodiscard]] static std::optional<std::string> whose(Section section, std::string_view key) {
    for (const TaskRow& row : task_table()) {
      for (const Setting& setting : *row.settings) {
        if (setting.section == section && setting.key == key) {
          return fmt::format("; a job of {} has it", row.id);
        }
      }
    }
    return std::nullopt;
  }

  Status sources(const Json::Object& object, Job& job) const {
    const auto found = object.find("sources");
    const auto* list = found == object.end() ? nullptr : found->second.as_array();
    if (list == nullptr || list->empty()) {
      return refused("sources takes a list of paths, one at least");
    }
    if (list->size() > kMaxSources) {
      return refused(fmt::format("there are {} sources, more than the {} that a job may have",
                                 list->size(), kMaxSources),
                     ErrorCode::TooLarge);
    }
    for (const Json& entry : *list) {
      const std::string place = fmt::format("sources[{}]", job.sources.size());
      const auto* text = entry.as_string();
      if (text == nullptr) return refused(place + " takes a path");
      LATENT_TRY(fs::path path, path_at(*text, place));
      job.sources.push_back(std::move(path));
    }
    return {};
  }

  [[nodiscard]] Result<fs::path> path_at(const std::string& text, const std::string& place) const {
    auto path = path_of_text(text, folder_);
    if (!path) return refused(fmt::format("{}: {}", place, path.error().sentence));
    return path;
  }

  [[nodiscard]] static const Json* given(const Json::Object& object, const std::string& section,
                                         const std::string& key) {
    const Json::Object* inner = &object;
    if (!section.empty()) {
      const auto found = object.find(section);
      if (found == object.end()) return nullptr;
      inner = found->second.as_object();
    }
    const auto found = inner->find(key);
    return found == inner->end() ? nullptr : &found->second;
  }

  Status read(const Json::Object& object, const Setting& setting, Job& job) const {
    const Json* value = given(object, section_name(setting.section), setting.key);
    if (value == nullptr) return {};
    auto held = hold_to(setting, *value, setting.place());
    if (!held) return refused(held.error().sentence);
    if (const auto* text = held->as_string(); text != nullptr && is_path(setting, *text)) {
      LATENT_TRY(const fs::path path, path_at(*text, setting.place()));
      *held = Json(path.native());
    }
    if (setting.form == Form::Paths) LATENT_CHECK(make_absolute(*held, setting));
    setting.set(job, *held);
    return {};
  }

  Status make_absolute(Json& list, const Setting& setting) const {
    for (Json& entry : *list.as_array()) {
      LATENT_TRY(const fs::path path, path_at(*entry.as_string(), setting.place()));
      entry = Json(path.native());
    }
    return {};
  }

  std::string what_;
  fs::path folder_;
  const TaskRow* row_ = nullptr;
};

/// The job as text, with the settings that `stands` takes.
std::string job_text(const Job& job, const std::function<bool(const Setting&)>& stands) {
  Text text{{kVersionKey, kJobVersion}, {"task", job.task}};
  text["sources"] = Text::array();
  for (const fs::path& source : job.sources) text["sources"].push_back(text_of_path(source));
  const auto row = task_row(job.task);
  const std::vector<Setting> none;
  for (const Setting& setting : row ? *(*row)->settings : none) {
    if (!stands(setting)) continue;
    Text& place = setting.section == Section::Top ? text : text[section_name(setting.section)];
    place[setting.key] = text_of_setting(setting, job);
  }
  return text.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string to_json(const Job& job) {
  return job_text(job, [](const Setting&) { return true; });
}

std::string settings_text(const Job& job) {
  Job bare = job;
  bare.sources.clear();
  const auto usual = new_job(job.task);
  return job_text(bare, [&](const Setting& setting) {
    return !setting.later || !usual || setting.get(bare) != setting.get(*usual);
  });
}

Result<Job> from_json(std::string_view text, const std::string& what, const fs::path& folder) {
  auto root = models::parse_json(text, what, kMaxJobBytes);
  if (!root) {
    const bool large = root.error().code == ErrorCode::TooLarge;
    return fail(large ? ErrorCode::TooLarge : ErrorCode::Usage, root.error().sentence);
  }
  return Reader(what, folder).job(*root);
}

}  // namespace latent::app
