// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/geometry.h"
#include "read/photograph.h"

namespace latent::tasks {

/// Sites of one camera that are hot or dead in nearly every frame of a batch.
struct LearnedSites {
  static constexpr int kFewestFrames = 3;
  Size frame;                ///< of the active area
  int frames = 0;            ///< that were looked at
  std::vector<Point> sites;  ///< by rows, then columns; none where fewer than kFewestFrames
  [[nodiscard]] bool known() const { return frames >= kFewestFrames; }
};

/// Learns, from the raws of a batch, which sites of each camera are struck (--hot-pixels learn).
///
/// Of the sources that are of the same camera, with frames of the same size, up to twelve are
/// searched, spread over the batch; of many frames of few scenes 48 are decoded. A site counts that three of them show as struck, and two thirds
/// of all. Frames of the same scene count once: a sparkle of a scene on a tripod stands still as a
/// hot site does.
///
/// Threads  one call at a time.
class SiteLearner {
 public:
  SiteLearner(std::vector<std::filesystem::path> sources, Limits limits, int threads);

  /// What the sources teach of the camera of `photograph`; learned at the first call for it.
  ///
  /// Errors   Cancelled. A source that cannot be read teaches nothing.
  [[nodiscard]] Result<std::shared_ptr<const LearnedSites>> sites_for(
      const read::Photograph& photograph, const RunControl& control);

 private:
  [[nodiscard]] Result<LearnedSites> learn(const std::string& camera, const RunControl& control);

  std::vector<std::filesystem::path> sources_;
  Limits limits_;
  int threads_ = 1;
  std::map<std::string, std::shared_ptr<const LearnedSites>> learned_;
};

}  // namespace latent::tasks
