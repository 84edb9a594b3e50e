// SPDX-License-Identifier: GPL-3.0-or-later
#include "rgb/detail.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/simd.h"
#include "base/threads.h"

namespace latent::rgb {

namespace {

// Rec. 709.
constexpr float kRed = 0.2126F;
constexpr float kGreen = 0.7152F;
constexpr float kBlue = 0.0722F;

/// What white noise of 1 leaves in each band.
constexpr std::array<double, kDetailLevels> kBandGain{0.80039, 0.27288, 0.11978, 0.05777, 0.02862};
constexpr std::array<double, kDetailLevels> kDarktable{0.25, 0.15, 0.05, 0.02, 0.01};

constexpr int kBandColumns = 1024;  // that are worked on at once: what fits into a core's cache
constexpr int kStepRows = 8;        // likewise
constexpr int kPending = kDetailReach + kStepRows + 1;

/// Distance of the taps of level 0..4.
constexpr int tap_distance(int level) { return 1 << level; }

LATENT_VECTORISED
void luminance_of(const float* rgb, std::size_t count, float* out) {
  for (std::size_t x = 0; x < count; ++x) {
    out[x] = kRed * rgb[3 * x] + kGreen * rgb[3 * x + 1] + kBlue * rgb[3 * x + 2];
  }
}

LATENT_VECTORISED
void smooth_down(const float* above, const float* here, const float* below, std::size_t count,
                 float* out) {
  for (std::size_t x = 0; x < count; ++x) {
    out[x] = 0.25F * (above[x] + below[x]) + 0.5F * here[x];
  }
}

/// `row` has `distance` samples before and after. Smooths it into `coarse` and adds to `kept` what
/// stands out of the band by more than the threshold.
LATENT_VECTORISED
void smooth_across(const float* row, std::size_t distance, const float* fine, float threshold,
                   std::size_t count, float* coarse, float* kept) {
  const float* left = row - distance;
  const float* right = row + distance;
  for (std::size_t x = 0; x < count; ++x) {
    const float smooth = 0.25F * (left[x] + right[x]) + 0.5F * row[x];
    const float band = fine[x] - smooth;
    const float above = band - threshold;
    const float below = band + threshold;
    coarse[x] = smooth;
    kept[x] += (above > 0.0F ? above : 0.0F) + (below < 0.0F ? below : 0.0F);
  }
}

/// What stays away of a residual whose texture is `texture` plus `coarse`.
LATENT_VECTORISED
void mix_row(const float* residual, const float* luminance, const float* texture,
             const float* coarse, float returned, float chroma, std::size_t count, float* out) {
  for (std::size_t x = 0; x < count; ++x) {
    const float luma = luminance[x] - returned * (texture[x] + coarse[x]);
    for (std::size_t c = 0; c < 3; ++c) {
      out[3 * x + c] = luma + chroma * (residual[3 * x + c] - luminance[x]);
    }
  }
}

LATENT_VECTORISED
void mix_plainly(const float* residual, float luma, float chroma, std::size_t count, float* out) {
  for (std::size_t x = 0; x < count; ++x) {
    const float* pixel = residual + 3 * x;
    const float grey = kRed * pixel[0] + kGreen * pixel[1] + kBlue * pixel[2];
    for (std::size_t c = 0; c < 3; ++c) {
      out[3 * x + c] = luma * grey + chroma * (pixel[c] - grey);
    }
  }
}

/// The last rows of a plane that grows downwards.
class RollingRows {
 public:
  RollingRows(int rows, std::size_t width)
      : rows_(rows), width_(width), samples_(static_cast<std::size_t>(rows) * width) {}

  [[nodiscard]] float* row(int y) {
    return &samples_[static_cast<std::size_t>(y % rows_) * width_];
  }

 private:
  int rows_;
  std::size_t width_;
  std::vector<float> samples_;
};

struct Columns {
  int first = 0;  ///< with the surroundings that the core needs
  int end = 0;
  int core_first = 0;
  int core_end = 0;
};

/// The wavelets of some columns, from the first row down. Beside its core it computes as many
/// columns as the core depends on, so bands need nothing of each other.
class Band {
 public:
  Band(Columns columns, Size area, const Mix& mix, const DetailThresholds& thresholds)
      : columns_(columns),
        height_(area.height),
        width_(static_cast<std::size_t>(columns.end - columns.first)),
        mix_(mix),
        thresholds_(thresholds),
        texture_(kPending, width_),
        residual_(kPending, 3 * width_),
        padded_(width_ + 2 * static_cast<std::size_t>(tap_distance(kDetailLevels - 1))) {
    for (int level = 0; level <= kDetailLevels; ++level) {
      smooth_.emplace_back(rows_kept(level), width_);
    }
  }

  /// Takes rows from row `first` of the area on; writes finished ones to `out`, whose first row is
  /// `out_first` of the area.
  void add(ImageView<const float> rows, int first, ImageView<float> out, int out_first) {
    for (int begin = 0; begin < rows.height(); begin += kStepRows) {
      const int end = std::min(begin + kStepRows, rows.height());
      for (int y = begin; y < end; ++y) take(rows, y, first + y);
      for (int level = 0; level < kDetailLevels; ++level) advance(level);
      for (; finished_ < ready_.back(); ++finished_) finish(finished_, out, out_first);
    }
  }

 private:
  /// Level 0 waits for the mix as long as the coarsest one is on its way. The others need the rows
  /// between their taps, and at the bottom all that is still on its way comes at once.
  static int rows_kept(int level) {
    if (level == 0 || level == kDetailLevels) return kPending;
    return 3 * tap_distance(level) + kStepRows + 1;
  }

  void take(ImageView<const float> rows, int y, int area_y) {
    const float* from = rows.row(y).data() + std::ptrdiff_t{3} * columns_.first;
    std::copy_n(from, 3 * width_, residual_.row(area_y));
    luminance_of(from, width_, smooth_[0].row(area_y));
    std::fill_n(texture_.row(area_y), width_, 0.0F);
    ready_[0] = area_y + 1;
  }

  void advance(int level) {
    const auto l = static_cast<std::size_t>(level);
    const int distance = tap_distance(level);
    const int until = ready_[l] == height_ ? height_ : ready_[l] - distance;
    for (int& y = ready_[l + 1]; y < until; ++y) {
      float* row = padded_.data() + distance;
      smooth_down(smooth_[l].row(mirror_index(y - distance, height_)), smooth_[l].row(y),
                  smooth_[l].row(mirror_index(y + distance, height_)), width_, row);
      const int width = static_cast<int>(width_);
      for (int x = 1; x <= distance; ++x) {
        row[-x] = row[mirror_index(-x, width)];
        row[width - 1 + x] = row[mirror_index(width - 1 + x, width)];
      }
      smooth_across(row, static_cast<std::size_t>(distance), smooth_[l].row(y), thresholds_[l],
                    width_, smooth_[l + 1].row(y), texture_.row(y));
    }
  }

  void finish(int y, ImageView<float> out, int out_first) {
    const auto skip = static_cast<std::size_t>(columns_.core_first - columns_.first);
    const auto count = static_cast<std::size_t>(columns_.core_end - columns_.core_first);
    mix_row(residual_.row(y) + 3 * skip, smooth_[0].row(y) + skip, texture_.row(y) + skip,
            smooth_[kDetailLevels].row(y) + skip, static_cast<float>(1.0 - mix_.luma),
            static_cast<float>(mix_.chroma), count,
            out.row(y - out_first).data() + std::ptrdiff_t{3} * columns_.core_first);
  }

  Columns columns_;
  int height_;
  std::size_t width_;
  Mix mix_;
  DetailThresholds thresholds_;
  std::vector<RollingRows> smooth_;  ///< level 0 is the luminance
  RollingRows texture_;              ///< what stands out of the bands so far
  RollingRows residual_;
  std::vector<float> padded_;
  std::array<int, kDetailLevels + 1> ready_{};  ///< rows of each level that are there
  int finished_ = 0;
};

std::vector<Columns> columns_of(int width) {
  std::vector<Columns> result;
  const int bands = std::max(1, (width + kBandColumns / 2) / kBandColumns);
  for (int k = 0; k < bands; ++k) {
    Columns columns;
    columns.core_first = static_cast<int>(std::int64_t{width} * k / bands);
    columns.core_end = static_cast<int>(std::int64_t{width} * (k + 1) / bands);
    columns.first = std::max(0, columns.core_first - kDetailReach);
    columns.end = std::min(width, columns.core_end + kDetailReach);
    result.push_back(columns);
  }
  return result;
}

}  // namespace

struct DetailFilter::State {
  Size area;
  Mix mix;
  int threads = 1;
  bool wavelets = false;
  std::vector<Band> bands;
  int taken = 0;
  int given = 0;
  Image<float> finished;

  /// Room for `rows` finished rows.
  Status make_room(int rows) {
    if (rows <= finished.height()) return {};
    LATENT_TRY(finished, Image<float>::create({area.width, rows}, 3));
    return {};
  }

  Status filter(ImageView<const float> rows, ImageView<float> out) {
    const auto workers = static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(threads, 1, static_cast<std::ptrdiff_t>(bands.size())));
    return run_on_threads(static_cast<int>(workers), [&](int worker) -> Status {
      for (auto k = static_cast<std::size_t>(worker); k < bands.size(); k += workers) {
        bands[k].add(rows, taken, out, given);
      }
      return {};
    });
  }
};

DetailThresholds thresholds_of(const NoiseLevel& level, double luma) {
  constexpr std::array kWeights{kRed, kGreen, kBlue};
  double variance = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    double of_channel = 0;
    for (const float sigma : level.sigma[c]) {
      of_channel += static_cast<double>(sigma) * static_cast<double>(sigma) / kLevelNodes;
    }
    variance += static_cast<double>(kWeights[c]) * static_cast<double>(kWeights[c]) * of_channel;
  }
  DetailThresholds thresholds{};
  for (std::size_t l = 0; l < kDetailLevels; ++l) {
    thresholds[l] = static_cast<float>(luma * kBandGain[l] * std::sqrt(variance));
  }
  return thresholds;
}

DetailThresholds darktable_thresholds(double residual_sigma) {
  DetailThresholds thresholds{};
  for (std::size_t l = 0; l < kDetailLevels; ++l) {
    thresholds[l] = static_cast<float>(kDarktable[l] * residual_sigma);
  }
  return thresholds;
}

DetailFilter::DetailFilter(std::unique_ptr<State> state) : state_(std::move(state)) {}
DetailFilter::DetailFilter(DetailFilter&&) noexcept = default;
DetailFilter& DetailFilter::operator=(DetailFilter&&) noexcept = default;
DetailFilter::~DetailFilter() = default;

Result<DetailFilter> DetailFilter::create(Size area, const Mix& mix,
                                          const DetailThresholds& thresholds, int threads) {
  LATENT_ENSURE(area.width > 0 && area.height > 0);
  auto state = std::make_unique<State>();
  state->area = area;
  state->mix = mix;
  state->threads = threads;
  state->wavelets = mix.recover && mix.luma < 1.0;
  if (state->wavelets) {
    try {
      for (const Columns& columns : columns_of(area.width)) {
        state->bands.emplace_back(columns, area, mix, thresholds);
      }
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::TooLarge, "not enough memory for the recovery of detail");
    }
  }
  return DetailFilter(std::move(state));
}

Result<ImageView<const float>> DetailFilter::add(ImageView<const float> residual) {
  State& state = *state_;
  const int rows = residual.height();
  LATENT_ENSURE(residual.width() == state.area.width && residual.channels() == 3 &&
                rows <= state.area.height - state.taken);
  const int taken = state.taken + rows;
  const int ready =
      !state.wavelets || taken == state.area.height ? taken : std::max(0, taken - kDetailReach);
  first_row_ = state.given;
  const int finished = std::max(0, ready - state.given);
  LATENT_CHECK(state.make_room(finished));
  const ImageView<float> all = state.finished.view();
  const ImageView<float> out(all.data(), {state.area.width, finished}, all.stride(), 3);
  if (state.wavelets) {
    LATENT_CHECK(state.filter(residual, out));
  } else {
    const bool unchanged = state.mix.luma == 1.0 && state.mix.chroma == 1.0;
    for (int y = 0; y < rows; ++y) {
      const auto from = residual.row(y);
      if (unchanged) {
        std::copy(from.begin(), from.end(), out.row(y).begin());
      } else {
        mix_plainly(from.data(), static_cast<float>(state.mix.luma),
                    static_cast<float>(state.mix.chroma), from.size() / 3, out.row(y).data());
      }
    }
  }
  state.taken = taken;
  state.given += finished;
  return ImageView<const float>(out);
}

}  // namespace latent::rgb
