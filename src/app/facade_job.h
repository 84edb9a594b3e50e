// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "app/task_table.h"
#include "latent/latent.h"

namespace latent::v1 {

// How requests of the installed library become jobs.

/// A job of one source and one named output.
[[nodiscard]] Result<app::Job> job_of_one(const char* task, const std::string& source,
                                          const std::string& target, bool overwrite);

/// Errors   Usage  a word that is none of those known.
[[nodiscard]] Status put_engine(app::Job& job, const std::string& engine, const std::string& device,
                                const std::string& precision);

/// Errors   Usage  numbers that are no region.
[[nodiscard]] Status put_region(app::Job& job, const std::optional<std::array<int, 4>>& region);

/// What a task tells beyond what all of them tell.
[[nodiscard]] Result<models::Json> facts_of(const app::FileReport& report);

/// Sentences the user should see: of the file, and of folders that are not used.
[[nodiscard]] std::vector<std::string> notices_of(const tasks::TaskReport& report);

[[nodiscard]] Failure failure_of(const Error& error);

}  // namespace latent::v1
