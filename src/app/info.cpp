// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/info.h"

#include <utility>

#include "app/output_name.h"
#include "app/task_table.h"
#include "base/threads.h"
#include "read/photograph.h"
#include "tasks/denoiser.h"
#include "tasks/picture/output.h"
#include "tasks/raw/measure.h"
#include "tasks/raw/taken.h"
#include "tasks/task.h"

namespace latent::app {

namespace {

/// What raw denoise would count on.
Status look_at_noise(const tasks::RawPicture& picture, RawInfo& info) {
  LATENT_TRY(const tasks::MeasuredNoise noise, tasks::noise_of(picture, threads_or_all(0)));
  info.noise = noise.model;
  info.noise_confidence = noise.confidence;
  info.warnings.insert(info.warnings.end(), noise.notices.begin(), noise.notices.end());
  return {};
}

/// As rawdenoise would begin, so that what it would refuse is refused here.
Status look_at_samples(const read::Photograph& photograph, RawInfo& info) {
  LATENT_CHECK(tasks::check_taken(photograph.path(), info.facts));
  if (info.facts.opens_as_linear) {
    LATENT_TRY(LinearRaw picture, photograph.linear());
    info.warnings.insert(info.warnings.end(), picture.notices.begin(), picture.notices.end());
    LATENT_CHECK(look_at_noise(std::move(picture), info));
  } else {
    LATENT_TRY(Mosaic mosaic, photograph.mosaic());
    LATENT_CHECK(look_at_noise(std::move(mosaic), info));
  }
  info.facts = *photograph.raw_facts();  // with what decoding has found out
  info.warnings.insert(info.warnings.end(), info.facts.notices.begin(), info.facts.notices.end());
  if (!info.facts.left_out.empty()) info.warnings.push_back(info.facts.left_out);
  if (!info.facts.colour_notice.empty()) info.warnings.push_back(info.facts.colour_notice);
  LATENT_TRY(const OutputName name, usual_output("rawdenoise", photograph.path()));
  info.output = name.path;
  return {};
}

/// As denoise would begin.
Status look_at_samples(const read::Photograph& photograph, PictureInfo& info) {
  LATENT_TRY(const auto source, tasks::PictureSource::open(photograph, {}));
  info.warnings.insert(info.warnings.end(), source.warnings().begin(), source.warnings().end());
  info.profile = source.profile().description();
  info.profile_from_file = source.picture().icc_from_file;
  info.profile_stated = source.picture().icc_stated;
  LATENT_TRY(info.level, tasks::level_of(source, {}));
  if (const std::string doubt = tasks::doubt_about(*info.level); !doubt.empty()) {
    info.warnings.push_back(doubt);
  }
  LATENT_TRY(const OutputName name, usual_output("denoise", photograph.path()));
  LATENT_TRY(const auto output, tasks::PictureOutput::create(source, name.path, {}));
  info.warnings.insert(info.warnings.end(), output.notices.begin(), output.notices.end());
  info.output = name.path;
  return {};
}

template <class Info, class Facts>
Info look_at(const read::Photograph& photograph, const Facts& facts) {
  Info info;
  info.facts = facts;
  info.described = photograph.described();
  if (const auto looked = look_at_samples(photograph, info); !looked) {
    info.refusal = tasks::naming(photograph.path(), looked.error()).sentence;
  }
  return info;
}

}  // namespace

Result<std::variant<RawInfo, PictureInfo>> info(const std::filesystem::path& path,
                                                const Limits& limits) {
  LATENT_TRY(const auto photograph, read::Photograph::open(path, limits));
  if (const read::RawFacts* facts = photograph.raw_facts()) {
    return look_at<RawInfo>(photograph, *facts);
  }
  LATENT_TRY(const auto facts, photograph.picture_facts());
  return look_at<PictureInfo>(photograph, facts);
}

}  // namespace latent::app
