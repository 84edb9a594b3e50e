// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "read/dng/dng_directories.h"

#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

Result<BlackLevels> read_black(const DngDirectories& directories, int samples_per_pixel,
                               const Rect& active, double added) {
  constexpr double kMostSide = 16;  // no maker's is larger than 8; what is kept grows with it
  const std::vector<double> dim = directories.numbers(tag::kBlackLevelRepeatDim);  // rows, columns
  const double rows = dim.size() >= 2 ? dim[0] : 1;
  const double columns = dim.size() >= 2 ? dim[1] : 1;
  if (!(rows >= 1 && rows <= kMostSide && columns >= 1 && columns <= kMostSide)) {
    return contradiction("pattern of black levels has an impossible size");
  }
  const Size period{static_cast<int>(columns), static_cast<int>(rows)};
  const auto sites = static_cast<std::size_t>(period.area());
  const auto planes = static_cast<std::size_t>(samples_per_pixel);
  std::vector<double> given = directories.numbers(tag::kBlackLevel);
  if (given.size() < 2) given.assign(sites * planes, given.empty() ? 0.0 : given.front());
  if (given.size() < sites * planes) return contradiction("black levels are too few");

  BlackLevels black{period, {}};
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      // The file counts from the active area's corner, a Mosaic from its buffer's.
      const auto column = static_cast<std::size_t>(positive_modulo(x - active.x, period.width));
      const auto row = static_cast<std::size_t>(positive_modulo(y - active.y, period.height));
      const std::size_t site = row * static_cast<std::size_t>(period.width) + column;
      black.counts.push_back(static_cast<float>(given[site * planes] + added));
    }
  }
  return black;
}

Result<std::vector<int>> read_cfa_sites(const DngDirectories& directories, Size period) {
  const std::vector<double> given = directories.numbers(tag::kCfaPattern);
  if (static_cast<std::int64_t>(given.size()) < period.area()) {
    return contradiction("colour filter pattern is too short");
  }
  std::vector<int> sites;
  for (std::size_t i = 0; i < static_cast<std::size_t>(period.area()); ++i) {
    sites.push_back(static_cast<int>(std::clamp(given[i], -1.0, 255.0)));
  }
  return sites;
}

/// Whether every site looks like the one `step` columns or rows away.
bool repeats_after(const std::vector<int>& sites, Size period, Point step) {
  const auto at = [&](int x, int y) {
    return sites[static_cast<std::size_t>(y % period.height * period.width + x % period.width)];
  };
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      if (at(x, y) != at(x + step.x, y + step.y)) return false;
    }
  }
  return true;
}

/// The size after which the sites repeat: some write a plain Bayer pattern as one of 4 x 4, or
/// X-Trans as one of 12 x 12. A single colour keeps what was stated.
Size true_period(const std::vector<int>& sites, Size stated) {
  Size period = stated;
  for (int side = stated.width; side >= 1; --side) {
    if (stated.width % side == 0 && repeats_after(sites, stated, {side, 0})) period.width = side;
  }
  for (int side = stated.height; side >= 1; --side) {
    if (stated.height % side == 0 && repeats_after(sites, stated, {0, side})) period.height = side;
  }
  return period == Size{1, 1} ? stated : period;
}

/// The first sites of a pattern, row by row.
std::vector<int> cut(const std::vector<int>& sites, Size period, Size to) {
  std::vector<int> part;
  for (int y = 0; y < to.height; ++y) {
    const auto row = sites.begin() + static_cast<std::ptrdiff_t>(y) * period.width;
    part.insert(part.end(), row, row + to.width);
  }
  return part;
}

SensorClass classify(const CfaPattern& pattern) {
  const Size period = pattern.period();
  if (period == Size{2, 2}) return SensorClass::Bayer;
  if (period == Size{6, 6}) return SensorClass::XTrans;
  bool doubled = period == Size{4, 4};
  for (int y = 0; y < 4 && doubled; ++y) {
    for (int x = 0; x < 4; ++x) {
      doubled = doubled && pattern.at(x, y) == pattern.at(x & ~1, y & ~1);
    }
  }
  return doubled ? SensorClass::QuadBayer : SensorClass::Unknown;
}

/// A Bayer quad and an X-Trans block have a known number of sites of each colour.
bool counts_are_right(SensorClass sensor, const std::vector<int>& sites) {
  const auto share = [&](int colour) { return std::ranges::count(sites, colour); };
  const auto all = static_cast<std::ptrdiff_t>(sites.size());
  if (sensor == SensorClass::XTrans) return share(0) == 8 && share(1) == 20 && share(2) == 8;
  return 4 * share(0) == all && 2 * share(1) == all && 4 * share(2) == all;
}

}  // namespace

tl::unexpected<Error> contradiction(const char* what) {
  return fail(ErrorCode::Corrupt,
              fmt::format("is damaged: its {}; copy it from the card again", what));
}

const TiffField* DngDirectories::find(std::uint16_t tag) const {
  const TiffField* field = raw->find(tag);
  return field != nullptr ? field : first->find(tag);
}

std::vector<double> DngDirectories::numbers(std::uint16_t tag) const {
  const TiffField* field = find(tag);
  if (field == nullptr) return {};
  auto values = file->numbers(*field);
  const bool sound =
      values && std::ranges::all_of(*values, [](double value) { return std::isfinite(value); });
  return sound ? *std::move(values) : std::vector<double>{};
}

double DngDirectories::number(std::uint16_t tag, double otherwise) const {
  const std::vector<double> values = numbers(tag);
  return values.empty() ? otherwise : values.front();
}

Result<Rect> read_dng_active_area(const DngDirectories& directories, Size image) {
  const std::vector<double> edges = directories.numbers(tag::kActiveArea);  // top left bottom right
  if (edges.size() < 4) return Rect{0, 0, image.width, image.height};
  const auto edge = [&](std::size_t i, int most) {
    return static_cast<int>(std::clamp(edges[i], 0.0, static_cast<double>(most) + 1));
  };
  const Rect active{edge(1, image.width), edge(0, image.height),
                    edge(3, image.width) - edge(1, image.width),
                    edge(2, image.height) - edge(0, image.height)};
  if (active.empty() || !Rect{0, 0, image.width, image.height}.contains(active)) {
    return contradiction("active area lies outside the picture");
  }
  return active;
}

/// DefaultCrop counts from the active area's corner; one that makes no sense counts as absent.
Rect read_dng_crop(const DngDirectories& directories, const Rect& active) {
  const std::vector<double> origin = directories.numbers(tag::kDefaultCropOrigin);
  const std::vector<double> size = directories.numbers(tag::kDefaultCropSize);
  if (origin.size() < 2 || size.size() < 2) return active;
  const auto pixels = [](double value) {
    return static_cast<int>(std::lround(std::clamp(value, 0.0, 1e6)));
  };
  const Rect crop{active.x + pixels(origin[0]), active.y + pixels(origin[1]), pixels(size[0]),
                  pixels(size[1])};
  const Rect inside = crop.intersection(active);
  return inside.empty() ? active : inside;
}

Result<SensorLevels> read_dng_levels(const DngDirectories& directories, int samples_per_pixel,
                                     const Rect& active, const StatedWhite& stated,
                                     const BlackDeltas& deltas) {
  SensorLevels levels;
  LATENT_TRY(levels.black, read_black(directories, samples_per_pixel, active, deltas.mean));
  // Where most is taken off, a sample that has clipped comes out so much lower.
  const double white = stated.level - deltas.largest();
  levels.white.fill(static_cast<float>(white));
  const bool sound =
      white <= stated.most && std::ranges::all_of(levels.black.counts, [&](float black) {
        return black >= -stated.most - 1 && black < white;
      });
  if (!sound) return contradiction("black and white level contradict each other");
  const auto factor = static_cast<float>(1 << deltas.shift);
  for (float& black : levels.black.counts) black *= factor;
  for (float& each : levels.white) each *= factor;
  return levels;
}

Result<CfaReading> read_dng_cfa(const DngDirectories& directories) {
  const std::vector<double> dim = directories.numbers(tag::kCfaRepeatPatternDim);  // rows, columns
  constexpr double kMostSide = 64;  // what repeats inside of it may be said so often
  if (dim.size() < 2 ||
      !(dim[0] >= 1 && dim[0] <= kMostSide && dim[1] >= 1 && dim[1] <= kMostSide)) {
    return contradiction("colour filter pattern has an impossible size");
  }
  const Size stated{static_cast<int>(dim[1]), static_cast<int>(dim[0])};
  LATENT_TRY(std::vector<int> sites, read_cfa_sites(directories, stated));
  const Size period = true_period(sites, stated);
  sites = cut(sites, stated, period);
  CfaReading reading;
  if (directories.number(tag::kCfaLayout, 1) > 1) {
    reading.sensor = SensorClass::SuperCcd;
    return reading;
  }
  constexpr int kMostTrueSide = 16;
  if (std::max(period.width, period.height) > kMostTrueSide) return reading;  // unknown
  std::vector<CfaColour> colours;
  for (const int site : sites) {
    if (site < 0 || site > 2) {
      reading.sensor = SensorClass::FourColour;
      return reading;
    }
    colours.push_back(static_cast<CfaColour>(site));
  }
  LATENT_TRY(reading.pattern, CfaPattern::create(period, std::move(colours)));
  reading.sensor = classify(reading.pattern);
  if (!counts_are_right(reading.sensor, sites)) reading.sensor = SensorClass::Unknown;
  return reading;
}

}  // namespace latent::read
