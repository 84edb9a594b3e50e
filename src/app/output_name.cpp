// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_name.h"

#include <fmt/format.h>

#include <system_error>

#include "app/output_plan.h"
#include "base/path.h"

namespace latent::app {

Result<OutputName> output_name(const std::filesystem::path& source, const std::string& suffix,
                               const std::string& extension, const OutputRule& rule) {
  LATENT_TRY(OutputName name, OutputPlan({source}, suffix, extension, rule).name(0));
  name.another = {};  // the plan that it would ask is gone
  return name;
}

Status check_is_not_source(const std::filesystem::path& target,
                           const std::filesystem::path& source) {
  std::error_code absent;
  if (!std::filesystem::equivalent(target, source, absent) || absent) return {};
  return fail(ErrorCode::Usage, target,
              fmt::format("{} is the source itself, which is never replaced; "
                          "name another output",
                          quoted(target)));
}

}  // namespace latent::app
