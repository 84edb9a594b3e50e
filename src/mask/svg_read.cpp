// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/svg_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "mask/flatten.h"
#include "mask/svg_numbers.h"
#include "metadata/xml_tags.h"

namespace latent::mask {

namespace {

using metadata::XmlElement;

constexpr std::string_view kSpace = "http://www.w3.org/2000/svg";
constexpr std::size_t kMostNodes = 2'000'000;

std::string_view value_of(const XmlElement& element, std::string_view name) {
  const auto* attribute = element.attribute("", name);
  return attribute == nullptr ? std::string_view() : std::string_view(attribute->value);
}

/// A property as an attribute or within style="...".
std::string_view property(const XmlElement& element, std::string_view name) {
  std::string_view style = value_of(element, "style");
  const auto trimmed = [](std::string_view text) {
    while (!text.empty() && text.front() <= ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() <= ' ') text.remove_suffix(1);
    return text;
  };
  while (!style.empty()) {
    const auto end = std::min(style.find(';'), style.size());
    const std::string_view entry = style.substr(0, end);
    style.remove_prefix(std::min(end + 1, style.size()));
    const auto colon = entry.find(':');
    if (colon != std::string_view::npos && trimmed(entry.substr(0, colon)) == name) {
      return trimmed(entry.substr(colon + 1));
    }
  }
  return trimmed(value_of(element, name));
}

/// What an element hands on to those within it.
struct Inherited {
  SvgMatrix matrix;
  bool filled = true;
  bool even_odd = false;
  bool hidden = false;  ///< of <defs> and the like
};

bool is_hidden(std::string_view name) {
  return name == "defs" || name == "clipPath" || name == "mask" || name == "pattern" ||
         name == "marker" || name == "symbol" || name == "metadata";
}

class Reader {
 public:
  Reader(std::span<const XmlElement> elements, Size size) : elements_(elements), size_(size) {}

  Result<SvgShapes> read() {
    if (elements_.empty() || !elements_.front().name.is(kSpace, "svg")) {
      return fail(ErrorCode::Corrupt, "is no SVG");
    }
    std::vector<Inherited> all(elements_.size());
    LATENT_TRY(all.front().matrix, frame(elements_.front()));
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      const XmlElement& element = elements_[i];
      if (i > 0) all[i] = all[static_cast<std::size_t>(element.parent)];
      LATENT_CHECK(inherit(element, all[i], i > 0));
      if (i > 0 && element.name.space == kSpace && !all[i].hidden) {
        LATENT_CHECK(draw(element, all[i]));
      }
    }
    if (shapes_.shape.members.empty()) return fail(ErrorCode::NotFound, "fills nothing");
    for (const std::string& what : left_out_) {
      shapes_.notices.push_back(fmt::format("<{}> of the SVG was left out", what));
    }
    if (stroked_)
      shapes_.notices.emplace_back("strokes of the SVG were left out; only what it fills counts");
    return std::move(shapes_);
  }

 private:
  /// The way from the drawing's frame to the picture.
  Result<SvgMatrix> frame(const XmlElement& root) const {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
    if (const auto box = value_of(root, "viewBox"); !box.empty()) {
      SvgNumbers numbers(box);
      const auto corner = numbers.point();
      const auto sides = corner ? numbers.point() : std::nullopt;
      if (!sides) return fail(ErrorCode::Corrupt, "has a viewBox that is none");
      x = corner->x;
      y = corner->y;
      width = sides->x;
      height = sides->y;
    } else {
      width = SvgNumbers(value_of(root, "width")).number().value_or(0);
      height = SvgNumbers(value_of(root, "height")).number().value_or(0);
    }
    if (!(width > 0 && height > 0)) {
      return fail(ErrorCode::Unsupported,
                  "has no viewBox, and no width and height, so its place on the photograph is not "
                  "known");
    }
    const double sx = size_.width / width;
    const double sy = size_.height / height;
    const bool agrees =
        std::abs(width * sy - size_.width) <= 1 || std::abs(height * sx - size_.height) <= 1;
    if (!agrees) {
      return fail(
          ErrorCode::Unsupported,
          fmt::format("has a frame of {:g} x {:g}, which is not the shape of the photograph "
                      "of {} x {} pixels (not turned)",
                      width, height, size_.width, size_.height));
    }
    return SvgMatrix{sx, 0, 0, sy, -x * sx, -y * sy};
  }

  Status inherit(const XmlElement& element, Inherited& all, bool may_move) const {
    if (const auto text = value_of(element, "transform"); may_move && !text.empty()) {
      const auto matrix = svg_matrix(text);
      if (!matrix) return fail(ErrorCode::Corrupt, "has a transform that is none");
      all.matrix = all.matrix.after(*matrix);
    }
    if (const auto fill = property(element, "fill"); !fill.empty()) all.filled = fill != "none";
    if (const auto rule = property(element, "fill-rule"); !rule.empty()) {
      all.even_odd = rule == "evenodd";
    }
    if (is_hidden(element.name.local) || property(element, "display") == "none") all.hidden = true;
    return {};
  }

  Status draw(const XmlElement& element, const Inherited& all) {
    const std::string& name = element.name.local;
    if (name == "g" || name == "svg" || name == "title" || name == "desc" || name == "a") return {};
    std::vector<std::vector<PathNode>> paths;
    LATENT_TRY(const bool known, outline(element, paths));
    if (!known) {
      left_out_.insert(name.substr(0, 40));
      return {};
    }
    const auto stroke = property(element, "stroke");
    stroked_ = stroked_ || (!stroke.empty() && stroke != "none");
    if (!all.filled) return {};
    std::erase_if(paths, [](const auto& path) { return path.size() < 2; });
    if (paths.empty()) return {};
    for (auto& path : paths) {
      nodes_ += path.size();
      for (PathNode& node : path) {
        node = {all.matrix(node.at), all.matrix(node.arriving), all.matrix(node.leaving), 0};
      }
    }
    if (nodes_ > kMostNodes) return fail(ErrorCode::Unsupported, "has more than 2 million nodes");
    shapes_.shape.members.push_back(filled(std::move(paths), all.even_odd));
    return {};
  }

  static Shape filled(std::vector<std::vector<PathNode>> paths, bool even_odd) {
    Shape shape;
    const bool first = doubled_area(flatten(paths.front())) >= 0;
    for (auto& path : paths) {
      Shape member;
      if (!shape.members.empty()) {
        const bool same = (doubled_area(flatten(path)) >= 0) == first;
        member.combine = even_odd ? Combine::Exclusion
                         : same   ? Combine::Union
                                  : Combine::Difference;
      }
      member.path = std::move(path);
      shape.members.push_back(std::move(member));
    }
    return shape;
  }

  static std::vector<PathNode> polygon(std::span<const PathPoint> corners) {
    std::vector<PathNode> path;
    path.reserve(corners.size());
    for (const PathPoint& at : corners) path.push_back({at, at, at, 0});
    return path;
  }

  static double number(const XmlElement& element, const char* key) {
    return SvgNumbers(value_of(element, key)).number().value_or(0);
  }

  static std::vector<std::vector<PathNode>> rectangle(const XmlElement& element) {
    const PathPoint at{number(element, "x"), number(element, "y")};
    const double w = number(element, "width");
    const double h = number(element, "height");
    if (!(w > 0 && h > 0)) return {};
    return {polygon(std::array{at, PathPoint{at.x + w, at.y}, PathPoint{at.x + w, at.y + h},
                               PathPoint{at.x, at.y + h}})};
  }

  static std::vector<std::vector<PathNode>> ellipse(const XmlElement& element, bool circle) {
    const double rx = number(element, circle ? "r" : "rx");
    const double ry = number(element, circle ? "r" : "ry");
    if (!(rx > 0 && ry > 0)) return {};
    return {svg_ellipse({number(element, "cx"), number(element, "cy")}, rx, ry)};
  }

  static Result<std::vector<std::vector<PathNode>>> corners(const XmlElement& element) {
    SvgNumbers numbers(value_of(element, "points"));
    std::vector<PathPoint> found;
    while (numbers.at_number()) {
      const auto at = numbers.point();
      if (!at) return fail(ErrorCode::Corrupt, "has a polygon whose points are none");
      found.push_back(*at);
    }
    return std::vector<std::vector<PathNode>>{polygon(found)};
  }

  /// Whether the element is one that is drawn here; its outline.
  static Result<bool> outline(const XmlElement& element,
                              std::vector<std::vector<PathNode>>& paths) {
    const std::string& name = element.name.local;
    if (name == "path") {
      auto found = svg_path(value_of(element, "d"), kMostNodes);
      if (!found) return fail(ErrorCode::Corrupt, "has a path whose commands are none");
      paths = *std::move(found);
    } else if (name == "rect") {
      paths = rectangle(element);
    } else if (name == "circle" || name == "ellipse") {
      paths = ellipse(element, name == "circle");
    } else if (name == "polygon" || name == "polyline") {
      LATENT_TRY(paths, corners(element));
    } else {
      return false;
    }
    return true;
  }

  std::span<const XmlElement> elements_;
  Size size_;
  SvgShapes shapes_;
  std::size_t nodes_ = 0;
  std::set<std::string> left_out_;
  bool stroked_ = false;
};

}  // namespace

Result<SvgShapes> read_svg(std::string_view text, Size size) {
  LATENT_TRY(const auto elements, metadata::xml_elements(text));
  return Reader(elements, size).read();
}

}  // namespace latent::mask
