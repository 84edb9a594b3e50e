// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/taken.h"

#include <fmt/format.h>

#include "base/path.h"

namespace latent::tasks {

namespace fs = std::filesystem;

Result<models::CfaKind> cfa_kind(SensorClass sensor) {
  switch (sensor) {
    case SensorClass::Bayer:
      return models::CfaKind::Bayer;
    case SensorClass::XTrans:
      return models::CfaKind::XTrans;
    case SensorClass::Mono:
      return models::CfaKind::Mono;
    default:
      return fail(ErrorCode::Unsupported,
                  fmt::format("has a {} sensor, whose mosaic raw denoise does not take; develop it "
                              "with a raw developer instead",
                              sensor_class_name(sensor)));
  }
}

Status check_taken(const fs::path& source, const read::RawFacts& facts) {
  if (facts.opens_as_linear) return {};
  std::string obstacle = facts.obstacle;
  if (facts.opens_as_mosaic) {
    const auto kind = cfa_kind(facts.sensor);
    if (kind) return {};
    obstacle = kind.error().message;
  }
  return fail(ErrorCode::Unsupported, quoted(source) + " " + obstacle);
}

}  // namespace latent::tasks
