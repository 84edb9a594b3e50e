// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/darktable_balance.h"

#include <algorithm>
#include <cmath>

#include "colour/camera_matrix.h"

namespace latent::raw {
namespace {

using colour::Matrix3d;

// As darktable has them (docs/compatibility.md), so that the same numbers come out.
constexpr Matrix3d kXyzToRec2020{1.716651188,   -0.3556707838, -0.2533662814,
                                 -0.6666843518, 1.6164812366,  0.0157685458,
                                 0.0176398574,  -0.0427706133, 0.9421031212};
constexpr Matrix3d kRec2020ToXyz{
    0.6369580483, 0.1446169036, 0.1688809752, 0.262700212, 0.6779980715, 0.0593017165, 0,
    0.028072693,  1.0609850577};
constexpr Matrix3d kXyzToSrgb{3.2404542, -1.5371385, -0.4985314, -0.969266, 1.8760108,
                              0.041556,  0.0556434,  -0.2040259, 1.0572252};
constexpr Matrix3d kSrgbToXyz{0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522,
                              0.072175,  0.0193339, 0.119192,  0.9503041};

std::optional<std::array<double, 3>> as_shot_balance(const CameraFacts& camera) {
  const auto& wb = camera.as_shot_wb;
  if (!camera.as_shot_wb_known) return std::nullopt;
  if (!std::ranges::all_of(wb, [](double each) { return each > 0; })) return std::nullopt;
  return std::array{wb[0] / wb[1], 1.0, wb[2] / wb[1]};
}

}  // namespace

std::optional<Matrix3d> xyz_to_camera(const CameraFacts& camera) {
  const ColourCalibration* calibration = colour::daylight_calibration(camera);
  if (calibration == nullptr) return std::nullopt;
  Matrix3d matrix{};
  std::copy_n(calibration->color_matrix.begin(), 9, matrix.begin());
  if (std::ranges::all_of(matrix, [](double entry) { return entry == 0; })) return std::nullopt;
  return matrix;
}

std::array<double, 3> balance_for(const CameraFacts& camera, BalanceWanted wanted) {
  constexpr std::array<double, 3> kNone{1, 1, 1};
  if (wanted == BalanceWanted::None) return kNone;
  const auto daylight = colour::multipliers_for(camera);
  const auto as_shot = as_shot_balance(camera);
  const bool first = wanted == BalanceWanted::Daylight;
  const auto& preferred = first ? daylight : as_shot;
  const auto& other = first ? as_shot : daylight;
  return preferred ? *preferred : other.value_or(kNone);
}

SpaceMatrices matrices_for(const CameraFacts& camera, SpaceWanted space, bool keep_neutral) {
  SpaceMatrices matrices;
  const auto camera_matrix = xyz_to_camera(camera);
  if (space == SpaceWanted::CameraRgb || !camera_matrix) return matrices;
  const auto back = colour::inverted(*camera_matrix);
  if (!back) return matrices;
  const bool wide = space == SpaceWanted::LinearRec2020;
  Matrix3d to_space = colour::multiplied(wide ? kXyzToRec2020 : kXyzToSrgb, *back);
  if (!keep_neutral) {
    matrices.to_space = to_space;
    matrices.to_camera = colour::multiplied(*camera_matrix, wide ? kRec2020ToXyz : kSrgbToXyz);
    return matrices;
  }
  for (std::size_t row = 0; row < 3; ++row) {
    const double sum = to_space[3 * row] + to_space[3 * row + 1] + to_space[3 * row + 2];
    if (!(std::abs(sum) > 1e-6)) return matrices;
    for (std::size_t column = 0; column < 3; ++column) to_space[3 * row + column] /= sum;
  }
  const auto to_camera = colour::inverted(to_space);
  if (!to_camera) return matrices;
  matrices.to_space = to_space;
  matrices.to_camera = *to_camera;
  return matrices;
}

}  // namespace latent::raw
