// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"
#include "colour/profile.h"

namespace latent::colour {

/// From the samples of one profile to those of another, in float, unbounded: values below 0 and
/// above 1 go through (curves are continued beyond their ends; below 0 by odd symmetry), so there
/// and back gives the same picture. Profiles made of curves and a matrix are computed by vector
/// code of our own.
///
/// Tables (LUT profiles), and curves that have no way back, go through lcms2: between the profile
/// and linear light only, so that what they hold beyond the gamut of the other side is kept and
/// bounded by themselves alone. There and back they give the picture as closely as their own two
/// tables agree, with 16 bits in between.
///
/// Relative colorimetric, with the adaptation that the profiles state. Integers are scaled to 0..1
/// by the caller.
///
/// Threads  const functions from any thread.
class Transform {
 public:
  /// Errors   Unsupported  lcms2 cannot connect the two.
  [[nodiscard]] static Result<Transform> create(const Profile& from, const Profile& to);

  /// `in` has from.channels() samples a pixel, `out` to.channels(); interleaved; may be the same
  /// memory where the numbers are equal.
  void apply(const float* in, float* out, std::size_t pixels) const;

  /// Both sides mean the same: apply() copies.
  [[nodiscard]] bool is_identity() const;
  /// Curves and a matrix on both sides: unbounded and exactly reversible.
  [[nodiscard]] bool is_unbounded() const;

  struct State;

 private:
  explicit Transform(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace latent::colour
