// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/closed_form.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

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

struct Window {
  int centre = 0;  ///< index of its middle pixel
  std::array<float, 3> mean{};
  Symmetric inverse{};
};

class Solver {
 public:
  Solver(ImageView<const float> picture, ImageView<const std::uint8_t> trimap,
         const MattingSettings& settings)
      : picture_(picture), trimap_(trimap), width_(picture.width()) {
    for (int k = 0; k < kWindow; ++k) {
      steps_[static_cast<std::size_t>(k)] = (k / 3 - 1) * width_ + k % 3 - 1;
    }
    colours_.reserve(static_cast<std::size_t>(picture.size().area()) * 3);
    for (int y = 0; y < picture.height(); ++y) {
      const auto row = picture.row(y);
      colours_.insert(colours_.end(), row.begin(), row.end());
    }
    unknown_.assign(static_cast<std::size_t>(picture.size().area()), 0);
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < width_; ++x) {
        if (trimap.at(x, y) != kUnknown) continue;
        unknown_[static_cast<std::size_t>(y * width_ + x)] = 1;
        indices_.push_back(y * width_ + x);
      }
    }
    find_windows(settings.epsilon);
    for (std::size_t i = 0; i < diagonal_.size(); ++i) {
      priors_.push_back(unknown_[i] != 0 ? settings.prior * diagonal_[i] : 0.0F);
      diagonal_[i] += priors_.back();
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
    double old = 0;
    double first = 0;
    for (const int i : indices_) {
      const auto at = static_cast<std::size_t>(i);
      residual[at] = -residual[at];  // the first guess costs no prior
      direction[at] = residual[at] / diagonal_[at];
      old += static_cast<double>(residual[at]) * direction[at];
    }
    first = old;
    for (int round = 0; round < settings.most_iterations; ++round) {
      if (old <= first * settings.tolerance * settings.tolerance || old <= 0) break;
      LATENT_CHECK(control.check());
      product(direction, image);
      for (const int i : indices_) {
        const auto at = static_cast<std::size_t>(i);
        image[at] += priors_[at] * direction[at];
      }
      double curvature = 0;
      for (const int i : indices_) {
        const auto at = static_cast<std::size_t>(i);
        curvature += static_cast<double>(direction[at]) * image[at];
      }
      if (!(curvature > 0)) break;
      const auto length = static_cast<float>(old / curvature);
      double fresh = 0;
      for (const int i : indices_) {
        const auto at = static_cast<std::size_t>(i);
        alpha[at] += length * direction[at];
        residual[at] -= length * image[at];
        fresh += static_cast<double>(residual[at]) * residual[at] / diagonal_[at];
      }
      const auto turn = static_cast<float>(fresh / old);
      for (const int i : indices_) {
        const auto at = static_cast<std::size_t>(i);
        direction[at] = residual[at] / diagonal_[at] + turn * direction[at];
      }
      old = fresh;
    }
    return {};
  }

 private:
  void find_windows(float epsilon) {
    diagonal_.assign(unknown_.size(), 1e-12F);
    for (int y = 1; y + 1 < picture_.height(); ++y) {
      for (int x = 1; x + 1 < width_; ++x) {
        const int centre = y * width_ + x;
        const bool any = std::ranges::any_of(steps_, [&](int step) {
          return unknown_[static_cast<std::size_t>(centre + step)] != 0;
        });
        if (any) windows_.push_back(window_at(centre, epsilon));
      }
    }
  }

  [[nodiscard]] const float* colour(int index) const {
    return &colours_[static_cast<std::size_t>(index) * 3];
  }

  Window window_at(int centre, float epsilon) {
    Window window;
    window.centre = centre;
    std::array<double, 3> mean{};
    for (const int step : steps_) {
      for (std::size_t c = 0; c < 3; ++c) mean[c] += colour(centre + step)[c] / double{kWindow};
    }
    std::array<double, 6> spread{};
    for (const int step : steps_) {
      const float* i = colour(centre + step);
      const double r = i[0] - mean[0];
      const double g = i[1] - mean[1];
      const double b = i[2] - mean[2];
      const std::array<double, 6> products{r * r, r * g, r * b, g * g, g * b, b * b};
      for (std::size_t k = 0; k < 6; ++k) spread[k] += products[k] / kWindow;
    }
    for (const std::size_t k : {0U, 3U, 5U}) spread[k] += epsilon / kWindow;
    window.inverse = inverse(spread);
    for (std::size_t c = 0; c < 3; ++c) window.mean[c] = static_cast<float>(mean[c]);
    const Symmetric& m = window.inverse;
    for (const int step : steps_) {
      const float* i = colour(centre + step);
      const float r = i[0] - window.mean[0];
      const float g = i[1] - window.mean[1];
      const float b = i[2] - window.mean[2];
      const float form = m[0] * r * r + m[3] * g * g + m[5] * b * b +
                         2.0F * (m[1] * r * g + m[2] * r * b + m[4] * g * b);
      diagonal_[static_cast<std::size_t>(centre + step)] +=
          std::max(0.0F, 1.0F - (1.0F + form) / kWindow);
    }
    return window;
  }

  /// The matting Laplacian times `values`: in each window what the values differ from the linear
  /// function of colour that fits them best.
  void product(const std::vector<float>& values, std::vector<float>& result) const {
    std::ranges::fill(result, 0.0F);
    for (const Window& window : windows_) {
      float mean = 0.0F;
      std::array<float, 3> with{};
      std::array<std::array<float, 3>, kWindow> apart;
      for (std::size_t k = 0; k < kWindow; ++k) {
        const int index = window.centre + steps_[k];
        const float value = values[static_cast<std::size_t>(index)];
        const float* i = colour(index);
        mean += value;
        for (std::size_t c = 0; c < 3; ++c) {
          apart[k][c] = i[c] - window.mean[c];
          with[c] += value * apart[k][c];
        }
      }
      mean /= kWindow;
      const Symmetric& m = window.inverse;
      constexpr float kShare = 1.0F / kWindow;
      const float ar = kShare * (m[0] * with[0] + m[1] * with[1] + m[2] * with[2]);
      const float ag = kShare * (m[1] * with[0] + m[3] * with[1] + m[4] * with[2]);
      const float ab = kShare * (m[2] * with[0] + m[4] * with[1] + m[5] * with[2]);
      for (std::size_t k = 0; k < kWindow; ++k) {
        const auto index = static_cast<std::size_t>(window.centre + steps_[k]);
        result[index] +=
            values[index] - mean - ar * apart[k][0] - ag * apart[k][1] - ab * apart[k][2];
      }
    }
  }

  ImageView<const float> picture_;
  ImageView<const std::uint8_t> trimap_;
  int width_;
  std::array<int, kWindow> steps_{};
  std::vector<float> colours_;
  std::vector<char> unknown_;
  std::vector<int> indices_;
  std::vector<Window> windows_;
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
