// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/measure.h"

#include <fmt/format.h>

#include <utility>

#include "raw/estimate_noise.h"
#include "tasks/raw/dark.h"

namespace latent::tasks {

Result<Mosaic> channel_of(const LinearRaw& picture, int channel) {
  const auto c = static_cast<std::size_t>(channel);
  const Size size = picture.samples.size();
  Mosaic mosaic;
  LATENT_TRY(mosaic.samples, Image<std::uint16_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const std::uint16_t* from = picture.samples.view().row(y).data() + c;
    for (std::uint16_t& sample : mosaic.samples.view().row(y)) {
      sample = *from;
      from += 3;
    }
  }
  mosaic.active = {0, 0, size.width, size.height};
  mosaic.crop = picture.crop;
  mosaic.sensor = SensorClass::Mono;
  mosaic.levels.black.counts = {picture.black[c]};
  mosaic.levels.white.fill(picture.white[c]);
  mosaic.bits_per_sample = picture.bits_per_sample;
  mosaic.sample_max = picture.sample_max;
  return mosaic;
}

Result<NoiseModel> estimate_noise_by_channel(const LinearRaw& picture, int threads) {
  NoiseModel noise;
  for (int channel = 0; channel < 3; ++channel) {
    LATENT_TRY(const Mosaic seen, channel_of(picture, channel));
    LATENT_TRY(const raw::NoiseEstimate estimate, raw::estimate_noise(seen, threads));
    const auto c = static_cast<std::size_t>(channel);
    noise.a[c] = estimate.model.a[1];
    noise.b[c] = estimate.model.b[1];
  }
  return noise;
}

Result<NoiseModel> noise_of(const RawPicture& picture, int threads) {
  if (const auto* linear = std::get_if<LinearRaw>(&picture)) {
    if (linear->noise_profile) return *linear->noise_profile;
    return estimate_noise_by_channel(*linear, threads);
  }
  const auto& mosaic = std::get<Mosaic>(picture);
  if (mosaic.noise_profile) return *mosaic.noise_profile;
  LATENT_TRY(const raw::NoiseEstimate estimate, raw::estimate_noise(mosaic, threads));
  return estimate.model;
}

Result<Repair> repaired(Mosaic& mosaic, const NoiseModel& noise, int threads) {
  LATENT_TRY(raw::DefectReport found, raw::find_defects(mosaic, noise, threads));
  raw::repair(mosaic, found.defects);
  Repair repair{std::move(found.defects), found.hot, found.dead, {}};
  if (is_clipped_at_black(mosaic)) return repair;
  for (const auto& [colour, name] : {std::pair{0, "red"}, std::pair{2, "blue"}}) {
    if (!found.spared[colour]) continue;
    repair.notices.push_back(
        fmt::format("single {0} points were left as they are: there are far more of them than of "
                    "green ones, so that they are taken for distant lights, not for hot pixels",
                    name));
  }
  return repair;
}

void undo(const Repair& repair, Mosaic& mosaic) {
  const auto frame = mosaic.samples.view().crop(mosaic.active);
  for (const raw::Defect& defect : repair.defects) frame.at(defect.x, defect.y) = defect.source;
}

}  // namespace latent::tasks
