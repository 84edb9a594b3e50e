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

Result<std::filesystem::path> first_free_name(
    const std::filesystem::path& wanted,
    const std::function<bool(const std::filesystem::path&)>& is_taken) {
  constexpr int kMaxNumber = 9999;
  if (!is_taken(wanted)) return wanted;
  for (int number = 1; number <= kMaxNumber; ++number) {
    std::filesystem::path candidate =
        wanted.parent_path() /
        fmt::format("{}_{}{}", wanted.stem().native(), number, wanted.extension().native());
    if (!is_taken(candidate)) return candidate;
  }
  return fail(ErrorCode::Io, wanted,
              fmt::format("{} and all its numbered names up to _{} are taken; move some away",
                          quoted(wanted), kMaxNumber));
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
