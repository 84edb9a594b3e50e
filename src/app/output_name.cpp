// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_name.h"

#include "app/output_plan.h"

namespace latent::app {

Result<OutputName> output_name(const std::filesystem::path& source, const std::string& suffix,
                               const std::string& extension, const OutputRule& rule) {
  return OutputPlan({source}, suffix, extension, rule).name(0);
}

}  // namespace latent::app
