// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <unordered_map>

#include "base/threads.h"
#include "image/mend_sites.h"
#include "raw/defect_judge.h"
#include "raw/defect_lines.h"
#include "raw/defect_sites.h"
#include "raw/quick_look.h"

namespace latent::raw {

namespace {

constexpr int kWorthAskingFor = 200;   ///< one defect in so many sites may be texture
constexpr int kManyOf = 50'000;        ///< one defect in so many sites: a struck sensor
constexpr std::size_t kMostGrown = 4;  ///< times what was found first, with what is beside it
constexpr double kMostStruck = 0.04;   ///< of all sites
constexpr double kLeastBeside = 0.25;  ///< of a struck site's height, what stands out beside it

struct Found {
  Point site;
  DefectKind kind = DefectKind::Sound;
  int colour = 1;
  bool rough = false;
  bool alone = true;
  bool of_line = false;
};

/// What a part of the frame shows.
struct Looked {
  std::vector<Found> found;
  std::int64_t lights = 0;  ///< sites that stand out, but are sound: their light spreads
};

class Search {
 public:
  Search(const Sites& sites, const Mosaic& mosaic, DefectCare care)
      : sites_(sites), quick_(sites, mosaic), frame_(measure_frame(sites)) {
    if (care == DefectCare::Gentle) frame_.caution = 2;
  }

  [[nodiscard]] const FrameFacts& frame() const { return frame_; }

  Looked rows(int first, int last) const {
    Looked looked;
    std::vector<std::uint8_t> marks(static_cast<std::size_t>(sites_.size().width));
    for (int y = first; y < last; ++y) {
      quick_.mark_row(y, marks);
      for (std::size_t x = next_mark(marks, 0); x < marks.size(); x = next_mark(marks, x + 1)) {
        look_at(static_cast<int>(x), y, looked);
      }
    }
    return looked;
  }

  void look_at(int x, int y, Looked& looked) const {
    if (!sites_.sound(x, y) || !quick_.stands_out(x, y)) return;
    const Judgement judgement = judge(sites_, frame_, x, y);
    if (judgement.spreads) ++looked.lights;
    if (judgement.kind == DefectKind::Sound) return;
    looked.found.push_back(
        {{x, y}, judgement.kind, sites_.colour(x, y), judgement.rough, judgement.alone, false});
  }

 private:
  /// The first marked column from `x` on, or the width.
  static std::size_t next_mark(const std::vector<std::uint8_t>& marks, std::size_t x) {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    while (x < marks.size()) {
      std::uint64_t eight = 0;
      if (x + kWord <= marks.size()) std::memcpy(&eight, marks.data() + x, kWord);
      if (x + kWord <= marks.size() && eight == 0) {
        x += kWord;
      } else if (marks[x] == 0) {
        ++x;
      } else {
        return x;
      }
    }
    return marks.size();
  }

  const Sites& sites_;
  QuickLook quick_;
  FrameFacts frame_;
};

/// What one struck site hides of another beside it: once the first ones are left aside, the rest is
/// looked at again. What is much lower than a struck site it touches may be light that spread.
class Peeling {
 public:
  Peeling(Sites& sites, const Search& search) : sites_(sites), search_(search) {}

  void go_on_from(std::vector<Found>& found) {
    constexpr int kRounds = 4;
    std::size_t first = 0;
    for (int round = 0; round < kRounds && first < found.size(); ++round) {
      const std::size_t last = found.size();
      for (std::size_t i = first; i < last; ++i) strike(found[i].site);
      Looked looked;
      for (std::size_t i = first; i < last; ++i) look_around(found[i].site, looked);
      std::vector<Found>& more = looked.found;
      std::ranges::sort(more, [](const Found& one, const Found& other) {
        return std::pair(one.site.y, one.site.x) < std::pair(other.site.y, other.site.x);
      });
      const auto again = std::ranges::unique(
          more, [](const Found& one, const Found& other) { return one.site == other.site; });
      more.erase(again.begin(), again.end());
      first = found.size();
      found.insert(found.end(), more.begin(), more.end());
    }
  }

 private:
  static std::uint64_t key(const Point& site) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(site.y)) << 32U |
           static_cast<std::uint32_t>(site.x);
  }

  /// How far it stands off the mean of the sound sites of its colour around it.
  [[nodiscard]] double height_of(const Point& site) const {
    double sum = 0;
    int count = 0;
    for (const Point& offset : sites_.facts(site.x, site.y).same) {
      if (!sites_.sound(site.x + offset.x, site.y + offset.y)) continue;
      sum += sites_.value(site.x + offset.x, site.y + offset.y);
      ++count;
    }
    return count == 0 ? 0 : std::abs(sites_.value(site.x, site.y) - sum / count);
  }

  void strike(const Point& site) {
    heights_[key(site)] = height_of(site);
    sites_.strike(site.x, site.y);
  }

  void look_around(const Point& site, Looked& more) const {
    for (int y = site.y - kDefectRadius; y <= site.y + kDefectRadius; ++y) {
      for (int x = site.x - kDefectRadius; x <= site.x + kDefectRadius; ++x) {
        if (!sites_.sound(x, y) || height_of({x, y}) < kLeastBeside * tallest_beside({x, y})) {
          continue;
        }
        search_.look_at(x, y, more);
      }
    }
  }

  [[nodiscard]] double tallest_beside(const Point& site) const {
    double tallest = 0;
    for (int y = site.y - 1; y <= site.y + 1; ++y) {
      for (int x = site.x - 1; x <= site.x + 1; ++x) {
        const auto found = heights_.find(key({x, y}));
        if (found != heights_.end()) tallest = std::max(tallest, found->second);
      }
    }
    return tallest;
  }

  Sites& sites_;
  const Search& search_;
  std::unordered_map<std::uint64_t, double> heights_;
};

std::vector<Found> struck_lines(Sites& sites, DefectReport& report) {
  std::vector<Found> found;
  for (const DefectLine& line : find_defect_lines(sites)) {
    ++report.lines;
    for (int along = line.first; along < line.last; ++along) {
      const Point site = line.column ? Point{line.at, along} : Point{along, line.at};
      if (!sites.sound(site.x, site.y)) continue;
      found.push_back({site, line.kind, sites.colour(site.x, site.y), false, true, true});
      sites.strike(site.x, site.y);
    }
  }
  return found;
}

/// Colours that are struck far more often than green, against their share of the sites.
void spare_lights(const std::vector<Found>& found, const Sites& sites, DefectReport& report) {
  std::array<double, 3> struck{};
  std::array<double, 3> share{};
  for (const Found& one : found) {
    if (!one.of_line) struck[static_cast<std::size_t>(one.colour)] += 1;
  }
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 12; ++x) share[static_cast<std::size_t>(sites.colour(x, y))] += 1;
  }
  for (const std::size_t colour : {std::size_t{0}, std::size_t{2}}) {
    if (share[colour] == 0) continue;
    const double expected = struck[1] * share[colour] / share[1];
    report.spared[colour] = struck[colour] > 2 * expected + 3 * std::sqrt(expected) + 10;
  }
}

/// Defects do not seek out texture: where far more of them lie in it than its share of the frame
/// explains, those in it are the scene's. Asked for only where many are found, or all is texture.
void spare_texture(const std::vector<Found>& found, double smooth_share, std::int64_t sites,
                   DefectReport& report) {
  constexpr double kLeastSmooth = 0.02;
  const auto rough = std::ranges::count_if(found, [](const Found& one) { return one.rough; });
  const bool all_texture = smooth_share < kLeastSmooth;
  if (all_texture) report.in_texture = rough;
  if (all_texture || static_cast<std::int64_t>(found.size()) * kWorthAskingFor <= sites) return;
  const auto smooth = static_cast<double>(
      std::ranges::count_if(found, [](const Found& one) { return !one.rough && !one.of_line; }));
  const double expected = smooth * (1 - smooth_share) / smooth_share;
  if (static_cast<double>(rough) > 2 * expected + 3 * std::sqrt(expected) + 10) {
    report.in_texture = rough;
  }
}

/// All that may be struck, by bands of rows on several threads; in the order of rows.
Result<Looked> search_all(const Search& search, int height, int threads) {
  const int bands = std::clamp(threads, 1, std::max(1, height / 64));
  std::vector<Looked> parts(static_cast<std::size_t>(bands));
  LATENT_CHECK(run_on_threads(bands, [&](int band) -> Status {
    const int first = static_cast<int>(std::int64_t{height} * band / bands);
    const int last = static_cast<int>(std::int64_t{height} * (band + 1) / bands);
    parts[static_cast<std::size_t>(band)] = search.rows(first, last);
    return {};
  }));
  Looked all;
  for (const Looked& part : parts) {
    all.found.insert(all.found.end(), part.found.begin(), part.found.end());
    all.lights += part.lights;
  }
  return all;
}

/// Single sites, and what else is struck beside them. Pairs and clusters may be stars sharper than
/// any lens, or noise: they count only in a frame that shows more defects than lights, and many.
Result<std::vector<Found>> search_sites(Sites& sites, const Search& search, int threads) {
  LATENT_TRY(Looked looked, search_all(search, sites.size().height, threads));
  std::vector<Found>& found = looked.found;
  const auto many = static_cast<std::int64_t>(found.size()) * kManyOf >= sites.size().area();
  if (!many || static_cast<std::int64_t>(found.size()) <= looked.lights) {
    std::erase_if(found, [](const Found& one) { return !one.alone; });
    return std::move(found);
  }
  const auto all = static_cast<double>(sites.size().area());
  if (static_cast<double>(found.size()) <= kMostStruck * all) {
    const std::vector<Found> first = found;
    Peeling(sites, search).go_on_from(found);
    // Defects do not gather around each other: where nearly all lie beside a few, it is texture.
    if (found.size() > kMostGrown * first.size()) {
      found = first;
      std::erase_if(found, [](const Found& one) { return !one.alone; });
    }
  }
  return std::move(found);
}

/// Defects in the order of rows, each with what it should show.
std::vector<Defect> defects_of(const Mosaic& mosaic, const std::vector<Point>& struck) {
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  const std::vector<std::uint16_t> counts = mended_counts(mosaic, struck);
  std::vector<Defect> defects;
  defects.reserve(struck.size());
  for (std::size_t i = 0; i < struck.size(); ++i) {
    const Point& site = struck[i];
    defects.push_back({site.x, site.y, frame.at(site.x, site.y), counts[i]});
  }
  return defects;
}

}  // namespace

std::vector<Defect> listed_defects(const Mosaic& mosaic, std::vector<Point> sites) {
  std::ranges::sort(sites, [](const Point& one, const Point& other) {
    return std::pair(one.y, one.x) < std::pair(other.y, other.x);
  });
  const auto again = std::ranges::unique(sites);
  sites.erase(again.begin(), again.end());
  return defects_of(mosaic, sites);
}

Result<DefectReport> find_defects(const Mosaic& mosaic, const NoiseModel& noise, int threads,
                                  DefectCare care) {
  LATENT_TRY(Sites sites, Sites::create(mosaic, noise));
  const std::int64_t all = sites.size().area();
  DefectReport report;
  std::vector<Found> found = struck_lines(sites, report);
  const Search search(sites, mosaic, care);
  LATENT_TRY(const std::vector<Found> single, search_sites(sites, search, threads));
  found.insert(found.end(), single.begin(), single.end());
  spare_texture(found, search.frame().smooth_share, all, report);
  const auto struck = static_cast<std::int64_t>(found.size()) - report.in_texture;
  if (static_cast<double>(struck) > kMostStruck * static_cast<double>(all)) {
    report = {};
    report.too_many = struck;
    return report;
  }
  spare_lights(found, sites, report);
  std::vector<Point> repaired;
  for (const Found& one : found) {
    const bool spared = report.spared[one.colour] || (report.in_texture > 0 && one.rough);
    if (spared && !one.of_line) continue;
    repaired.push_back(one.site);
    (one.kind == DefectKind::Hot ? report.hot : report.dead) += 1;
  }
  report.defects = listed_defects(mosaic, std::move(repaired));
  return report;
}

void repair(Mosaic& mosaic, std::span<const Defect> defects) {
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (const Defect& defect : defects) active.at(defect.x, defect.y) = defect.repaired;
}

}  // namespace latent::raw
