// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/setting_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "cli/output.h"

namespace latent::cli {

using app::Setting;

namespace {

/// "--output" of "-o,--output".
std::string long_name(const Setting& setting) {
  return setting.option.substr(setting.option.rfind(',') + 1);
}

/// A sentence where a percentage looks like a fraction; else empty.
std::string doubt_of(const Setting& setting, const models::Json& value) {
  const auto* number = value.as_real();
  const bool percent = setting.form == app::Form::Number && setting.least == 0 &&
                       setting.most == 100 && setting.section == app::Section::Settings;
  if (!percent || number == nullptr || *number <= 0 || *number > 1) return "";
  return fmt::format("{} {} means {} percent; write {} for {} percent", long_name(setting), *number,
                     *number, *number * 100, *number * 100);
}

}  // namespace

const SettingOptions::Given* SettingOptions::find(std::string_view key) const {
  for (const Given& given : options_) {
    if (given.setting->key == key) return &given;
  }
  return nullptr;
}

void SettingOptions::declare(CLI::App& verb, const std::vector<Setting>& table,
                             const app::Job& defaults) {
  for (const Setting& setting : table) {
    if (setting.option.empty()) continue;
    Given& given = options_.emplace_back(Given{&setting, nullptr, {}});
    if (setting.form == app::Form::Flag) {
      given.text = "true";
      given.option = verb.add_flag(setting.option, setting.help);
      if (const Given* other = find(setting.needs)) given.option->needs(other->option);
      continue;
    }
    given.option = verb.add_option(setting.option, given.text, setting.help);
    given.option->type_name(app::short_form(setting));
    if (setting.form == app::Form::Places ||
        setting.form == app::Form::Paths) {  // given again and again: a line each
      given.option->multi_option_policy(CLI::MultiOptionPolicy::Join)->delimiter('\n');
    }
    const std::string usual = app::text_of_value(setting, setting.get(defaults));
    if (!usual.empty()) given.option->default_str(usual);
    if (const Given* other = find(setting.needs)) given.option->needs(other->option);
    if (const Given* other = find(setting.excludes)) given.option->excludes(other->option);
  }
}

Status SettingOptions::into(app::Job& job) const {
  for (const Given& given : options_) {
    if (given.option->count() == 0) continue;
    LATENT_TRY(const models::Json value,
               app::value_of_text(*given.setting, given.text, long_name(*given.setting)));
    given.setting->set(job, value);
    if (const std::string doubt = doubt_of(*given.setting, value); !doubt.empty()) {
      print_aside(fmt::format("latent: {}\n", doubt));
    }
  }
  return {};
}

}  // namespace latent::cli
