// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/closed_form.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "base/simd.h"

namespace latent::mask {

namespace {

constexpr int kWindow = 9;

/// A symmetric 3 x 3 matrix: xx, xy, xz, yy, yz, zz.
using Symmetric = std::array<float, 6>;

Symmetric inverse(const std::array<double, 6>& m) {
  const double a = m[3] * m[5] - m[4] * m[4];
  const double b = m[2] * m[4] - m[1] * m[5];
  const double c = m[1] * m[4] - m[2] * m[3];
  const double scale = 1.0 / (m[0] * a + m[1] * b + m[2] * c);
  return {static_cast<float>(a * scale),
          static_cast<float>(b * scale),
          static_cast<float>(c * scale),
          static_cast<float>((m[0] * m[5] - m[2] * m[2]) * scale),
          static_cast<float>((m[1] * m[2] - m[0] * m[4]) * scale),
          static_cast<float>((m[0] * m[3] - m[1] * m[1]) * scale)};
}

/// Windows of 3 x 3 pixels whose middles lie side by side.
struct Run {
  std::size_t centre = 0;  ///< of the first, an index of the picture
  std::size_t first = 0;   ///< its number among all windows
  std::size_t count = 0;
};

/// Unknown pixels side by side.
struct Stretch {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// What all windows have, one after the other.
struct Windows {
  std::array<std::vector<float>, 3> mean;
  std::array<std::vector<float>, 6> inverse;
};

/// Windows that are computed at a time.
constexpr std::size_t kBlock = 64;

using Steps = std::array<std::ptrdiff_t, kWindow>;
using Colours = std::array<std::vector<float>, 3>;

/// The matting Laplacian times `values`, for at most kBlock windows side by side: in each what the
/// values differ from the linear function of colour that fits them best.
LATENT_VECTORISED
void add_product(const Colours& colours, const Windows& windows, const Steps& steps, const Run& run,
                 const float* values, float* result) {
  constexpr float kShare = 1.0F / kWindow;
  const std::size_t n = run.count;
  const float* mr = windows.mean[0].data() + run.first;
  const float* mg = windows.mean[1].data() + run.first;
  const float* mb = windows.mean[2].data() + run.first;
  std::array<float, kBlock> mean{};
  std::array<float, kBlock> ar{};
  std::array<float, kBlock> ag{};
  std::array<float, kBlock> ab{};
  for (const std::ptrdiff_t step : steps) {
    const auto at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(run.centre) + step);
    const float* v = values + at;
    const float* r = colours[0].data() + at;
    const float* g = colours[1].data() + at;
    const float* b = colours[2].data() + at;
    for (std::size_t x = 0; x < n; ++x) {
      mean[x] += v[x];
      ar[x] += v[x] * (r[x] - mr[x]);
      ag[x] += v[x] * (g[x] - mg[x]);
      ab[x] += v[x] * (b[x] - mb[x]);
    }
  }
  const float* rr = windows.inverse[0].data() + run.first;
  const float* rg = windows.inverse[1].data() + run.first;
  const float* rb = windows.inverse[2].data() + run.first;
  const float* gg = windows.inverse[3].data() + run.first;
  const float* gb = windows.inverse[4].data() + run.first;
  const float* bb = windows.inverse[5].data() + run.first;
  for (std::size_t x = 0; x < n; ++x) {
    const float wr = ar[x];
    const float wg = ag[x];
    const float wb = ab[x];
    mean[x] *= kShare;
    ar[x] = kShare * (rr[x] * wr + rg[x] * wg + rb[x] * wb);
    ag[x] = kShare * (rg[x] * wr + gg[x] * wg + gb[x] * wb);
    ab[x] = kShare * (rb[x] * wr + gb[x] * wg + bb[x] * wb);
  }
  for (const std::ptrdiff_t step : steps) {
    const auto at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(run.centre) + step);
    const float* v = values + at;
    const float* r = colours[0].data() + at;
    const float* g = colours[1].data() + at;
    const float* b = colours[2].data() + at;
    float* to = result + at;
    for (std::size_t x = 0; x < n; ++x) {
      to[x] +=
          v[x] - mean[x] - ar[x] * (r[x] - mr[x]) - ag[x] * (g[x] - mg[x]) - ab[x] * (b[x] - mb[x]);
    }
  }
}

class Solver {
 public:
  Solver(ImageView<const float> picture, ImageView<const std::uint8_t> trimap,
         const MattingSettings& settings)
      : width_(picture.width()), height_(picture.height()) {
    for (int k = 0; k < kWindow; ++k) {
      steps_[static_cast<std::size_t>(k)] = std::ptrdiff_t{k / 3 - 1} * width_ + k % 3 - 1;
    }
    const auto count = static_cast<std::size_t>(picture.size().area());
    for (auto& plane : colours_) plane.resize(count);
    unknown_.resize(count);
    std::size_t i = 0;
    for (int y = 0; y < height_; ++y) {
      const auto row = picture.row(y);
      const auto known = trimap.row(y);
      for (std::size_t x = 0; x < known.size(); ++x, ++i) {
        for (std::size_t c = 0; c < 3; ++c) colours_[c][i] = row[3 * x + c];
        unknown_[i] = known[x] == kUnknown ? 1 : 0;
        if (unknown_[i] == 0) continue;
        if (x == 0 || unknown_[i - 1] == 0) stretches_.push_back({i, 0});
        ++stretches_.back().count;
      }
    }
    find_windows(settings.epsilon);
    priors_.assign(count, 0.0F);
    for (const Stretch& stretch : stretches_) {
      for (std::size_t k = stretch.first; k < stretch.first + stretch.count; ++k) {
        priors_[k] = settings.prior * diagonal_[k];
        diagonal_[k] += priors_[k];
      }
    }
  }

  /// Solves in place: `alpha` holds the known pixels and a first guess of the others.
  Status solve(std::vector<float>& alpha, const MattingSettings& settings,
               const RunControl& control) const {
    const std::size_t count = alpha.size();
    std::vector<float> residual(count, 0.0F);
    product(alpha, residual);
    std::vector<float> direction(count, 0.0F);
    std::vector<float> image(count, 0.0F);
    double old = sum_of([&](std::size_t i) {
      residual[i] = -residual[i];  // the first guess costs no prior
      direction[i] = residual[i] / diagonal_[i];
      return residual[i] * direction[i];
    });
    const double first = old;
    for (int round = 0; round < settings.most_iterations; ++round) {
      if (old <= first * settings.tolerance * settings.tolerance || old <= 0) break;
      LATENT_CHECK(control.check());
      product(direction, image);
      const double curvature = sum_of([&](std::size_t i) {
        image[i] += priors_[i] * direction[i];
        return direction[i] * image[i];
      });
      if (!(curvature > 0)) break;
      const auto length = static_cast<float>(old / curvature);
      const double fresh = sum_of([&](std::size_t i) {
        alpha[i] += length * direction[i];
        residual[i] -= length * image[i];
        return residual[i] * residual[i] / diagonal_[i];
      });
      const auto turn = static_cast<float>(fresh / old);
      for (const Stretch& stretch : stretches_) {
        for (std::size_t i = stretch.first; i < stretch.first + stretch.count; ++i) {
          direction[i] = residual[i] / diagonal_[i] + turn * direction[i];
        }
      }
      old = fresh;
    }
    return {};
  }

 private:
  /// The sum of `term` over the unknown pixels; blocks in float32, their sums in float64.
  template <class Term>
  [[nodiscard]] double sum_of(const Term& term) const {
    std::array<float, kBlock> terms{};
    double sum = 0;
    for (const Stretch& stretch : stretches_) {
      for (std::size_t done = 0; done < stretch.count; done += kBlock) {
        const std::size_t n = std::min(kBlock, stretch.count - done);
        const std::size_t at = stretch.first + done;
        for (std::size_t i = 0; i < n; ++i) terms[i] = term(at + i);
        for (std::size_t i = 0; i < n; ++i) sum += static_cast<double>(terms[i]);
      }
    }
    return sum;
  }

  void find_windows(float epsilon) {
    diagonal_.assign(unknown_.size(), 1e-12F);
    const auto width = static_cast<std::size_t>(width_);
    std::vector<char> near(width);  // whether a column of three pixels has an unknown one
    for (int y = 1; y + 1 < height_; ++y) {
      const std::size_t line = static_cast<std::size_t>(y) * width;
      const char* rows = unknown_.data() + line;
      for (std::size_t x = 0; x < width; ++x) {
        near[x] = static_cast<char>(*(rows + x - width) | rows[x] | rows[x + width]);
      }
      bool open = false;
      for (std::size_t x = 1; x + 1 < width; ++x) {
        const bool any = (near[x - 1] | near[x] | near[x + 1]) != 0;
        if (any && (!open || runs_.back().count == kBlock)) {
          runs_.push_back({line + x, windows_.mean[0].size(), 0});
        }
        open = any;
        if (!any) continue;
        add_window(line + x, epsilon);
        ++runs_.back().count;
      }
    }
  }

  [[nodiscard]] std::array<float, 3> colour(std::size_t centre, std::ptrdiff_t step) const {
    const auto at = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(centre) + step);
    return {colours_[0][at], colours_[1][at], colours_[2][at]};
  }

  void add_window(std::size_t centre, float epsilon) {
    std::array<double, 3> mean{};
    for (const std::ptrdiff_t step : steps_) {
      const auto i = colour(centre, step);
      for (std::size_t c = 0; c < 3; ++c) mean[c] += i[c] / double{kWindow};
    }
    std::array<double, 6> spread{};
    for (const std::ptrdiff_t step : steps_) {
      const auto i = colour(centre, step);
      const double r = i[0] - mean[0];
      const double g = i[1] - mean[1];
      const double b = i[2] - mean[2];
      const std::array<double, 6> products{r * r, r * g, r * b, g * g, g * b, b * b};
      for (std::size_t k = 0; k < 6; ++k) spread[k] += products[k] / kWindow;
    }
    for (const std::size_t k : {0U, 3U, 5U}) spread[k] += epsilon / kWindow;
    const Symmetric m = inverse(spread);
    for (std::size_t k = 0; k < 6; ++k) windows_.inverse[k].push_back(m[k]);
    std::array<float, 3> middle{};
    for (std::size_t c = 0; c < 3; ++c) {
      middle[c] = static_cast<float>(mean[c]);
      windows_.mean[c].push_back(middle[c]);
    }
    for (const std::ptrdiff_t step : steps_) {
      const auto i = colour(centre, step);
      const float r = i[0] - middle[0];
      const float g = i[1] - middle[1];
      const float b = i[2] - middle[2];
      const float form = m[0] * r * r + m[3] * g * g + m[5] * b * b +
                         2.0F * (m[1] * r * g + m[2] * r * b + m[4] * g * b);
      diagonal_[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(centre) + step)] +=
          std::max(0.0F, 1.0F - (1.0F + form) / kWindow);
    }
  }

  /// The matting Laplacian times `values`, right at the unknown pixels only.
  void product(const std::vector<float>& values, std::vector<float>& result) const {
    for (const Stretch& stretch : stretches_) {
      std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(stretch.first), stretch.count, 0.0F);
    }
    for (const Run& run : runs_) {
      add_product(colours_, windows_, steps_, run, values.data(), result.data());
    }
  }

  int width_;
  int height_;
  Steps steps_{};
  Colours colours_;
  std::vector<char> unknown_;
  std::vector<Stretch> stretches_;
  Windows windows_;
  std::vector<Run> runs_;
  std::vector<float> diagonal_;
  std::vector<float> priors_;  ///< what it costs to leave the first guess
};

}  // namespace

Result<Image<float>> closed_form_matte(ImageView<const float> picture,
                                       ImageView<const std::uint8_t> trimap,
                                       ImageView<const float> start,
                                       const MattingSettings& settings, const RunControl& control) {
  LATENT_ENSURE(picture.channels() == 3 && picture.size() == trimap.size() &&
                picture.size() == start.size());
  LATENT_TRY(Image<float> matte, Image<float>::create(picture.size()));
  std::vector<float> alpha;
  alpha.reserve(static_cast<std::size_t>(picture.size().area()));
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      const std::uint8_t known = trimap.at(x, y);
      alpha.push_back(known == kUnknown ? start.at(x, y) : (known == kObject ? 1.0F : 0.0F));
    }
  }
  const Solver solver(picture, trimap, settings);
  LATENT_CHECK(solver.solve(alpha, settings, control));
  std::size_t i = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      matte.view().at(x, y) = std::clamp(alpha[i++], 0.0F, 1.0F);
    }
  }
  return matte;
}

}  // namespace latent::mask
