// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "mask/contour.h"
#include "mask/path.h"

namespace latent::mask {

/// Fits a closed path of cubic Bezier curves to the points of a contour, none further from it than
/// `tolerance_px`, with as few nodes as that takes, but 3 at least. Corners of the contour are
/// nodes with handles of their own directions; at all others both handles lie on one line. No two
/// nodes are closer than half a pixel. Empty where the contour has fewer than 3 points.
///
/// Source   P. Schneider, "An Algorithm for Automatically Fitting Digitized Curves", Graphics Gems,
///          1990: least squares for the handles, Newton's steps for the parameters, a split where
///          the distance is greatest.
[[nodiscard]] std::vector<PathNode> fit(const std::vector<ContourPoint>& contour,
                                        double tolerance_px);

}  // namespace latent::mask
