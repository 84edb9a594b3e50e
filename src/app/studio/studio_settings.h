// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "app/job.h"
#include "base/result.h"

namespace latent::app {

/// A choice of settings under a name.
struct Preset {
  std::string task;
  std::string job;      ///< as to_json(), without sources
  std::string pattern;  ///< of the result's name
};

/// What the studio remembers between two starts: plain words under keys, the last job of each task,
/// and presets. Window places are words too, made by whoever knows them.
///
/// Threads  one at a time.
class StudioSettings {
 public:
  /// Of config_folder()/studio.json; defaults where there is none or it is damaged, which
  /// `notices` gets a sentence about (the damaged one is replaced when something is saved).
  [[nodiscard]] static StudioSettings load(const std::filesystem::path& file,
                                           std::vector<std::string>* notices = nullptr);
  /// Nothing is written where there is no file name. Errors   as replace_file().
  [[nodiscard]] Status save() const;

  [[nodiscard]] std::string word(std::string_view key, std::string_view otherwise = "") const;
  void set_word(const std::string& key, std::string value);
  [[nodiscard]] double number(std::string_view key, double otherwise) const;
  void set_number(const std::string& key, double value);

  /// The job of that task as it was left, or a new one.
  [[nodiscard]] Job job(std::string_view task) const;
  void set_job(const Job& job);

  [[nodiscard]] const std::map<std::string, Preset>& presets() const { return presets_; }
  void set_preset(const std::string& name, Preset preset);
  void remove_preset(const std::string& name);

 private:
  std::filesystem::path file_;
  std::map<std::string, std::string, std::less<>> words_;
  std::map<std::string, std::string, std::less<>> jobs_;
  std::map<std::string, Preset> presets_;
};

/// A job of the task as the studio begins one: an enlargement has a factor, for there is no print
/// from which to take it.
[[nodiscard]] Job plain_job(std::string_view task);
/// A job as text without sources and without an output of its own: what a preset holds.
[[nodiscard]] std::string job_text(Job job);
/// The job that such a text holds. Errors   as from_json().
[[nodiscard]] Result<Job> job_of_text(const std::string& text);

}  // namespace latent::app
