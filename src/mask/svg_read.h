// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/geometry.h"
#include "mask/path.h"

namespace latent::mask {

/// The filled shapes of an SVG, in pixels of a picture.
struct SvgShapes {
  Shape shape;                       ///< a group: what is filled, one over the other
  std::vector<std::string> notices;  ///< what was left out: texts, strokes, ...
};

/// Reads what an SVG fills as a shape that rasterise() draws: paths (all commands, arcs too),
/// rectangles without round corners, circles, ellipses, polygons, polylines, in groups, moved by
/// transforms. Every fill counts as 1, whatever its colour; fill="none" as nothing. Of a path by the rule
/// "nonzero" the parts are joined or taken away by the way in which they run round, which is the
/// same where they do not cross.
///
/// `size`   of the picture on which the drawing's own frame (viewBox, or width and height) is laid
/// Errors   Corrupt      no XML, no SVG, numbers or commands that are none.
///          Unsupported  no frame; a frame of another aspect than the picture, by more than a pixel;
///                       more than 2 million nodes; as metadata::xml_elements().
///          NotFound     nothing in it is filled.
///          Messages are predicates.
/// Threads  pure function.
/// Source   W3C SVG 1.1, 7.6, 8.3, 9, 11.3, appendix F.6.
[[nodiscard]] Result<SvgShapes> read_svg(std::string_view text, Size size);

}  // namespace latent::mask
