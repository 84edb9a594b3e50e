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

struct FittedTask {
  Fitted fitted;
  ReadyTask ready;
};

/// The task of a job, and the job, for this photograph.
Result<FittedTask> ready_for(const Job& job, const read::Photograph& photograph,
                             const Workplace& at) {
  LATENT_TRY(const TaskRow* row, task_row(job.task));
  LATENT_TRY(Fitted fitted, fitted_to(*row, job, photograph));
  LATENT_TRY(ReadyTask ready, ready_task(fitted.job, at));
  return FittedTask{std::move(fitted), std::move(ready)};
}

}  // namespace

Result<Preview> Preview::open(const Job& job, const read::Photograph& photograph,
                              const Workplace& at, const RunControl& control) {
  LATENT_TRY(FittedTask of, ready_for(job, photograph, at));
  const auto watching = of.ready.lease.watch(control.stop);
  LATENT_TRY(tasks::Prepared prepared, of.ready.lease.task().prepare(photograph, control));
  return Preview(std::move(of.ready), std::move(prepared), photograph, scale_of(of.fitted.job));
}

Result<tasks::Shown> Preview::show(const Job& job, const Rect& region, const RunControl& control) {
  if (job.task != ready_.row->id) return another_task();
  LATENT_TRY(const Fitted fitted, fitted_to(*ready_.row, job, photograph_));
  if (scale_of(fitted.job) != scale_) return another_task();
  return ready_.lease.task().show(prepared_, region, ready_.row->settings_of(fitted.job), control);
}

tl::unexpected<Error> Preview::another_task() const {
  return fail(ErrorCode::Usage,
              fmt::format("this preview is of {}{}; open another for what the settings ask",
                          ready_.row->id, scale_ == 1 ? "" : fmt::format(" x{}", scale_)));
}

Result<TaskAnswer> run_in_memory(const Job& job, const read::Photograph& photograph,
                                 const tasks::RowSink& take, const Workplace& at,
                                 const RunControl& control) {
  LATENT_TRY(const FittedTask of, ready_for(job, photograph, at));
  const auto& [fitted, ready] = of;
  const auto watching = ready.lease.watch(control.stop);
  tasks::Target target;
  target.path = "memory." + job.format;
  target.take = take;
  LATENT_TRY(const tasks::AnyReport report,
             ready.lease.task().run(photograph, target, ready.settings, control));
  TaskAnswer answer = ready.row->answer(report);
  auto& own = answer.common.notices;
  own.insert(own.begin(), ready.notices.begin(), ready.notices.end());
  own.insert(own.end(), fitted.notices.begin(), fitted.notices.end());
  return answer;
}

}  // namespace latent::app
