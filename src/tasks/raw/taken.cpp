// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/taken.h"

#include <fmt/format.h>

#include "base/path.h"

namespace latent::tasks {

namespace fs = std::filesystem;

Status check_sensor(SensorClass sensor) {
  switch (sensor) {
    case SensorClass::Bayer:
    case SensorClass::XTrans:
    case SensorClass::Mono:
      return {};
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
    const auto taken = check_sensor(facts.sensor);
    if (taken) return {};
    obstacle = taken.error().sentence;
  }
  return fail(ErrorCode::Unsupported, source, quoted(source) + " " + obstacle);
}

}  // namespace latent::tasks
