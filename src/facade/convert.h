// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/batch.h"
#include "app/job.h"
#include "app/model_manager.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/threads.h"
#include "latent/latent.h"
#include "read/photograph.h"
#include "tasks/task_report.h"

// The types of the rooms as those of the library, and back.
namespace latent::facade {

[[nodiscard]] v0::Failure failure_of(const Error& error);

/// Errors   Usage  as check_limits().
[[nodiscard]] Result<Limits> limits_of(const v0::Limits& asked);

[[nodiscard]] v0::EngineKind kind_of(infer::EngineKind kind);
[[nodiscard]] v0::Precision precision_of(infer::Precision precision);

/// What a task tells of one photograph; names of files and of the model are the caller's.
[[nodiscard]] v0::FileResult result_of(const app::TaskAnswer& answer);

[[nodiscard]] v0::ModelInfo info_of(const app::ModelEntry& entry);

/// The photograph that a file of these pixels would be.
///
/// Errors   as app::photograph_of().
[[nodiscard]] Result<read::Photograph> photograph_of(const v0::PictureView& picture,
                                                     const Limits& limits);

[[nodiscard]] v0::SensorNoise noise_of(const NoiseModel& noise);

/// Runs `work`, which gives a Result<T>: what it throws becomes a failure.
template <class T, class Work>
[[nodiscard]] v0::Outcome<T> outcome_of(const Work& work) {
  try {
    Result<T> result = work();
    if (!result) return failure_of(result.error());
    return *std::move(result);
  } catch (...) {
    return failure_of(error_of_exception());
  }
}

}  // namespace latent::facade

namespace latent::v0 {

struct Job::Inside {
  app::Job job;
};

/// The way into a job for the other files of this room.
struct JobAccess {
  [[nodiscard]] static const app::Job& of(const Job& job) { return job.inside_->job; }
  [[nodiscard]] static Job made(app::Job job) {
    return Job(std::make_shared<const Job::Inside>(Job::Inside{std::move(job)}));
  }
};

}  // namespace latent::v0
