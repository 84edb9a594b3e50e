// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/raw_info.h"

#include "app/output_name.h"
#include "app/raw_denoise_batch.h"
#include "base/threads.h"
#include "raw/estimate_noise.h"
#include "read/linear_raw.h"
#include "tasks/raw/linear_rows.h"
#include "tasks/raw/walk.h"

namespace latent::app {

namespace {

Status look_at_noise(const Mosaic& mosaic, RawInfo& info) {
  if (mosaic.noise_profile) {
    info.noise = mosaic.noise_profile;
    return {};
  }
  LATENT_TRY(const raw::NoiseEstimate estimate, raw::estimate_noise(mosaic, threads_or_all(0)));
  info.noise = estimate.model;
  info.noise_confidence = estimate.confidence;
  return {};
}

/// The same for a file without a mosaic.
Status look_at_linear(const std::filesystem::path& path, const Limits& limits, RawInfo& info) {
  LATENT_TRY(const LinearRaw picture, read::open_linear_raw(path, limits));
  info.warnings.insert(info.warnings.end(), picture.notices.begin(), picture.notices.end());
  info.noise = picture.noise_profile;
  if (info.noise) return {};
  LATENT_TRY(info.noise, tasks::estimate_noise_by_channel(picture, threads_or_all(0)));
  return {};
}

/// As rawdenoise would begin, so that what it would refuse is refused here.
Status look_at_samples(const std::filesystem::path& path, const Limits& limits, RawInfo& info) {
  LATENT_CHECK(tasks::check_taken(path, info.facts));
  if (info.facts.opens_as_linear) {
    LATENT_CHECK(look_at_linear(path, limits, info));
  } else {
    LATENT_TRY(const Mosaic mosaic, read::open_raw(path, limits));
    LATENT_CHECK(look_at_noise(mosaic, info));
  }
  if (!info.facts.colour_notice.empty()) info.warnings.push_back(info.facts.colour_notice);
  LATENT_TRY(const OutputName name,
             output_name(path, kRawDenoiseSuffix, kRawDenoiseExtension, OutputRule{}));
  info.output = name.path;
  return {};
}

}  // namespace

Result<RawInfo> raw_info(const std::filesystem::path& path, const Limits& limits) {
  RawInfo info;
  LATENT_TRY(info.facts, read::inspect_raw(path, limits));
  if (auto described = metadata::describe(path)) {
    info.described = *std::move(described);
  } else {
    info.warnings.push_back(described.error().message);
  }
  if (const auto looked = look_at_samples(path, limits, info); !looked) {
    info.refusal = looked.error().message;
  }
  return info;
}

}  // namespace latent::app
