// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/noise_blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/simd.h"
#include "base/threads.h"
#include "raw/block_basis.h"

namespace latent::raw {

namespace {

constexpr std::size_t kCounts = 65536;
constexpr std::size_t kRowsCounted = 2;  ///< of a strip: two hold every colour of every pattern
using Histogram = std::vector<std::uint32_t>;  ///< of counts, kCounts bins

/// Black and 1 / (white - black) for the sites of one row of the frame.
struct RowLevels {
  std::vector<float> black;
  std::vector<float> inverse_range;
};

/// Which blocks are looked at: rows of blocks ("strips"), all blocks of a strip.
struct Grid {
  int step_x = kBlockSide;
  std::vector<int> strips;  ///< frame row at which each begins
  std::size_t across = 0;   ///< blocks a strip
};

Grid grid_of(Size frame, Size period, int at_most) {
  Grid grid;
  if (frame.width < kBlockSide || frame.height < kBlockSide) return grid;
  const auto blocks = [&](int side, int step) { return (side - kBlockSide) / step + 1; };
  // Overlapping blocks know more of a small picture; a large one has enough of them.
  const std::int64_t apart =
      std::int64_t{blocks(frame.width, kBlockSide)} * blocks(frame.height, kBlockSide);
  const int step = apart * 2 > at_most ? kBlockSide : kBlockSide / 2;
  grid.step_x = round_up(step, period.width);
  const int step_y = round_up(step, period.height);
  grid.across = static_cast<std::size_t>(blocks(frame.width, grid.step_x));
  const int all = blocks(frame.height, step_y);
  const int wanted = std::clamp(at_most / static_cast<int>(grid.across), 1, all);
  for (int k = 0; k < wanted; ++k) {
    const auto strip =
        static_cast<int>((2 * std::int64_t{k} + 1) * all / (2 * std::int64_t{wanted}));
    grid.strips.push_back(strip * step_y);
  }
  return grid;
}

Result<RowLevels> row_levels(const Mosaic& mosaic, int frame_y) {
  RowLevels levels;
  for (int x = 0; x < mosaic.active.width; ++x) {
    const int site_x = x + mosaic.active.x;
    const int site_y = frame_y + mosaic.active.y;
    const float black = mosaic.levels.black.at(site_x, site_y);
    const float white =
        mosaic.levels.white[static_cast<std::size_t>(mosaic.cfa.at(site_x, site_y))];
    if (!(white > black)) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("the white level {} is not above the black level {}", white, black));
    }
    levels.black.push_back(black);
    levels.inverse_range.push_back(1.0F / (white - black));
  }
  return levels;
}

LATENT_VECTORISED
void to_light(const std::uint16_t* counts, const float* black, const float* inverse_range,
              std::size_t width, float* light) {
  for (std::size_t x = 0; x < width; ++x) {
    light[x] = (static_cast<float>(counts[x]) - black[x]) * inverse_range[x];
  }
}

/// The squares of a block's coefficients; `samples` are weighted and of mean 0 in every colour.
LATENT_VECTORISED
void energies(const BlockBasis& basis, const float* samples, float* squares) {
  std::array<float, kBlockSites> sums{};
  for (std::size_t s = 0; s < kBlockSites; ++s) {
    const float sample = samples[s];
    const float* vector = basis.vectors[s].data();
    for (std::size_t k = 0; k < kBlockSites; ++k) sums[k] += sample * vector[k];
  }
  for (std::size_t k = 0; k < kBlockSites; ++k) squares[k] = sums[k] * sums[k];
}

float mean_of(const std::vector<int>& members, const float* squares) {
  float sum = 0;
  for (const int k : members) sum += squares[k];
  return members.empty() ? 0.0F : sum / static_cast<float>(members.size());
}

float largest_of(const std::array<float, kBlockSites>& samples) {
  std::array<float, kBlockSide> largest{};
  std::copy_n(samples.begin(), kBlockSide, largest.begin());
  for (std::size_t s = kBlockSide; s < kBlockSites; ++s) {
    largest[s % kBlockSide] = std::max(largest[s % kBlockSide], samples[s]);
  }
  return *std::max_element(largest.begin(), largest.end());
}

/// The sum of the samples of each colour.
std::array<float, 4> sums_of(const BlockBasis& basis,
                             const std::array<float, kBlockSites>& samples) {
  std::array<float, 4> sums{};
  for (std::size_t c = 0; c < static_cast<std::size_t>(basis.colours); ++c) {
    std::array<float, kBlockSide> columns{};
    for (std::size_t s = 0; s < kBlockSites; ++s) {
      columns[s % kBlockSide] += samples[s] * basis.is_colour[c][s];
    }
    sums[c] = std::accumulate(columns.begin(), columns.end(), 0.0F);
  }
  return sums;
}

/// Works through strips; each worker has its own.
class StripReader {
 public:
  StripReader(const Mosaic& mosaic, const BlockBasis& basis, float read_to_shot)
      : mosaic_(mosaic),
        basis_(basis),
        read_to_shot_(read_to_shot),
        width_(static_cast<std::size_t>(mosaic.active.width)),
        light_(width_ * kBlockSide) {}

  void read(int frame_y, const std::vector<const RowLevels*>& levels, Histogram& histogram) {
    const auto active = mosaic_.samples.view().crop(mosaic_.active);
    for (std::size_t row = 0; row < kBlockSide; ++row) {
      const auto counts = active.row(frame_y + static_cast<int>(row));
      if (row < kRowsCounted) {
        for (const std::uint16_t count : counts) ++histogram[count];
      }
      to_light(counts.data(), levels[row]->black.data(), levels[row]->inverse_range.data(), width_,
               light_.data() + row * width_);
    }
  }

  [[nodiscard]] NoiseBlock block(std::size_t frame_x) const {
    std::array<float, kBlockSites> samples{};
    for (std::size_t row = 0; row < kBlockSide; ++row) {
      std::copy_n(light_.data() + row * width_ + frame_x, kBlockSide,
                  samples.data() + row * kBlockSide);
    }
    NoiseBlock block;
    block.largest = largest_of(samples);
    std::array<float, 4> mean = sums_of(basis_, samples);
    const std::array<float, 4> factor = weigh(mean, block);
    for (std::size_t s = 0; s < kBlockSites; ++s) {
      const auto colour = static_cast<std::size_t>(basis_.colour[s]);
      samples[s] = (samples[s] - mean[colour]) * factor[colour];
    }
    std::array<float, kBlockSites> squares{};
    energies(basis_, samples.data(), squares.data());
    block.choice = mean_of(basis_.members[BlockBasis::Choice], squares.data());
    block.low = mean_of(basis_.members[BlockBasis::Low], squares.data());
    block.middle = mean_of(basis_.members[BlockBasis::Middle], squares.data());
    block.high = mean_of(basis_.members[BlockBasis::High], squares.data());
    return block;
  }

 private:
  /// Sums become means; returns what the samples of each colour are multiplied by. With noise of
  /// equal variance everywhere the coefficients are independent, so choosing blocks by some does
  /// not bend what others say.
  std::array<float, 4> weigh(std::array<float, 4>& mean, NoiseBlock& block) const {
    const auto colours = static_cast<std::size_t>(basis_.colours);
    block.darkest = std::numeric_limits<float>::max();
    block.brightest = std::numeric_limits<float>::lowest();
    for (std::size_t c = 0; c < colours; ++c) {
      mean[c] /= basis_.share[c] * kBlockSites;
      block.mean += mean[c] * basis_.share[c];
      block.darkest = std::min(block.darkest, mean[c]);
      block.brightest = std::max(block.brightest, mean[c]);
    }
    std::array<float, 4> factor{};
    for (std::size_t c = 0; c < colours; ++c) {
      const float weight =
          (std::max(block.mean, 0.0F) + read_to_shot_) / (std::max(mean[c], 0.0F) + read_to_shot_);
      factor[c] = std::sqrt(weight);
      block.weight += basis_.share[c] * weight;
      block.light += basis_.share[c] * weight * mean[c];
    }
    return factor;
  }

  const Mosaic& mosaic_;
  const BlockBasis& basis_;
  float read_to_shot_ = 0;
  std::size_t width_ = 0;
  std::vector<float> light_;  ///< [8, frame width]
};

/// Whether samples pile up at the first of four neighbouring values that occur.
bool piles_up(const std::array<std::uint32_t, 4>& counted, std::uint64_t all) {
  const double next = (double{1} * counted[1] + counted[2] + counted[3]) / 3.0;
  return counted[0] > std::max(8.0, 1e-5 * static_cast<double>(all)) && counted[0] > 3.0 * next;
}

struct CutCounts {
  float below = -std::numeric_limits<float>::infinity();
  float above = std::numeric_limits<float>::infinity();
};

CutCounts cut_counts(const Histogram& histogram, float black) {
  std::array<std::size_t, 4> first{};
  std::array<std::size_t, 4> last{};
  std::size_t found = 0;
  for (std::size_t v = 0; v < kCounts && found < 4; ++v) {
    if (histogram[v] > 0) first[found++] = v;
  }
  if (found < 4) return {};
  found = 0;
  for (std::size_t v = kCounts; v-- > 0 && found < 4;) {
    if (histogram[v] > 0) last[found++] = v;
  }
  const std::uint64_t all = std::accumulate(histogram.begin(), histogram.end(), std::uint64_t{0});
  const auto counted = [&](const std::array<std::size_t, 4>& at) {
    return std::array{histogram[at[0]], histogram[at[1]], histogram[at[2]], histogram[at[3]]};
  };
  CutCounts cut;
  if (piles_up(counted(first), all) || static_cast<float>(first[0]) >= black) {
    cut.below = static_cast<float>(first[0]);
  }
  if (piles_up(counted(last), all)) cut.above = static_cast<float>(last[0]);
  return cut;
}

/// The cuts of all sites as one pair in x: the tightest.
void set_cuts(NoiseBlocks& result, const Histogram& histogram,
              const std::map<int, RowLevels>& rows) {
  float black = std::numeric_limits<float>::infinity();
  for (const auto& [phase, row] : rows) {
    black = std::min(black, *std::min_element(row.black.begin(), row.black.end()));
  }
  const CutCounts cut = cut_counts(histogram, black);
  result.cut_below = -std::numeric_limits<float>::infinity();
  result.cut_above = 1.0F;
  for (const auto& [phase, row] : rows) {
    for (std::size_t x = 0; x < row.black.size(); ++x) {
      result.cut_below =
          std::max(result.cut_below, (cut.below - row.black[x]) * row.inverse_range[x]);
      result.cut_above =
          std::min(result.cut_above, (cut.above - row.black[x]) * row.inverse_range[x]);
    }
  }
}

}  // namespace

Result<NoiseBlocks> measure_blocks(const Mosaic& mosaic, const BlockSampling& sampling) {
  const Grid grid = grid_of(mosaic.active.size(), mosaic.cfa.period(), sampling.at_most);
  NoiseBlocks result;
  if (grid.strips.empty()) return result;

  const int period = std::lcm(mosaic.cfa.period().height, mosaic.levels.black.period.height);
  LATENT_ENSURE(period > 0);
  std::map<int, RowLevels> rows;  // by row of the period
  for (const int strip : grid.strips) {
    for (int row = 0; row < kBlockSide; ++row) {
      const int phase = (strip + row) % period;
      if (rows.contains(phase)) continue;
      LATENT_TRY(rows[phase], row_levels(mosaic, phase));
    }
  }
  const BlockBasis basis = BlockBasis::create(mosaic.cfa.shifted(mosaic.active.origin()));
  result.high_coefficients = static_cast<int>(basis.members[BlockBasis::High].size());
  result.blocks.resize(grid.strips.size() * grid.across);

  const auto workers = static_cast<std::size_t>(std::max(1, sampling.threads));
  std::vector<Histogram> histograms(workers, Histogram(kCounts, 0));
  const auto work = [&](int index) -> Status {
    const auto worker = static_cast<std::size_t>(index);
    StripReader reader(mosaic, basis, static_cast<float>(sampling.read_to_shot));
    std::vector<const RowLevels*> levels(kBlockSide);
    for (std::size_t k = worker; k < grid.strips.size(); k += workers) {
      for (int row = 0; row < kBlockSide; ++row) {
        levels[static_cast<std::size_t>(row)] = &rows.at((grid.strips[k] + row) % period);
      }
      reader.read(grid.strips[k], levels, histograms[worker]);
      for (std::size_t x = 0; x < grid.across; ++x) {
        result.blocks[k * grid.across + x] =
            reader.block(x * static_cast<std::size_t>(grid.step_x));
      }
    }
    return {};
  };
  LATENT_CHECK(run_on_threads(static_cast<int>(workers), work));
  for (std::size_t worker = 1; worker < workers; ++worker) {
    for (std::size_t v = 0; v < kCounts; ++v) histograms[0][v] += histograms[worker][v];
  }
  set_cuts(result, histograms[0], rows);
  return result;
}

}  // namespace latent::raw
