// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "base/threads.h"
#include "raw/defect_sites.h"
#include "raw/quick_look.h"

namespace latent::raw {

namespace {

constexpr double kSpread = 0.05;      ///< share of the height that neighbours may show
constexpr double kContrasts = 3.5;    ///< times what its surroundings differ among themselves
constexpr double kAllowedHot = 0.5;   ///< noise that may hide no spread: it may be a star's
constexpr double kAllowedDead = 2.0;  ///< of the dark there is no star
constexpr double kDeadShare = 0.25;   ///< a dead site shows less than this of its surroundings
constexpr int kTooMany = 200;         ///< one defect in so many sites is texture
constexpr std::array<Point, 4> kBeside{Point{-1, 0}, Point{1, 0}, Point{0, -1}, Point{0, 1}};

/// What the sites of one colour around (x, y) show.
struct Around {
  double least = 0;
  double most = 0;
  double middle = 0;      ///< median
  std::size_t count = 0;  ///< of sites
};

Around around(const Sites& sites, int x, int y) {
  constexpr std::size_t kSide = 2 * kDefectRadius + 1;
  std::array<double, kSide * kSide> values{};
  std::size_t count = 0;
  for (const Point& offset : sites.facts(x, y).same) {
    if (!sites.contain(x + offset.x, y + offset.y)) continue;
    values[count++] = sites.value(x + offset.x, y + offset.y);
  }
  std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
  return {values[0], values[count - 1], values[count / 2], count};
}

/// What `count` sites that differ by `range` differ by but for their noise, which alone makes them
/// differ by (0.65 + 1.02 ln count) sigma on average (Tippett, Biometrika 17, 1925).
double beyond_noise(double range, double sigma, std::size_t count) {
  const double noise = (0.8 + 1.02 * std::log(static_cast<double>(count))) * sigma;
  return std::sqrt(std::max(0.0, range * range - noise * noise));
}

/// How much sites of another colour around (x, y) differ among themselves but for their noise, of
/// the colour that differs most.
double contrast_of_others(const Sites& sites, int x, int y) {
  double contrast = 0;
  for (const std::vector<Point>& colour : sites.facts(x, y).other) {
    double least = 1e9;
    double most = -1e9;
    std::size_t count = 0;
    for (const Point& offset : colour) {
      if (!sites.contain(x + offset.x, y + offset.y)) continue;
      const double value = sites.value(x + offset.x, y + offset.y);
      least = std::min(least, value);
      most = std::max(most, value);
      ++count;
    }
    if (most <= least) continue;  // none inside, or one
    const SiteFacts& facts = sites.facts(x + colour.front().x, y + colour.front().y);
    contrast = std::max(contrast, beyond_noise(most - least, sigma_at(facts, most), count));
  }
  return contrast;
}

/// How far the four sites beside (x, y) stand on average above (or, with sign -1, below) their own
/// surroundings of the same colour, `allowed` sigmas of its noise less.
double spread_beside(const Sites& sites, int x, int y, double sign, double allowed) {
  double height = 0;
  double variance = 0;
  int count = 0;
  for (const Point& step : kBeside) {
    const int beside_x = x + step.x;
    const int beside_y = y + step.y;
    if (!sites.contain(beside_x, beside_y)) continue;
    double background = 0;
    int seen = 0;
    for (const Point& offset : sites.facts(beside_x, beside_y).same) {
      const int far_x = beside_x + offset.x;
      const int far_y = beside_y + offset.y;
      // Only what is not itself beside the site in question.
      if (std::abs(far_x - x) <= 1 && std::abs(far_y - y) <= 1) continue;
      if (!sites.contain(far_x, far_y)) continue;
      background += sites.value(far_x, far_y);
      ++seen;
    }
    if (seen == 0) continue;
    background /= seen;
    height += sign * (sites.value(beside_x, beside_y) - background);
    const double sigma = sigma_at(sites.facts(beside_x, beside_y), background);
    variance += sigma * sigma * (1.0 + 1.0 / seen);
    ++count;
  }
  if (count == 0) return 0;
  return (height - allowed * std::sqrt(variance)) / count;
}

enum class Kind : std::uint8_t { Sound, Hot, Dead };

Kind judge(const Sites& sites, int x, int y) {
  const SiteFacts& site = sites.facts(x, y);
  const double value = sites.value(x, y);
  const Around same = around(sites, x, y);
  const double differ = beyond_noise(same.most - same.least, sigma_at(site, same.most), same.count);
  const double contrast = std::max(kContrasts * differ, contrast_of_others(sites, x, y));
  const double over = value - same.most;
  if (over > std::max({kDefectLeastHeight, contrast, kDefectSigmas * sigma_at(site, same.most)})) {
    const double height = value - same.middle;
    return spread_beside(sites, x, y, 1.0, kAllowedHot) < kSpread * height ? Kind::Hot
                                                                           : Kind::Sound;
  }
  const double under = same.least - value;
  if (under >
          std::max({kDefectLeastHeight, contrast, kDefectSigmas * sigma_at(site, same.least)}) &&
      value < kDeadShare * same.least) {
    const double depth = same.middle - value;
    return spread_beside(sites, x, y, -1.0, kAllowedDead) < kSpread * depth ? Kind::Dead
                                                                            : Kind::Sound;
  }
  return Kind::Sound;
}

struct Found {
  Defect defect;
  Kind kind = Kind::Sound;
  int colour = 1;
};

class Search {
 public:
  Search(const Sites& sites, const Mosaic& mosaic) : sites_(sites), quick_(sites, mosaic) {}

  std::vector<Found> rows(int first, int last) const {
    std::vector<Found> found;
    std::vector<std::uint8_t> marks(static_cast<std::size_t>(sites_.size().width));
    for (int y = first; y < last; ++y) {
      quick_.mark_row(y, marks);
      for (std::size_t x = next_mark(marks, 0); x < marks.size(); x = next_mark(marks, x + 1)) {
        look_at(static_cast<int>(x), y, found);
      }
    }
    return found;
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

  void look_at(int x, int y, std::vector<Found>& found) const {
    if (!quick_.stands_out(x, y)) return;
    const Kind kind = judge(sites_, x, y);
    if (kind != Kind::Sound) found.push_back({defect_at(x, y), kind, sites_.colour(x, y)});
  }

  [[nodiscard]] Defect defect_at(int x, int y) const {
    const SiteFacts& site = sites_.facts(x, y);
    const double count = around(sites_, x, y).middle * site.range + site.black;
    const double rounded = std::clamp(std::round(count), 0.0, 65535.0);
    return {x, y, sites_.count(x, y), static_cast<std::uint16_t>(rounded)};
  }

  const Sites& sites_;
  QuickLook quick_;
};

/// Colours that are struck far more often than green, against their share of the sites.
void spare_lights(const std::vector<Found>& found, const Sites& sites, DefectReport& report) {
  std::array<double, 3> struck{};
  std::array<double, 3> share{};
  for (const Found& one : found) struck[static_cast<std::size_t>(one.colour)] += 1;
  for (int y = 0; y < 12; ++y) {
    for (int x = 0; x < 12; ++x) share[static_cast<std::size_t>(sites.colour(x, y))] += 1;
  }
  for (const std::size_t colour : {std::size_t{0}, std::size_t{2}}) {
    if (share[colour] == 0) continue;
    const double expected = struck[1] * share[colour] / share[1];
    report.spared[colour] = struck[colour] > 2 * expected + 3 * std::sqrt(expected) + 10;
  }
}

}  // namespace

Result<DefectReport> find_defects(const Mosaic& mosaic, const NoiseModel& noise, int threads) {
  LATENT_TRY(const Sites sites, Sites::create(mosaic, noise));
  const Search search(sites, mosaic);
  const int bands = std::clamp(threads, 1, std::max(1, sites.size().height / 64));
  std::vector<std::vector<Found>> parts(static_cast<std::size_t>(bands));
  LATENT_CHECK(run_on_threads(bands, [&](int band) -> Status {
    const int first = static_cast<int>(std::int64_t{sites.size().height} * band / bands);
    const int last = static_cast<int>(std::int64_t{sites.size().height} * (band + 1) / bands);
    parts[static_cast<std::size_t>(band)] = search.rows(first, last);
    return {};
  }));
  std::vector<Found> found;
  for (std::vector<Found>& part : parts) found.insert(found.end(), part.begin(), part.end());
  DefectReport report;
  if (static_cast<std::int64_t>(found.size()) * kTooMany > sites.size().area()) return report;
  spare_lights(found, sites, report);
  for (const Found& one : found) {
    if (report.spared[one.colour]) continue;
    report.defects.push_back(one.defect);
    (one.kind == Kind::Hot ? report.hot : report.dead) += 1;
  }
  return report;
}

void repair(Mosaic& mosaic, std::span<const Defect> defects) {
  const auto active = mosaic.samples.view().crop(mosaic.active);
  for (const Defect& defect : defects) active.at(defect.x, defect.y) = defect.repaired;
}

}  // namespace latent::raw
