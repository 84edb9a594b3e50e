// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "app/settings_table.h"
#include "app/task_table.h"

namespace latent::app {

/// A value that is not the setting's default, where it has more than one.
inline models::Json unusual_value(const Setting& setting, const models::Json& usual) {
  using models::Json;
  switch (setting.form) {
    case Form::Flag:
      return Json(!*usual.as_bool());
    case Form::Whole:
      return Json(static_cast<std::int64_t>(setting.least) + 3);
    case Form::Number:
    case Form::AutoOrNumber:
      return Json(setting.least + 0.07 * (setting.most - setting.least));
    case Form::Word:
      return word_value(setting.words.back() == text_of_value(setting, usual)
                            ? setting.words.front()
                            : setting.words.back());
    case Form::Noise:
      return Json(
          Json::Object{{"a", Json::Array{1e-3, 2.5e-3, 0.1}}, {"b", Json::Array{1e-7, 0.0, 3e-5}}});
    case Form::Region:
      return Json(
          Json::Array{std::int64_t{1}, std::int64_t{2}, std::int64_t{30}, std::int64_t{40}});
    case Form::Print:
      return Json("8x10in@240");
    case Form::Places:
      return Json(Json::Array{Json(setting.least > 2 ? "1,2,30,4.5" : "1,2")});
    case Form::Device:
      return Json("gpu.1");
    case Form::Name:
      return Json("/somewhere/" + setting.key + (setting.key == "profile" ? ".icc" : ".dtmodel"));
    case Form::Paths:
      return Json(Json::Array{Json("/somewhere/\xE9 one"), Json("/somewhere/two")});
    case Form::Path:
      return Json("/somewhere/\xE9 " + setting.key);
  }
  return {};
}

/// A job in which every setting is other than usual: file and folder of the output too, of which
/// only one may stand in a text.
inline Job job_of_unusual_values(const std::string& task) {
  Job job = *new_job(task);
  job.sources = {"/pictures/one.tif"};
  for (const Setting& setting : *(*task_row(task))->settings) {
    setting.set(job, unusual_value(setting, setting.get(job)));
  }
  return job;
}

}  // namespace latent::app
