// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.h"
#include "image/image.h"

namespace latent::mask {

/// What the numbers of a depth network mean.
enum class DepthKind : std::uint8_t {
  Inverse,  ///< the nearer the larger; 0 is infinitely far
  Metric    ///< the farther the larger; infinity, and what is not above 0, is sky
};

/// Depths as shares of the range of a picture, by inverse depth, as disparities of two eyes go:
/// 0 the nearest, 1 the farthest.
struct DepthShares {
  Image<float> shares;  ///< [h, w, 1]
  double nearest = 0;   ///< in the network's numbers
  double farthest = 0;
};

/// Brings a network's answer to shares. One pixel in a thousand at either end counts as the end.
///
/// `exact_range`  the ends are the smallest and the largest value, as darktable has it
/// Shapes   values [h, w, 1].
/// Errors   ModelMismatch  values that are no numbers (but for the infinities of a sky), or all
///                         the same.
[[nodiscard]] Result<DepthShares> depth_shares(ImageView<const float> values, DepthKind kind,
                                               bool exact_range);

/// Where rows of the picture come from: [area height, area width, 3], encoded.
using ReadGuide = std::function<void(const Rect& area, ImageView<float> out)>;

/// Enlarges a depth map to a picture. In calm parts bilinear. Where depths differ, the ramp between
/// them is taken out of the small map first: its pixels take the depth of a calm neighbour that has
/// their colour. Then each pixel of the picture takes the depth of those pixels around it in the
/// small map that have its colour, so that edges of the map lie on edges of the picture.
///
/// Shapes   small [h, w, 1]; guide [h, w, 3], the picture reduced to that size; return [H, W, 1].
/// `snap`   false: bilinear alone.
/// Errors   TooLarge where memory is refused.
/// Threads  works on `threads`; calls `read` from each.
/// Source   Kopf and others, "Joint Bilateral Upsampling", SIGGRAPH 2007; the ramp is taken out as
///          in Ma and others, "Constant Time Weighted Median Filtering", ICCV 2013, by one vote.
[[nodiscard]] Result<Image<float>> enlarge_depth(ImageView<const float> small,
                                                 ImageView<const float> guide, Size picture,
                                                 const ReadGuide& read, bool snap, int threads);

/// Makes a soft mask of depths, in place: 1 from `near` to `far`, falling to 0 within `soft` on
/// either side.
void mask_by_depth(ImageView<float> depth, float near, float far, float soft, bool invert);

}  // namespace latent::mask
