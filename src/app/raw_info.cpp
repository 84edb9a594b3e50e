// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/raw_info.h"

#include <thread>

#include "app/output_name.h"
#include "app/raw_denoise_batch.h"
#include "raw/estimate_noise.h"

namespace latent::app {

namespace {

Status look_at_noise(const Mosaic& mosaic, RawInfo& info) {
  if (mosaic.noise_profile) {
    info.noise = mosaic.noise_profile;
    return {};
  }
  const auto threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  LATENT_TRY(const raw::NoiseEstimate estimate, raw::estimate_noise(mosaic, threads));
  info.noise = estimate.model;
  info.noise_confidence = estimate.confidence;
  return {};
}

}  // namespace

Result<RawInfo> raw_info(const std::filesystem::path& path) {
  RawInfo info;
  LATENT_TRY(info.facts, read::inspect_raw(path));
  if (auto described = metadata::describe(path)) {
    info.described = *std::move(described);
  } else {
    info.warnings.push_back(described.error().message);
  }
  const auto mosaic = read::open_raw(path);
  if (!mosaic) {
    info.refusal = mosaic.error().message;
    return info;
  }
  LATENT_CHECK(look_at_noise(*mosaic, info));
  LATENT_TRY(const OutputName name,
             output_name(path, kRawDenoiseSuffix, kRawDenoiseExtension, OutputRule{}));
  info.output = name.path;
  return info;
}

}  // namespace latent::app
