// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"
#include "mask/path.h"

namespace latent::mask {

struct VectoriseSettings {
  double threshold = 0.5;   ///< above it a pixel belongs to the object; between 0 and 1
  int cleanup_px2 = 10;     ///< outlines and holes of a smaller area are left out; 0 keeps all
  double smoothing = 1;     ///< 0: all corners, to 1.34: no corner
  double feather_px = 0;    ///< of all nodes; spikes narrower than twice that are removed
  double tolerance_px = 0;  ///< from contour to curve; 0: by how clean the contour is, 0.1 to 0.6
  int threads = 0;          ///< 0: as many as the processor has
};

struct Vectorised {
  Shape shape;  ///< a group: outlines as union, holes as difference, islands as union again
  int outlines = 0;
  int holes = 0;
  std::size_t nodes = 0;
  double contour_px = 0;       ///< length of all contours
  double iou = 1;              ///< path against mask, of pixels above the threshold
  std::int64_t spikes_px = 0;  ///< pixels of removed spikes
};

/// Makes an editable path of a soft mask: the line where it has the value of the threshold, to
/// parts of a pixel. Holes and islands in them are paths of their own. An object that touches the
/// border of the picture goes on beyond it. At most one node for 12 px of contour, 3 in the
/// smallest path.
///
/// Shapes   mask [h, w, 1]
/// Units    mask 0 to 1, linear coverage; paths in its pixels.
/// Errors   Usage      a setting outside its range.
///          TooLarge   memory is refused.
///          Cancelled
/// Threads  any.
/// Source   potrace for outlines, their order and their corners (decision 34).
[[nodiscard]] Result<Vectorised> vectorise(ImageView<const float> mask,
                                           const VectoriseSettings& settings,
                                           const RunControl& control = {});

}  // namespace latent::mask
