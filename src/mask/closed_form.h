// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/run_control.h"
#include "image/image.h"

namespace latent::mask {

constexpr std::uint8_t kGround = 0;
constexpr std::uint8_t kObject = 1;
constexpr std::uint8_t kUnknown = 2;

struct MattingSettings {
  float epsilon = 1e-7F;  ///< how far colours of a window may lie off a line
  /// How strongly the first guess is held to, as a share of what a pixel's windows weigh; 0 is the
  /// method of the paper. Keeps busy backgrounds from leaking in.
  float prior = 0.0F;
  int most_iterations = 60;
  float tolerance = 1e-3F;  ///< of the residual, as a share of the first
};

/// The share of each unknown pixel that the object covers, from what lies around it: in every
/// window of 3 x 3 pixels the share is a linear function of the colour.
///
/// Shapes   picture [h, w, 3], encoded sRGB, 0 to 1. trimap [h, w, 1]: kGround, kObject, kUnknown.
///          start [h, w, 1]: a first guess for the unknown. Return [h, w, 1], 0 to 1.
/// Errors   TooLarge where memory is refused; Cancelled.
/// Threads  pure function.
/// Source   Levin, Lischinski and Weiss, "A Closed-Form Solution to Natural Image Matting", PAMI
///          2008, solved by conjugate gradients preconditioned by the diagonal; the product with
///          the matting Laplacian window by window as in He, Sun and Tang, CVPR 2010.
[[nodiscard]] Result<Image<float>> closed_form_matte(ImageView<const float> picture,
                                                     ImageView<const std::uint8_t> trimap,
                                                     ImageView<const float> start,
                                                     const MattingSettings& settings = {},
                                                     const RunControl& control = {});

}  // namespace latent::mask
