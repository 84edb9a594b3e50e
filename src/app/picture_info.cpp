// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_info.h"

#include "app/picture_batches.h"
#include "tasks/picture/walk.h"

namespace latent::app {

namespace {

/// As denoise would begin, so that what it would refuse is refused here.
Status look_at_samples(const std::filesystem::path& path, const Limits& limits, PictureInfo& info) {
  LATENT_TRY(const auto source, tasks::PictureSource::open(path, limits, {}));
  info.warnings.insert(info.warnings.end(), source.warnings().begin(), source.warnings().end());
  info.profile = source.profile().description();
  info.profile_from_file = source.picture().icc_from_file;
  info.profile_stated = source.picture().icc_stated;
  LATENT_TRY(info.level, tasks::level_of(source, {}));
  LATENT_TRY(const OutputName name,
             output_name(path, kDenoiseSuffix, kPictureExtension, OutputRule{}));
  info.output = name.path;
  return {};
}

}  // namespace

bool is_finished_picture(const std::filesystem::path& path, const Limits& limits) {
  const auto facts = read::inspect_picture(path, limits);
  if (facts) return !facts->is_raw;
  // What is known for a picture, but damaged, is one; the rest may be a raw.
  return facts.error().code == ErrorCode::Corrupt || facts.error().code == ErrorCode::TooLarge;
}

Result<PictureInfo> picture_info(const std::filesystem::path& path, const Limits& limits) {
  PictureInfo info;
  LATENT_TRY(info.facts, read::inspect_picture(path, limits));
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
