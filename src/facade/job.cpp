// SPDX-License-Identifier: GPL-3.0-or-later
#include <system_error>

#include "facade/convert.h"
#include "facade/requests.h"

namespace latent::v0 {

namespace {

template <class Task>
Outcome<Job> made(const Task& task, Job::Sources sources, const Output& output,
                  const Engine& engine) {
  return facade::outcome_of<Job>([&]() -> Result<Job> {
    LATENT_TRY(app::Job job, facade::job_of(task));
    job.sources = std::move(sources);
    LATENT_CHECK(facade::put_output(job, output));
    LATENT_CHECK(facade::put_engine(job, engine));
    LATENT_CHECK(app::check_job(job));
    return JobAccess::made(app::with_absolute_paths(std::move(job)));
  });
}

}  // namespace

Outcome<Job> Job::make(const RawDenoise& task, Sources sources, const Output& output,
                       const Engine& engine) {
  return made(task, std::move(sources), output, engine);
}
Outcome<Job> Job::make(const Denoise& task, Sources sources, const Output& output,
                       const Engine& engine) {
  return made(task, std::move(sources), output, engine);
}
Outcome<Job> Job::make(const Upscale& task, Sources sources, const Output& output,
                       const Engine& engine) {
  return made(task, std::move(sources), output, engine);
}

Outcome<Job> Job::make(const Erase& task, Sources sources, const Output& output,
                       const Engine& engine) {
  return made(task, std::move(sources), output, engine);
}
Outcome<Job> Job::make(const Depth& task, Sources sources, const Output& output,
                       const Engine& engine) {
  return made(task, std::move(sources), output, engine);
}

Outcome<Job> Job::from_json(std::string_view text, const std::filesystem::path& folder) {
  return facade::outcome_of<Job>([&]() -> Result<Job> {
    std::error_code unknown;
    const auto here = folder.empty() ? std::filesystem::current_path(unknown) : folder;
    LATENT_TRY(app::Job job, app::from_json(text, "the job", here));
    return JobAccess::made(app::with_absolute_paths(std::move(job)));
  });
}

std::string Job::to_json() const { return app::to_json(inside_->job); }

std::string Job::task() const { return inside_->job.task; }

const Job::Sources& Job::sources() const { return inside_->job.sources; }

}  // namespace latent::v0
