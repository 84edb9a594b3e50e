// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/listed_sites.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "metadata/dng_opcodes.h"
#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

bool names_sites(const DngOpcode& each) {
  return each.id == opcode::kFixBadPixelsConstant || each.id == opcode::kFixBadPixelsList;
}

class SiteCollector {
 public:
  explicit SiteCollector(const Mosaic& mosaic) : mosaic_(mosaic) {}

  void add(const DngOpcode& each, int list) {
    const std::size_t before = sites_.size();
    if (each.id == opcode::kFixBadPixelsList) {
      add_list(each, list);
    } else if (const auto constant = bad_pixel_constant(each)) {
      add_constant(*constant, list);
    }
    const std::string name = opcode_name(each.id);
    if (sites_.size() == before || std::ranges::find(names_, name) != names_.end()) return;
    names_.push_back(name);
  }

  ListedSites take() {
    ListedSites listed;
    listed.names = fmt::format("{}", fmt::join(names_, " and "));
    const auto by_rows = [](const Point& one, const Point& other) {
      return std::pair(one.y, one.x) < std::pair(other.y, other.x);
    };
    std::ranges::sort(sites_, by_rows);
    const auto again = std::ranges::unique(sites_);
    sites_.erase(again.begin(), again.end());
    const std::size_t most = most_sites();
    if (too_many_ || sites_.size() > most) {
      listed.notices.push_back(fmt::format(
          "{} of the source marks more than {} sites, 4 % of the picture: too many to be defects, "
          "so none of them was repaired for it",
          listed.names, most));
      return listed;
    }
    listed.sites = std::move(sites_);
    return listed;
  }

 private:
  [[nodiscard]] std::size_t most_sites() const {
    return static_cast<std::size_t>(mosaic_.active.size().area() / 25);
  }

  void add(int x, int y) {
    // Twice as many as may be, since lists may name a site twice.
    too_many_ = too_many_ || sites_.size() > 2 * most_sites() + 16;
    if (!too_many_) sites_.push_back({x, y});
  }

  void add_list(const DngOpcode& each, int list) {
    const Rect& active = mosaic_.active;
    const Size picture = list == 1 ? mosaic_.samples.size() : active.size();
    const Point shift = list == 1 ? Point{active.x, active.y} : Point{};
    const auto named = read_bad_pixels(each, picture);
    if (!named) return;
    const Rect frame{shift.x, shift.y, active.width, active.height};
    for (const Point& point : named->points) {
      if (frame.contains({point.x, point.y, 1, 1})) add(point.x - shift.x, point.y - shift.y);
    }
    for (const Rect& rect : named->rects) {
      const Rect inside = rect.intersection(frame);
      for (int y = inside.y; y < inside.bottom() && !too_many_; ++y) {
        for (int x = inside.x; x < inside.right(); ++x) add(x - shift.x, y - shift.y);
      }
    }
  }

  /// Of the first list as samples are stored; of the second as black becomes 0 and white 65535.
  void add_constant(std::uint32_t constant, int list) {
    const auto frame = mosaic_.samples.view().crop(mosaic_.active);
    for (int y = 0; y < frame.height() && !too_many_; ++y) {
      const auto row = frame.row(y);
      for (int x = 0; x < frame.width(); ++x) {
        const std::uint32_t value = list == 1 ? row[static_cast<std::size_t>(x)] : linear_at(x, y);
        if (value == constant) add(x, y);
      }
    }
  }

  [[nodiscard]] std::uint32_t linear_at(int x, int y) const {
    const int buffer_x = x + mosaic_.active.x;
    const int buffer_y = y + mosaic_.active.y;
    const double black = mosaic_.levels.black.at(buffer_x, buffer_y);
    const auto colour = static_cast<std::size_t>(mosaic_.cfa.at(buffer_x, buffer_y));
    const double range = std::max(1.0, mosaic_.levels.white[colour] - black);
    const double value = (mosaic_.samples.view().at(buffer_x, buffer_y) - black) / range;
    return static_cast<std::uint32_t>(std::lround(65535.0 * std::clamp(value, 0.0, 1.0)));
  }

  const Mosaic& mosaic_;
  std::vector<Point> sites_;
  std::vector<std::string> names_;
  bool too_many_ = false;
};

}  // namespace

ListedSites listed_sites(const Mosaic& mosaic) {
  SiteCollector collector(mosaic);
  for (const CarriedTag& carried : mosaic.carried_tags) {
    const bool first = carried.tag == tag::kOpcodeList1;
    if (!first && carried.tag != tag::kOpcodeList2) continue;
    const auto opcodes = parse_opcodes(carried.bytes);
    if (!opcodes) continue;
    for (const DngOpcode& each : *opcodes) {
      if (names_sites(each)) collector.add(each, first ? 1 : 2);
    }
  }
  return collector.take();
}

}  // namespace latent::metadata
