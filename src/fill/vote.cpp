// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/vote.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "fill/membrane.h"
#include "image/copy.h"

namespace latent::fill {

namespace {

constexpr float kLeastUsual = 1e-6F;  ///< mean squared: an eighth of an 8-bit step
constexpr float kTrustFalloff = 0.77F;
constexpr int kTrustedDepths = 40;

/// The difference that the given share of patches stays below.
float usual_cost(const Field& field, float share) {
  std::vector<float> costs;
  const std::int64_t every = std::max<std::int64_t>(1, field.area.size().area() / 65536);
  std::int64_t seen = 0;
  for (int y = 0; y < field.area.height; ++y) {
    const auto from = field.from.view().row(y);
    const auto cost = field.cost.view().row(y);
    for (int x = 0; x < field.area.width; ++x) {
      if (from[static_cast<std::size_t>(2 * x)] < 0 || seen++ % every != 0) continue;
      costs.push_back(cost[static_cast<std::size_t>(x)]);
    }
  }
  if (costs.empty()) return kLeastUsual;
  const auto at =
      costs.begin() + static_cast<std::ptrdiff_t>(share * static_cast<float>(costs.size() - 1));
  std::nth_element(costs.begin(), at, costs.end());
  return std::max(*at, kLeastUsual);
}

struct Inputs {
  const Level& level;
  const Field& field;
  ImageView<const float> weights;  ///< of the field's patches
  ImageView<const float> tones;    ///< [h, w, 4], what is added to them
};

/// False where no patch has anything to say.
bool pixel_of(const Inputs& in, Point at, float* out) {
  float sum[kChannels] = {};
  float weight = 0;
  const Rect& area = in.field.area;
  const int left = std::max(at.x - kRadius, area.x);
  const int right = std::min(at.x + kRadius + 1, area.right());
  const int top = std::max(at.y - kRadius, area.y);
  const int bottom = std::min(at.y + kRadius + 1, area.bottom());
  const auto pixels = in.level.pixels.view();
  for (int y = top; y < bottom; ++y) {
    const std::int32_t* from = &in.field.from.view().at(left - area.x, y - area.y);
    const float* weights = &in.weights.at(left - area.x, y - area.y);
    const float* tone = &in.tones.at(left - area.x, y - area.y);
    for (int x = left; x < right; ++x, from += 2, ++weights, tone += kChannels) {
      if (from[0] < 0) continue;
      const float* pixel = &pixels.at(from[0] + at.x - x, from[1] + at.y - y);
      const float w = *weights;
      for (int c = 0; c < kChannels; ++c) sum[c] += w * (pixel[c] + tone[c]);
      weight += w;
    }
  }
  if (!(weight > 0)) return false;
  for (int c = 0; c < kChannels; ++c) out[c] = sum[c] / weight;
  return true;
}

bool touches_hole(ImageView<const std::uint8_t> hole, int x, int y) {
  return (x > 0 && hole.at(x - 1, y) != 0) || (y > 0 && hole.at(x, y - 1) != 0) ||
         (x + 1 < hole.width() && hole.at(x + 1, y) != 0) ||
         (y + 1 < hole.height() && hole.at(x, y + 1) != 0);
}

Result<Image<float>> weights_of(const Field& field, ImageView<const std::int32_t> depth,
                                float usual) {
  LATENT_TRY(auto weights, Image<float>::create(field.area.size()));
  float trust[kTrustedDepths];
  for (int i = 0; i < kTrustedDepths; ++i) {
    trust[i] = std::pow(kTrustFalloff, static_cast<float>(i));
  }
  const float scale = 0.5F / usual;
  for (int y = 0; y < field.area.height; ++y) {
    for (int x = 0; x < field.area.width; ++x) {
      const int deep = depth.at(field.area.x + x, field.area.y + y);
      const float cost = field.cost.view().at(x, y);
      weights.view().at(x, y) =
          std::exp(-std::min(cost * scale, 30.0F)) * trust[std::clamp(deep, 0, kTrustedDepths - 1)];
    }
  }
  return weights;
}

Result<Image<float>> tones_of(const Field& field, const Patches& patches, float tone, int threads) {
  LATENT_TRY(auto tones, Image<float>::create(field.area.size(), kChannels));
  LATENT_CHECK(for_row_parts(field.area.height, threads, [&](int first, int last) {
    for (int y = first; y < last; ++y) {
      for (int x = 0; x < field.area.width; ++x) {
        const std::int32_t* from = &field.from.view().at(x, y);
        if (from[0] < 0) continue;
        patches.tone_between({field.area.x + x, field.area.y + y}, {from[0], from[1]}, tone,
                             &tones.view().at(x, y));
      }
    }
  }));
  return tones;
}

/// Where the hole is, what lies around it, and what the vote missed there.
struct Misses {
  Image<float> error;        ///< [h, w, 3], of the pixels around
  Image<std::uint8_t> kind;  ///< as fill_membrane() takes it: 1 the hole, 0 around it, 2 elsewhere
};

Result<Misses> misses_of(const Level& level, ImageView<const float> voted, const Rect& area) {
  Misses misses;
  LATENT_TRY(misses.error, Image<float>::create(area.size(), 3));
  LATENT_TRY(misses.kind, Image<std::uint8_t>::create(area.size()));
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      const Point at{area.x + x, area.y + y};
      const bool inside = level.hole.view().at(at.x, at.y) != 0;
      const bool ring = !inside && touches_hole(level.hole.view(), at.x, at.y);
      misses.kind.view().at(x, y) = inside ? 1 : ring ? 0 : 2;
      if (!ring) continue;
      for (int c = 0; c < 3; ++c) {
        misses.error.view().at(x, y, c) = level.pixels.view().at(at.x, at.y, c) - voted.at(x, y, c);
      }
    }
  }
  return misses;
}

/// What was missed at one pixel around the hole, as its neighbours along the border have it.
std::array<float, 3> mean_along(ImageView<const float> misses, ImageView<const std::uint8_t> kind,
                                Point at) {
  constexpr int kReach = 6;
  constexpr float kTwoVariances = 2 * 3.0F * 3.0F;
  std::array<float, 3> sum{};
  float weight = 0;
  const int bottom = std::min(kind.height() - 1, at.y + kReach);
  const int right = std::min(kind.width() - 1, at.x + kReach);
  for (int y = std::max(0, at.y - kReach); y <= bottom; ++y) {
    for (int x = std::max(0, at.x - kReach); x <= right; ++x) {
      if (kind.at(x, y) != 0) continue;
      const auto far = static_cast<float>((x - at.x) * (x - at.x) + (y - at.y) * (y - at.y));
      const float w = std::exp(-far / kTwoVariances);
      for (int c = 0; c < 3; ++c) sum[static_cast<std::size_t>(c)] += w * misses.at(x, y, c);
      weight += w;
    }
  }
  for (float& value : sum) value /= weight;  // the pixel itself has weight 1
  return sum;
}

/// Replaces what was missed around the hole by its means along it.
void smooth_along(Misses& misses) {
  std::vector<std::pair<Point, std::array<float, 3>>> means;
  const auto kind = std::as_const(misses.kind).view();
  for (int y = 0; y < kind.height(); ++y) {
    for (int x = 0; x < kind.width(); ++x) {
      if (kind.at(x, y) != 0) continue;
      means.emplace_back(Point{x, y}, mean_along(misses.error.view(), kind, {x, y}));
    }
  }
  for (const auto& [at, mean] : means) std::ranges::copy(mean, &misses.error.view().at(at.x, at.y));
}

}  // namespace

Status vote(const Level& level, const Patches& patches, const Field& field,
            ImageView<const std::int32_t> depth, const VoteSettings& settings, const Rect& area,
            ImageView<float> out) {
  LATENT_TRY(const auto weights, weights_of(field, depth, usual_cost(field, settings.usual)));
  LATENT_TRY(const auto tones, tones_of(field, patches, settings.tone, settings.threads));
  const Inputs in{level, field, weights.view(), tones.view()};
  const auto hole = level.hole.view();
  return for_row_parts(area.height, settings.threads, [&](int first, int last) {
    for (int y = area.y + first; y < area.y + last; ++y) {
      for (int x = area.x; x < area.right(); ++x) {
        const bool inside = hole.at(x, y) != 0;
        if (!inside && !(settings.ring && touches_hole(hole, x, y))) continue;
        pixel_of(in, {x, y}, &out.at(x - area.x, y - area.y));
      }
    }
  });
}

Status vote_and_blend(Level& level, const Patches& patches, const Field& field,
                      ImageView<const std::int32_t> depth, const VoteSettings& settings) {
  // Over the field and what surrounds it alone.
  const Size size = level.size();
  const Rect area = Rect{field.area.x - kRadius - 1, field.area.y - kRadius - 1,
                         field.area.width + 2 * kRadius + 2, field.area.height + 2 * kRadius + 2}
                        .intersection({0, 0, size.width, size.height});
  LATENT_TRY(auto voted, copy_of<float>(level.pixels.view().crop(area)));
  LATENT_CHECK(vote(level, patches, field, depth, settings, area, voted.view()));
  LATENT_TRY(auto misses, misses_of(level, std::as_const(voted).view(), area));
  if (settings.tone_only) smooth_along(misses);
  LATENT_CHECK(fill_membrane(misses.error.view(), misses.kind.view(), settings.threads));
  for (int y = 0; y < area.height; ++y) {
    for (int x = 0; x < area.width; ++x) {
      if (misses.kind.view().at(x, y) != 1) continue;
      float* to = &level.pixels.view().at(area.x + x, area.y + y);
      const float* from = &voted.view().at(x, y);
      for (int c = 0; c < 3; ++c) to[c] = from[c] + misses.error.view().at(x, y, c);
      to[3] = from[3];
    }
  }
  return {};
}

}  // namespace latent::fill
