// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defect_judge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace latent::raw {

namespace {

constexpr double kSpread = 0.05;         ///< share of the height that neighbours may show
constexpr double kClusterSpread = 0.01;  ///< the same around three and more of them
constexpr std::size_t kMostInCluster = 9;
constexpr std::size_t kSmallCluster = 4;
constexpr double kEvenSmall = 0.4;  ///< of the tallest in a small cluster, the lowest
constexpr double kEvenLarge = 0.7;  ///< and in a larger one: a star has a peak
/// Of its height: what may be struck as it is. What is lower still may be the light that spread
/// from it.
constexpr double kComparable = 0.25;
constexpr double kAllowedHot = 0.5;   ///< noise that may hide no spread: it may be a star's
constexpr double kAllowedDead = 2.0;  ///< of the dark there is no star
constexpr double kDeadShare = 0.25;   ///< a dead site shows less than this of its surroundings
constexpr double kRoughRange = 0.01;  ///< of white - black
constexpr std::array<Point, 4> kBeside{Point{-1, 0}, Point{1, 0}, Point{0, -1}, Point{0, 1}};
constexpr std::size_t kSide = 2 * kDefectRadius + 1;

/// What a site of one colour around another shows, and where.
struct Shown {
  double value = 0;
  Point offset;
};

/// What the sound sites of one colour around (x, y) show, from the least to the most.
class Around {
 public:
  Around(const Sites& sites, const std::vector<Point>& offsets, int x, int y) {
    for (const Point& offset : offsets) {
      if (!sites.contain(x + offset.x, y + offset.y)) {
        ++beyond_edge_;
        continue;
      }
      if (!sites.sound(x + offset.x, y + offset.y)) continue;
      shown_[count_++] = {sites.value(x + offset.x, y + offset.y), offset};
    }
    std::sort(shown_.begin(), shown_.begin() + static_cast<std::ptrdiff_t>(count_),
              [](const Shown& one, const Shown& other) { return one.value < other.value; });
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  /// How many may be struck themselves and are left aside: none at the edge of the frame, where
  /// too few are left to tell.
  [[nodiscard]] std::size_t outliers() const {
    if (count_ < 4 || beyond_edge_ > count_ / 4) return 0;
    return count_ < 6 ? 1 : count_ < kMany ? kDefectOutliers : 2 * kDefectOutliers;
  }
  [[nodiscard]] double least() const { return shown_[0].value; }
  [[nodiscard]] double most() const { return shown_[count_ - 1].value; }
  [[nodiscard]] double middle() const { return shown_[count_ / 2].value; }
  /// The least and the most but for outliers at that end.
  [[nodiscard]] double inner_least() const { return shown_[outliers()].value; }
  [[nodiscard]] double inner_most() const { return shown_[count_ - 1 - outliers()].value; }

  /// Whether two outliers face each other across the site and reach beyond `level`: a line.
  [[nodiscard]] bool is_line(double sign, double level) const {
    if (outliers() < 2) return false;
    const Shown& one = sign > 0 ? shown_[count_ - 1] : shown_[0];
    const Shown& other = sign > 0 ? shown_[count_ - 2] : shown_[1];
    const bool beyond = sign * (one.value - level) > 0 && sign * (other.value - level) > 0;
    return beyond && one.offset == Point{-other.offset.x, -other.offset.y};
  }

 private:
  std::array<Shown, kSide * kSide> shown_{};
  static constexpr std::size_t kMany = 20;  ///< of a monochrome sensor
  std::size_t count_ = 0;
  std::size_t beyond_edge_ = 0;
};

/// What `count` sites that differ by `range` differ by but for their noise, which alone makes them
/// differ by (0.65 + 1.02 ln count) sigma on average (Tippett, Biometrika 17, 1925).
double beyond_noise(double range, double sigma, std::size_t count) {
  const double noise = (0.8 + 1.02 * std::log(static_cast<double>(count))) * sigma;
  return std::sqrt(std::max(0.0, range * range - noise * noise));
}

/// What the sites around differ among themselves but for their noise; outliers at the end that
/// `sign` points to are left aside, none where it is 0.
double difference(const Around& around, double sign, double sigma) {
  if (sign == 0) return beyond_noise(around.most() - around.least(), sigma, around.count());
  const double range =
      sign > 0 ? around.inner_most() - around.least() : around.most() - around.inner_least();
  return beyond_noise(range, sigma, around.count() - around.outliers());
}

/// The same of another colour, of that which differs most.
double contrast_of_others(const Sites& sites, int x, int y, double sign) {
  double contrast = 0;
  for (const std::vector<Point>& colour : sites.facts(x, y).other) {
    if (colour.empty()) continue;
    const Around around(sites, colour, x, y);
    if (around.count() < 2) continue;
    const SiteFacts& facts = sites.facts(x + colour.front().x, y + colour.front().y);
    const double level = sign > 0 ? around.inner_most() : around.most();
    contrast = std::max(contrast, difference(around, sign, sigma_at(facts, level)));
  }
  return contrast;
}

/// How far a site stands above (or, with sign -1, below) what a median of its own surroundings
/// shows; and the variance of that.
struct Height {
  double value = 0;
  double variance = 0;
  bool known = false;
};

/// Of the site `at` beside (x, y).
Height height_beside(const Sites& sites, int x, int y, const Point& at, double sign) {
  std::array<double, kSide * kSide> values{};
  std::size_t seen = 0;
  for (const Point& offset : sites.facts(at.x, at.y).same) {
    const int far_x = at.x + offset.x;
    const int far_y = at.y + offset.y;
    // Only what is not itself beside the site in question.
    if (std::abs(far_x - x) <= 1 && std::abs(far_y - y) <= 1) continue;
    if (sites.sound(far_x, far_y)) values[seen++] = sites.value(far_x, far_y);
  }
  if (seen == 0) return {};
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(seen / 2);
  std::nth_element(values.begin(), middle, values.begin() + static_cast<std::ptrdiff_t>(seen));
  double background = *middle;
  if (seen % 2 == 0) background = (background + *std::max_element(values.begin(), middle)) / 2;
  const double sigma = sigma_at(sites.facts(at.x, at.y), background);
  return {sign * (sites.value(at.x, at.y) - background),
          sigma * sigma * (1.0 + 1.5 / static_cast<double>(seen)), true};
}

/// Sites that are struck together: grown from one over all that stand out as it does.
class Cluster {
 public:
  Cluster(const Sites& sites, double sign, double height)
      : sites_(sites), sign_(sign), height_(height), lowest_(height), tallest_(height) {}

  /// Whether light would have spread around it: not so where it ends sharply.
  [[nodiscard]] bool ends_sharply(const Point& seed) {
    members_.push_back(seed);
    for (std::size_t i = 0; i < members_.size(); ++i) {
      if (!grow(members_[i])) return false;
    }
    const double even = members_.size() <= kSmallCluster ? kEvenSmall : kEvenLarge;
    if (lowest_ < even * tallest_) return false;
    double sum = 0;
    double variance = 0;
    int count = 0;
    for (const Point& member : members_) {
      for (const Point& step : kBeside) {
        const Point at{member.x + step.x, member.y + step.y};
        if (!sites_.sound(at.x, at.y) || holds(at)) continue;
        const Height height = height_of(at);
        if (!height.known) continue;
        sum += height.value;
        variance += height.variance;
        ++count;
      }
    }
    return count > 0 && sum + 2 * std::sqrt(variance) < kClusterSpread * height_ * count;
  }

 private:
  [[nodiscard]] bool holds(const Point& at) const {
    return std::ranges::find(members_, at) != members_.end();
  }
  [[nodiscard]] Height height_of(const Point& at) const {
    const Around around(sites_, sites_.facts(at.x, at.y).same, at.x, at.y);
    if (around.count() < 3) return {};
    const double sigma = sigma_at(sites_.facts(at.x, at.y), around.middle());
    return {sign_ * (sites_.value(at.x, at.y) - around.middle()), 1.3 * sigma * sigma, true};
  }
  /// Takes in all around a member that stand out likewise; false where they become too many.
  bool grow(const Point member) {
    for (int y = member.y - 1; y <= member.y + 1; ++y) {
      for (int x = member.x - 1; x <= member.x + 1; ++x) {
        if (!sites_.sound(x, y) || holds({x, y})) continue;
        const Height height = height_of({x, y});
        if (!height.known || height.value < kComparable * height_) continue;
        if (members_.size() == kMostInCluster) return false;
        lowest_ = std::min(lowest_, height.value);
        tallest_ = std::max(tallest_, height.value);
        members_.push_back({x, y});
      }
    }
    return true;
  }

  const Sites& sites_;
  double sign_;
  double height_;  ///< of the seed
  double lowest_;  ///< of all members
  double tallest_;
  std::vector<Point> members_;
};

/// What is seen beside a site of the light that would have made it stand out.
enum class Beside : std::uint8_t { Light, Nothing, OthersLikeIt };

Beside look_beside(const Sites& sites, int x, int y, double sign, double height) {
  double sum = 0;
  double variance = 0;
  int count = 0;
  int comparable = 0;
  for (const Point& step : kBeside) {
    const Point at{x + step.x, y + step.y};
    if (!sites.sound(at.x, at.y)) continue;
    const Height beside = height_beside(sites, x, y, at, sign);
    if (!beside.known) continue;
    if (kComparable * beside.value > height) return Beside::Light;
    if (beside.value >= kComparable * height) {
      ++comparable;
      continue;
    }
    sum += beside.value;
    variance += beside.variance;
    ++count;
  }
  if (count == 0) return Beside::Light;
  const double allowed = sign > 0 ? kAllowedHot : kAllowedDead;
  if (comparable == 0) {
    const bool dark = sum - allowed * std::sqrt(variance) < kSpread * height * count;
    return dark ? Beside::Nothing : Beside::Light;
  }
  // Of two side by side the rest has to be dark beyond doubt.
  const bool pair = comparable == 1 && sum + std::sqrt(variance) < kSpread * height * count;
  return pair || Cluster(sites, sign, height).ends_sharply({x, y}) ? Beside::OthersLikeIt
                                                                   : Beside::Light;
}

/// How far a site stands out from its surroundings, which are `sigma` noisy, if far enough.
bool stands_out(const Sites& sites, const Around& same, int x, int y, double sign, double sigma,
                double caution) {
  const double value = sites.value(x, y);
  const double over = (sign > 0 ? value - same.inner_most() : same.inner_least() - value) / caution;
  if (over <= std::max(kDefectLeastHeight, kDefectSigmas * sigma)) return false;
  const double differ = difference(same, sign, sigma);
  if (over <= kDefectContrasts * differ) return false;
  if (over <= contrast_of_others(sites, x, y, sign)) return false;
  return !same.is_line(sign, (value + same.middle()) / 2);
}

/// The same with nothing left aside.
bool stands_out_of_all(const Sites& sites, const Around& same, int x, int y, double sign,
                       double sigma) {
  const double value = sites.value(x, y);
  const double over = sign > 0 ? value - same.most() : same.least() - value;
  const double differ = beyond_noise(same.most() - same.least(), sigma, same.count());
  return over > std::max({kDefectLeastHeight, kDefectSigmas * sigma, kDefectContrasts * differ,
                          contrast_of_others(sites, x, y, 0)});
}

bool has_clipped(const Sites& sites, int x, int y) {
  int dark = 0;
  for (const Point& offset : sites.facts(x, y).same) {
    const bool seen = sites.sound(x + offset.x, y + offset.y);
    if (seen && sites.count(x + offset.x, y + offset.y) <= sites.darkest()) ++dark;
  }
  return dark >= 2;
}

bool is_rough(const Sites& sites, const Around& same, int x, int y, double sign) {
  const SiteFacts& facts = sites.facts(x, y);
  const double sigma = sigma_at(facts, same.inner_most());
  const double differ =
      std::max(difference(same, sign, sigma), contrast_of_others(sites, x, y, sign));
  return differ > std::max(kRoughRange, 2 * sigma);
}

}  // namespace

Judgement judge(const Sites& sites, const FrameFacts& frame, int x, int y) {
  const SiteFacts& site = sites.facts(x, y);
  const Around same(sites, site.same, x, y);
  if (same.count() == 0) return {};
  const double value = sites.value(x, y);
  Judgement judgement;
  for (const double sign : {1.0, -1.0}) {
    double sigma = sigma_at(site, sign > 0 ? same.inner_most() : same.inner_least());
    if (frame.dark_sigma > sigma && has_clipped(sites, x, y)) sigma = frame.dark_sigma;
    if (!stands_out(sites, same, x, y, sign, sigma, frame.caution)) continue;
    if (sign < 0 && value >= kDeadShare * same.inner_least()) continue;
    const Beside beside = look_beside(sites, x, y, sign, std::abs(value - same.middle()));
    judgement.spreads = judgement.spreads || beside == Beside::Light;
    if (beside == Beside::Light) continue;
    judgement.kind = sign > 0 ? DefectKind::Hot : DefectKind::Dead;
    judgement.alone =
        beside == Beside::Nothing && stands_out_of_all(sites, same, x, y, sign, sigma);
    judgement.rough = is_rough(sites, same, x, y, sign);
    return judgement;
  }
  return judgement;
}

FrameFacts measure_frame(const Sites& sites) {
  constexpr std::int64_t kSamples = 20000;
  constexpr std::size_t kFewest = 200;
  constexpr double kMostNoisy = 0.9;           // of samples, those below are noise
  constexpr double kSigmasOfMostNoisy = 1.28;  // of a normal distribution
  const Size size = sites.size();
  const std::int64_t step = std::max<std::int64_t>(1, size.area() / kSamples) | 1;
  std::vector<double> dark;
  std::int64_t seen = 0;
  std::int64_t smooth = 0;
  for (std::int64_t at = 0; at < size.area(); at += step) {
    const int x = static_cast<int>(at % size.width);
    const int y = static_cast<int>(at / size.width);
    const SiteFacts& site = sites.facts(x, y);
    const Around same(sites, site.same, x, y);
    if (same.count() < 3) continue;
    ++seen;
    if (!is_rough(sites, same, x, y, 1.0)) ++smooth;
    if (has_clipped(sites, x, y)) {
      dark.push_back(std::max(0.0, (sites.count(x, y) - sites.darkest()) / site.range));
    }
  }
  FrameFacts facts;
  if (seen > 0) facts.smooth_share = static_cast<double>(smooth) / static_cast<double>(seen);
  if (dark.size() < kFewest) return facts;
  const auto high =
      dark.begin() + static_cast<std::ptrdiff_t>(kMostNoisy * static_cast<double>(dark.size()));
  std::nth_element(dark.begin(), high, dark.end());
  facts.dark_sigma = *high / kSigmasOfMostNoisy;
  return facts;
}

}  // namespace latent::raw
