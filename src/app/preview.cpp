// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/preview.h"

#include <fmt/format.h>

#include <utility>

namespace latent::app {

namespace {

int scale_of(const Job& job) {
  const auto* upscale = std::get_if<UpscaleChoice>(&job.settings);
  return upscale == nullptr ? 1 : upscale->scale;
}

}  // namespace

Result<Preview> Preview::open(const Job& job, const read::Photograph& photograph,
                              const Workplace& at, const RunControl& control) {
  LATENT_TRY(ReadyTask ready, ready_task(job, at));
  const auto watching = ready.lease.watch(control.stop);
  LATENT_TRY(tasks::Prepared prepared, ready.lease.task().prepare(photograph, control));
  return Preview(std::move(ready), std::move(prepared), scale_of(job));
}

Result<tasks::Shown> Preview::show(const Job& job, const Rect& region, const RunControl& control) {
  if (job.task != ready_.row->id || scale_of(job) != scale_) {
    return fail(ErrorCode::Usage,
                fmt::format("this preview is of {}{}; open another for what the settings ask",
                            ready_.row->id, scale_ == 1 ? "" : fmt::format(" x{}", scale_)));
  }
  return ready_.lease.task().show(prepared_, region, ready_.row->settings_of(job), control);
}

Result<TaskAnswer> run_in_memory(const Job& job, const read::Photograph& photograph,
                                 const tasks::RowSink& take, const Workplace& at,
                                 const RunControl& control) {
  LATENT_TRY(ReadyTask ready, ready_task(job, at));
  const auto watching = ready.lease.watch(control.stop);
  tasks::Target target;
  target.path = "memory." + job.format;
  target.take = take;
  LATENT_TRY(const tasks::AnyReport report,
             ready.lease.task().run(photograph, target, ready.settings, control));
  TaskAnswer answer = ready.row->answer(report);
  auto& own = answer.common.notices;
  own.insert(own.begin(), ready.notices.begin(), ready.notices.end());
  return answer;
}

}  // namespace latent::app
