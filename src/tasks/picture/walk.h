// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "metadata/provenance.h"
#include "models/store/package.h"
#include "tasks/picture/output.h"
#include "tasks/picture/prepared.h"
#include "tasks/task.h"

namespace latent::tasks {

/// The whole picture, or the region where it lies inside.
///
/// Errors   Usage  it does not.
[[nodiscard]] Result<Rect> region_in(Size picture, const std::optional<Rect>& region);

/// What denoise and upscale do each in its own way.
///
/// Threads  one call at a time.
class PictureSteps {
 public:
  using TakeRows = std::function<Status(ImageView<const float> rows)>;

  PictureSteps() = default;
  PictureSteps(const PictureSteps&) = delete;
  PictureSteps& operator=(const PictureSteps&) = delete;
  virtual ~PictureSteps() = default;

  [[nodiscard]] virtual int scale() const { return 1; }
  [[nodiscard]] virtual Settings plain_settings() const = 0;

  /// Judges the settings, and reads the network that they want. Before all that follows, each of
  /// which is given the same settings.
  [[nodiscard]] virtual Status adopt(const Settings& settings) = 0;

  /// What the user should know: of the network, and of settings that it cannot honour.
  [[nodiscard]] virtual std::vector<std::string> notices() const = 0;
  [[nodiscard]] virtual std::vector<std::string> unused(const Settings& /*settings*/) const {
    return {};
  }

  /// The source comes out as it is, without a network.
  [[nodiscard]] virtual bool changes_nothing(const Settings& settings) const = 0;

  /// Begins to compile for a region, or for any that is to be shown.
  [[nodiscard]] virtual Status begin(Size picture, const Rect& region,
                                     const Settings& settings) = 0;
  virtual void begin_shown(Size picture) = 0;
  [[nodiscard]] virtual Status ready_shown(Size picture) = 0;

  /// Brings the picture where this task begins, and measures what it wants to know of it.
  [[nodiscard]] virtual Status begin_with(PreparedPicture& /*picture*/,
                                          const Settings& /*settings*/,
                                          const RunControl& /*control*/,
                                          PictureReport& /*report*/) {
    return {};
  }
  [[nodiscard]] virtual Status measure(PreparedPicture& /*picture*/, const Settings& /*settings*/) {
    return {};
  }

  [[nodiscard]] virtual metadata::Provenance provenance(const PreparedPicture& picture,
                                                        const Settings& settings) const = 0;

  /// Alpha of the result of a region; empty where there is none.
  [[nodiscard]] virtual PictureRows::AlphaRows alpha(const PictureSource& source,
                                                     const Rect& region) const = 0;

  /// Finished rows of a region, in the working encoding, from the network.
  [[nodiscard]] virtual Status rows(PreparedPicture& picture, const Rect& region,
                                    const Settings& settings, const TakeRows& take,
                                    const RunControl& control, PictureReport& report) = 0;

  /// The region before and after.
  [[nodiscard]] virtual Result<Shown> show(PreparedPicture& picture, const Rect& region,
                                           const Settings& settings, const RunControl& control) = 0;
};

/// What the result says of the task; strengths, level and scale are the caller's.
[[nodiscard]] metadata::Provenance provenance_of(const char* task, const models::Package& package,
                                                 const PreparedPicture& picture);

/// Rows that come top to bottom become the image [h, w, 3], grey three times.
[[nodiscard]] PictureSteps::TakeRows rows_into(Image<float>& image, int& row);

/// The way of every finished picture through the rooms: opened and decoded; brought where the task
/// begins and measured; through the network; converted and written.
[[nodiscard]] std::unique_ptr<Work> picture_walk(std::unique_ptr<PictureSteps> steps);

}  // namespace latent::tasks
