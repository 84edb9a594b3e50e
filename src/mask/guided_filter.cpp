// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/guided_filter.h"

#include <array>

#include "mask/working_picture.h"

namespace latent::mask {

namespace {

constexpr int kMoments = 13;  // 3 means, the mask's, 3 with the mask, 6 of colours

void moments_at(const float* colour, float mask, float* moments) {
  for (std::size_t c = 0; c < 3; ++c) {
    moments[c] = colour[c];
    moments[4 + c] = colour[c] * mask;
  }
  moments[3] = mask;
  moments[7] = colour[0] * colour[0];
  moments[8] = colour[0] * colour[1];
  moments[9] = colour[0] * colour[2];
  moments[10] = colour[1] * colour[1];
  moments[11] = colour[1] * colour[2];
  moments[12] = colour[2] * colour[2];
}

/// Eq. (19) and (20) of the paper, by Cramer's rule.
std::array<float, 4> fitted(const float* m, float epsilon) {
  const float xx = m[7] - m[0] * m[0] + epsilon;
  const float xy = m[8] - m[0] * m[1];
  const float xz = m[9] - m[0] * m[2];
  const float yy = m[10] - m[1] * m[1] + epsilon;
  const float yz = m[11] - m[1] * m[2];
  const float zz = m[12] - m[2] * m[2] + epsilon;
  const float px = m[4] - m[0] * m[3];
  const float py = m[5] - m[1] * m[3];
  const float pz = m[6] - m[2] * m[3];
  const float ixx = yy * zz - yz * yz;
  const float ixy = xz * yz - xy * zz;
  const float ixz = xy * yz - xz * yy;
  const float determinant = xx * ixx + xy * ixy + xz * ixz;
  const float scale = determinant > 1e-18F ? 1.0F / determinant : 0.0F;
  const float iyy = xx * zz - xz * xz;
  const float iyz = xy * xz - xx * yz;
  const float izz = xx * yy - xy * xy;
  const float r = scale * (ixx * px + ixy * py + ixz * pz);
  const float g = scale * (ixy * px + iyy * py + iyz * pz);
  const float b = scale * (ixz * px + iyz * py + izz * pz);
  return {r, g, b, m[3] - r * m[0] - g * m[1] - b * m[2]};
}

}  // namespace

Result<Image<float>> guided_coefficients(ImageView<const float> guide, ImageView<const float> mask,
                                         int radius, float epsilon) {
  LATENT_ENSURE(guide.channels() == 3 && guide.size() == mask.size());
  LATENT_TRY(Image<float> moments, Image<float>::create(guide.size(), kMoments));
  for (int y = 0; y < guide.height(); ++y) {
    for (int x = 0; x < guide.width(); ++x) {
      moments_at(&guide.at(x, y), mask.at(x, y), &moments.view().at(x, y));
    }
  }
  LATENT_TRY(const Image<float> means, box_mean(moments.view(), radius));
  LATENT_TRY(Image<float> lines, Image<float>::create(guide.size(), 4));
  for (int y = 0; y < guide.height(); ++y) {
    for (int x = 0; x < guide.width(); ++x) {
      const auto line = fitted(&means.view().at(x, y), epsilon);
      for (int c = 0; c < 4; ++c) {
        lines.view().at(x, y, c) = line[static_cast<std::size_t>(c)];
      }
    }
  }
  return box_mean(lines.view(), radius);
}

}  // namespace latent::mask
