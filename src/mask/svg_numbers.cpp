// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/svg_numbers.h"

#include <algorithm>
#include <numbers>
#include <utility>
#include <vector>

namespace latent::mask {

namespace {

constexpr double kDegree = std::numbers::pi / 180.0;

std::optional<SvgMatrix> one_matrix(std::string_view name, const std::vector<double>& n) {
  const auto at = [&](std::size_t i, double otherwise) { return i < n.size() ? n[i] : otherwise; };
  if (name == "matrix" && n.size() == 6) return SvgMatrix{n[0], n[1], n[2], n[3], n[4], n[5]};
  if (name == "translate" && (n.size() == 1 || n.size() == 2)) {
    return SvgMatrix{1, 0, 0, 1, n[0], at(1, 0)};
  }
  if (name == "scale" && (n.size() == 1 || n.size() == 2)) {
    return SvgMatrix{n[0], 0, 0, at(1, n[0]), 0, 0};
  }
  if (name == "rotate" && (n.size() == 1 || n.size() == 3)) {
    const double c = std::cos(n[0] * kDegree);
    const double s = std::sin(n[0] * kDegree);
    const SvgMatrix turn{c, s, -s, c, 0, 0};
    const SvgMatrix there{1, 0, 0, 1, -at(1, 0), -at(2, 0)};
    const SvgMatrix back{1, 0, 0, 1, at(1, 0), at(2, 0)};
    return back.after(turn.after(there));
  }
  if (name == "skewX" && n.size() == 1) return SvgMatrix{1, 0, std::tan(n[0] * kDegree), 1, 0, 0};
  if (name == "skewY" && n.size() == 1) return SvgMatrix{1, std::tan(n[0] * kDegree), 0, 1, 0, 0};
  return std::nullopt;
}

/// Draws the commands of a path, one after the other.
class PathReader {
 public:
  PathReader(std::string_view text, std::size_t most_nodes)
      : numbers_(text), most_nodes_(most_nodes) {}

  std::optional<std::vector<std::vector<PathNode>>> read() {
    char command = '\0';
    while (!numbers_.at_end()) {
      if (!numbers_.at_number()) {
        command = numbers_.letter();
      } else if (command == '\0' || command == 'Z' || command == 'z') {
        return std::nullopt;
      }
      if (nodes_ == 0 && paths_.empty() && command != 'M' && command != 'm') return std::nullopt;
      if (!step(command)) return std::nullopt;
      // Places behind those of "move" are ends of lines.
      if (command == 'M') command = 'L';
      if (command == 'm') command = 'l';
    }
    close();
    return std::move(paths_);
  }

 private:
  bool step(char command) {
    const bool relative = command >= 'a';
    const PathPoint base = relative ? at_ : PathPoint{};
    const char kind = relative ? static_cast<char>(command - 'a' + 'A') : command;
    const PathPoint last = std::exchange(reflected_, at_);
    const char before = std::exchange(last_kind_, kind);
    const bool curved = std::string_view("CSQT").find(kind) != std::string_view::npos;
    if (kind == 'A') return arc(base);
    return curved ? curve(kind, base, last, before) : straight(kind, base);
  }

  bool straight(char kind, PathPoint base) {
    switch (kind) {
      case 'M': {
        const auto to = numbers_.point();
        if (!to) return false;
        close();
        at_ = base + *to;
        return begin();
      }
      case 'Z':
        close();
        at_ = first_;
        return true;
      case 'L': {
        const auto to = numbers_.point();
        return to && line(base + *to);
      }
      case 'H': {
        const auto x = numbers_.number();
        return x && line({base.x + *x, at_.y});
      }
      case 'V': {
        const auto y = numbers_.number();
        return y && line({at_.x, base.y + *y});
      }
      default:
        return false;
    }
  }

  /// `last` is the handle before, which S and T mirror where the command before is of their kind.
  bool curve(char kind, PathPoint base, PathPoint last, char before) {
    const bool cubic_before = before == 'C' || before == 'S';
    const bool quadratic_before = before == 'Q' || before == 'T';
    std::array<PathPoint, 3> points;
    const std::size_t count = kind == 'C' ? 3 : kind == 'T' ? 1 : 2;
    for (std::size_t i = 0; i < count; ++i) {
      const auto point = numbers_.point();
      if (!point) return false;
      points.at(i) = base + *point;
    }
    if (kind == 'C') return cubic(points[0], points[1], points[2]);
    if (kind == 'S') return cubic(cubic_before ? at_ * 2 - last : at_, points[0], points[1]);
    if (kind == 'Q') return quadratic(points[0], points[1]);
    return quadratic(quadratic_before ? at_ * 2 - last : at_, points[0]);
  }

  bool begin() {
    path_.clear();
    first_ = at_;
    path_.push_back({at_, at_, at_, 0});
    return ++nodes_ <= most_nodes_;
  }

  /// A drawing goes on behind "close" without "move".
  bool ready() { return !path_.empty() || begin(); }

  bool line(PathPoint to) {
    const PathPoint from = at_;
    return cubic(from, to, to);
  }

  bool cubic(PathPoint one, PathPoint two, PathPoint to) {
    if (!ready()) return false;
    path_.back().leaving = one;
    path_.push_back({to, two, to, 0});
    at_ = to;
    reflected_ = two;
    return ++nodes_ <= most_nodes_;
  }

  bool quadratic(PathPoint one, PathPoint to) {
    const PathPoint from = at_;
    constexpr double kTwoThirds = 2.0 / 3.0;
    const bool good = cubic(from + (one - from) * kTwoThirds, to + (one - to) * kTwoThirds, to);
    reflected_ = one;
    return good;
  }

  /// The ellipse of an arc: its middle, radii and turn, and where on it the arc begins and ends.
  struct Arc {
    PathPoint centre;
    double rx = 0;
    double ry = 0;
    double c = 1;
    double s = 0;
    double begin = 0;
    double angle = 0;

    [[nodiscard]] PathPoint at(double x, double y) const {
      return centre + PathPoint{c * rx * x - s * ry * y, s * rx * x + c * ry * y};
    }
  };

  /// SVG 1.1, F.6.5 and F.6.6; the radii are above 0, the ends apart.
  static Arc arc_between(PathPoint from, PathPoint to, PathPoint radii, double turn, bool large,
                         bool sweep) {
    Arc arc;
    arc.c = std::cos(turn * kDegree);
    arc.s = std::sin(turn * kDegree);
    const PathPoint half = (from - to) * 0.5;
    const PathPoint p{arc.c * half.x + arc.s * half.y, arc.c * half.y - arc.s * half.x};
    const double reach = p.x * p.x / (radii.x * radii.x) + p.y * p.y / (radii.y * radii.y);
    const double grow = std::sqrt(std::max(1.0, reach));
    const double rx = arc.rx = radii.x * grow;
    const double ry = arc.ry = radii.y * grow;
    const double below = rx * rx * p.y * p.y + ry * ry * p.x * p.x;
    const double factor =
        (large == sweep ? -1 : 1) * std::sqrt(std::max(0.0, (rx * rx * ry * ry - below) / below));
    const PathPoint middle{factor * rx * p.y / ry, -factor * ry * p.x / rx};
    arc.begin = std::atan2((p.y - middle.y) / ry, (p.x - middle.x) / rx);
    arc.angle = std::atan2((-p.y - middle.y) / ry, (-p.x - middle.x) / rx) - arc.begin;
    if (sweep && arc.angle < 0) arc.angle += 2 * std::numbers::pi;
    if (!sweep && arc.angle > 0) arc.angle -= 2 * std::numbers::pi;
    arc.centre =
        PathPoint{arc.c * middle.x - arc.s * middle.y, arc.s * middle.x + arc.c * middle.y} +
        (from + to) * 0.5;
    return arc;
  }

  /// As curves of a quarter at most.
  bool arc(PathPoint base) {
    const auto radii = numbers_.point();
    const auto turn = radii ? numbers_.number() : std::nullopt;
    const auto large = turn ? numbers_.flag() : std::nullopt;
    const auto sweep = large ? numbers_.flag() : std::nullopt;
    const auto end = sweep ? numbers_.point() : std::nullopt;
    if (!end) return false;
    const PathPoint to = base + *end;
    const PathPoint from = at_;
    if (from == to) return true;
    if (radii->x == 0 || radii->y == 0) return line(to);
    const Arc arc =
        arc_between(from, to, {std::abs(radii->x), std::abs(radii->y)}, *turn, *large, *sweep);
    if (!std::isfinite(arc.angle)) return line(to);  // radii beyond all measure
    const double quarters = std::abs(arc.angle) / (0.5 * std::numbers::pi);
    const int pieces = std::clamp(static_cast<int>(std::ceil(quarters - 1e-9)), 1, 4);
    const double each = arc.angle / pieces;
    const double handle = 4.0 / 3.0 * std::tan(each / 4);
    for (int i = 0; i < pieces; ++i) {
      const double a = arc.begin + each * i;
      const double b = a + each;
      const PathPoint one =
          arc.at(std::cos(a) - handle * std::sin(a), std::sin(a) + handle * std::cos(a));
      const PathPoint two =
          arc.at(std::cos(b) + handle * std::sin(b), std::sin(b) - handle * std::cos(b));
      const PathPoint stop = i + 1 == pieces ? to : arc.at(std::cos(b), std::sin(b));
      if (!cubic(one, two, stop)) return false;
    }
    return true;
  }

  void close() {
    if (path_.size() > 1 && path_.back().at == path_.front().at) {
      path_.front().arriving = path_.back().arriving;
      path_.pop_back();
    }
    if (path_.size() > 1) paths_.push_back(std::move(path_));
    path_.clear();
  }

  SvgNumbers numbers_;
  std::size_t most_nodes_;
  std::size_t nodes_ = 0;
  PathPoint at_;
  PathPoint first_;
  PathPoint reflected_;  ///< the last handle, which the next curve may mirror
  char last_kind_ = '\0';
  std::vector<PathNode> path_;
  std::vector<std::vector<PathNode>> paths_;
};

}  // namespace

std::optional<SvgMatrix> svg_matrix(std::string_view text) {
  constexpr int kMost = 100;
  SvgNumbers numbers(text);
  SvgMatrix all;
  for (int i = 0; !numbers.at_end(); ++i) {
    std::string_view name = numbers.word_until('(');
    while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
    std::vector<double> values;
    while (numbers.at_number() && values.size() <= 6) {
      const auto value = numbers.number();
      if (!value) return std::nullopt;
      values.push_back(*value);
    }
    const auto one = one_matrix(name, values);
    if (numbers.letter() != ')' || !one || i == kMost) return std::nullopt;
    all = all.after(*one);
  }
  return all;
}

std::optional<std::vector<std::vector<PathNode>>> svg_path(std::string_view text,
                                                           std::size_t most_nodes) {
  return PathReader(text, most_nodes).read();
}

std::vector<PathNode> svg_ellipse(PathPoint centre, double rx, double ry) {
  constexpr double kHandle = 0.5522847498;  // of a quarter of a circle
  const auto at = [&](double x, double y) { return centre + PathPoint{x * rx, y * ry}; };
  return {{at(1, 0), at(1, -kHandle), at(1, kHandle), 0},
          {at(0, 1), at(kHandle, 1), at(-kHandle, 1), 0},
          {at(-1, 0), at(-1, kHandle), at(-1, -kHandle), 0},
          {at(0, -1), at(-kHandle, -1), at(kHandle, -1), 0}};
}

}  // namespace latent::mask
