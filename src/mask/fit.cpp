// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace latent::mask {

namespace {

struct Curve {
  PathPoint p0;
  PathPoint p1;
  PathPoint p2;
  PathPoint p3;
};

/// The directions in which a handle may go: one of a smooth node, any of a corner.
struct Freedom {
  std::array<PathPoint, 2> ways{};
  std::size_t count = 0;
};

PathPoint unit(PathPoint a) {
  const double size = length(a);
  return size > 0 ? a * (1 / size) : PathPoint{1, 0};
}

PathPoint at(const Curve& c, double t) {
  const double s = 1 - t;
  return c.p0 * (s * s * s) + c.p1 * (3 * s * s * t) + c.p2 * (3 * s * t * t) + c.p3 * (t * t * t);
}

/// Solves the normal equations of at most 4 unknowns; nothing where they have no one answer.
std::optional<std::array<double, 4>> solved(std::array<std::array<double, 5>, 4> rows,
                                            std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t best = i;
    for (std::size_t j = i + 1; j < count; ++j) {
      if (std::abs(rows[j][i]) > std::abs(rows[best][i])) best = j;
    }
    std::swap(rows[i], rows[best]);
    if (std::abs(rows[i][i]) < 1e-12) return std::nullopt;
    for (std::size_t j = 0; j < count; ++j) {
      if (j == i) continue;
      const double part = rows[j][i] / rows[i][i];
      for (std::size_t k = i; k < 5; ++k) rows[j][k] -= part * rows[i][k];
    }
  }
  std::array<double, 4> answer{};
  for (std::size_t i = 0; i < count; ++i) answer[i] = rows[i][4] / rows[i][i];
  return answer;
}

/// A stretch of the contour that one curve is to follow.
class Stretch {
 public:
  Stretch(std::span<const PathPoint> points, const Freedom& begin, const Freedom& end)
      : points_(points), begin_(begin), end_(end), parameters_(points.size()) {
    double sum = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      sum += length(points[i] - points[i - 1]);
      parameters_[i] = sum;
    }
    for (double& t : parameters_) t = sum > 0 ? t / sum : 0;
    chord_ = length(points.back() - points.front());
    way_ = std::max(sum, 1e-9);
  }

  /// The best curve, and its greatest distance from the points.
  void fit(double tolerance) {
    constexpr int kRounds = 4;
    constexpr double kHopeless = 8;  // times the tolerance: no reparametrisation mends that
    for (int round = 0; round < kRounds; ++round) {
      solve();
      measure();
      if (distance_ > kHopeless * tolerance) return;
      if (round + 1 < kRounds) reparametrise();
    }
  }

  [[nodiscard]] const Curve& curve() const { return curve_; }
  [[nodiscard]] double distance() const { return distance_; }
  [[nodiscard]] std::size_t furthest() const { return furthest_; }

 private:
  void solve() {
    const double third = way_ / 3;
    curve_.p0 = points_.front();
    curve_.p3 = points_.back();
    const std::size_t count = begin_.count + end_.count;
    std::array<std::array<double, 5>, 4> rows{};
    const auto way = [&](std::size_t i) {
      return i < begin_.count ? begin_.ways[i] : end_.ways[i - begin_.count];
    };
    const PathPoint along = unit(curve_.p3 - curve_.p0);
    for (std::size_t i = 0; i < count; ++i) {  // a weak pull towards handles of a third
      constexpr double kPull = 1e-3;
      const PathPoint usual = along * (i < begin_.count ? third : -third);
      rows[i][i] += kPull;
      rows[i][4] +=
          kPull * (begin_.count == 1 || end_.count == 1 ? std::max(dot(usual, way(i)), 0.0)
                                                        : dot(usual, way(i)));
    }
    for (std::size_t k = 0; k < points_.size(); ++k) {
      const double t = parameters_[k];
      const double s = 1 - t;
      const double b1 = 3 * s * s * t;
      const double b2 = 3 * s * t * t;
      const PathPoint rest =
          points_[k] - curve_.p0 * (s * s * s + b1) - curve_.p3 * (t * t * t + b2);
      for (std::size_t i = 0; i < count; ++i) {
        const PathPoint a = way(i) * (i < begin_.count ? b1 : b2);
        for (std::size_t j = 0; j < count; ++j) {
          rows[i][j] += dot(a, way(j) * (j < begin_.count ? b1 : b2));
        }
        rows[i][4] += dot(a, rest);
      }
    }
    place_handles(solved(rows, count), third);
  }

  void place_handles(const std::optional<std::array<double, 4>>& answer, double third) {
    const auto handle = [&](const Freedom& freedom, std::size_t first, PathPoint otherwise) {
      PathPoint sum;
      if (!answer) return otherwise;
      for (std::size_t i = 0; i < freedom.count; ++i) {
        double part = (*answer)[first + i];
        if (freedom.count == 1) part = std::clamp(part, 0.02 * way_, 2 * way_);
        sum = sum + freedom.ways[i] * part;
      }
      return length(sum) > 2 * way_ ? otherwise : sum;
    };
    const PathPoint along = unit(curve_.p3 - curve_.p0) * third;
    curve_.p1 = curve_.p0 + handle(begin_, 0, along);
    curve_.p2 = curve_.p3 + handle(end_, begin_.count, along * -1);
  }

  void measure() {
    distance_ = 0;
    furthest_ = points_.size() / 2;
    for (std::size_t i = 1; i + 1 < points_.size(); ++i) {
      const double away = length(at(curve_, parameters_[i]) - points_[i]);
      if (away > distance_) {
        distance_ = away;
        furthest_ = i;
      }
    }
  }

  /// One of Newton's steps towards the nearest place on the curve, for each point.
  void reparametrise() {
    const Curve& c = curve_;
    for (std::size_t i = 1; i + 1 < points_.size(); ++i) {
      const double t = parameters_[i];
      const double s = 1 - t;
      const PathPoint first =
          (c.p1 - c.p0) * (3 * s * s) + (c.p2 - c.p1) * (6 * s * t) + (c.p3 - c.p2) * (3 * t * t);
      const PathPoint second =
          (c.p2 - c.p1 * 2 + c.p0) * (6 * s) + (c.p3 - c.p2 * 2 + c.p1) * (6 * t);
      const PathPoint off = at(c, t) - points_[i];
      const double slope = dot(first, first) + dot(off, second);
      if (slope > 1e-9) parameters_[i] = std::clamp(t - dot(off, first) / slope, 0.0, 1.0);
    }
  }

  std::span<const PathPoint> points_;
  Freedom begin_;
  Freedom end_;
  std::vector<double> parameters_;
  double chord_ = 0;
  double way_ = 0;
  Curve curve_;
  double distance_ = 0;
  std::size_t furthest_ = 0;
};

/// The contour as an open line that begins and ends at one of its nodes.
class Line {
 public:
  Line(const std::vector<ContourPoint>& contour, std::size_t start) {
    for (std::size_t i = 0; i <= contour.size(); ++i) {
      const ContourPoint& point = contour[(start + i) % contour.size()];
      points_.push_back(point.at);
      corners_.push_back(point.corner);
    }
  }

  [[nodiscard]] std::size_t last() const { return points_.size() - 1; }
  [[nodiscard]] bool corner(std::size_t i) const { return corners_[i]; }

  /// Where a curve may go from point i, forwards or backwards.
  [[nodiscard]] Freedom freedom(std::size_t i, double way) const {
    if (corners_[i]) return {{PathPoint{1, 0}, PathPoint{0, 1}}, 2};
    return {{tangent(i) * way, {}}, 1};
  }
  [[nodiscard]] Stretch stretch(std::size_t from, std::size_t to) const {
    return {std::span(points_).subspan(from, to - from + 1), freedom(from, 1), freedom(to, -1)};
  }

 private:
  /// Over 4 points to both sides, but not round a corner.
  [[nodiscard]] PathPoint tangent(std::size_t i) const {
    constexpr std::size_t kReach = 4;
    const std::size_t count = last();
    std::size_t reach = 0;
    const auto away = [&](std::size_t steps, bool back) {
      return back ? (i + count - steps % count) % count : (i + steps) % count;
    };
    while (reach < kReach && 2 * reach + 2 < count) {
      ++reach;
      if (corners_[away(reach, true)] || corners_[away(reach, false)]) break;
    }
    return unit(points_[away(reach, false)] - points_[away(reach, true)]);
  }

  std::vector<PathPoint> points_;
  std::vector<bool> corners_;
};

struct Segment {
  std::size_t from = 0;
  std::size_t to = 0;
  Curve curve;
};

void fit_between(const Line& line, std::size_t from, std::size_t to, double tolerance,
                 std::vector<Segment>& segments) {
  std::vector<std::pair<std::size_t, std::size_t>> open{{from, to}};
  while (!open.empty()) {
    const auto [begin, end] = open.back();
    open.pop_back();
    Stretch stretch = line.stretch(begin, end);
    stretch.fit(tolerance);
    constexpr std::size_t kFewest = 4;  // points that a half must have
    if (stretch.distance() <= tolerance || end - begin < 2 * kFewest) {
      segments.push_back({begin, end, stretch.curve()});
      continue;
    }
    const std::size_t split =
        std::clamp(begin + stretch.furthest(), begin + kFewest, end - kFewest);
    open.emplace_back(split, end);
    open.emplace_back(begin, split);
  }
}

/// Takes out nodes that their neighbours do without.
void merge(const Line& line, double tolerance, std::size_t fewest, std::vector<Segment>& segments) {
  std::vector<Segment> kept;
  std::size_t left = segments.size();
  for (const Segment& segment : segments) {
    if (!kept.empty() && left > fewest && !line.corner(segment.from)) {
      Stretch both = line.stretch(kept.back().from, segment.to);
      both.fit(tolerance);
      if (both.distance() <= tolerance) {
        kept.back() = {kept.back().from, segment.to, both.curve()};
        --left;
        continue;
      }
    }
    kept.push_back(segment);
  }
  segments = std::move(kept);
}

/// The nodes that there are in any case: corners, and so many others that there are three.
std::vector<std::size_t> first_nodes(const Line& line) {
  std::vector<std::size_t> nodes{0};
  for (std::size_t i = 1; i < line.last(); ++i) {
    if (line.corner(i)) nodes.push_back(i);
  }
  nodes.push_back(line.last());
  while (nodes.size() < 4) {
    std::size_t longest = 0;
    for (std::size_t i = 1; i + 1 < nodes.size(); ++i) {
      if (nodes[i + 1] - nodes[i] > nodes[longest + 1] - nodes[longest]) longest = i;
    }
    const std::size_t parts = nodes.size() == 2 ? 3 : 2;
    const std::size_t begin = nodes[longest];
    const std::size_t span = nodes[longest + 1] - begin;
    nodes.insert(nodes.begin() + static_cast<std::ptrdiff_t>(longest) + 1, begin + span / parts);
  }
  return nodes;
}

/// A line between two corners is written with handles on it.
std::vector<PathNode> nodes_of(const std::vector<Segment>& segments) {
  std::vector<PathNode> nodes;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Curve& before = segments[(i + segments.size() - 1) % segments.size()].curve;
    const Curve& curve = segments[i].curve;
    nodes.push_back({curve.p0, before.p2, curve.p1, 0});
  }
  // A node on its neighbour says nothing.
  constexpr double kApart = 0.5;
  for (std::size_t i = 0; nodes.size() > 3 && i < nodes.size();) {
    PathNode& next = nodes[(i + 1) % nodes.size()];
    if (length(next.at - nodes[i].at) >= kApart) {
      ++i;
      continue;
    }
    next.arriving = nodes[i].arriving;
    nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return nodes;
}

}  // namespace

std::vector<PathNode> fit(const std::vector<ContourPoint>& contour, double tolerance_px) {
  if (contour.size() < 3) return {};
  std::size_t start = 0;
  while (start < contour.size() && !contour[start].corner) ++start;
  const Line line(contour, start % contour.size());
  const auto first = first_nodes(line);
  std::vector<Segment> segments;
  for (std::size_t i = 0; i + 1 < first.size(); ++i) {
    if (first[i + 1] > first[i]) {
      fit_between(line, first[i], first[i + 1], tolerance_px, segments);
    }
  }
  merge(line, tolerance_px, 3, segments);
  return nodes_of(segments);
}

}  // namespace latent::mask
