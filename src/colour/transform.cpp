// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/simd.h"
#include "colour/profile_state.h"

namespace latent::colour {

namespace {

constexpr std::size_t kRun = 256;  // pixels that are worked on at once, plane by plane
constexpr double kSame = 2e-5;     // entries of a matrix: one step of a profile's numbers

using Matrix3f = std::array<float, 9>;
using Planes = std::array<std::array<float, kRun>, 3>;

LATENT_VECTORISED
void split(const float* pixels, std::size_t count, Planes& planes) {
  for (std::size_t x = 0; x < count; ++x) {
    planes[0][x] = pixels[3 * x];
    planes[1][x] = pixels[3 * x + 1];
    planes[2][x] = pixels[3 * x + 2];
  }
}

LATENT_VECTORISED
void join(const Planes& planes, std::size_t count, float* pixels) {
  for (std::size_t x = 0; x < count; ++x) {
    pixels[3 * x] = planes[0][x];
    pixels[3 * x + 1] = planes[1][x];
    pixels[3 * x + 2] = planes[2][x];
  }
}

LATENT_VECTORISED
void multiply(const Matrix3f& m, std::size_t count, Planes& planes) {
  for (std::size_t x = 0; x < count; ++x) {
    const float r = planes[0][x];
    const float g = planes[1][x];
    const float b = planes[2][x];
    planes[0][x] = m[0] * r + m[1] * g + m[2] * b;
    planes[1][x] = m[3] * r + m[4] * g + m[5] * b;
    planes[2][x] = m[6] * r + m[7] * g + m[8] * b;
  }
}

Result<std::unique_ptr<LcmsTransform>> connected(const Profile& from, const Profile& to) {
  return LcmsTransform::create(from.icc(), from.channels(), to.icc(), to.channels());
}

bool is_unity(const Matrix3d& m) {
  for (std::size_t k = 0; k < 9; ++k) {
    if (std::abs(m[k] - (k % 4 == 0 ? 1.0 : 0.0)) > kSame) return false;
  }
  return true;
}

}  // namespace

struct Transform::State {
  std::size_t in_channels = 3;
  std::size_t out_channels = 3;
  bool identity = false;
  // Where one side is made of tables, lcms2 takes it to or from linear sRGB and no further: a
  // straight line is the only curve of a profile that it does not cut off at 0 and 1, float or not.
  std::unique_ptr<LcmsTransform> tables;  ///< where both sides are tables; then all there is
  std::unique_ptr<LcmsTransform> before;  ///< from the source's tables to linear sRGB
  std::unique_ptr<LcmsTransform> after;   ///< from linear sRGB to the destination's tables
  std::vector<Curve> to_light;            ///< of each channel that comes in
  std::vector<Curve> from_light;          ///< of each channel that goes out
  Matrix3f matrix{};                      ///< of light, from RGB to RGB
  bool has_matrix = false;
  std::array<float, 3> luminance{};  ///< of linear RGB, for grey

  /// All steps, on at most kRun pixels.
  void apply_run(const float* in, float* out, std::size_t count) const;
  /// Curves, matrix, curves, on at most kRun pixels; `in` and `out` may be the same.
  void shape_run(const float* in, float* out, std::size_t count) const;
  void connect(const Shaper& from, const Shaper& to);
};

void Transform::State::apply_run(const float* in, float* out, std::size_t count) const {
  std::array<float, 3 * kRun> light;
  if (before != nullptr) {
    before->apply(in, light.data(), count);
    in = light.data();
  }
  shape_run(in, after != nullptr ? light.data() : out, count);
  if (after != nullptr) after->apply(light.data(), out, count);
}

void Transform::State::shape_run(const float* in, float* out, std::size_t count) const {
  Planes planes;
  if (to_light.size() == 3) {
    split(in, count, planes);
  } else {
    std::copy_n(in, count, planes[0].begin());
  }
  for (std::size_t c = 0; c < to_light.size(); ++c) to_light[c].to_light(planes[c].data(), count);
  if (has_matrix) multiply(matrix, count, planes);
  if (to_light.size() == 3 && from_light.size() == 1) {
    for (std::size_t x = 0; x < count; ++x) {
      planes[0][x] =
          luminance[0] * planes[0][x] + luminance[1] * planes[1][x] + luminance[2] * planes[2][x];
    }
  } else if (to_light.size() == 1 && from_light.size() == 3) {
    planes[1] = planes[0];
    planes[2] = planes[0];
  }
  for (std::size_t c = 0; c < from_light.size(); ++c) {
    from_light[c].from_light(planes[c].data(), count);
  }
  if (from_light.size() == 3) {
    join(planes, count, out);
  } else {
    std::copy_n(planes[0].begin(), count, out);
  }
}

void Transform::State::connect(const Shaper& from, const Shaper& to) {
  to_light = from.curves;
  from_light = to.curves;
  if (to_light.size() == 3 && from_light.size() == 3) {
    // parse_icc() saw to it that there is an inverse.
    const Matrix3d product =
        multiplied(inverted(to.to_connection).value_or(Matrix3d{}), from.to_connection);
    has_matrix = !is_unity(product);
    std::transform(product.begin(), product.end(), matrix.begin(),
                   [](double entry) { return static_cast<float>(entry); });
    identity = !has_matrix && from.curves == to.curves;
  } else if (to_light.size() == 3) {
    const double white = from.to_connection[3] + from.to_connection[4] + from.to_connection[5];
    for (std::size_t c = 0; c < 3; ++c) {
      luminance[c] = static_cast<float>(from.to_connection[3 + c] / white);
    }
  } else if (from_light.size() == 1) {
    identity = from.curves == to.curves;
  }
}

Result<Transform> Transform::create(const Profile& from, const Profile& to) {
  auto state = std::make_shared<State>();
  state->in_channels = static_cast<std::size_t>(from.channels());
  state->out_channels = static_cast<std::size_t>(to.channels());
  const auto& source = from.state().parsed.shaper;
  const auto& destination = to.state().parsed.shaper;
  if (source && destination) {
    state->connect(*source, *destination);
    return Transform(std::move(state));
  }
  if (from.icc() == to.icc()) {
    state->identity = true;
    return Transform(std::move(state));
  }
  const Profile linear = Profile::named(NamedProfile::LinearSrgb);
  const auto& light = linear.state().parsed.shaper;
  LATENT_ENSURE(light);
  if (destination) {
    LATENT_TRY(state->before, connected(from, linear));
    state->connect(*light, *destination);
  } else if (source) {
    LATENT_TRY(state->after, connected(linear, to));
    state->connect(*source, *light);
  } else {
    LATENT_TRY(state->tables, connected(from, to));
  }
  state->identity = false;  // whatever our own part of the way is
  return Transform(std::move(state));
}

void Transform::apply(const float* in, float* out, std::size_t pixels) const {
  if (state_->identity) {
    if (in != out) std::copy_n(in, pixels * state_->in_channels, out);
    return;
  }
  if (state_->tables != nullptr) return state_->tables->apply(in, out, pixels);
  for (std::size_t begin = 0; begin < pixels; begin += kRun) {
    state_->apply_run(in + begin * state_->in_channels, out + begin * state_->out_channels,
                      std::min(kRun, pixels - begin));
  }
}

bool Transform::is_identity() const { return state_->identity; }

bool Transform::is_unbounded() const {
  return state_->tables == nullptr && state_->before == nullptr && state_->after == nullptr;
}

}  // namespace latent::colour
