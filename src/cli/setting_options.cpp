// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/setting_options.h"

#include <CLI/CLI.hpp>

namespace latent::cli {

using app::Setting;

namespace {

/// "--output" of "-o,--output".
std::string long_name(const Setting& setting) {
  return setting.option.substr(setting.option.rfind(',') + 1);
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
      continue;
    }
    given.option = verb.add_option(setting.option, given.text, setting.help);
    given.option->type_name(app::short_form(setting));
    if (setting.form == app::Form::Places) {  // given again and again: a line each
      given.option->multi_option_policy(CLI::MultiOptionPolicy::Join)->delimiter('\n');
    }
    given.option->required(setting.required);
    const std::string usual = app::text_of_value(setting, setting.get(defaults));
    if (!setting.required && !usual.empty()) given.option->default_str(usual);
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
  }
  return {};
}

}  // namespace latent::cli
