// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latent::colour {

enum class NamedProfile : std::uint8_t {
  Srgb,
  AdobeRgb,
  DisplayP3,
  Rec2020,        ///< the primaries of Rec. 2020 with the curve of sRGB, as photographers use it
  ProPhoto,       ///< ROMM RGB, gamma 1.8
  LinearRec2020,  ///< scene- or display-linear
  LinearSrgb,
  Grey,  ///< one channel with the curve of sRGB
  LinearGrey
};

/// Chromaticities x, y of the primaries and of white.
struct Primaries {
  double red[2], green[2], blue[2], white[2];
};

/// What the samples of a picture mean: an ICC profile of one (grey) or three (RGB) channels.
///
/// Threads  const functions from any thread; copies share.
class Profile {
 public:
  /// Errors   Corrupt      not an ICC profile, or damaged (the sentence is a predicate: "is no ICC
  ///                       profile").
  ///          Unsupported  a profile of CMYK, Lab or another space; a device link.
  [[nodiscard]] static Result<Profile> from_icc(std::span<const std::uint8_t> icc);
  [[nodiscard]] static Profile named(NamedProfile name);
  /// RGB with one power law for all channels; gamma 1 is linear (PNG gAMA/cHRM, EXR
  /// chromaticities).
  ///
  /// Errors   Corrupt  primaries that span no triangle, a gamma that is not in 0.1 .. 10.
  [[nodiscard]] static Result<Profile> from_primaries(const Primaries& primaries, double gamma);

  /// "srgb", "adobergb", "displayp3", "rec2020", "prophoto", or the path of an .icc file.
  ///
  /// Errors   Usage, NotFound, Corrupt, Unsupported  one sentence that lists the names.
  [[nodiscard]] static Result<Profile> parse(std::string_view word);

  [[nodiscard]] int channels() const;
  [[nodiscard]] const std::vector<std::uint8_t>& icc() const;
  [[nodiscard]] std::string description() const;  ///< printable
  /// Whether equal samples are a grey: curves that are all the same, and a matrix.
  [[nodiscard]] bool has_one_curve() const;
  /// Whether equal amounts of light are equal steps of the samples.
  [[nodiscard]] bool is_linear() const;

  struct State;
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  explicit Profile(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace latent::colour
