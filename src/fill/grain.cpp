// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill/grain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace latent::fill {

namespace {

constexpr int kBlock = 8;
constexpr int kSwatch = 24;          ///< side of the piece that grain is taken from
constexpr int kCopies = 4;           ///< of the swatch, shifted
constexpr float kCalmShare = 0.1F;   ///< of the blocks: their calmest, where noise is all there is
constexpr float kMostCoarse = 1.6F;  ///< deviation of grain over that of its high-pass, at most
constexpr float kLeast = 1e-5F;
constexpr int kFewestBlocks = 4;

float high_pass(ImageView<const float> picture, int x, int y, int c) {
  const auto at = [&](int dx, int dy) { return picture.at(x + dx, y + dy, c); };
  const float sum = at(-1, -1) + at(1, -1) + at(-1, 1) + at(1, 1) -
                    2.0F * (at(0, -1) + at(-1, 0) + at(1, 0) + at(0, 1)) + 4.0F * at(0, 0);
  return sum * (1.0F / 6.0F);
}

/// The mean square of the high-pass of all colours over the pixels of a block that `take` accepts;
/// negative where they are fewer than half.
template <class Take>
float energy(ImageView<const float> picture, Point block, const Take& take) {
  float sum = 0;
  int count = 0;
  const int right = std::min(block.x + kBlock, picture.width() - 1);
  const int bottom = std::min(block.y + kBlock, picture.height() - 1);
  for (int y = std::max(1, block.y); y < bottom; ++y) {
    for (int x = std::max(1, block.x); x < right; ++x) {
      if (!take(x, y)) continue;
      for (int c = 0; c < 3; ++c) {
        const float value = high_pass(picture, x, y, c);
        sum += value * value;
      }
      ++count;
    }
  }
  return count * 2 < kBlock * kBlock ? -1.0F : sum / static_cast<float>(3 * count);
}

float calm_of(std::vector<float> energies) {
  if (energies.empty()) return 0;
  const auto at = energies.begin() +
                  static_cast<std::ptrdiff_t>(kCalmShare * static_cast<float>(energies.size() - 1));
  std::nth_element(energies.begin(), at, energies.end());
  return std::sqrt(*at);
}

struct Survey {
  std::vector<float> around;
  std::vector<float> inside;
  Image<float> blocks;  ///< energy by block; negative where there is none of the hole
};

Result<Survey> survey(ImageView<const float> picture, ImageView<const std::uint8_t> hole,
                      ImageView<const std::uint8_t> bar) {
  Survey found;
  const Size blocks{(picture.width() + kBlock - 1) / kBlock,
                    (picture.height() + kBlock - 1) / kBlock};
  LATENT_TRY(found.blocks, Image<float>::create(blocks));
  const auto in_hole = [&](int x, int y) { return hole.at(x, y) != 0; };
  const auto known = [&](int x, int y) {
    for (int i = 0; i < 9; ++i) {
      const int nx = x + i % 3 - 1;
      const int ny = y + i / 3 - 1;
      if (hole.at(nx, ny) != 0 || bar.at(nx, ny) != 0) return false;
    }
    return true;
  };
  for (int by = 0; by < blocks.height; ++by) {
    for (int bx = 0; bx < blocks.width; ++bx) {
      const Point at{bx * kBlock, by * kBlock};
      const float inside = energy(picture, at, in_hole);
      found.blocks.view().at(bx, by) = inside;
      if (inside >= 0) found.inside.push_back(inside);
      const float outside = energy(picture, at, known);
      if (outside >= 0) found.around.push_back(outside);
    }
  }
  return found;
}

/// The sum of squares of the high-pass over a block; negative where a pixel of it is unknown.
float known_energy(ImageView<const float> picture, ImageView<const std::uint8_t> hole,
                   ImageView<const std::uint8_t> bar, Point block) {
  float sum = 0;
  for (int y = block.y; y < block.y + kBlock; ++y) {
    for (int x = block.x; x < block.x + kBlock; ++x) {
      if (hole.at(x, y) != 0 || bar.at(x, y) != 0) return -1;
      for (int c = 0; c < 3; ++c) {
        const float value = high_pass(picture, x, y, c);
        sum += value * value;
      }
    }
  }
  return sum;
}

/// Where the calmest kSwatch x kSwatch known pixels begin, `edge` or more pixels inside; x is below
/// 0 where there are none.
Result<Point> calmest_square(ImageView<const float> picture, ImageView<const std::uint8_t> hole,
                             ImageView<const std::uint8_t> bar, int edge) {
  static_assert(kSwatch % kBlock == 0);
  constexpr int kBlocks = kSwatch / kBlock;
  Point best{-1, -1};
  const Size blocks{(picture.width() - 2 * edge) / kBlock, (picture.height() - 2 * edge) / kBlock};
  if (blocks.width < kBlocks || blocks.height < kBlocks) return best;
  LATENT_TRY(auto energies, Image<float>::create(blocks));
  for (int y = 0; y < blocks.height; ++y) {
    for (int x = 0; x < blocks.width; ++x) {
      energies.view().at(x, y) =
          known_energy(picture, hole, bar, {edge + x * kBlock, edge + y * kBlock});
    }
  }
  const auto sum_at = [&](int x, int y) {
    float sum = 0;
    for (int i = 0; i < kBlocks * kBlocks; ++i) {
      const float energy = energies.view().at(x + i % kBlocks, y + i / kBlocks);
      if (energy < 0) return -1.0F;
      sum += energy;
    }
    return sum;
  };
  float least = 0;
  for (int y = 0; y + kBlocks <= blocks.height; ++y) {
    for (int x = 0; x + kBlocks <= blocks.width; ++x) {
      const float sum = sum_at(x, y);
      // Where all is burnt out there is no grain to be had.
      if (sum < kLeast * kLeast || (best.x >= 0 && sum >= least)) continue;
      best = {edge + x * kBlock, edge + y * kBlock};
      least = sum;
    }
  }
  return best;
}

/// The calmest square of known pixels, smoothed away: [kSwatch, kSwatch, 3], mean 0. Empty where
/// there is no such square.
Result<Image<float>> swatch_of(ImageView<const float> picture, ImageView<const std::uint8_t> hole,
                               ImageView<const std::uint8_t> bar) {
  constexpr int kEdge = 3;
  LATENT_TRY(const Point best, calmest_square(picture, hole, bar, kEdge));
  if (best.x < 0) return Image<float>{};
  LATENT_TRY(auto swatch, Image<float>::create({kSwatch, kSwatch}, 3));
  for (int c = 0; c < 3; ++c) {
    float total = 0;
    for (int y = 0; y < kSwatch; ++y) {
      for (int x = 0; x < kSwatch; ++x) {
        float mean = 0;
        float weight = 0;
        for (int dy = -kEdge; dy <= kEdge; ++dy) {
          for (int dx = -kEdge; dx <= kEdge; ++dx) {
            const float w = std::exp(-static_cast<float>(dx * dx + dy * dy) / 4.0F);
            mean += w * picture.at(best.x + x + dx, best.y + y + dy, c);
            weight += w;
          }
        }
        const float rest = picture.at(best.x + x, best.y + y, c) - mean / weight;
        swatch.view().at(x, y, c) = rest;
        total += rest;
      }
    }
    total /= static_cast<float>(kSwatch * kSwatch);
    for (int y = 0; y < kSwatch; ++y) {
      for (int x = 0; x < kSwatch; ++x) swatch.view().at(x, y, c) -= total;
    }
  }
  return swatch;
}

std::uint32_t mixed(std::uint32_t a, std::uint32_t b) {
  std::uint32_t h = a * 0x9E3779B1U ^ b * 0x85EBCA77U;
  h ^= h >> 15U;
  h *= 0x2C1B3C6DU;
  h ^= h >> 12U;
  return h;
}

/// Spot noise: in every tile other shifts and signs, so that no pattern comes back.
Result<Image<float>> grain_of(Size size, ImageView<const float> swatch) {
  LATENT_TRY(auto grain, Image<float>::create(size, 3));
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      float* out = &grain.view().at(x, y);
      for (int copy = 0; copy < kCopies; ++copy) {
        // Each copy is cut into tiles at other places.
        const int tx = (x + copy * 7) / kSwatch;
        const int ty = (y + copy * 11) / kSwatch;
        const std::uint32_t random =
            mixed(static_cast<std::uint32_t>(tx * 8 + copy), static_cast<std::uint32_t>(ty));
        const int sx = (x + static_cast<int>(random % kSwatch)) % kSwatch;
        const int sy = (y + static_cast<int>((random >> 8U) % kSwatch)) % kSwatch;
        const float sign = (random & 0x10000U) != 0 ? 1.0F : -1.0F;
        const float* from = &swatch.at(sx, sy);
        for (int c = 0; c < 3; ++c) out[c] += sign * from[c];
      }
    }
  }
  return grain;
}

float root_mean_square(ImageView<const float> grain) {
  double sum = 0;
  for (int y = 0; y < grain.height(); ++y) {
    for (const float value : grain.row(y)) sum += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(grain.size().area() * grain.channels());
  return static_cast<float>(std::sqrt(std::max(sum / count, 1e-20)));
}

/// What a block of the hole has, and what the grain has there.
struct Shortage {
  float energy = 0;
  float grain = 0;
};

/// The energy to which every block of the hole is to be brought, so that their calm tenth is nearly
/// as noisy as that around. Each gets what it lacks on the average; since grain is not equally
/// strong everywhere and some blocks have structure already, that leaves the calmest below.
float wanted_energy(const std::vector<Shortage>& blocks, float around, float gain) {
  constexpr float kMostMore = 3.0F;
  constexpr int kHalvings = 12;
  constexpr float kAlike = 0.88F;  // nobody sees the rest, and noise costs likeness
  float low = around * around;
  if (blocks.empty()) return low;
  float high = kMostMore * low;
  for (int i = 0; i < kHalvings; ++i) {
    const float tried = 0.5F * (low + high);
    std::vector<float> after;
    after.reserve(blocks.size());
    for (const Shortage& block : blocks) {
      const float lack = std::max(0.0F, tried - block.energy);
      after.push_back(block.energy + lack * gain * gain * block.grain);
    }
    (calm_of(std::move(after)) < kAlike * around ? low : high) = tried;
  }
  return low;
}

}  // namespace

Result<GrainLevel> match_grain(ImageView<float> picture, ImageView<const std::uint8_t> hole,
                               ImageView<const std::uint8_t> bar) {
  GrainLevel level;
  LATENT_TRY(const Survey found, survey(picture, hole, bar));
  if (found.around.size() < kFewestBlocks) return level;
  level.around = calm_of(found.around);
  level.before = calm_of(found.inside);
  if (level.around < kLeast || level.before >= 0.97F * level.around) return level;
  LATENT_TRY(const auto swatch, swatch_of(picture, hole, bar));
  if (swatch.empty()) return level;
  LATENT_TRY(const auto grain, grain_of(picture.size(), swatch.view()));
  std::vector<float> energies;
  std::vector<Shortage> blocks_inside;
  for (int y = 0; y < picture.height(); y += kBlock) {
    for (int x = 0; x < picture.width(); x += kBlock) {
      const float value = energy(grain.view(), {x, y}, [](int, int) { return true; });
      if (value >= 0) energies.push_back(value);
      const float there = found.blocks.view().at(x / kBlock, y / kBlock);
      if (value >= 0 && there >= 0) blocks_inside.push_back({there, value});
    }
  }
  const float unit = calm_of(energies);
  // Structure that was left in the swatch is no grain, however little of it the high-pass passes.
  const float most = kMostCoarse / root_mean_square(grain.view());
  if (unit < kLeast) return level;
  const float gain_of_lack = std::min(1.0F / unit, most);
  const float wanted = wanted_energy(blocks_inside, level.around, gain_of_lack);
  const auto blocks = found.blocks.view();
  const float whole_lack = std::max(0.0F, wanted - level.before * level.before);
  const auto lack_at = [&](int bx, int by) {
    const float energy_there =
        blocks.at(std::clamp(bx, 0, blocks.width() - 1), std::clamp(by, 0, blocks.height() - 1));
    return energy_there < 0 ? whole_lack : std::max(0.0F, wanted - energy_there);
  };
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      if (hole.at(x, y) == 0) continue;
      // Between the middles of blocks.
      const float fx = (static_cast<float>(x) + 0.5F) / kBlock - 0.5F;
      const float fy = (static_cast<float>(y) + 0.5F) / kBlock - 0.5F;
      const int bx = static_cast<int>(std::floor(fx));
      const int by = static_cast<int>(std::floor(fy));
      const float u = fx - static_cast<float>(bx);
      const float v = fy - static_cast<float>(by);
      const float lack = (1 - v) * ((1 - u) * lack_at(bx, by) + u * lack_at(bx + 1, by)) +
                         v * ((1 - u) * lack_at(bx, by + 1) + u * lack_at(bx + 1, by + 1));
      const float gain = std::sqrt(lack) * gain_of_lack;
      level.added = std::max(level.added, std::sqrt(lack));
      for (int c = 0; c < 3; ++c) picture.at(x, y, c) += gain * grain.view().at(x, y, c);
    }
  }
  return level;
}

}  // namespace latent::fill
