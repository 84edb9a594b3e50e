// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/contour.h"

#include <potracelib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

namespace latent::mask {

namespace {

static_assert(sizeof(potrace_word) == sizeof(std::uint64_t));

struct FreeParameters {
  void operator()(potrace_param_t* parameters) const { potrace_param_free(parameters); }
};
struct FreeState {
  void operator()(potrace_state_t* state) const { potrace_state_free(state); }
};

PathPoint of(const potrace_dpoint_t& point) { return {point.x, point.y}; }

/// Points from `a` on, without `b`, at most a pixel apart.
void add_line(std::vector<ContourPoint>& points, PathPoint a, PathPoint b, bool corner) {
  const int parts = std::max(1, static_cast<int>(std::ceil(length(b - a))));
  for (int part = 0; part < parts; ++part) {
    points.push_back({a + (b - a) * (static_cast<double>(part) / parts), corner && part == 0});
  }
}

void add_curve(std::vector<ContourPoint>& points, const std::array<PathPoint, 4>& curve) {
  const double chords =
      length(curve[1] - curve[0]) + length(curve[2] - curve[1]) + length(curve[3] - curve[2]);
  const int parts = std::max(2, static_cast<int>(std::ceil(chords)));
  for (int part = 0; part < parts; ++part) {
    const double t = static_cast<double>(part) / parts;
    const double s = 1 - t;
    points.push_back({curve[0] * (s * s * s) + curve[1] * (3 * s * s * t) +
                          curve[2] * (3 * s * t * t) + curve[3] * (t * t * t),
                      false});
  }
}

std::vector<ContourPoint> points_of(const potrace_curve_t& curve) {
  std::vector<ContourPoint> points;
  if (curve.n < 1) return points;
  PathPoint at = of(curve.c[curve.n - 1][2]);
  for (int i = 0; i < curve.n; ++i) {
    const potrace_dpoint_t* c = curve.c[i];
    if (curve.tag[i] == POTRACE_CORNER) {
      add_line(points, at, of(c[1]), false);
      add_line(points, of(c[1]), of(c[2]), true);
    } else {
      add_curve(points, {at, of(c[0]), of(c[1]), of(c[2])});
    }
    at = of(c[2]);
  }
  return points;
}

std::vector<Contour> contours_of(const potrace_path_t* first) {
  std::vector<Contour> contours;
  for (const potrace_path_t* path = first; path != nullptr; path = path->sibling) {
    contours.push_back({points_of(path->curve), contours_of(path->childlist)});
  }
  return contours;
}

}  // namespace

Result<std::vector<Contour>> trace(Bits& bits, const TraceSettings& settings,
                                   const RunControl& control) {
  const std::unique_ptr<potrace_param_t, FreeParameters> parameters(potrace_param_default());
  if (parameters == nullptr) return fail(ErrorCode::TooLarge, "not enough memory to trace a mask");
  parameters->turdsize = settings.cleanup_px2;
  parameters->turnpolicy = POTRACE_TURNPOLICY_MINORITY;
  parameters->alphamax = settings.smoothing;
  parameters->opticurve = 0;  // curves are fitted to the sub-pixel contour later
  LATENT_CHECK(control.check());
  potrace_bitmap_t bitmap{};
  bitmap.w = bits.size().width;
  bitmap.h = bits.size().height;
  bitmap.dy = bits.words_a_row();
  bitmap.map = reinterpret_cast<potrace_word*>(bits.row(0).data());
  const std::unique_ptr<potrace_state_t, FreeState> state(potrace_trace(parameters.get(), &bitmap));
  if (state == nullptr || state->status != POTRACE_STATUS_OK) {
    return fail(ErrorCode::TooLarge,
                "not enough memory to trace the mask; a larger --cleanup "
                "leaves out its small parts");
  }
  LATENT_CHECK(control.check());
  return contours_of(state->plist);
}

}  // namespace latent::mask
