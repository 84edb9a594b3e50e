// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "app/setting.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11 calls itself so
class App;
class Option;
}  // namespace CLI

namespace latent::cli {

/// The options of a verb that are rows of the table of words: names, help, defaults and what is
/// taken come from there. Stays where it is once declared, since CLI11 keeps its address.
class SettingOptions {
 public:
  SettingOptions() = default;
  SettingOptions(const SettingOptions&) = delete;
  SettingOptions& operator=(const SettingOptions&) = delete;
  SettingOptions(SettingOptions&&) = delete;
  SettingOptions& operator=(SettingOptions&&) = delete;
  ~SettingOptions() = default;

  /// Declares an option for every row that has one, without a value where it is true or false; defaults are shown as `defaults` has them.
  void declare(CLI::App& verb, const std::vector<app::Setting>& table, const app::Job& defaults);

  /// Puts what was given on the command line into a job.
  ///
  /// Errors   Usage  a value that the setting does not take; the sentence begins with the option.
  [[nodiscard]] Status into(app::Job& job) const;

 private:
  struct Given {
    const app::Setting* setting;
    CLI::Option* option;
    std::string text;
  };
  [[nodiscard]] const Given* find(std::string_view key) const;

  std::deque<Given> options_;
};

}  // namespace latent::cli
