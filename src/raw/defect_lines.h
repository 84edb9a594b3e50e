// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "raw/defect_judge.h"

namespace latent::raw {

/// A column or row, or the part of one that ends at the frame's edge, whose sites are all struck.
struct DefectLine {
  bool column = true;
  int at = 0;     ///< its x, or its y
  int first = 0;  ///< the first struck site along it
  int last = 0;   ///< one behind the last
  DefectKind kind = DefectKind::Hot;
};

/// Finds struck columns and rows: nine in ten of their sites stand above (or below) all but one
/// site of their colour beside the line, over the whole frame or over a quarter of it that begins
/// at an edge, and the lines next to it, which any light would reach, do not. Two side by side may
/// be struck; where more than one line in a hundred is, it is a pattern, and none counts.
[[nodiscard]] std::vector<DefectLine> find_defect_lines(const Sites& sites);

}  // namespace latent::raw
