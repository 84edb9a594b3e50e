// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "base/limits.h"
#include "fill/spots.h"
#include "tasks/task.h"

namespace latent::tasks {

/// Erases objects and dust and fills what is left from the surroundings, by the built-in fill or by
/// a network (`package`). Takes EraseSettings, reports EraseReport. Every sample outside the holes
/// stays, bit for bit, as far as the format of the result holds it.
///
/// A raw whose target is a DNG stays a raw: holes are filled on its own samples by the built-in
/// fill. For every other target it is developed.
///
/// Beyond the errors of reading and writing: those of hole_mask_of(); Usage for a network and a raw
/// that is to stay one.
///
/// Errors   Unsupported, ModelMismatch, Corrupt  as models::load_network().
[[nodiscard]] Result<Task> create_erase(const std::optional<models::Package>& package,
                                        const infer::EngineRequest& engine,
                                        const Limits& limits = {});

/// The shadows of dust that `settings` would erase from a photograph, and its size: nothing is
/// written.
struct FoundSpots {
  Size picture;
  std::vector<fill::Spot> spots;
};
[[nodiscard]] Result<FoundSpots> look_for_spots(const read::Photograph& photograph,
                                                const RunControl& control);

}  // namespace latent::tasks
