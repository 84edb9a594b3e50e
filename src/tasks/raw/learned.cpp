// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/learned.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

#include "tasks/raw/measure.h"

namespace latent::tasks {

namespace {

constexpr std::size_t kMostFrames = 12;
constexpr std::size_t kMostDecoded = 48;  ///< in search of so many frames of different scenes
constexpr double kShare = 2.0 / 3.0;      ///< of the frames that show a site as struck
constexpr std::size_t kCells = 16;   ///< a side, of the small picture by which scenes are compared
constexpr double kSameScene = 0.98;  ///< correlation of two small pictures

using Small = std::array<double, kCells * kCells>;

/// What frames need to have in common for a site to be the same site.
std::string camera_of(const read::RawFacts& facts) {
  return fmt::format("{}|{}|{}|{}x{}|{}", facts.camera.make, facts.camera.model,
                     facts.camera.unique_model, facts.active.width, facts.active.height,
                     facts.cfa_letters);
}

/// Mean light of the frame's cells, as logarithms, their mean taken off.
Small small_picture(const Mosaic& mosaic) {
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  Small sums{};
  Small counts{};
  constexpr int kStep = 5;  // of no pattern's period
  const double black = mosaic.levels.black.at(mosaic.active.x, mosaic.active.y);
  for (int y = 0; y < frame.height(); y += kStep) {
    for (int x = 0; x < frame.width(); x += kStep) {
      const std::size_t cell = static_cast<std::size_t>(y) * kCells / frame.height() * kCells +
                               static_cast<std::size_t>(x) * kCells / frame.width();
      sums[cell] += std::max(0.0, frame.at(x, y) - black);
      counts[cell] += 1;
    }
  }
  double mean = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] = std::log(1.0 + sums[i] / std::max(1.0, counts[i]));
    mean += sums[i] / static_cast<double>(sums.size());
  }
  for (double& value : sums) value -= mean;
  return sums;
}

/// Frames that show nothing, as behind a lens cap, are never of the same scene.
bool same_scene(const Small& one, const Small& other) {
  constexpr double kShowsNothing = 0.02;  // spread of the logarithms
  double product = 0;
  double of_one = 0;
  double of_other = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    product += one[i] * other[i];
    of_one += one[i] * one[i];
    of_other += other[i] * other[i];
  }
  const double nothing = kShowsNothing * kShowsNothing * static_cast<double>(one.size());
  if (of_one < nothing || of_other < nothing) return false;
  return product > kSameScene * std::sqrt(of_one * of_other);
}

/// A frame of the batch: which scene it shows and which of its sites seem struck.
struct Frame {
  Small scene{};
  std::vector<Point> struck;
};

/// Nothing where the photograph cannot be read.
Result<std::optional<Frame>> frame_of(const read::Photograph& photograph, int threads,
                                      const RunControl& control) {
  const RunControl quiet{control.stop, {}};
  auto mosaic = photograph.mosaic(quiet);
  if (!mosaic && mosaic.error().code == ErrorCode::Cancelled) {
    return tl::make_unexpected(std::move(mosaic).error());
  }
  if (!mosaic) return std::optional<Frame>{};
  Frame frame;
  frame.scene = small_picture(*mosaic);
  RawPicture picture(*std::move(mosaic));
  const auto noise = noise_of(picture, threads);
  if (!noise) return std::optional<Frame>{};
  const auto repair =
      repaired(std::get<Mosaic>(picture), {true, true, nullptr}, noise->model, threads);
  if (!repair) return std::optional<Frame>{};
  for (const raw::Defect& defect : repair->defects) frame.struck.push_back({defect.x, defect.y});
  return std::optional<Frame>(std::move(frame));
}

/// Sources in an order whose beginnings, however short, are spread over the whole batch.
std::vector<std::size_t> spread_order(std::size_t count) {
  constexpr double kGolden = 0.6180339887;
  std::size_t step = std::max<std::size_t>(1, std::llround(kGolden * static_cast<double>(count)));
  while (std::gcd(step, count) > 1) ++step;
  std::vector<std::size_t> order(count);
  for (std::size_t k = 0; k < count; ++k) order[k] = k * step % count;
  return order;
}

bool comes_before(const Point& one, const Point& other) {
  return std::pair(one.y, one.x) < std::pair(other.y, other.x);
}

/// Sites that enough of the frames show as struck.
std::vector<Point> agreed(const std::vector<Frame>& frames) {
  std::vector<Point> all;
  for (const Frame& frame : frames) {
    all.insert(all.end(), frame.struck.begin(), frame.struck.end());
  }
  std::ranges::sort(all, comes_before);
  const auto needed =
      std::max(LearnedSites::kFewestFrames,
               static_cast<int>(std::ceil(kShare * static_cast<double>(frames.size()))));
  std::vector<Point> sites;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t last = first;
    while (last < all.size() && all[last] == all[first]) ++last;
    if (static_cast<int>(last - first) >= needed) sites.push_back(all[first]);
    first = last;
  }
  return sites;
}

}  // namespace

SiteLearner::SiteLearner(std::vector<std::filesystem::path> sources, Limits limits, int threads)
    : sources_(std::move(sources)), limits_(limits), threads_(threads) {}

Result<LearnedSites> SiteLearner::learn(const std::string& camera, const RunControl& control) {
  std::vector<Frame> frames;
  std::size_t decoded = 0;
  for (const std::size_t k : spread_order(sources_.size())) {
    if (frames.size() == kMostFrames || decoded == kMostDecoded) break;
    LATENT_CHECK(control.check());
    const auto photograph = read::Photograph::open(sources_[k], limits_);
    if (!photograph || photograph->raw_facts() == nullptr) continue;
    const read::RawFacts& facts = *photograph->raw_facts();
    if (!facts.opens_as_mosaic || camera_of(facts) != camera) continue;
    ++decoded;
    LATENT_TRY(auto frame, frame_of(*photograph, threads_, control));
    if (!frame) continue;
    const bool again = std::ranges::any_of(
        frames, [&](const Frame& earlier) { return same_scene(earlier.scene, frame->scene); });
    if (!again) frames.push_back(*std::move(frame));
  }
  LearnedSites learned;
  learned.frames = static_cast<int>(frames.size());
  if (learned.known()) learned.sites = agreed(frames);
  return learned;
}

Result<std::shared_ptr<const LearnedSites>> SiteLearner::sites_for(
    const read::Photograph& photograph, const RunControl& control) {
  const read::RawFacts* facts = photograph.raw_facts();
  if (facts == nullptr) return std::shared_ptr<const LearnedSites>();
  const std::string camera = camera_of(*facts);
  const auto found = learned_.find(camera);
  if (found != learned_.end()) return found->second;
  LATENT_TRY(LearnedSites learned, learn(camera, control));
  learned.frame = facts->active.size();
  return learned_.emplace(camera, std::make_shared<const LearnedSites>(std::move(learned)))
      .first->second;
}

}  // namespace latent::tasks
