// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/depth_map.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "base/threads.h"

namespace latent::mask {

namespace {

constexpr double kEnd = 0.001;    ///< share of the pixels at either end that is not looked at
constexpr float kEdge = 0.03F;    ///< a range of depths within 3 x 3 pixels that is an edge
constexpr int kCalmReach = 4;     ///< how far a calm neighbour may lie
constexpr float kColour = 0.06F;  ///< colours this far apart are others
constexpr int kTaps = 5;
constexpr int kBandRows = 32;

float squared(const float* a, const float* b) {
  const float r = a[0] - b[0];
  const float g = a[1] - b[1];
  const float u = a[2] - b[2];
  return r * r + g * g + u * u;
}

/// The largest less the smallest depth of 3 x 3 pixels.
Result<Image<float>> ranges_of(ImageView<const float> depth) {
  LATENT_TRY(auto ranges, Image<float>::create(depth.size()));
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      float least = depth.at(x, y);
      float most = least;
      for (int i = 0; i < 9; ++i) {
        const float near = depth.at(std::clamp(x + i % 3 - 1, 0, depth.width() - 1),
                                    std::clamp(y + i / 3 - 1, 0, depth.height() - 1));
        least = std::min(least, near);
        most = std::max(most, near);
      }
      ranges.view().at(x, y) = most - least;
    }
  }
  return ranges;
}

/// Pixels on a ramp take the depth of the calm neighbour that is most like them.
Result<Image<float>> without_ramps(ImageView<const float> depth, ImageView<const float> guide,
                                   ImageView<const float> ranges) {
  LATENT_TRY(auto out, Image<float>::create(depth.size()));
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = 0; x < depth.width(); ++x) {
      float best = std::numeric_limits<float>::max();
      float value = depth.at(x, y);
      if (ranges.at(x, y) > kEdge) {
        for (int dy = -kCalmReach; dy <= kCalmReach; ++dy) {
          for (int dx = -kCalmReach; dx <= kCalmReach; ++dx) {
            const int nx = x + dx;
            const int ny = y + dy;
            if (nx < 0 || ny < 0 || nx >= depth.width() || ny >= depth.height()) continue;
            if (ranges.at(nx, ny) > kEdge) continue;
            const float far = static_cast<float>(dx * dx + dy * dy);
            const float apart =
                squared(&guide.at(x, y), &guide.at(nx, ny)) / (kColour * kColour) + far * 0.06F;
            if (apart >= best) continue;
            best = apart;
            value = depth.at(nx, ny);
          }
        }
      }
      out.view().at(x, y) = value;
    }
  }
  return out;
}

struct Small {
  ImageView<const float> depth;
  ImageView<const float> guide;
  ImageView<const std::uint8_t> edge;  ///< within two pixels of an edge
};

/// The mean of 5 x 5 small pixels, weighted by place and colour.
float by_colour(const Small& small, float x, float y, const float* colour) {
  const int cx = static_cast<int>(std::lround(x));
  const int cy = static_cast<int>(std::lround(y));
  float sum = 0;
  float weight = 0;
  for (int dy = -kTaps / 2; dy <= kTaps / 2; ++dy) {
    const int ny = std::clamp(cy + dy, 0, small.depth.height() - 1);
    for (int dx = -kTaps / 2; dx <= kTaps / 2; ++dx) {
      const int nx = std::clamp(cx + dx, 0, small.depth.width() - 1);
      const float ox = x - static_cast<float>(nx);
      const float oy = y - static_cast<float>(ny);
      const float near = 1.0F / (1.0F + ox * ox + oy * oy);
      const float like =
          1.0F / (1.0F + squared(colour, &small.guide.at(nx, ny)) * (1.0F / (kColour * kColour)));
      const float w = near * near * like * like * like;
      sum += w * small.depth.at(nx, ny);
      weight += w;
    }
  }
  return sum / weight;
}

/// Places between the middles of small pixels.
struct Between {
  int low = 0;
  int high = 0;
  float share = 0;  ///< of high
  float at = 0;
};

std::vector<Between> between(int large, int small) {
  std::vector<Between> all(static_cast<std::size_t>(large));
  const float scale = static_cast<float>(small) / static_cast<float>(large);
  for (int i = 0; i < large; ++i) {
    Between& one = all[static_cast<std::size_t>(i)];
    one.at = std::clamp((static_cast<float>(i) + 0.5F) * scale - 0.5F, 0.0F,
                        static_cast<float>(small - 1));
    one.low = std::min(static_cast<int>(one.at), small - 1);
    one.high = std::min(one.low + 1, small - 1);
    one.share = one.at - static_cast<float>(one.low);
  }
  return all;
}

Result<Image<std::uint8_t>> edges_of(ImageView<const float> ranges) {
  constexpr int kGrow = 2;
  LATENT_TRY(auto edge, Image<std::uint8_t>::create(ranges.size()));
  for (int y = 0; y < ranges.height(); ++y) {
    for (int x = 0; x < ranges.width(); ++x) {
      if (ranges.at(x, y) <= kEdge) continue;
      for (int ny = std::max(0, y - kGrow); ny <= std::min(ranges.height() - 1, y + kGrow); ++ny) {
        for (int nx = std::max(0, x - kGrow); nx <= std::min(ranges.width() - 1, x + kGrow); ++nx) {
          edge.view().at(nx, ny) = 1;
        }
      }
    }
  }
  return edge;
}

bool has_edge(ImageView<const std::uint8_t> edge, int first, int last) {
  for (int y = first; y <= last; ++y) {
    const auto row = edge.row(y);
    if (std::ranges::find(row, std::uint8_t{1}) != row.end()) return true;
  }
  return false;
}

}  // namespace

Result<DepthShares> depth_shares(ImageView<const float> values, DepthKind kind, bool exact_range) {
  DepthShares result;
  LATENT_TRY(result.shares, Image<float>::create(values.size()));
  std::vector<float> known;
  for (int y = 0; y < values.height(); ++y) {
    for (int x = 0; x < values.width(); ++x) {
      const float value = values.at(x, y);
      const bool sky = kind == DepthKind::Metric && (std::isinf(value) || value <= 0);
      if (!sky && !std::isfinite(value)) {
        return fail(ErrorCode::ModelMismatch,
                    "the depth network answers with values that are no numbers; nothing was "
                    "written");
      }
      const float inverse = sky ? 0.0F : kind == DepthKind::Metric ? 1.0F / value : value;
      result.shares.view().at(x, y) = inverse;
      if (!sky) known.push_back(inverse);
    }
  }
  const auto constant = [] {
    return fail(ErrorCode::ModelMismatch,
                "the depth network finds the same depth everywhere, so there is no near and far to "
                "tell apart; nothing was written");
  };
  if (known.size() < 2) return constant();
  const auto end =
      static_cast<std::ptrdiff_t>(exact_range ? 0.0 : kEnd * static_cast<double>(known.size()));
  std::nth_element(known.begin(), known.begin() + end, known.end());
  const float low = known[static_cast<std::size_t>(end)];
  std::nth_element(known.begin(), known.end() - 1 - end, known.end());
  const float high = *(known.end() - 1 - end);
  if (!(high - low > 1e-6F * std::max(std::abs(high), std::abs(low)))) return constant();
  const auto told = [&](float inverse) {
    return static_cast<double>(kind == DepthKind::Metric ? 1.0F / inverse : inverse);
  };
  result.nearest = told(high);
  result.farthest = told(low);
  for (int y = 0; y < values.height(); ++y) {
    for (float& share : result.shares.view().row(y)) {
      share = std::clamp((high - share) / (high - low), 0.0F, 1.0F);
    }
  }
  return result;
}

Result<Image<float>> enlarge_depth(ImageView<const float> small, ImageView<const float> guide,
                                   Size picture, const ReadGuide& read, bool snap, int threads) {
  LATENT_ENSURE(small.size() == guide.size() && guide.channels() == 3);
  LATENT_TRY(auto out, Image<float>::create(picture));
  LATENT_TRY(const auto ranges, ranges_of(small));
  LATENT_TRY(auto sharp, without_ramps(small, guide, ranges.view()));
  LATENT_TRY(const auto edge, edges_of(ranges.view()));
  const Small map{std::as_const(sharp).view(), guide, edge.view()};
  const auto across = between(picture.width, small.width());
  const auto down = between(picture.height, small.height());
  LATENT_CHECK(for_row_parts(picture.height, threads, [&](int first, int last) -> Status {
    LATENT_TRY(auto rows, Image<float>::create({picture.width, kBandRows}, 3));
    for (int band = first; band < last; band += kBandRows) {
      const int count = std::min(kBandRows, last - band);
      const bool any = snap && has_edge(map.edge, down[static_cast<std::size_t>(band)].low,
                                        down[static_cast<std::size_t>(band + count - 1)].high);
      if (any)
        read({0, band, picture.width, count}, rows.view().crop({0, 0, picture.width, count}));
      for (int row = 0; row < count; ++row) {
        const Between& v = down[static_cast<std::size_t>(band + row)];
        const float* above = small.row(v.low).data();
        const float* below = small.row(v.high).data();
        const auto line = out.view().row(band + row);
        const int near_y = v.share < 0.5F ? v.low : v.high;
        for (int x = 0; x < picture.width; ++x) {
          const Between& u = across[static_cast<std::size_t>(x)];
          const int near_x = u.share < 0.5F ? u.low : u.high;
          if (any && map.edge.at(near_x, near_y) != 0) {
            line[static_cast<std::size_t>(x)] = by_colour(map, u.at, v.at, &rows.view().at(x, row));
            continue;
          }
          const float top = above[u.low] + u.share * (above[u.high] - above[u.low]);
          const float bottom = below[u.low] + u.share * (below[u.high] - below[u.low]);
          line[static_cast<std::size_t>(x)] = top + v.share * (bottom - top);
        }
      }
    }
    return {};
  }));
  return out;
}

void mask_by_depth(ImageView<float> depth, float near, float far, float soft, bool invert) {
  const float ramp = std::max(soft, 1e-6F);
  for (int y = 0; y < depth.height(); ++y) {
    for (float& value : depth.row(y)) {
      const float begins = std::clamp((value - (near - ramp)) / ramp, 0.0F, 1.0F);
      const float ends = std::clamp(((far + ramp) - value) / ramp, 0.0F, 1.0F);
      const float inside = std::min(begins, ends);
      value = invert ? 1.0F - inside : inside;
    }
  }
}

}  // namespace latent::mask
