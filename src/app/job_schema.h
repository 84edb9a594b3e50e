// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent::app {

/// The JSON Schema (draft 2020-12) of jobs, made of the table of words. What it accepts from_json()
/// reads, and the other way round.
[[nodiscard]] std::string job_schema();

}  // namespace latent::app
