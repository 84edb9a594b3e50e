// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/dense_crf.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "image/bounds.h"
#include "mask/permutohedral.h"

namespace latent::mask {

namespace {

constexpr float kSurest = 1e-6F;  // probabilities are no nearer to 0 and 1
constexpr float kNothing =
    0.01F;  // what a pixel has at most that is looked at for others' sake alone
constexpr float kReach = 12.0F;  // deviations over which a pixel is felt through all iterations

float logit(float probability) {
  const float p = std::clamp(probability, kSurest, 1.0F - kSurest);
  return std::log(p / (1.0F - p));
}

float chance(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

/// What has to be looked at.
Rect area_of(ImageView<const float> probability, const CrfSettings& settings) {
  const auto there = bounds_of(probability, [](float p) { return p > kNothing; });
  if (!there) return {};
  const int reach = static_cast<int>(std::ceil(kReach * settings.near_px));
  const Rect wanted{there->x - reach, there->y - reach, there->width + 2 * reach,
                    there->height + 2 * reach};
  return wanted.intersection({0, 0, probability.width(), probability.height()});
}

/// One of the two kernels, and what it makes of ones.
struct Kernel {
  Permutohedral lattice;
  std::vector<float> whole;
  float weight = 0;

  static Result<Kernel> create(std::span<const float> features, int count, float weight) {
    LATENT_TRY(auto lattice, Permutohedral::create(features, count));
    Kernel kernel{std::move(lattice), {}, weight};
    const std::vector<float> ones(kernel.lattice.points(), 1.0F);
    kernel.whole.resize(ones.size());
    kernel.lattice.sums(ones, kernel.whole);
    return kernel;
  }
};

/// Places, and places with colours, in deviations. Places are those of the whole picture, so that
/// the lattice lies the same whatever part of it is looked at.
Result<std::vector<Kernel>> kernels_of(ImageView<const std::uint8_t> picture, const Rect& area,
                                       const CrfSettings& settings) {
  std::vector<float> near;
  std::vector<float> alike;
  const auto points = static_cast<std::size_t>(area.size().area());
  near.reserve(2 * points);
  alike.reserve(5 * points);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) {
      const float across = static_cast<float>(x) / settings.near_px;
      const float down = static_cast<float>(y) / settings.near_px;
      near.insert(near.end(), {across, down});
      alike.insert(alike.end(), {across, down});
      for (int c = 0; c < 3; ++c) {
        alike.push_back(static_cast<float>(picture.at(x, y, c)) / settings.colour);
      }
    }
  }
  std::vector<Kernel> kernels;
  LATENT_TRY(auto first, Kernel::create(near, 2, settings.near_weight));
  kernels.push_back(std::move(first));
  LATENT_TRY(auto second, Kernel::create(alike, 5, settings.alike_weight));
  kernels.push_back(std::move(second));
  return kernels;
}

}  // namespace

Result<SoftMask> dense_crf(ImageView<const std::uint8_t> picture,
                           ImageView<const float> probability, const CrfSettings& settings,
                           const RunControl& control) {
  LATENT_ENSURE(picture.size() == probability.size() && picture.channels() == 3 &&
                settings.near_px > 0 && settings.colour > 0);
  LATENT_TRY(SoftMask result, SoftMask::create(probability.size()));
  for (int y = 0; y < result.height(); ++y) {
    // Beyond the area nobody speaks for a pixel.
    const auto from = probability.row(y);
    std::ranges::transform(from, result.view().row(y).begin(), [&](float p) {
      return settings.iterations > 0
                 ? chance(logit(p) - settings.near_weight - settings.alike_weight)
                 : p;
    });
  }
  const Rect area = area_of(probability, settings);
  if (area.empty() || settings.iterations <= 0) return result;
  LATENT_TRY(const auto kernels, kernels_of(picture, area, settings));
  const auto points = static_cast<std::size_t>(area.size().area());
  std::vector<float> own;
  own.reserve(points);
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) own.push_back(logit(probability.at(x, y)));
  }
  std::vector<float> found(points);
  std::ranges::transform(own, found.begin(), chance);
  std::vector<float> sums(points);
  std::vector<float> logits(points);
  for (int i = 0; i < settings.iterations; ++i) {
    LATENT_CHECK(control.check());
    logits = own;
    for (const Kernel& kernel : kernels) {
      kernel.lattice.sums(found, sums);
      for (std::size_t p = 0; p < points; ++p) {
        logits[p] += kernel.weight * (2.0F * sums[p] / kernel.whole[p] - 1.0F);
      }
    }
    std::ranges::transform(logits, found.begin(), chance);
  }
  std::size_t next = 0;
  for (int y = area.y; y < area.bottom(); ++y) {
    for (int x = area.x; x < area.right(); ++x) result.view().at(x, y) = found[next++];
  }
  return result;
}

}  // namespace latent::mask
