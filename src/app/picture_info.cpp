// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/picture_info.h"

#include "app/picture_batches.h"
#include "tasks/picture_task.h"

namespace latent::app {

bool is_finished_picture(const std::filesystem::path& path) {
  const auto facts = read::inspect_picture(path);
  if (facts) return !facts->is_raw;
  // What is known for a picture, but damaged, is one; the rest may be a raw.
  return facts.error().code == ErrorCode::Corrupt || facts.error().code == ErrorCode::TooLarge;
}

Result<PictureInfo> picture_info(const std::filesystem::path& path) {
  PictureInfo info;
  LATENT_TRY(info.facts, read::inspect_picture(path));
  if (auto described = metadata::describe(path)) {
    info.described = *std::move(described);
  } else {
    info.warnings.push_back(described.error().message);
  }
  const auto source = tasks::PictureSource::open(path, {}, {});
  if (!source) {
    info.refusal = source.error().message;
    return info;
  }
  for (const std::string& warning : source->warnings()) info.warnings.push_back(warning);
  info.profile_stated = source->picture().icc_stated;
  info.profile = source->profile().description();
  info.profile_from_file = source->picture().icc_from_file;
  LATENT_TRY(info.level, tasks::level_of(*source, {}));
  LATENT_TRY(const OutputName name,
             output_name(path, kDenoiseSuffix, kPictureExtension, OutputRule{}));
  info.output = name.path;
  return info;
}

}  // namespace latent::app
