// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "image/mosaic.h"

namespace latent::raw {

/// What defects and the quick look for them agree on.
constexpr int kDefectRadius = 2;            ///< sites of its colour so far off count
constexpr double kDefectSigmas = 5.0;       ///< above the highest around: 6.4 above their mean
constexpr double kDefectContrasts = 3.5;    ///< times what its surroundings differ among themselves
constexpr std::size_t kDefectOutliers = 2;  ///< so many of its surroundings may be struck too
constexpr double kDefectLeastHeight = 0.005;  ///< of white - black

/// Levels and noise of one kind of site.
struct SiteFacts {
  double black = 0;
  double range = 1;
  double a = 0;
  double b = 0;
  std::vector<Point> same;  ///< offsets of the sites of its colour within the radius
  std::array<std::vector<Point>, 2> other;  ///< likewise of each other colour
};

/// Standard deviation of the noise of a site that shows `value`; both in units of (white - black).
[[nodiscard]] inline double sigma_at(const SiteFacts& site, double value) {
  return std::sqrt(site.a * std::max(0.0, value) + site.b);
}

/// A mosaic as counts of its frame. Nothing is mirrored: beyond the edge a site would be its own
/// neighbour.
class Sites {
 public:
  /// Errors: Unsupported where the mosaic has no colour twice within the radius.
  [[nodiscard]] static Result<Sites> create(const Mosaic& mosaic, const NoiseModel& noise);

  [[nodiscard]] Size size() const { return active_.size(); }
  [[nodiscard]] const SiteFacts& facts(int x, int y) const {
    return facts_[static_cast<std::size_t>(positive_modulo(y, period_.height) * period_.width +
                                           positive_modulo(x, period_.width))];
  }
  [[nodiscard]] int colour(int x, int y) const {
    return rgb_index(mosaic_->cfa.at(x + mosaic_->active.x, y + mosaic_->active.y));
  }
  /// All kinds of sites that there are.
  [[nodiscard]] const std::vector<SiteFacts>& kinds() const { return facts_; }
  /// The smallest white - black of all kinds of sites.
  [[nodiscard]] double least_range() const;
  [[nodiscard]] std::span<const std::uint16_t> row(int y) const { return active_.row(y); }
  [[nodiscard]] bool contain(int x, int y) const {
    return x >= 0 && y >= 0 && x < active_.width() && y < active_.height();
  }
  /// Inside, and not known to be struck.
  [[nodiscard]] bool sound(int x, int y) const {
    return contain(x, y) && (struck_.empty() || struck_[index(x, y)] == 0);
  }
  /// What is struck says nothing of its surroundings any more.
  void strike(int x, int y) {
    if (struck_.empty()) struck_.resize(static_cast<std::size_t>(size().area()));
    struck_[index(x, y)] = 1;
  }
  /// The count of a frame that is as dark as may be.
  [[nodiscard]] std::uint16_t darkest() const { return mosaic_->sample_min; }
  [[nodiscard]] std::uint16_t count(int x, int y) const { return active_.at(x, y); }
  /// In units of (white - black).
  [[nodiscard]] double value(int x, int y) const {
    const SiteFacts& site = facts(x, y);
    return (active_.at(x, y) - site.black) / site.range;
  }

 private:
  explicit Sites(const Mosaic& mosaic)
      : mosaic_(&mosaic), active_(mosaic.samples.view().crop(mosaic.active)) {}

  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(active_.width()) +
           static_cast<std::size_t>(x);
  }

  const Mosaic* mosaic_;
  ImageView<const std::uint16_t> active_;
  std::vector<std::uint8_t> struck_;  ///< of each site; empty while none is
  Size period_;
  std::vector<SiteFacts> facts_;
};

}  // namespace latent::raw
