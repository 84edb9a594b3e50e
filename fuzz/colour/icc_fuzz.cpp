// SPDX-License-Identifier: GPL-3.0-or-later
// An ICC profile of any bytes: refused, or connected with sRGB where lcms2 can. Crashes are bad.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "colour/profile.h"
#include "colour/transform.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latent::colour::NamedProfile;
  using latent::colour::Profile;
  using latent::colour::Transform;
  const auto profile = Profile::from_icc(std::span(data, size));
  if (!profile) return 0;
  if (profile->channels() != 1 && profile->channels() != 3) std::abort();
  const Profile srgb = Profile::named(NamedProfile::Srgb);
  const std::array<float, 12> samples{0.0F, 0.5F, 1.0F, -0.5F, 8.0F,  0.25F,
                                      0.1F, 0.2F, 0.3F, 1e6F,  -0.0F, 1e-9F};
  std::array<float, 12> encoded{};
  std::array<float, 12> again{};
  if (const auto there = Transform::create(*profile, srgb)) {
    there->apply(samples.data(), encoded.data(), 4);
  }
  if (const auto back = Transform::create(srgb, *profile)) {
    back->apply(encoded.data(), again.data(), 4);
  }
  return 0;
}
