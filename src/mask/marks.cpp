// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/marks.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace latent::mask {

namespace {

/// The part of a box, of its half sides, in which the object is looked for first.
constexpr float kBoxMiddle = 0.4F;

Rect box_of(const Prompt& box, Size size) {
  const Point one = pixel_of(box.places[0], size);
  const Point two = pixel_of(box.places[1], size);
  const Point low{std::min(one.x, two.x), std::min(one.y, two.y)};
  return {low.x, low.y, std::max(one.x, two.x) - low.x + 1, std::max(one.y, two.y) - low.y + 1};
}

bool holds(const Rect& box, const Region& region) {
  return region.x >= static_cast<float>(box.x) && region.x < static_cast<float>(box.right()) &&
         region.y >= static_cast<float>(box.y) && region.y < static_cast<float>(box.bottom());
}

void set_box(Mark& mark, const Prompt& prompt, const Scene& scene, const Superpixels& pieces) {
  const Rect box = box_of(prompt, scene.size);
  mark.certain = false;
  mark.x = static_cast<float>(box.x) + 0.5F * static_cast<float>(box.width);
  mark.y = static_cast<float>(box.y) + 0.5F * static_cast<float>(box.height);
  mark.radius = 0.2F * static_cast<float>(std::min(box.width, box.height));
  mark.regions.push_back(
      pieces.labels.view().at(std::min(static_cast<int>(mark.x), scene.size.width - 1),
                              std::min(static_cast<int>(mark.y), scene.size.height - 1)));
  for (std::size_t i = 0; i < scene.graph.regions.size(); ++i) {
    const Region& region = scene.graph.regions[i];
    const float across = 2.0F * (region.x - mark.x) / static_cast<float>(box.width);
    const float down = 2.0F * (region.y - mark.y) / static_cast<float>(box.height);
    if (std::hypot(across, down) < kBoxMiddle) mark.regions.push_back(static_cast<int>(i));
  }
}

void set_stroke(Mark& mark, const Prompt& prompt, const Scene& scene, const Superpixels& pieces) {
  const double radius = prompt.radius * std::max(scene.size.width, scene.size.height);
  const auto add = [&](int region) {
    if (std::ranges::find(mark.regions, region) == mark.regions.end()) {
      mark.regions.push_back(region);
    }
  };
  double x = 0;
  double y = 0;
  for (const Place& place : prompt.places) {
    x += place.x * scene.size.width / static_cast<double>(prompt.places.size());
    y += place.y * scene.size.height / static_cast<double>(prompt.places.size());
  }
  mark.x = static_cast<float>(x);
  mark.y = static_cast<float>(y);
  double farthest = radius;
  for (const Place& place : prompt.places) {
    const Point pixel = pixel_of(place, scene.size);
    add(pieces.labels.view().at(pixel.x, pixel.y));
    farthest = std::max(farthest, std::hypot(pixel.x - x, pixel.y - y));
  }
  mark.radius = static_cast<float>(0.5 * (radius + farthest));
  for (std::size_t i = 0; i < scene.graph.regions.size(); ++i) {
    const Region& region = scene.graph.regions[i];
    if (distance_to_line(prompt, scene.size, region.x, region.y) <= radius) {
      add(static_cast<int>(i));
    }
  }
}

struct Segment {
  double ax, ay, dx, dy;

  [[nodiscard]] double distance(double x, double y) const {
    const double squared = dx * dx + dy * dy;
    const double along =
        squared > 0 ? std::clamp(((x - ax) * dx + (y - ay) * dy) / squared, 0.0, 1.0) : 0.0;
    return std::hypot(x - ax - along * dx, y - ay - along * dy);
  }
};

/// From place i to the next; of the last place it is a point.
Segment segment_of(const Prompt& prompt, Size size, std::size_t i) {
  const Place& here = prompt.places[i];
  const Place& next = prompt.places[std::min(i + 1, prompt.places.size() - 1)];
  return {here.x * size.width, here.y * size.height, (next.x - here.x) * size.width,
          (next.y - here.y) * size.height};
}

}  // namespace

namespace {

/// Calls work(x, y, distance, radius) for the pixels that may lie under a stroke, segment by segment.
template <class Work>
void along_stroke(const Prompt& prompt, Size size, const Work& work) {
  const double radius = std::max(0.5, prompt.radius * std::max(size.width, size.height));
  for (std::size_t i = 0; i < prompt.places.size(); ++i) {
    const Segment segment = segment_of(prompt, size, i);
    const double right = std::max(segment.ax, segment.ax + segment.dx) + radius + 1;
    const double bottom = std::max(segment.ay, segment.ay + segment.dy) + radius + 1;
    const double left = std::min(segment.ax, segment.ax + segment.dx) - radius - 1;
    const double top = std::min(segment.ay, segment.ay + segment.dy) - radius - 1;
    for (int y = std::max(0, static_cast<int>(top)); y < size.height && y <= bottom; ++y) {
      for (int x = std::max(0, static_cast<int>(left)); x < size.width && x <= right; ++x) {
        work(x, y, segment.distance(x + 0.5, y + 0.5), radius);
      }
    }
  }
}

}  // namespace

void paint(const Prompt& prompt, ImageView<std::uint8_t> mask) {
  const Size size = mask.size();
  const std::uint8_t label = prompt.on_object ? 1 : 0;
  if (prompt.kind == PromptKind::Click) {
    const Point pixel = pixel_of(prompt.places.front(), size);
    mask.at(pixel.x, pixel.y) = label;
  }
  if (prompt.kind != PromptKind::Stroke) return;
  along_stroke(prompt, size, [&](int x, int y, double distance, double radius) {
    if (distance <= radius) mask.at(x, y) = label;
  });
}

void paint_softly(const Prompt& prompt, ImageView<float> mask) {
  if (prompt.kind != PromptKind::Stroke) return;
  along_stroke(prompt, mask.size(), [&](int x, int y, double distance, double radius) {
    const auto covered = static_cast<float>(std::clamp(radius - distance + 0.5, 0.0, 1.0));
    float& value = mask.at(x, y);
    value = prompt.on_object ? std::max(value, covered) : std::min(value, 1.0F - covered);
  });
}

Point pixel_of(const Place& place, Size size) {
  return {std::clamp(static_cast<int>(place.x * size.width), 0, size.width - 1),
          std::clamp(static_cast<int>(place.y * size.height), 0, size.height - 1)};
}

std::vector<Place> points_along(const Prompt& stroke, Size size, std::size_t most) {
  const auto length_of = [&](const Place& one, const Place& two) {
    return std::hypot((two.x - one.x) * size.width, (two.y - one.y) * size.height);
  };
  const auto& line = stroke.places;
  double length = 0;
  for (std::size_t i = 1; i < line.size(); ++i) length += length_of(line[i - 1], line[i]);
  const double width = std::max(1.0, 2 * stroke.radius * std::max(size.width, size.height));
  const double wanted = std::clamp(std::round(length / width), 1.0, static_cast<double>(most));
  const auto count = static_cast<std::size_t>(wanted);
  std::vector<Place> points;
  std::size_t at = 1;
  double passed = 0;  // up to line[at - 1]
  for (std::size_t i = 0; i < count; ++i) {
    const double here = length * (static_cast<double>(i) + 0.5) / wanted;
    while (at + 1 < line.size() && passed + length_of(line[at - 1], line[at]) < here) {
      passed += length_of(line[at - 1], line[at]);
      ++at;
    }
    const Place& from = line[at - 1];
    const Place& to = line[std::min(at, line.size() - 1)];
    const double step = length_of(from, to);
    const double share = step > 0 ? std::clamp((here - passed) / step, 0.0, 1.0) : 0.0;
    points.push_back({from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)});
  }
  return points;
}

double distance_to_line(const Prompt& prompt, Size size, double x, double y) {
  double least = std::numeric_limits<double>::max();
  for (std::size_t i = 0; i < prompt.places.size(); ++i) {
    least = std::min(least, segment_of(prompt, size, i).distance(x, y));
  }
  return least;
}

Mark mark_of(const Prompt& prompt, const Scene& scene, const Superpixels& pieces) {
  Mark mark;
  mark.on_object = prompt.on_object;
  if (prompt.kind == PromptKind::Box) {
    set_box(mark, prompt, scene, pieces);
  } else if (prompt.kind == PromptKind::Stroke) {
    set_stroke(mark, prompt, scene, pieces);
  } else {
    const Point pixel = pixel_of(prompt.places.front(), scene.size);
    mark.regions.push_back(pieces.labels.view().at(pixel.x, pixel.y));
    mark.x = static_cast<float>(pixel.x);
    mark.y = static_cast<float>(pixel.y);
  }
  return mark;
}

Labels outside_box(const Prompt& box, const Scene& scene) {
  const Rect area = box_of(box, scene.size);
  Labels outside(scene.graph.regions.size(), 0);
  for (std::size_t i = 0; i < outside.size(); ++i) {
    outside[i] = holds(area, scene.graph.regions[i]) ? 0 : 1;
  }
  return outside;
}

}  // namespace latent::mask
