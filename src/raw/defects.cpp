// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defects.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>

#include "base/simd.h"
#include "base/threads.h"

namespace latent::raw {

namespace {

constexpr int kRadius = 2;
constexpr double kSigmas = 5.0;         ///< above the highest around: 6.4 above their mean
constexpr double kLeastHeight = 0.005;  ///< of white - black
constexpr double kSpread = 0.05;        ///< share of the height that neighbours may show
constexpr double kContrasts = 3.5;      ///< times what its surroundings differ among themselves
constexpr double kAllowedHot = 0.5;     ///< noise that may hide no spread: it may be a star's
constexpr double kAllowedDead = 2.0;    ///< of the dark there is no star
constexpr double kDeadShare = 0.25;     ///< a dead site shows less than this of its surroundings
constexpr int kTooMany = 200;           ///< one defect in so many sites is texture
constexpr int kChunk = 192;  ///< columns looked at together; a multiple of 2, 3, 6 and 64
constexpr std::array<Point, 4> kBeside{Point{-1, 0}, Point{1, 0}, Point{0, -1}, Point{0, 1}};

/// Levels and noise of one kind of site.
struct SiteFacts {
  double black = 0;
  double range = 1;
  double a = 0;
  double b = 0;
  std::vector<Point> same;  ///< offsets of the sites of its colour within the radius
  std::array<std::vector<Point>, 2> other;  ///< likewise of each other colour
};

/// A mosaic as counts of its frame. Nothing is mirrored: beyond the edge a site would be its own
/// neighbour.
class Sites {
 public:
  static Result<Sites> create(const Mosaic& mosaic, const NoiseModel& noise) {
    Sites sites(mosaic);
    const Size cfa = mosaic.cfa.period();
    const Size black = mosaic.levels.black.period;
    sites.period_ = {std::lcm(cfa.width, black.width), std::lcm(cfa.height, black.height)};
    for (int y = 0; y < sites.period_.height; ++y) {
      for (int x = 0; x < sites.period_.width; ++x) {
        sites.facts_.push_back(facts_of(mosaic, noise, x, y));
        if (sites.facts_.back().same.size() < 3) {
          return fail(ErrorCode::Unsupported, "the colours of this mosaic repeat too far apart");
        }
      }
    }
    return sites;
  }

  [[nodiscard]] Size size() const { return active_.size(); }
  [[nodiscard]] const SiteFacts& facts(int x, int y) const {
    return facts_[static_cast<std::size_t>(positive_modulo(y, period_.height) * period_.width +
                                           positive_modulo(x, period_.width))];
  }
  [[nodiscard]] int colour(int x, int y) const {
    return rgb_index(mosaic_->cfa.at(x + mosaic_->active.x, y + mosaic_->active.y));
  }
  /// All kinds of sites that there are.
  [[nodiscard]] const std::vector<SiteFacts>& kinds() const { return facts_; }
  /// The smallest white - black of all kinds of sites.
  [[nodiscard]] double least_range() const {
    double least = 65535;
    for (const SiteFacts& site : facts_) least = std::min(least, site.range);
    return least;
  }
  [[nodiscard]] std::span<const std::uint16_t> row(int y) const { return active_.row(y); }
  [[nodiscard]] bool contain(int x, int y) const {
    return x >= 0 && y >= 0 && x < active_.width() && y < active_.height();
  }
  [[nodiscard]] std::uint16_t count(int x, int y) const { return active_.at(x, y); }
  /// In units of (white - black).
  [[nodiscard]] double value(int x, int y) const {
    const SiteFacts& site = facts(x, y);
    return (active_.at(x, y) - site.black) / site.range;
  }

 private:
  explicit Sites(const Mosaic& mosaic)
      : mosaic_(&mosaic), active_(mosaic.samples.view().crop(mosaic.active)) {}

  static SiteFacts facts_of(const Mosaic& mosaic, const NoiseModel& noise, int x, int y) {
    const int buffer_x = x + mosaic.active.x;
    const int buffer_y = y + mosaic.active.y;
    const CfaColour colour = mosaic.cfa.at(buffer_x, buffer_y);
    const auto index = static_cast<std::size_t>(rgb_index(colour));
    SiteFacts site;
    site.black = mosaic.levels.black.at(buffer_x, buffer_y);
    const double white = mosaic.levels.white[static_cast<std::size_t>(colour)];
    site.range = std::max(1.0, white - site.black);
    site.a = noise.a[index];
    site.b = noise.b[index];
    for (int dy = -kRadius; dy <= kRadius; ++dy) {
      for (int dx = -kRadius; dx <= kRadius; ++dx) {
        const CfaColour there = mosaic.cfa.at(buffer_x + dx, buffer_y + dy);
        const int further = positive_modulo(rgb_index(there) - rgb_index(colour), 3);
        if (further != 0) {
          site.other[static_cast<std::size_t>(further - 1)].push_back({dx, dy});
        } else if (dx != 0 || dy != 0) {
          site.same.push_back({dx, dy});
        }
      }
    }
    return site;
  }

  const Mosaic* mosaic_;
  ImageView<const std::uint16_t> active_;
  Size period_;
  std::vector<SiteFacts> facts_;
};

double sigma_at(const SiteFacts& site, double value) {
  return std::sqrt(site.a * std::max(0.0, value) + site.b);
}

/// What the sites of one colour around (x, y) show.
struct Around {
  double least = 0;
  double most = 0;
  double middle = 0;      ///< median
  std::size_t count = 0;  ///< of sites
};

Around around(const Sites& sites, int x, int y) {
  constexpr std::size_t kSide = 2 * kRadius + 1;
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
  if (over > std::max({kLeastHeight, contrast, kSigmas * sigma_at(site, same.most)})) {
    const double height = value - same.middle;
    return spread_beside(sites, x, y, 1.0, kAllowedHot) < kSpread * height ? Kind::Hot
                                                                           : Kind::Sound;
  }
  const double under = same.least - value;
  if (under > std::max({kLeastHeight, contrast, kSigmas * sigma_at(site, same.least)}) &&
      value < kDeadShare * same.least) {
    const double depth = same.middle - value;
    return spread_beside(sites, x, y, -1.0, kAllowedDead) < kSpread * depth ? Kind::Dead
                                                                            : Kind::Sound;
  }
  return Kind::Sound;
}

/// How far a count must stand out from the nearest of its surroundings to be looked at: never more
/// than judge() asks for. In counts.
struct Bar {
  float margin = 0;
  float square = 0;     ///< of the distance, where it is darkest
  float per_count = 0;  ///< what a count above black adds to that
  float black = 0;      ///< the highest that there is

  static Bar create(const Sites& sites) {
    constexpr double kCautious = 0.9;  // black levels may differ by site
    Bar bar;
    double square = 1e12;
    double per_count = 1e12;
    for (const SiteFacts& site : sites.kinds()) {
      square = std::min(square, kSigmas * kSigmas * site.b * site.range * site.range);
      per_count = std::min(per_count, kSigmas * kSigmas * site.a * site.range);
      bar.black = std::max(bar.black, static_cast<float>(site.black));
    }
    bar.margin = static_cast<float>(kCautious * kLeastHeight * sites.least_range());
    bar.square = static_cast<float>(kCautious * kCautious * std::max(0.0, square));
    bar.per_count = static_cast<float>(kCautious * kCautious * std::max(0.0, per_count));
    return bar;
  }
};

/// Whether something that far from a level passes the bar.
inline bool passes(const Bar& bar, float distance, float level) {
  const float light = level - bar.black;
  const float needed = bar.square + bar.per_count * (light > 0.0F ? light : 0.0F);
  return distance > bar.margin && distance * distance > needed;
}

inline std::uint8_t outside(const Bar& bar, float here, float low, float high) {
  return static_cast<std::uint8_t>(static_cast<int>(passes(bar, here - high, high)) |
                                   static_cast<int>(passes(bar, low - here, low)));
}

/// Marks columns of a row that stand out from the eight sites two rows and columns away, which in a
/// Bayer or mono mosaic are all of the same colour: a quick look before judge().
LATENT_VECTORISED
void mark_standing_out(const std::uint16_t* __restrict above, const std::uint16_t* __restrict here,
                       const std::uint16_t* __restrict below, std::size_t width, const Bar& bar,
                       std::uint8_t* __restrict marks) {
  for (std::size_t x = 2; x + 2 < width; ++x) {
    const std::uint16_t high =
        std::max(std::max(std::max(above[x - 2], above[x]), std::max(above[x + 2], here[x - 2])),
                 std::max(std::max(here[x + 2], below[x - 2]), std::max(below[x], below[x + 2])));
    const std::uint16_t low =
        std::min(std::min(std::min(above[x - 2], above[x]), std::min(above[x + 2], here[x - 2])),
                 std::min(std::min(here[x + 2], below[x - 2]), std::min(below[x], below[x + 2])));
    marks[x] = outside(bar, here[x], low, high);
  }
}

/// One neighbour within the radius, for a row of the pattern: which columns of a chunk it shares
/// its colour with, as 0xFFFF and 0.
struct Neighbour {
  Point offset;
  std::array<std::uint16_t, kChunk> same{};
};

/// What the sites of a row of the frame share with those that lie that far off; the first column is
/// kRadius. No value where they share nothing.
std::optional<Neighbour> shared_with(const Mosaic& mosaic, int y, Point offset) {
  const auto colour = [&](int x, int row) {
    return rgb_index(mosaic.cfa.at(x + mosaic.active.x, row + mosaic.active.y));
  };
  Neighbour neighbour{offset, {}};
  bool any = false;
  for (int i = 0; i < kChunk; ++i) {
    const int x = i + kRadius;
    const bool same = colour(x, y) == colour(x + offset.x, y + offset.y);
    neighbour.same[static_cast<std::size_t>(i)] = same ? 0xFFFF : 0;
    any = any || same;
  }
  if (!any) return std::nullopt;
  return neighbour;
}

/// For each row of the pattern the neighbours of its sites; the first column of a chunk is kRadius
/// plus a multiple of kChunk. Empty where the pattern does not repeat within a chunk.
std::vector<std::vector<Neighbour>> neighbours_of(const Mosaic& mosaic) {
  std::vector<std::vector<Neighbour>> rows;
  const Size period = mosaic.cfa.period();
  if (kChunk % period.width != 0) return rows;
  rows.resize(static_cast<std::size_t>(period.height));
  for (int y = 0; y < period.height; ++y) {
    for (int dy = -kRadius; dy <= kRadius; ++dy) {
      for (int dx = -kRadius; dx <= kRadius; ++dx) {
        if (dx == 0 && dy == 0) continue;
        const auto neighbour = shared_with(mosaic, y, {dx, dy});
        if (neighbour) rows[static_cast<std::size_t>(y)].push_back(*neighbour);
      }
    }
  }
  return rows;
}

/// Widens [low, high] to what a neighbour shows, where it has the same colour.
LATENT_VECTORISED
void widen(const std::uint16_t* __restrict there, const std::uint16_t* __restrict same,
           std::size_t count, std::uint16_t* __restrict low, std::uint16_t* __restrict high) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto most = static_cast<std::uint16_t>(there[i] & same[i]);
    const auto least = static_cast<std::uint16_t>(there[i] | static_cast<std::uint16_t>(~same[i]));
    high[i] = high[i] > most ? high[i] : most;
    low[i] = low[i] < least ? low[i] : least;
  }
}

LATENT_VECTORISED
void mark_outside(const std::uint16_t* __restrict here, const std::uint16_t* __restrict low,
                  const std::uint16_t* __restrict high, std::size_t count, const Bar& bar,
                  std::uint8_t* __restrict marks) {
  for (std::size_t i = 0; i < count; ++i) marks[i] = outside(bar, here[i], low[i], high[i]);
}

struct Found {
  Defect defect;
  Kind kind = Kind::Sound;
  int colour = 1;
};

class Search {
 public:
  Search(const Sites& sites, const Mosaic& mosaic) : sites_(sites), bar_(Bar::create(sites)) {
    const Size cfa = mosaic.cfa.period();
    quick_ = cfa.width <= 2 && cfa.height <= 2;
    if (!quick_) neighbours_ = neighbours_of(mosaic);
  }

  std::vector<Found> rows(int first, int last) const {
    std::vector<Found> found;
    std::vector<std::uint8_t> marks(static_cast<std::size_t>(sites_.size().width));
    for (int y = first; y < last; ++y) {
      mark_row(y, marks);
      for (std::size_t x = next_mark(marks, 0); x < marks.size(); x = next_mark(marks, x + 1)) {
        look_at(static_cast<int>(x), y, found);
      }
    }
    return found;
  }

 private:
  /// Marks what may stand out; at the frame's edge, everything.
  void mark_row(int y, std::vector<std::uint8_t>& marks) const {
    std::fill(marks.begin(), marks.end(), std::uint8_t{1});
    const bool inside = y >= kRadius && y + kRadius < sites_.size().height;
    if (!inside || (!quick_ && neighbours_.empty())) return;
    if (quick_) {
      mark_standing_out(sites_.row(y - 2).data(), sites_.row(y).data(), sites_.row(y + 2).data(),
                        marks.size(), bar_, marks.data());
      return;
    }
    const std::vector<Neighbour>& neighbours =
        neighbours_[static_cast<std::size_t>(y) % neighbours_.size()];
    for (std::size_t x = kRadius; x + kRadius < marks.size(); x += kChunk) {
      const std::size_t count = std::min<std::size_t>(kChunk, marks.size() - kRadius - x);
      std::array<std::uint16_t, kChunk> low;
      std::array<std::uint16_t, kChunk> high{};
      low.fill(0xFFFF);
      for (const Neighbour& neighbour : neighbours) {
        const auto there = static_cast<std::ptrdiff_t>(x) + neighbour.offset.x;
        widen(sites_.row(y + neighbour.offset.y).data() + there, neighbour.same.data(), count,
              low.data(), high.data());
      }
      mark_outside(sites_.row(y).data() + x, low.data(), high.data(), count, bar_,
                   marks.data() + x);
    }
  }

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
    if (!stands_out(x, y)) return;
    const Kind kind = judge(sites_, x, y);
    if (kind != Kind::Sound) found.push_back({defect_at(x, y), kind, sites_.colour(x, y)});
  }

  /// In counts, against all sites of its colour, before anything is computed in floats.
  [[nodiscard]] bool stands_out(int x, int y) const {
    const int here = sites_.count(x, y);
    int least = 65536;
    int most = -1;
    for (const Point& offset : sites_.facts(x, y).same) {
      if (!sites_.contain(x + offset.x, y + offset.y)) continue;
      const int there = sites_.count(x + offset.x, y + offset.y);
      least = std::min(least, there);
      most = std::max(most, there);
    }
    if (most < 0) return false;  // alone in the corner of a tiny frame
    return outside(bar_, static_cast<float>(here), static_cast<float>(least),
                   static_cast<float>(most)) != 0;
  }

  [[nodiscard]] Defect defect_at(int x, int y) const {
    const SiteFacts& site = sites_.facts(x, y);
    const double count = around(sites_, x, y).middle * site.range + site.black;
    const double rounded = std::clamp(std::round(count), 0.0, 65535.0);
    return {x, y, sites_.count(x, y), static_cast<std::uint16_t>(rounded)};
  }

  const Sites& sites_;
  bool quick_ = false;
  std::vector<std::vector<Neighbour>> neighbours_;  ///< one list for each row of the pattern
  Bar bar_;
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
