// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/studio_settings.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>
#include <vector>

#include "base/file_access.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/json.h"

namespace latent::app {

namespace {

using models::Json;
using models::text_at;
constexpr std::size_t kMostBytes = std::size_t{4} << 20U;

const Json::Object* object_in(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? nullptr : found->second.as_object();
}

}  // namespace

std::string job_text(Job job) {
  job.sources = {"/"};  // a text without any is no job
  job.output.file.reset();
  job.output.folder.reset();
  return to_json(job);
}

Result<Job> job_of_text(const std::string& text) {
  LATENT_TRY(Job job, from_json(text, "the settings", {}));
  job.sources.clear();
  return job;
}

StudioSettings StudioSettings::load(const std::filesystem::path& file,
                                    std::vector<std::string>* notices) {
  StudioSettings settings;
  settings.file_ = file;
  if (file.empty()) return settings;
  const auto text = read_small_file(file, kMostBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return settings;
  const auto json = text ? models::parse_json(*text, quoted(file), kMostBytes)
                         : Result<Json>(tl::make_unexpected(text.error()));
  const auto* top = json ? json->as_object() : nullptr;
  if (top == nullptr) {
    if (notices != nullptr) {
      notices->push_back("the settings of the studio could not be read and begin anew: " +
                         (json ? quoted(file) + " is no object" : json.error().sentence));
    }
    return settings;
  }
  if (const auto* words = object_in(*top, "words")) {
    for (const auto& [key, value] : *words) {
      if (const auto* word = value.as_string()) settings.words_[key] = *word;
    }
  }
  if (const auto* jobs = object_in(*top, "jobs")) {
    for (const auto& [key, value] : *jobs) {
      if (const auto* job = value.as_string()) settings.jobs_[key] = *job;
    }
  }
  if (const auto* presets = object_in(*top, "presets")) {
    for (const auto& [name, value] : *presets) {
      const auto* preset = value.as_object();
      if (preset == nullptr) continue;
      settings.presets_[name] = {text_at(*preset, "task"), text_at(*preset, "job"),
                                 text_at(*preset, "pattern")};
    }
  }
  return settings;
}

Status StudioSettings::save() const {
  if (file_.empty()) return {};
  Json::Object words;
  for (const auto& [key, value] : words_) words[key] = value;
  Json::Object jobs;
  for (const auto& [key, value] : jobs_) jobs[key] = value;
  Json::Object presets;
  for (const auto& [name, preset] : presets_) {
    presets[name] =
        Json::Object{{"task", preset.task}, {"job", preset.job}, {"pattern", preset.pattern}};
  }
  LATENT_CHECK(make_private_folders(file_.parent_path()));
  return replace_file(file_,
                      {models::dump_json(Json(Json::Object{{"words", std::move(words)},
                                                           {"jobs", std::move(jobs)},
                                                           {"presets", std::move(presets)}}))});
}

std::string StudioSettings::word(std::string_view key, std::string_view otherwise) const {
  const auto found = words_.find(key);
  return found == words_.end() ? std::string(otherwise) : found->second;
}
void StudioSettings::set_word(const std::string& key, std::string value) {
  words_[key] = std::move(value);
}

double StudioSettings::number(std::string_view key, double otherwise) const {
  const std::string text = word(key);
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || end != text.c_str() + text.size() ? otherwise : value;
}
void StudioSettings::set_number(const std::string& key, double value) {
  words_[key] = fmt::format("{}", value);
}

Job plain_job(std::string_view task) {
  Job job = *new_job(task);
  if (auto* upscale = std::get_if<UpscaleChoice>(&job.settings)) upscale->scale = 2;
  return job;
}

Job StudioSettings::job(std::string_view task) const {
  const auto found = jobs_.find(task);
  if (found != jobs_.end()) {
    if (auto job = job_of_text(found->second); job && job->task == task) return *std::move(job);
  }
  return plain_job(task);
}
void StudioSettings::set_job(const Job& job) { jobs_[job.task] = job_text(job); }

void StudioSettings::set_preset(const std::string& name, Preset preset) {
  presets_[name] = std::move(preset);
}
void StudioSettings::remove_preset(const std::string& name) { presets_.erase(name); }

}  // namespace latent::app
