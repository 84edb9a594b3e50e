// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/level_blocks.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "base/simd.h"
#include "base/threads.h"

namespace latent::rgb {

namespace {

constexpr int kBlock = 8;
constexpr int kAround = 4;  // pixels of surroundings on every side
constexpr int kWindow = kBlock + 2 * kAround;
constexpr int kCells = 4;
constexpr int kBandRows = 48;  // between the first rows of blocks that are read at once
constexpr std::int64_t kAtMost = 32768;
constexpr std::int64_t kSmallPicture = std::int64_t{1} << 19U;
constexpr float kDarkCut = 1.5F / 255.0F;
constexpr float kBrightCut = 253.5F / 255.0F;

using Square = std::array<float, std::size_t{kBlock} * kBlock>;

struct Dct {
  Square rows{};     ///< [frequency, place]
  Square columns{};  ///< [place, frequency]
};

Dct make_dct() {
  Dct dct;
  for (std::size_t i = 0; i < kBlock; ++i) {
    for (std::size_t x = 0; x < kBlock; ++x) {
      const double angle = static_cast<double>((2 * x + 1) * i) * std::numbers::pi / 16.0;
      const double value = i == 0 ? std::sqrt(0.125) : 0.5 * std::cos(angle);
      dct.rows[i * kBlock + x] = static_cast<float>(value);
      dct.columns[x * kBlock + i] = static_cast<float>(value);
    }
  }
  return dct;
}

struct Steps {
  int down = 0;
  int across = 0;
};

Steps steps_of(Size picture) {
  const int across = picture.area() <= kSmallPicture ? 4 : 8;
  const std::int64_t per_step = across * kAtMost;
  return {static_cast<int>(std::max<std::int64_t>(4, (picture.area() + per_step - 1) / per_step)),
          across};
}

/// Squares of the coefficients i + j >= 8 of a block, their mean.
LATENT_VECTORISED
float high_energy(const Square& block, const Dct& dct) {
  float sum = 0;
  for (std::size_t i = 1; i < kBlock; ++i) {
    std::array<float, kBlock> row{};
    for (std::size_t y = 0; y < kBlock; ++y) {
      const float factor = dct.rows[i * kBlock + y];
      for (std::size_t x = 0; x < kBlock; ++x) row[x] += factor * block[y * kBlock + x];
    }
    std::array<float, kBlock> coefficients{};
    for (std::size_t x = 0; x < kBlock; ++x) {
      for (std::size_t j = 0; j < kBlock; ++j) {
        coefficients[j] += row[x] * dct.columns[x * kBlock + j];
      }
    }
    for (std::size_t j = kBlock - i; j < kBlock; ++j) sum += coefficients[j] * coefficients[j];
  }
  return sum / 28.0F;
}

/// Takes the mean off a block and gives the sum of squares that a plane leaves.
float plane_residual(Square& block, float& mean) {
  float sum = 0;
  for (const float value : block) sum += value;
  mean = sum / 64.0F;
  float energy = 0;
  float across = 0;
  float down = 0;
  for (std::size_t y = 0; y < kBlock; ++y) {
    for (std::size_t x = 0; x < kBlock; ++x) {
      const float rest = block[y * kBlock + x] -= mean;
      energy += rest * rest;
      across += (static_cast<float>(x) - 3.5F) * rest;
      down += (static_cast<float>(y) - 3.5F) * rest;
    }
  }
  return std::max(0.0F, energy - (across * across + down * down) / 336.0F);
}

using Cells = std::array<float, std::size_t{kCells} * kCells>;

/// S from the sixteen means of a window: the outer twelve.
float structure_of(const Cells& cells) {
  constexpr std::array<std::size_t, 12> kOuter{0, 1, 2, 3, 4, 7, 8, 11, 12, 13, 14, 15};
  float mean = 0;
  for (const std::size_t k : kOuter) mean += cells[k] / 12.0F;
  float energy = 0;
  float across = 0;
  float down = 0;
  for (const std::size_t k : kOuter) {
    const float rest = cells[k] - mean;
    const std::size_t x = k % kCells;
    const std::size_t y = k / kCells;
    energy += rest * rest;
    across += (static_cast<float>(x) - 1.5F) * rest;
    down += (static_cast<float>(y) - 1.5F) * rest;
  }
  return 16.0F * std::max(0.0F, energy - (across * across + down * down) / 19.0F) / 9.0F;
}

/// Sum of squares of the diagonal differences of 2x2 pixels between two rows.
LATENT_VECTORISED
float diagonal_energy(const float* upper, const float* lower, std::size_t pairs) {
  float sum = 0;
  for (std::size_t x = 0; x < pairs; ++x) {
    const float difference = upper[x] - upper[x + 1] - lower[x] + lower[x + 1];
    sum += difference * difference;
  }
  return sum;
}

bool is_cut(const Square& block) {
  float low = block[0];
  float most = block[0];
  for (const float value : block) {
    if (!std::isfinite(value)) return true;
    low = std::min(low, value);
    most = std::max(most, value);
  }
  const auto cut_at = [&](float value) {
    return std::count(block.begin(), block.end(), value) > 1;
  };
  return (low <= kDarkCut && cut_at(low)) || (most >= kBrightCut && cut_at(most));
}

/// Rows of one channel, mirrored on all sides.
struct Plane {
  std::vector<float> samples;
  std::size_t width = 0;
};

/// R of the window that begins at `left`, `top` of the plane: of all its 2x2 pixels but those that
/// lie in the block or touch it.
float ring_of(const Plane& plane, std::size_t left, std::size_t top) {
  constexpr std::size_t kAll = kWindow - 1;
  constexpr std::size_t kInner = kBlock + 1;
  float sum = 0;
  for (std::size_t y = 0; y < kAll; ++y) {
    const float* upper = &plane.samples[(top + y) * plane.width + left];
    const float* lower = upper + plane.width;
    const bool beside = y < kAround - 1 || y >= kAround - 1 + kInner;
    if (beside) {
      sum += diagonal_energy(upper, lower, kAll);
    } else {
      constexpr std::size_t kSide = kAround - 1;
      sum += diagonal_energy(upper, lower, kSide);
      sum += diagonal_energy(upper + kSide + kInner, lower + kSide + kInner, kSide);
    }
  }
  return sum / (4.0F * (kAll * kAll - kInner * kInner));
}

/// The block whose surroundings begin at `left`, `top` of the plane.
LevelBlock measure(const Plane& plane, std::size_t left, std::size_t top, const Dct& dct) {
  LevelBlock result;
  Square block{};
  for (std::size_t y = 0; y < kBlock; ++y) {
    const float* row = &plane.samples[(top + kAround + y) * plane.width + left + kAround];
    std::copy_n(row, kBlock, &block[y * kBlock]);
  }
  result.cut = is_cut(block);
  Cells cells{};
  for (std::size_t y = 0; y < kWindow; ++y) {
    const float* row = &plane.samples[(top + y) * plane.width + left];
    for (std::size_t x = 0; x < kWindow; ++x) cells[y / kCells * kCells + x / kCells] += row[x];
  }
  for (float& cell : cells) cell /= 16.0F;
  result.structure = structure_of(cells);
  result.ring = ring_of(plane, left, top);
  result.variance = plane_residual(block, result.mean) / 61.0F;
  result.high = high_energy(block, dct);
  if (!std::isfinite(result.structure) || !std::isfinite(result.variance)) result = {.cut = true};
  return result;
}

/// Reads and measures one band of blocks after the other; buffers stay.
class BandReader {
 public:
  BandReader(Size picture, const ReadArea& read, const Dct& dct)
      : picture_(picture), read_(read), dct_(dct) {}

  /// Blocks that begin at the rows `top`, ascending, and at the columns `left`.
  void measure_band(std::span<const int> top, std::span<const int> left,
                    std::array<LevelBlock, 3>* out) {
    const int first = top.front() - kAround;
    load(first, top.back() + kBlock + kAround - first);
    for (const int y : top) {
      for (const int x : left) {
        for (std::size_t c = 0; c < 3; ++c) {
          (*out)[c] = measure(planes_[c], static_cast<std::size_t>(x),
                              static_cast<std::size_t>(y - kAround - first), dct_);
        }
        ++out;
      }
    }
  }

 private:
  void load(int first, int rows) {
    const int read_first = std::max(0, first);
    const int read_end = std::min(picture_.height, first + rows);
    const Rect area{0, read_first, picture_.width, read_end - read_first};
    samples_.resize(static_cast<std::size_t>(area.width) * static_cast<std::size_t>(area.height) *
                    3);
    const ImageView<float> view(samples_.data(), area.size(), std::ptrdiff_t{3} * area.width, 3);
    read_(area, view);
    const auto width = static_cast<std::size_t>(picture_.width + 2 * kAround);
    for (std::size_t c = 0; c < 3; ++c) {
      planes_[c].width = width;
      planes_[c].samples.resize(width * static_cast<std::size_t>(rows));
      for (int y = 0; y < rows; ++y) {
        const float* row =
            view.row(mirror_index(first + y, picture_.height) - read_first).data() + c;
        float* to = &planes_[c].samples[static_cast<std::size_t>(y) * width];
        for (int x = -kAround; x < picture_.width + kAround; ++x) {
          const bool inside = x >= 0 && x < picture_.width;
          *to++ = row[std::ptrdiff_t{3} * (inside ? x : mirror_index(x, picture_.width))];
        }
      }
    }
  }

  Size picture_;
  const ReadArea& read_;
  const Dct& dct_;
  std::vector<float> samples_;
  std::array<Plane, 3> planes_;
};

}  // namespace

std::vector<int> block_starts(int side, int step) {
  std::vector<int> starts;
  const bool roomy = side >= kWindow;
  const int first = roomy ? kAround : 0;
  const int last = side - kBlock - (roomy ? kAround : 0);
  for (int start = first; start <= last; start += step) starts.push_back(start);
  return starts;
}

Result<LevelBlocks> measure_level_blocks(Size picture, const ReadArea& read, int threads) {
  const Steps steps = steps_of(picture);
  const std::vector<int> top = block_starts(picture.height, steps.down);
  const std::vector<int> left = block_starts(picture.width, steps.across);
  if (top.empty() || left.empty()) return LevelBlocks{};

  LevelBlocks blocks(top.size() * left.size());
  const Dct dct = make_dct();
  const auto per_band = static_cast<std::size_t>(std::max(1, kBandRows / steps.down));
  const auto workers = static_cast<std::size_t>(std::max(1, threads));
  const auto work = [&](int index) -> Status {
    const auto worker = static_cast<std::size_t>(index);
    BandReader reader(picture, read, dct);
    for (std::size_t k = worker * per_band; k < top.size(); k += workers * per_band) {
      const std::size_t count = std::min(per_band, top.size() - k);
      reader.measure_band({&top[k], count}, left, &blocks[k * left.size()]);
    }
    return {};
  };
  LATENT_CHECK(run_on_threads(static_cast<int>(workers), work));
  return blocks;
}

}  // namespace latent::rgb
