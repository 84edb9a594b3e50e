// SPDX-License-Identifier: GPL-3.0-or-later
// The tasks as jobs name them, with their settings and nothing that runs: a fuzzer of jobs stands
// on no engine.
#include <array>
#include <utility>

#include "app/settings_table.h"
#include "app/task_table.h"

namespace latent::app {
namespace {

TaskRow row_of(std::string id, const std::vector<Setting>& settings, TaskSettings defaults) {
  TaskRow row;
  row.id = std::move(id);
  row.settings = &settings;
  row.defaults = std::move(defaults);
  const Setting* format = find_setting(settings, "format");
  row.endings = format == nullptr ? std::vector<std::string>{"dng"} : format->words;
  row.check = [](const Job&) -> Status { return {}; };
  return row;
}

}  // namespace

const std::vector<TaskRow>& task_table() {
  static const std::vector<TaskRow> kTable{
      row_of("rawdenoise", raw_denoise_settings(), tasks::RawDenoiseSettings{}),
      row_of("denoise", denoise_settings(), tasks::DenoiseSettings{}),
      row_of("upscale", upscale_settings(), UpscaleChoice{}),
      row_of("erase", erase_settings(), tasks::EraseSettings{}),
      row_of("depth", depth_settings(), tasks::DepthSettings{}),
      row_of("mask", mask_settings(), MaskChoice{})};
  return kTable;
}

Result<const TaskRow*> task_row(std::string_view id) {
  for (const TaskRow& row : task_table()) {
    if (row.id == id) return &row;
  }
  return fail(ErrorCode::Usage, "no such task");
}

}  // namespace latent::app
