// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/job.h"
#include "base/result.h"
#include "latent/engine.h"
#include "latent/tasks.h"

// Turns requests into jobs by the words of the one table, which also checks them.
namespace latent::facade {

/// A job with the settings and the model of a request, without sources and output.
///
/// Errors   Usage  a value out of its range; the sentence begins with the field's name.
[[nodiscard]] Result<app::Job> job_of(const v0::RawDenoise& task);
[[nodiscard]] Result<app::Job> job_of(const v0::Denoise& task);
[[nodiscard]] Result<app::Job> job_of(const v0::Upscale& task);
[[nodiscard]] Result<app::Job> job_of(const v0::Erase& task);
[[nodiscard]] Result<app::Job> job_of(const v0::Depth& task);

/// Errors   Usage  likewise.
[[nodiscard]] Status put_engine(app::Job& job, const v0::Engine& engine);
[[nodiscard]] Status put_output(app::Job& job, const v0::Output& output);

/// Whether the job leaves it to others what runs its networks.
[[nodiscard]] bool asks_for_no_engine(const app::Job& job);

}  // namespace latent::facade
