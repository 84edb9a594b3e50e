// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/simd.h"

namespace latent::raw {

namespace {

struct SiteFacts {
  double black = 0;
  double white = 0;
  double balance = 1;
  double a = 0;
  double b = 0;
};

Status check(const SiteFacts& facts) {
  if (!(facts.white > facts.black)) {
    return fail(ErrorCode::Corrupt,
                fmt::format("the white level {} is not above the black level {}", facts.white,
                            facts.black));
  }
  if (!(facts.balance > 0.0) || !std::isfinite(facts.balance)) {
    return fail(ErrorCode::Corrupt, fmt::format("{} is no usable white balance", facts.balance));
  }
  if (!std::isfinite(facts.a) || !std::isfinite(facts.b)) {
    return fail(ErrorCode::Corrupt, "the noise parameters are not finite numbers");
  }
  return {};
}

/// How far below white a denoised value may be and still say that its site was clipped, in units of
/// white - black; `sigma` is the noise at white. At the very edge of clipping, where half of the
/// peaks are cut off, networks come to rest 0.2 to 0.4 sigma below white, inside highlights nearer;
/// three sigma would keep every peak of the noise of a merely bright place. Where clipping is
/// undone, that edge is white already, and the mean of a bright place may be lifted no more than it
/// may move: half of its sites, by no more than this.
double highlight_margin(double sigma, bool clipping_undone) {
  return std::min(3.0 * sigma, clipping_undone ? 0.0015 : std::max(0.01, 0.5 * sigma));
}

SiteCode code_of(const SiteFacts& facts, const models::EncodingLimits& limits,
                 bool clipping_undone) {
  const double range = facts.white - facts.black;
  const double w = facts.balance;
  const double sigma_u = std::clamp(std::sqrt(std::max(0.0, w * facts.a)) / 2.0, limits.sigma_u_min,
                                    limits.sigma_u_max);
  const double gain = 4.0 * sigma_u * sigma_u;  // A
  const double rounding = 1.0 / (12.0 * range * range);
  const double read = w * w * std::max(facts.b, rounding);  // B
  const double offset = 0.375 * gain + std::min(read / gain, limits.offset_max);

  SiteCode code;
  code.scale = static_cast<float>(w / range);
  code.shift = static_cast<float>(offset - facts.black * w / range);
  code.back_scale = static_cast<float>(range / w);
  code.back_shift = static_cast<float>(facts.black - offset * range / w);
  code.sigma_u = static_cast<float>(sigma_u);
  code.saturation = static_cast<float>(facts.white);
  const double sigma_at_white = std::sqrt(std::max(0.0, facts.a + facts.b));
  code.agreement =
      static_cast<float>(facts.white - highlight_margin(sigma_at_white, clipping_undone) * range);
  return code;
}

}  // namespace

Result<Encoder> Encoder::create(const Mosaic& mosaic, const NoiseModel& told,
                                const models::EncodingLimits& limits,
                                const std::optional<NoiseModel>& clipped, bool cut_in_the_dark) {
  Encoder encoder;
  const Size cfa = mosaic.cfa.period();
  const Size black = mosaic.levels.black.period;
  encoder.period_ = {std::lcm(cfa.width, black.width), std::lcm(cfa.height, black.height)};
  for (int y = 0; y < encoder.period_.height; ++y) {
    for (int x = 0; x < encoder.period_.width; ++x) {
      const int site_x = x + mosaic.active.x;
      const int site_y = y + mosaic.active.y;
      const CfaColour cfa_colour = mosaic.cfa.at(site_x, site_y);
      const int colour = rgb_index(cfa_colour);
      const auto c = static_cast<std::size_t>(colour);
      const SiteFacts facts{
          .black = static_cast<double>(mosaic.levels.black.at(site_x, site_y)),
          .white = static_cast<double>(mosaic.levels.white[static_cast<std::size_t>(cfa_colour)]),
          .balance = mosaic.cfa.is_mono() ? 1.0 : mosaic.camera.as_shot_wb[c],
          .a = told.a[c],
          .b = told.b[c]};
      LATENT_CHECK(check(facts));
      SiteCode code = code_of(facts, limits, clipped.has_value());
      code.colour = colour;
      encoder.codes_.push_back(code);
      if (clipped) {
        encoder.highlights_.emplace_back(facts.black, facts.white, clipped->a[c], clipped->b[c]);
      }
      if (clipped && cut_in_the_dark) {
        encoder.shadows_.emplace_back(facts.black, facts.white, mosaic.sample_min, clipped->a[c],
                                      clipped->b[c]);
      }
    }
  }
  return encoder;
}

LATENT_VECTORISED
void encode_counts(const float* counts, const float* scale, const float* shift, std::size_t count,
                   float* u) {
  for (std::size_t i = 0; i < count; ++i) {
    const float inside = counts[i] * scale[i] + shift[i];
    u[i] = std::sqrt(inside > 0.0F ? inside : 0.0F);
  }
}

NoiseModel scaled(const NoiseModel& noise, double factor) {
  NoiseModel result = noise;
  for (double& a : result.a) a *= factor * factor;
  for (double& b : result.b) b *= factor * factor;
  return result;
}

NoiseModel of_channel(const NoiseModel& noise, int channel) {
  NoiseModel result = noise;
  result.a.fill(noise.a[static_cast<std::size_t>(channel)]);
  result.b.fill(noise.b[static_cast<std::size_t>(channel)]);
  return result;
}

}  // namespace latent::raw
