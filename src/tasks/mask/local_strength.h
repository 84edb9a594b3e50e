// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image/mask.h"
#include "read/photograph.h"
#include "tasks/settings.h"

namespace latent::tasks {

/// How much of what a task changes counts at each pixel of a photograph.
class LocalStrength {
 public:
  /// Errors   as mask_of().
  [[nodiscard]] static Result<LocalStrength> load(const LocalMask& mask,
                                                  const read::Photograph& photograph, Size size,
                                                  const RunControl& control);

  /// Shares 0..1 of a row, from `x` on. Places outside the photograph count as its border.
  void row(int x, int y, std::span<float> shares) const;

  /// The same of the photograph enlarged; `x` and `y` count there.
  void enlarged_row(int scale, int x, int y, std::span<float> shares) const;

  /// before + share * (after - before), in place of `after`: exactly `before` at 0, `after` at 1.
  ///
  /// Shapes   before, after [n, w, channels], the same; the region begins at x, y of the photograph
  ///          enlarged `scale` times.
  void mix(int scale, Point at, ImageView<const float> before, ImageView<float> after) const;

  [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

 private:
  explicit LocalStrength(SoftMask mask) : mask_(std::move(mask)) {}

  SoftMask mask_;
  std::vector<std::string> notices_;
};

/// Keeps the mask that was asked for last, while its file stays the same.
///
/// Threads  one call at a time.
class LocalStrengths {
 public:
  /// Null where the settings name no mask.
  ///
  /// Errors   as LocalStrength::load().
  [[nodiscard]] Result<const LocalStrength*> of(const LocalMask& mask,
                                                const read::Photograph& photograph, Size size,
                                                const RunControl& control);

 private:
  LocalMask loaded_for_;
  Size size_;
  std::filesystem::file_time_type time_;
  std::optional<LocalStrength> loaded_;
};

}  // namespace latent::tasks
