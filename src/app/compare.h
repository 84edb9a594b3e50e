// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include "app/similarity.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"

namespace latent::app {

struct CompareJob {
  std::filesystem::path a;
  std::filesystem::path b;
  std::optional<Rect> region;                   ///< of both, unturned
  std::optional<std::filesystem::path> target;  ///< a PNG: a on the left, b on the right
  bool overwrite = false;
  Limits limits;  ///< of each of the two
};

/// Measures how far two pictures are from each other, and may draw them side by side: the left half
/// of the one, a thin line, the right half of the other. Pictures of any depth and profile are
/// brought to encoded sRGB first; raw files are developed neutrally.
///
/// Errors   as read::Photograph::picture(); Usage where the sizes differ or the region lies
/// outside.
[[nodiscard]] Result<Similarity> compare(const CompareJob& job, const RunControl& control);

}  // namespace latent::app
