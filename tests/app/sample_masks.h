// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "mask/path.h"

namespace latent::app {

/// A group of one path: the square from (4, 2) to (12, 8), without a feather.
inline mask::Shape square_path() {
  mask::Shape path;
  path.name = "square";
  for (const mask::PathPoint corner : {mask::PathPoint{4, 2}, {12, 2}, {12, 8}, {4, 8}}) {
    path.path.push_back({corner, corner, corner, 0});
  }
  mask::Shape group;
  group.members.push_back(path);
  return group;
}

}  // namespace latent::app
