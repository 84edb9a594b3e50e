// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/svg.h"

#include <fmt/format.h>

#include <span>

namespace latent::mask {

namespace {

/// Hundredths of a pixel: finer than any contour.
std::string place(PathPoint at) { return fmt::format("{:.2f} {:.2f}", at.x, at.y); }

std::string commands(std::span<const PathNode> path) {
  std::string text = "M " + place(path.front().at);
  for (std::size_t i = 0; i < path.size(); ++i) {
    const PathNode& from = path[i];
    const PathNode& to = path[(i + 1) % path.size()];
    text += fmt::format(" C {} {} {}", place(from.leaving), place(to.arriving), place(to.at));
  }
  return text + " Z";
}

}  // namespace

Result<std::string> svg_of(const Shape& shape, Size size) {
  const std::span<const Shape> members =
      shape.path.empty() ? std::span<const Shape>(shape.members) : std::span(&shape, 1);
  std::string text;
  for (const Shape& member : members) {
    const bool plain =
        (member.combine == Combine::Union || member.combine == Combine::Difference) &&
        !member.inverse && member.opacity == 1 && !member.path.empty();
    if (!plain) {
      return fail(ErrorCode::Unsupported,
                  "an SVG holds outlines and holes; this mask is combined in another way: write "
                  "a picture (.png, .tif) or an edit (.xmp)");
    }
    text += (text.empty() ? "" : "\n        ") + commands(member.path);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\">\n"
      "  <path fill=\"#ffffff\" fill-rule=\"evenodd\"\n"
      "     d=\"{2}\"/>\n"
      "</svg>\n",
      size.width, size.height, text);
}

}  // namespace latent::mask
