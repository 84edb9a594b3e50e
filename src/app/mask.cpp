// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "app/mask_files.h"
#include "app/mask_finder.h"
#include "app/mask_output.h"
#include "app/mask_prompts.h"
#include "app/output_file.h"
#include "app/output_name.h"
#include "base/path.h"
#include "base/text.h"
#include "image/mask.h"
#include "read/mask/mask_file.h"
#include "tasks/mask/prompt_file.h"
#include "tasks/object_mask.h"

namespace latent::app {

namespace fs = std::filesystem;
using mask::Place;
using mask::Prompt;
using mask::PromptKind;
using mask::PromptSet;

namespace {

bool is_json(const fs::path& target) { return lower_case(target.extension().native()) == ".json"; }

MaskTarget target_of(const MaskJob& job) {
  return {*job.target, job.source, job.bits, job.overwrite};
}

bool is_path(const MaskJob& job) { return job.target && wants_path(*job.target); }

/// The feather of a path belongs to its nodes, not to the mask that it is made of.
mask::MaskSettings settings_of_mask(const MaskJob& job) {
  mask::MaskSettings settings = job.settings;
  if (is_path(job)) settings.feather = 0;
  return settings;
}

/// Writes the mask as a path, and says what became of it.
Status write_path(const MaskJob& job, const read::Photograph& photograph, const SoftMask& mask,
                  const RunControl& control, MaskReport& report) {
  mask::VectoriseSettings settings;
  settings.feather_px = job.settings.feather;
  LATENT_TRY(const MaskFrame frame, mask_frame_of(photograph));
  LATENT_ENSURE(frame.mask == mask.size());
  LATENT_TRY(report.path, mask::vectorise(mask.view(), settings, control));
  if (report.path->outlines == 0) {
    return fail(
        ErrorCode::NotFound,
        "the mask is empty, so there is no path; click on the object, or lower --threshold");
  }
  if (report.path->spikes_px > 0) {
    report.notices.push_back(
        fmt::format("{} pixels of spikes narrower than twice the feather were left out",
                    report.path->spikes_px));
  }
  return write_mask_path(target_of(job), report.path->shape, frame.frame, "latent object",
                         job.limits);
}

Status check_targets(const MaskJob& job) {
  if (!job.target && !job.overlay) {
    return fail(ErrorCode::Usage, "nothing to write; say where with -o or --overlay");
  }
  if (job.target) {
    if (is_json(*job.target)) {
      LATENT_CHECK(check_output_file(*job.target, "mask", {"json"}));
    } else {
      LATENT_CHECK(check_mask_target(target_of(job), job.limits));
    }
  }
  if (job.overlay) LATENT_CHECK(check_output_file(*job.overlay, "mask --overlay", {"png"}));
  if (job.target && job.overlay && *job.target == *job.overlay) {
    return fail(ErrorCode::Usage, "the mask and its overlay need two names");
  }
  for (const auto& written : {job.target, job.overlay}) {
    if (!written) continue;
    LATENT_CHECK(check_is_not_source(*written, job.source));
    if (job.previous) LATENT_CHECK(check_is_not_source(*written, *job.previous));
  }
  return {};
}

/// A typed place as shares of the photograph's sides; the middle of the pixel that was named.
Result<Place> placed(const TypedPlace& typed, Size size, const char* what) {
  Place place{typed.x, typed.y};
  if (!typed.shares) {
    place = {(typed.x + 0.5) / size.width, (typed.y + 0.5) / size.height};
  }
  if (place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1) return place;
  return fail(ErrorCode::Usage,
              fmt::format("{} lies outside the photograph, which has {} x {} pixels (not turned)",
                          what, size.width, size.height));
}

Result<Prompt> prompt_of(const TypedPrompt& typed, Size size) {
  Prompt prompt;
  prompt.kind = typed.kind;
  prompt.on_object = typed.on_object;
  if (typed.kind == PromptKind::Box && typed.places.size() == 2) {
    // The corner, and width and height.
    const TypedPlace& corner = typed.places[0];
    const TypedPlace& sides = typed.places[1];
    if (!(sides.x > 0 && sides.y > 0)) {
      return fail(ErrorCode::Usage, "a box has no area; draw it around the whole object");
    }
    const double width = corner.shares ? 1.0 : size.width;
    const double height = corner.shares ? 1.0 : size.height;
    prompt.places = {{corner.x / width, corner.y / height},
                     {(corner.x + sides.x) / width, (corner.y + sides.y) / height}};
    for (const Place& place : prompt.places) {
      if (place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1) continue;
      return fail(ErrorCode::Usage, fmt::format("a box reaches beyond the photograph, which has "
                                                "{} x {} pixels (not turned)",
                                                size.width, size.height));
    }
    return prompt;
  }
  for (const TypedPlace& place : typed.places) {
    LATENT_TRY(const Place one, placed(place, size, "a click"));
    prompt.places.push_back(one);
  }
  return prompt;
}

/// The prompts of the file, if any, and those that were typed.
Result<PromptSet> prompts_of(const MaskJob& job, Size size, const std::string& hash,
                             std::vector<std::string>& notices) {
  PromptSet set;
  if (job.prompts) {
    LATENT_TRY(set, tasks::read_prompts_for(*job.prompts,
                                            {job.source, hash, size, job.prompts_anyway}, notices));
  }
  set.source_sha256 = hash;
  set.source_size = size;
  if (!job.typed.empty() && set.objects.empty()) set.objects.emplace_back();
  for (const auto& typed : job.typed) {
    auto& list = set.objects.back().prompts;
    if (const auto* file = std::get_if<fs::path>(&typed)) {
      LATENT_TRY(auto strokes, tasks::read_prompt_list(*file));
      for (Prompt& stroke : strokes) list.push_back(std::move(stroke));
    } else {
      LATENT_TRY(Prompt prompt, prompt_of(std::get<TypedPrompt>(typed), size));
      list.push_back(std::move(prompt));
    }
  }
  if (!job.previous) LATENT_CHECK(mask::check_prompts(set));
  return set;
}

Status write_prompts(const fs::path& target, const PromptSet& prompts, bool overwrite,
                     const FileAccess& access) {
  SafeFileOptions options;
  options.overwrite = overwrite ? Overwrite::Replace : Overwrite::Refuse;
  options.access = access;
  LATENT_TRY(auto file, SafeFile::create(target, options));
  LATENT_CHECK(file.write(std::string_view(prompts_to_json(prompts))));
  return file.commit();
}

/// What is made without prompts: a mask, and the picture that it lies on.
struct Made {
  SoftMask mask;
  Image<std::uint8_t> picture;
  PromptSet prompts;
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<Made> made_automatically(const MaskJob& job, const tasks::MaskNetwork& network,
                                const read::Photograph& photograph, const RunControl& control,
                                MaskReport& report) {
  if (job.prompts || job.previous || !job.typed.empty()) {
    return fail(ErrorCode::Usage,
                "--auto finds its object without clicks, boxes, strokes and earlier masks");
  }
  if (job.target && is_json(*job.target)) {
    return fail(ErrorCode::Usage, "--auto has no prompts that a .json could hold");
  }
  const auto start = std::chrono::steady_clock::now();
  LATENT_TRY(tasks::MaskPicture seen, tasks::mask_picture(photograph, control));
  report.notices.insert(report.notices.end(), seen.notices.begin(), seen.notices.end());
  report.size = seen.picture.size();
  report.seconds_encoding = seconds_since(start);
  const auto ready = std::chrono::steady_clock::now();
  Made made;
  LATENT_TRY(made.mask,
             tasks::automatic_object(network, seen.picture.view(), settings_of_mask(job), control));
  made.picture = std::move(seen.picture);
  report.objects = 1;
  report.seconds_mask = seconds_since(ready);
  return made;
}

Result<Made> made_by_prompts(const MaskJob& job, const MaskFinder& finder,
                             const read::Photograph& photograph, const RunControl& control,
                             MaskReport& report) {
  LATENT_TRY(const std::string hash, photograph.sha256());
  const auto start = std::chrono::steady_clock::now();
  mask::FinderMaker make = mask::built_in_finder;
  if (finder.network) make = tasks::finder_of(*finder.network);
  LATENT_TRY(auto prepared, tasks::prepare_object_mask(photograph, control, std::move(make)));
  report.seconds_encoding = seconds_since(start);
  const auto ready = std::chrono::steady_clock::now();
  report.notices.insert(report.notices.end(), prepared.notices.begin(), prepared.notices.end());
  report.size = prepared.session.size();
  Made made;
  LATENT_TRY(made.prompts, prompts_of(job, report.size, hash, report.notices));
  std::optional<SoftMask> previous;
  if (job.previous) {
    LATENT_TRY(previous, read::read_mask_file(*job.previous, job.limits, control));
  }
  LATENT_TRY(made.mask, prepared.session.mask(made.prompts, settings_of_mask(job),
                                              previous ? &*previous : nullptr, control));
  made.picture = std::move(prepared.session).take_picture();
  report.objects = made.prompts.objects.size();
  report.seconds_mask = seconds_since(ready);
  return made;
}

}  // namespace

Result<MaskReport> make_mask(const MaskJob& job, const RunControl& control) {
  LATENT_CHECK(check_targets(job));
  LATENT_CHECK(mask::check_settings(job.settings));
  LATENT_TRY(const auto photograph, read::Photograph::open(job.source, job.limits));
  MaskReport report;
  LATENT_TRY(const MaskFinder finder, mask_finder(job, report.notices));
  report.model = finder.model;
  LATENT_TRY(const Made made,
             !job.automatic.empty()
                 ? made_automatically(job, *finder.network, photograph, control, report)
                 : made_by_prompts(job, finder, photograph, control, report));
  if (finder.network) {
    const auto& told = *finder.network->notices;
    report.notices.insert(report.notices.end(), told.begin(), told.end());
  }
  report.share = mask_share(std::as_const(made.mask).view());
  LATENT_CHECK(photograph.unchanged());
  const FileAccess access = FileAccess::of(job.source);
  if (job.target && is_json(*job.target)) {
    LATENT_CHECK(write_prompts(*job.target, made.prompts, job.overwrite, access));
  } else if (job.target) {
    LATENT_CHECK(is_path(job) ? write_path(job, photograph, made.mask, control, report)
                              : write_mask_picture(target_of(job), made.mask.view()));
  }
  if (job.overlay) {
    LATENT_CHECK(write_mask_overlay(*job.overlay, made.picture.view(), made.mask.view(),
                                    {job.overwrite, access, &made.prompts}));
  }
  if (finder.nothing_enabled) {
    if (auto hint = network_hint(); !hint.empty()) report.notices.push_back(std::move(hint));
  }
  return report;
}

}  // namespace latent::app
