// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/defect_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace latent::raw {

namespace {

constexpr int kSamples = 96;           ///< looked at along a line
constexpr int kShortest = 64;          ///< sites of a line, that it may be judged
constexpr double kStruckShare = 0.85;  ///< of the sites of a struck line, those that stand out
constexpr double kSigmas = 1.5;        ///< by which they do
constexpr double kSpread = 0.05;       ///< of the height, that the lines beside may show
constexpr double kUneven = 0.1;        ///< of the height, between the quartiles along a line
constexpr double kUnevenNoise = 1.5;   ///< and of what noise has between them
constexpr double kLeastShare = 0.25;   ///< of the frame's side, that a part of a line has
constexpr int kMostOf = 100;           ///< one line in so many may be struck

/// The frame seen along columns, or along rows.
class Lines {
 public:
  Lines(const Sites& sites, bool columns) : sites_(sites), columns_(columns) {}

  [[nodiscard]] int count() const { return columns_ ? sites_.size().width : sites_.size().height; }
  [[nodiscard]] int length() const { return columns_ ? sites_.size().height : sites_.size().width; }

  /// How a site stands to those of its colour beside its line.
  struct Standing {
    double height = 0;  ///< over their median
    double value = 0;
    double sigma = 0;  ///< of the noise
    int beyond = 0;    ///< 1: above all but one of them, -1: below all but one
  };
  /// Those close to the line `struck` do not count.
  [[nodiscard]] std::optional<Standing> standing(int line, int along, int struck) const {
    const int x = columns_ ? line : along;
    const int y = columns_ ? along : line;
    const SiteFacts& site = sites_.facts(x, y);
    std::array<double, 25> values{};
    std::size_t count = 0;
    for (const Point& offset : site.same) {
      if (std::abs(line + (columns_ ? offset.x : offset.y) - struck) <= 1) continue;
      if (!sites_.contain(x + offset.x, y + offset.y)) continue;
      values[count++] = sites_.value(x + offset.x, y + offset.y);
    }
    if (count < 3) return {};
    std::sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count));
    const double value = sites_.value(x, y);
    const double middle = values[count / 2];
    const double needed =
        std::max(kDefectLeastHeight / 2, kSigmas * sigma_at(site, values[count - 2]));
    Standing standing{value - middle, value, sigma_at(site, values[count - 2]), 0};
    // One of them may be struck by itself.
    if (value > values[count - 2] + needed) standing.beyond = 1;
    if (value < values[1] - needed) standing.beyond = -1;
    return standing;
  }

 private:
  const Sites& sites_;
  bool columns_;
};

/// What the samples along a line show, in their order.
struct Profile {
  std::vector<int> places;
  std::vector<Lines::Standing> standings;
};

Profile profile_of(const Lines& lines, int line, int struck) {
  Profile profile;
  int step = std::max(1, lines.length() / kSamples);
  while (step % 2 == 0 || step % 3 == 0) ++step;  // all phases of any pattern
  for (int along = 0; along < lines.length(); along += step) {
    const auto standing = lines.standing(line, along, struck);
    if (!standing) continue;
    profile.places.push_back(along);
    profile.standings.push_back(*standing);
  }
  return profile;
}

double median_height(const Profile& profile, std::size_t first, std::size_t last) {
  std::vector<double> heights;
  for (std::size_t i = first; i < last; ++i) heights.push_back(profile.standings[i].height);
  const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
  std::nth_element(heights.begin(), middle, heights.end());
  return *middle;
}

/// The struck samples of a line, [first, last), that reach to one end of the frame.
struct Run {
  std::size_t first = 0;
  std::size_t last = 0;
  double height = 0;
};

/// The longest run from the first sample on (or, `back`, from the last).
std::size_t longest_run(const Profile& profile, int beyond, bool back) {
  const std::size_t count = profile.standings.size();
  // Where the sum is largest: it falls from there on unless most of the rest is struck too.
  constexpr double kLoss = kStruckShare / (1 - kStruckShare);
  std::size_t best = 0;
  double most = 0;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += profile.standings[back ? count - 1 - i : i].beyond == beyond ? 1 : -kLoss;
    if (sum <= most) continue;
    most = sum;
    best = i + 1;
  }
  return best;
}

/// Between the quartiles of what `measure` gives of each.
template <class Measure>
double quartile_range(const Profile& profile, const Run& run, Measure measure) {
  std::vector<double> values;
  for (std::size_t i = run.first; i < run.last; ++i)
    values.push_back(measure(profile.standings[i]));
  std::sort(values.begin(), values.end());
  return values[3 * values.size() / 4] - values[values.size() / 4];
}

/// A fault of the sensor adds the same everywhere along its line, or leaves the same value
/// everywhere. What the scene shows along a line varies by more than its noise.
bool is_even(const Profile& profile, const Run& run) {
  using Standing = Lines::Standing;
  constexpr double kQuartiles = 1.35;  // of normal noise of sigma 1
  const double noise = kQuartiles * profile.standings[run.first].sigma;
  const double most = kUnevenNoise * noise + kUneven * std::abs(run.height);
  return quartile_range(profile, run, [](const Standing& one) { return one.height; }) <= most ||
         quartile_range(profile, run, [](const Standing& one) { return one.value; }) <= most;
}

std::optional<Run> run_of(const Profile& profile, int beyond) {
  const std::size_t count = profile.standings.size();
  if (count == 0) return {};
  const auto least = static_cast<std::size_t>(kLeastShare * static_cast<double>(count)) + 1;
  for (const bool back : {false, true}) {
    const std::size_t length = longest_run(profile, beyond, back);
    if (length < least) continue;
    Run run{back ? count - length : 0, back ? count : length, 0};
    run.height = median_height(profile, run.first, run.last);
    return run;
  }
  return {};
}

struct Candidate {
  int line = 0;
  Run run;
  int beyond = 0;
};

/// Whether the nearest line that is no candidate, on either side, shows nothing of it.
bool ends_sharply(const Lines& lines, const std::vector<Candidate>& all, const Candidate& one) {
  constexpr int kWidest = 2;
  const auto is_candidate = [&](int line) {
    return std::ranges::any_of(all, [&](const Candidate& each) { return each.line == line; });
  };
  int width = 1;
  for (const int step : {-1, 1}) {
    int beside = one.line + step;
    while (is_candidate(beside)) {
      beside += step;
      ++width;
    }
    if (beside < 0 || beside >= lines.count()) continue;
    const Profile profile = profile_of(lines, beside, one.line);
    // At the edge of the frame a sample or two may lack surroundings.
    const std::size_t last = std::min(one.run.last, profile.standings.size());
    if (last <= one.run.first) return false;
    const double shown = median_height(profile, one.run.first, last);
    if (one.beyond * shown > kSpread * std::abs(one.run.height)) return false;
  }
  return width <= kWidest;
}

/// A few sites tell that most lines are none.
bool may_be_struck(const Lines& lines, int line) {
  int seen = 0;
  for (int i = 0; i < 8; ++i) {
    for (const int along :
         {i * lines.length() / 32, lines.length() - 1 - i * lines.length() / 32}) {
      const auto standing = lines.standing(line, along, line);
      if (standing && standing->beyond != 0) ++seen;
    }
  }
  return seen >= 3;
}

std::vector<Candidate> candidates_of(const Lines& lines) {
  std::vector<Candidate> candidates;
  for (int line = 0; line < lines.count(); ++line) {
    if (!may_be_struck(lines, line)) continue;
    const Profile profile = profile_of(lines, line, line);
    for (const int beyond : {1, -1}) {
      const auto run = run_of(profile, beyond);
      if (run) candidates.push_back({line, *run, beyond});
    }
  }
  return candidates;
}

void find_along(const Sites& sites, bool columns, std::vector<DefectLine>& found) {
  const Lines lines(sites, columns);
  if (lines.length() < kShortest || lines.count() < kShortest) return;
  const std::vector<Candidate> candidates = candidates_of(lines);
  const bool many = static_cast<std::int64_t>(candidates.size()) * kMostOf > lines.count();
  if (many && candidates.size() > 2) return;
  for (const Candidate& one : candidates) {
    if (!ends_sharply(lines, candidates, one)) continue;
    const Profile profile = profile_of(lines, one.line, one.line);
    if (!is_even(profile, one.run)) continue;
    const bool whole_end = one.run.last == profile.places.size();
    const bool whole_begin = one.run.first == 0;
    found.push_back({columns, one.line, whole_begin ? 0 : profile.places[one.run.first],
                     whole_end ? lines.length() : profile.places[one.run.last - 1] + 1,
                     one.beyond > 0 ? DefectKind::Hot : DefectKind::Dead});
  }
}

}  // namespace

std::vector<DefectLine> find_defect_lines(const Sites& sites) {
  std::vector<DefectLine> found;
  find_along(sites, true, found);
  find_along(sites, false, found);
  return found;
}

}  // namespace latent::raw
