// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "mask/path.h"
#include "metadata/darktable_edit.h"

namespace latent::mask {

/// The version of masks that is written: darktable 4.2 to 5.8 reads it.
inline constexpr int kDarktableMasksVersion = 6;

/// The picture that darktable counts in: its nodes are parts of the sides of what it takes in, its
/// feathers parts of the shorter one. Of finished pictures that is the picture itself, not turned.
struct DarktableFrame {
  Size whole;    ///< what darktable takes in: of raw files with the margins that it knows
  Point origin;  ///< where the pixels of our mask begin in it
};

/// What was read of a mask, and what of it cannot be drawn.
struct DarktableShape {
  Shape shape;
  std::vector<std::string> notices;  ///< one sentence each
};

/// The nodes of a path: 36 bytes each, little endian.
///
/// Errors   Corrupt  another size, or numbers that no path has. Messages are predicates.
[[nodiscard]] Result<std::vector<PathNode>> path_of_points(std::span<const std::uint8_t> points,
                                                           const DarktableFrame& frame);
[[nodiscard]] std::vector<std::uint8_t> points_of_path(std::span<const PathNode> path,
                                                       const DarktableFrame& frame);

/// One entry of a group: a form, and how it is drawn onto those before it.
struct GroupEntry {
  std::int32_t form = 0;
  std::int32_t parent = 0;
  std::uint32_t state = 0;
  float opacity = 1;
};

/// A group as its points have it.
struct GroupPoints {
  std::vector<GroupEntry> entries;
  bool inverse = false;         ///< version 7: of what all members give together
  float opacity = 1;            ///< version 7: likewise
  bool has_refinement = false;  ///< version 7: feathering, blur or contrast, which is not drawn
};

/// The entries of a group: 16 bytes each in version 6 of masks and before, 240 in version 7.
///
/// Errors   Corrupt  a size that is no multiple of that. Messages are predicates.
[[nodiscard]] Result<GroupPoints> group_of_points(std::span<const std::uint8_t> points,
                                                  int version);
[[nodiscard]] std::vector<std::uint8_t> points_of_group(std::span<const GroupEntry> entries);

/// A form of an edit, with all that is in it where it is a group.
///
/// Errors   NotFound     no form has that id.
///          Unsupported  a form that is no path and no group of paths; masks of a version below 4
///                       or above 7.
///          Corrupt      points that are none; groups more than 16 deep, or that hold themselves.
///                       The sentence names the form.
///          TooLarge     more than 20,000 forms, counted each time that they are drawn.
[[nodiscard]] Result<DarktableShape> shape_of_form(std::span<const metadata::DarktableForm> forms,
                                                   int id, const DarktableFrame& frame);

/// A shape as forms of masks version 6: its paths, then the group of them, which is the last.
/// `first_id` is given to the first form, the next to the second, and so on.
///
/// Errors   Unsupported  what version 6 has no words for: product, screen, groups within groups.
[[nodiscard]] Result<std::vector<metadata::DarktableForm>> forms_of_shape(
    const Shape& shape, const std::string& name, const DarktableFrame& frame, int first_id);

}  // namespace latent::mask
