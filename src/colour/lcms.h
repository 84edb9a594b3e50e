// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "colour/curve.h"
#include "colour/matrix.h"

namespace latent::colour {

/// Curves and a matrix: all that most profiles of RGB and grey are.
struct Shaper {
  std::vector<Curve> curves;  ///< one of each channel
  Matrix3d to_connection{};   ///< linear RGB to XYZ; of grey the matrix of no colour
};

struct ParsedProfile {
  int channels = 3;
  std::string description;       ///< printable
  std::optional<Shaper> shaper;  ///< none where tables say more, or curves cannot be undone
};

/// Reads a profile of RGB or grey.
///
/// Errors   Corrupt, Unsupported  as Profile::from_icc().
[[nodiscard]] Result<ParsedProfile> parse_icc(std::span<const std::uint8_t> icc);

struct ProfileRecipe {
  std::string description;
  std::optional<Matrix3d> to_connection;  ///< none: grey
  double gamma = 0;                       ///< 0: the curve of sRGB
};

/// An ICC profile of version 2, which every program reads: the curve of sRGB as a table of 1024, a
/// power with its 8.8 bits. Where those would change the power by more than 0.1 % version 4. The
/// same recipe always gives the same bytes.
///
/// Errors   Internal  lcms2 gave up, for want of memory.
[[nodiscard]] Result<std::vector<std::uint8_t>> build_icc(const ProfileRecipe& recipe);

/// From profile to profile by lcms2, in float, relative colorimetric, without black point
/// compensation.
///
/// Threads  const functions from any thread.
class LcmsTransform {
 public:
  /// Errors   Unsupported  lcms2 cannot connect the two.
  [[nodiscard]] static Result<std::unique_ptr<LcmsTransform>> create(
      std::span<const std::uint8_t> from, int from_channels, std::span<const std::uint8_t> to,
      int to_channels);
  LcmsTransform(const LcmsTransform&) = delete;
  LcmsTransform& operator=(const LcmsTransform&) = delete;
  ~LcmsTransform();

  void apply(const float* in, float* out, std::size_t pixels) const;

 private:
  LcmsTransform() = default;
  void* context_ = nullptr;
  void* transform_ = nullptr;
};

}  // namespace latent::colour
