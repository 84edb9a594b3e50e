// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shared_settings.h"

#include <utility>

namespace latent::app::rows {

void append(Table& table, const Table& more) {
  table.insert(table.end(), more.begin(), more.end());
}

Setting model(Row row, std::string Job::*field) {
  row.section = Section::Top;
  Setting setting = text(std::move(row), Form::Name, of_job(field));
  setting.path_endings = {".dtmodel", ".onnx"};
  return setting;
}

Setting task_model() {
  return model({.key = "model",
                .help = "id of an installed model, or a .dtmodel file; default: the model enabled "
                        "for this task"},
               &Job::model);
}

Table places() {
  const auto at = [](std::string key, std::string help, std::string option) {
    return Row{Section::Output, std::move(key), std::move(help), std::move(option)};
  };
  Setting folder = output_path(
      at("folder", "folder for the results; it is created if missing", "-O,--output-folder"),
      of_job(&Job::output, &OutputRule::folder));
  folder.excludes = "file";
  return {
      output_path(at("file", "name of the result (for a single source)", "-o,--output"),
                  of_job(&Job::output, &OutputRule::file)),
      std::move(folder),
      word<IfExists>(at("if_exists",
                        "if the result exists: number (use the next free name), refuse, overwrite, "
                        "or skip",
                        ""),
                     {{"number", IfExists::NextFreeName},
                      {"refuse", IfExists::Refuse},
                      {"overwrite", IfExists::Overwrite},
                      {"skip", IfExists::Skip}},
                     of_job(&Job::output, &OutputRule::if_exists)),
  };
}

}  // namespace latent::app::rows
