// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/vectorise.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "base/threads.h"
#include "mask/bits.h"
#include "mask/contour.h"
#include "mask/fit.h"
#include "mask/flatten.h"
#include "mask/iso_line.h"
#include "mask/pull.h"

namespace latent::mask {

namespace {

constexpr double kContourPerNode = 12;
constexpr double kMostSmoothing = 1.34;
constexpr double kMostFeather = 4000;
/// By how much the picture is continued, so that its border rounds no corner of an object.
constexpr int kMargin = 8;
/// The overlap of path and mask that is wanted.
constexpr double kEnough = 0.998;

Status check(ImageView<const float> mask, const VectoriseSettings& settings) {
  LATENT_ENSURE(mask.channels() == 1 && !mask.empty());
  const auto outside = [](const char* name, double value, double low, double high) {
    return fail(ErrorCode::Usage,
                fmt::format("{} is {}, and must lie between {} and {}", name, value, low, high));
  };
  if (!(settings.threshold > 0 && settings.threshold < 1)) {
    return outside("threshold", settings.threshold, 0, 1);
  }
  if (!(settings.smoothing >= 0 && settings.smoothing <= kMostSmoothing)) {
    return outside("smoothing", settings.smoothing, 0, kMostSmoothing);
  }
  if (!(settings.feather_px >= 0 && settings.feather_px <= kMostFeather)) {
    return outside("feather", settings.feather_px, 0, kMostFeather);
  }
  if (settings.cleanup_px2 < 0) {
    return fail(ErrorCode::Usage, "cleanup is an area in pixels and cannot be negative");
  }
  return {};
}

/// A contour with what it is to become.
struct Job {
  Contour* contour = nullptr;
  bool hole = false;
  OnIsoLine line;  ///< what its curves are to follow
  Shape shape;
  double length_px = 0;
};

/// An outline, its holes, then the islands in them: each is drawn onto what it lies in.
void collect(std::vector<Contour>& contours, bool hole, std::vector<Job>& jobs) {
  for (Contour& contour : contours) {
    jobs.push_back({&contour, hole, {}, {}, 0});
    if (!hole) collect(contour.inner, true, jobs);
  }
  if (!hole) return;
  for (Contour& contour : contours) collect(contour.inner, false, jobs);
}

/// The pixels whose middles lie inside; of outlines, holes and islands, which do not cross.
Bits bits_in(const Shape& shape, Point origin, Size size) {
  Bits bits(size);
  for (const Shape& member : shape.members) {
    const auto polygon = flatten(member.path);
    for (std::size_t i = 0; i < polygon.size(); ++i) {
      PathPoint a = polygon[i].at;
      PathPoint b = polygon[(i + 1) % polygon.size()].at;
      if (a.y > b.y) std::swap(a, b);
      const double first = std::ceil(a.y - 0.5 - origin.y);
      for (double row = std::max(first, 0.0); row + 0.5 + origin.y < b.y; ++row) {
        if (row >= size.height) break;
        const double along = (row + 0.5 + origin.y - a.y) / (b.y - a.y);
        const double x = std::ceil(a.x + (b.x - a.x) * along - 0.5 - origin.x);
        bits.flip_from(static_cast<int>(std::clamp(x, 0.0, double{1} * size.width)),
                       static_cast<int>(row));
      }
    }
  }
  return bits;
}

class Vectoriser {
 public:
  Vectoriser(ImageView<const float> mask, const VectoriseSettings& settings)
      : mask_(mask), settings_(settings), threads_(threads_or_all(settings.threads)) {}

  [[nodiscard]] Result<Vectorised> run(const RunControl& control) {
    Vectorised made;
    const auto threshold = static_cast<float>(settings_.threshold);
    LATENT_TRY(const Bits all, Bits::above(mask_,
                                           {-kMargin, -kMargin, mask_.width() + 2 * kMargin,
                                            mask_.height() + 2 * kMargin},
                                           threshold, threads_));
    const Rect box = all.content(kMargin);
    if (box.empty()) return made;
    Bits wanted = all.part(box);
    Bits bits = wanted;
    // A disc of radius r is 2 r + 1 pixels wide: what is twice the feather wide stays.
    made.spikes_px = remove_spikes(bits, static_cast<int>(std::ceil(settings_.feather_px)) - 1);
    LATENT_TRY(auto contours, trace(bits, {settings_.cleanup_px2, settings_.smoothing}, control));
    const Point origin{box.x - kMargin, box.y - kMargin};
    std::vector<Job> jobs;
    collect(contours, false, jobs);
    LATENT_CHECK(for_all(jobs, control, [&](Job& job) { find_line(job, origin); }));
    const Rect picture{-origin.x, -origin.y, mask_.width(), mask_.height()};
    wanted.clip(picture);
    LATENT_TRY(auto fitted, fitted_closely(jobs, wanted, {origin, box.size(), picture}, control));
    fitted.spikes_px = made.spikes_px;
    return fitted;
  }

 private:
  /// Where a bitmap of the box lies, and what of it is the picture.
  struct Frame {
    Point origin;
    Size size;
    Rect picture;
  };

  /// The path of all contours. Of what is small a pixel is much: it is followed more closely, as far
  /// as nodes may be spent, and then pulled past the pixels that are still wrong.
  [[nodiscard]] Result<Vectorised> fitted_closely(std::vector<Job>& jobs, const Bits& wanted,
                                                  const Frame& frame, const RunControl& control) {
    constexpr int kRounds = 4;
    constexpr int kPulls = 6;
    Vectorised best;
    double closer = 1;
    std::vector<PathPoint> wrong;
    for (int round = 0; round < kRounds + kPulls && (round == 0 || best.iou < kEnough); ++round) {
      if (round >= kRounds && wrong.empty()) break;
      LATENT_CHECK(for_all(jobs, control, [&](Job& job) {
        if (round >= kRounds) pull_past(job.line.points, job.shape.path, wrong);
        fit_one(job, closer);
      }));
      Vectorised next = gathered(jobs);
      Bits drawn = bits_in(next.shape, frame.origin, frame.size);
      drawn.clip(frame.picture);
      next.iou = mask::iou(drawn, wanted);
      if (round + 1 >= kRounds) wrong = wrong_pixels(drawn, wanted, frame.origin);
      if (round == 0 || next.iou > best.iou) best = std::move(next);
      if (settings_.tolerance_px > 0) break;
      if (round + 1 < kRounds) closer /= 2;
    }
    return best;
  }

  template <class Work>
  [[nodiscard]] Status for_all(std::vector<Job>& jobs, const RunControl& control, Work work) {
    std::atomic<std::size_t> next{0};
    const int threads = static_cast<int>(std::min<std::size_t>(
        static_cast<std::size_t>(threads_), std::max<std::size_t>(jobs.size(), 1)));
    return run_on_threads(threads, [&](int) -> Status {
      for (std::size_t i = next++; i < jobs.size(); i = next++) {
        LATENT_CHECK(control.check());
        work(jobs[i]);
      }
      return {};
    });
  }

  /// Where the path is wrong; nothing where that is too much for single pixels to matter.
  [[nodiscard]] static std::vector<PathPoint> wrong_pixels(const Bits& drawn, const Bits& wanted,
                                                           Point origin) {
    constexpr std::size_t kMost = 64;
    const PathPoint first{static_cast<double>(origin.x), static_cast<double>(origin.y)};
    auto pixels = differing_pixels(drawn, wanted, first, kMost + 1);
    if (pixels.size() > kMost) pixels.clear();
    return pixels;
  }

  [[nodiscard]] static Vectorised gathered(const std::vector<Job>& jobs) {
    Vectorised made;
    for (const Job& job : jobs) {
      if (job.shape.path.empty()) continue;
      (job.hole ? made.holes : made.outlines) += 1;
      made.nodes += job.shape.path.size();
      made.contour_px += job.length_px;
      made.shape.members.push_back(job.shape);
    }
    return made;
  }

  /// The area of a contour inside the picture: points that are moved onto its border take what lies
  /// outside along.
  [[nodiscard]] double area_inside(const std::vector<ContourPoint>& points) const {
    const auto inside = [&](PathPoint at) {
      return PathPoint{std::clamp(at.x, 0.0, double{1} * mask_.width()),
                       std::clamp(at.y, 0.0, double{1} * mask_.height())};
    };
    double doubled = 0;
    for (std::size_t i = 0; i < points.size(); ++i) {
      doubled += cross(inside(points[i].at), inside(points[(i + 1) % points.size()].at));
    }
    return std::abs(doubled) / 2;
  }

  /// The points that curves are to follow; none where the contour is too small.
  void find_line(Job& job, Point origin) const {
    std::vector<ContourPoint>& points = job.contour->points;
    const PathPoint moved{static_cast<double>(origin.x), static_cast<double>(origin.y)};
    for (std::size_t i = 0; i < points.size(); ++i) {
      job.length_px += length(points[(i + 1) % points.size()].at - points[i].at);
    }
    for (ContourPoint& point : points) point.at = point.at + moved;
    if (area_inside(points) < settings_.cleanup_px2) return;
    job.line = move_to_iso_line(points, mask_, static_cast<float>(settings_.threshold));
  }

  /// `closer` times the tolerance that the contour allows.
  void fit_one(Job& job, double closer) const {
    if (job.line.points.empty()) return;
    constexpr double kWiggles = 5;
    constexpr double kLeast = 0.1;
    constexpr double kMost = 0.6;
    double tolerance = settings_.tolerance_px > 0
                           ? settings_.tolerance_px
                           : closer * std::clamp(kWiggles * job.line.wiggle_px, kLeast, kMost);
    // Nodes go with the fourth root of the tolerance.
    const auto most = static_cast<std::size_t>(std::max(3.0, job.length_px / kContourPerNode));
    constexpr int kTries = 8;
    for (int attempt = 0; attempt < kTries; ++attempt) {
      job.shape.path = fit(job.line.points, tolerance);
      if (job.shape.path.size() <= most) break;
      const double ratio = static_cast<double>(job.shape.path.size()) / static_cast<double>(most);
      tolerance *= std::clamp(ratio * ratio * ratio * ratio, 1.2, 4.0);
    }
    for (PathNode& node : job.shape.path) node.feather_px = settings_.feather_px;
    job.shape.combine = job.hole ? Combine::Difference : Combine::Union;
  }

  ImageView<const float> mask_;
  const VectoriseSettings& settings_;
  int threads_;
};

}  // namespace

Result<Vectorised> vectorise(ImageView<const float> mask, const VectoriseSettings& settings,
                             const RunControl& control) {
  LATENT_CHECK(check(mask, settings));
  LATENT_CHECK(control.check());
  return Vectoriser(mask, settings).run(control);
}

}  // namespace latent::mask
