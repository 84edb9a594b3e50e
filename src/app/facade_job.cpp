// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/facade_job.h"

#include <fmt/format.h>

#include "app/standard_paths.h"

namespace latent::v1 {

Result<app::Job> job_of_one(const char* task, const std::string& source, const std::string& target,
                            bool overwrite) {
  LATENT_TRY(app::Job job, app::new_job(task));
  job.sources = {source};
  job.output.file = target;
  job.output.if_exists = overwrite ? app::IfExists::Overwrite : app::IfExists::Refuse;
  return job;
}

Status put_engine(app::Job& job, const std::string& engine, const std::string& device,
                  const std::string& precision) {
  LATENT_CHECK(app::put_text(job, "engine", engine, "engine"));
  LATENT_CHECK(app::put_text(job, "device", device, "device"));
  return app::put_text(job, "precision", precision, "precision");
}

Status put_region(app::Job& job, const std::optional<std::array<int, 4>>& region) {
  if (!region) return {};
  return app::put_text(job, "region", fmt::format("{}", fmt::join(*region, ",")), "region");
}

Result<models::Json> facts_of(const app::FileReport& report) {
  return models::parse_json(report.task.facts, "the report", report.task.facts.size());
}

std::vector<std::string> notices_of(const tasks::TaskReport& report) {
  std::vector<std::string> notices = report.notices;
  for (auto& notice : app::folder_notices()) notices.push_back(notice);
  return notices;
}

Failure failure_of(const Error& error) { return {error_code_name(error.code), error.sentence}; }

}  // namespace latent::v1
