// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/simd.h"
#include "colour/lcms.h"
#include "colour/profile_state.h"

namespace latent::colour {

namespace {

constexpr std::size_t kBlock = 256;
/// Matrices that differ by less mean the same primaries, rounded differently by their makers.
constexpr double kSamePrimaries = 6e-4;

Matrix3d product(const Matrix3d& a, const Matrix3d& b) {
  Matrix3d result{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[3 * row + column] += a[3 * row + k] * b[3 * k + column];
      }
    }
  }
  return result;
}

Matrix3d inverse(const Matrix3d& m) {
  const double d = m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
                   m[2] * (m[3] * m[7] - m[4] * m[6]);
  return {(m[4] * m[8] - m[5] * m[7]) / d, (m[2] * m[7] - m[1] * m[8]) / d,
          (m[1] * m[5] - m[2] * m[4]) / d, (m[5] * m[6] - m[3] * m[8]) / d,
          (m[0] * m[8] - m[2] * m[6]) / d, (m[2] * m[3] - m[0] * m[5]) / d,
          (m[3] * m[7] - m[4] * m[6]) / d, (m[1] * m[6] - m[0] * m[7]) / d,
          (m[0] * m[4] - m[1] * m[3]) / d};
}

constexpr Matrix3d kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1};

/// What is nearly the identity is it.
Matrix3d tidied(const Matrix3d& m) {
  double apart = 0;
  for (std::size_t i = 0; i < 9; ++i) apart = std::max(apart, std::fabs(m[i] - kIdentity[i]));
  return apart < kSamePrimaries ? kIdentity : m;
}

using Planes = std::array<std::array<float, kBlock>, 3>;

void split(const float* in, int channels, std::size_t count, Planes& planes) {
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t i = 0; i < count; ++i) planes[c][i] = in[n * i + c];
  }
}

void join(const Planes& planes, int channels, std::size_t count, float* out) {
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t c = 0; c < n; ++c) {
    for (std::size_t i = 0; i < count; ++i) out[n * i + c] = planes[c][i];
  }
}

LATENT_VECTORISED
void multiply(const std::array<float, 9>& m, float* r, float* g, float* b) {
  for (std::size_t i = 0; i < kBlock; ++i) {
    const float x = m[0] * r[i] + m[1] * g[i] + m[2] * b[i];
    const float y = m[3] * r[i] + m[4] * g[i] + m[5] * b[i];
    const float z = m[6] * r[i] + m[7] * g[i] + m[8] * b[i];
    r[i] = x;
    g[i] = y;
    b[i] = z;
  }
}

cmsUInt32Number float_pixels(int channels) { return channels == 1 ? TYPE_GRAY_FLT : TYPE_RGB_FLT; }

/// lcms2's own way between a profile of tables and linear sRGB.
LcmsTransform tables(cmsContext context, const Profile& profile, bool towards_light) {
  const LcmsProfile file(cmsOpenProfileFromMemTHR(
      context, profile.icc().data(), static_cast<cmsUInt32Number>(profile.icc().size())));
  const LcmsProfile light = linear_srgb(context);
  if (!file || !light) return nullptr;
  const cmsUInt32Number pixels = float_pixels(profile.channels());
  constexpr cmsUInt32Number kFlags = cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE;
  if (towards_light) {
    return LcmsTransform(cmsCreateTransformTHR(context, file.get(), pixels, light.get(),
                                               TYPE_RGB_FLT, INTENT_RELATIVE_COLORIMETRIC, kFlags));
  }
  return LcmsTransform(cmsCreateTransformTHR(context, light.get(), TYPE_RGB_FLT, file.get(), pixels,
                                             INTENT_RELATIVE_COLORIMETRIC, kFlags));
}

}  // namespace

bool connects(cmsContext context, cmsHPROFILE profile, int channels) {
  const LcmsProfile light = linear_srgb(context);
  if (!light) return false;
  const LcmsTransform transform(
      cmsCreateTransformTHR(context, profile, float_pixels(channels), light.get(), TYPE_RGB_FLT,
                            INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE));
  return transform != nullptr;
}

LcmsProfile linear_srgb(cmsContext context) {
  const LcmsCurve curve(cmsBuildGamma(context, 1.0));
  if (!curve) return nullptr;
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* curves[3] = {curve.get(), curve.get(), curve.get()};
  return LcmsProfile(cmsCreateRGBProfileTHR(context, &white, &primaries, curves));
}

struct Transform::State {
  int channels_in = 3;
  int channels_out = 3;
  bool identity = false;
  bool has_matrix = false;
  std::optional<Shaper> from;  ///< curves to light; absent: tables
  std::optional<Shaper> to;
  std::array<float, 9> matrix{};
  LcmsContext context;
  LcmsTransform from_tables;
  LcmsTransform to_tables;

  /// Grey to three equal channels of light, and three to grey, are matrices too.
  void light(Planes& planes, std::size_t count, const float* in) const {
    if (from) {
      split(in, channels_in, count, planes);
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels_in); ++c) {
        from->curves[c].to_light(planes[c].data(), count);
      }
      if (channels_in == 1) planes[1] = planes[2] = planes[0];
      return;
    }
    std::array<float, 3 * kBlock> rgb{};
    cmsDoTransform(from_tables.get(), in, rgb.data(), static_cast<cmsUInt32Number>(count));
    split(rgb.data(), 3, count, planes);
  }

  void encode(Planes& planes, std::size_t count, float* out) const {
    if (to) {
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels_out); ++c) {
        to->curves[c].from_light(planes[c].data(), count);
      }
      join(planes, channels_out, count, out);
      return;
    }
    std::array<float, 3 * kBlock> rgb{};
    join(planes, 3, count, rgb.data());
    cmsDoTransform(to_tables.get(), rgb.data(), out, static_cast<cmsUInt32Number>(count));
  }
};

Result<Transform> Transform::create(const Profile& from, const Profile& to) {
  auto state = std::make_shared<State>();
  state->channels_in = from.channels();
  state->channels_out = to.channels();
  state->from = from.state().shaper;
  state->to = to.state().shaper;
  if (!state->from) state->from_tables = tables(state->context.get(), from, true);
  if (!state->to) state->to_tables = tables(state->context.get(), to, false);
  if ((!state->from && !state->from_tables) || (!state->to && !state->to_tables)) {
    return fail(ErrorCode::Unsupported, "has a colour profile that cannot be connected");
  }
  const LcmsContext context;
  const Profile light = Profile::named(NamedProfile::LinearSrgb);
  const Matrix3d srgb = light.state().shaper->to_xyz;
  // Grey light is grey in any RGB: its three channels are equal and no matrix is needed.
  const Matrix3d to_xyz = state->from && state->channels_in == 3 ? state->from->to_xyz : srgb;
  const Matrix3d from_xyz = state->to && state->channels_out == 3 ? state->to->to_xyz : srgb;
  Matrix3d matrix = state->channels_in == 1 && state->from
                        ? kIdentity
                        : tidied(product(inverse(from_xyz), to_xyz));
  if (state->channels_out == 1 && state->to && state->channels_in == 3) {
    // Luminance: the middle row of the way to XYZ.
    const double sum = to_xyz[3] + to_xyz[4] + to_xyz[5];
    matrix = {to_xyz[3] / sum, to_xyz[4] / sum, to_xyz[5] / sum, 0, 1, 0, 0, 0, 1};
  }
  state->has_matrix = matrix != kIdentity;
  std::transform(matrix.begin(), matrix.end(), state->matrix.begin(),
                 [](double value) { return static_cast<float>(value); });
  state->identity =
      from.icc() == to.icc() ||
      (state->from && state->to && state->channels_in == state->channels_out &&
       !state->has_matrix &&
       std::equal(state->from->curves.begin(), state->from->curves.begin() + state->channels_in,
                  state->to->curves.begin()));
  return Transform(std::move(state));
}

void Transform::apply(const float* in, float* out, std::size_t pixels) const {
  const State& state = *state_;
  const auto channels_in = static_cast<std::size_t>(state.channels_in);
  const auto channels_out = static_cast<std::size_t>(state.channels_out);
  if (state.identity) {
    if (in != out) std::memmove(out, in, pixels * channels_in * sizeof(float));
    return;
  }
  Planes planes{};
  for (std::size_t first = 0; first < pixels; first += kBlock) {
    const std::size_t count = std::min(kBlock, pixels - first);
    state.light(planes, count, in + first * channels_in);
    if (state.has_matrix) {
      multiply(state.matrix, planes[0].data(), planes[1].data(), planes[2].data());
    }
    state.encode(planes, count, out + first * channels_out);
  }
}

bool Transform::is_identity() const { return state_->identity; }
bool Transform::is_unbounded() const {
  return state_->identity || (state_->from.has_value() && state_->to.has_value());
}

}  // namespace latent::colour
