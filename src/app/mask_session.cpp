// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_session.h"

#include <fmt/format.h>

#include <utility>

#include "base/path.h"
#include "mask/vectorise.h"
#include "tasks/object_mask.h"

namespace latent::app {

Result<OpenMasks> open_masks(const read::Photograph& photograph, const MaskJob& asked,
                             const Workplace& at, const RunControl& control) {
  std::vector<std::string> notices;
  LATENT_TRY(auto finder, mask_finder(asked, notices, at));
  mask::FinderMaker make = mask::built_in_finder;
  if (finder.network) make = tasks::finder_of(*finder.network);
  LATENT_TRY(std::string hash, photograph.sha256());
  LATENT_TRY(auto prepared, tasks::prepare_object_mask(photograph, control, std::move(make)));
  notices.insert(notices.end(), prepared.notices.begin(), prepared.notices.end());
  return OpenMasks{std::move(prepared.session), std::move(finder.network), std::move(finder.model),
                   std::move(hash), std::move(notices)};
}

Status check_prompts_source(const mask::PromptSet& prompts, const OpenMasks& masks) {
  const Size size = masks.session.size();
  const bool other_size = prompts.source_size != Size{} && prompts.source_size != size;
  const bool other = !prompts.source_sha256.empty() && prompts.source_sha256 != masks.source_sha256;
  if (!other && !other_size) return {};
  const std::string sizes =
      other_size ? fmt::format(" (of {} x {} pixels, not {} x {})", prompts.source_size.width,
                               prompts.source_size.height, size.width, size.height)
                 : std::string();
  return fail(ErrorCode::Usage,
              fmt::format("the prompts were made for another photograph{}; without their hash and "
                          "size they are used all the same",
                          sizes));
}

Status write_mask(const MaskTarget& target, ImageView<const float> mask, double feather_px,
                  const Limits& limits, const RunControl& control) {
  LATENT_CHECK(check_mask_target(target, limits));
  MaskFrame frame{mask.size(), {mask.size(), {0, 0}}};
  if (!target.photograph.empty()) {
    LATENT_TRY(const auto photograph, read::Photograph::open(target.photograph, limits));
    LATENT_TRY(frame, mask_frame_of(photograph));
    if (frame.mask != mask.size()) {
      return fail(ErrorCode::Usage, target.photograph,
                  fmt::format("the mask has {} x {} pixels, and {} has {} x {} before it is turned",
                              mask.width(), mask.height(), quoted(target.photograph),
                              frame.mask.width, frame.mask.height));
    }
  }
  if (!wants_path(target.file)) return write_mask_picture(target, mask);
  mask::VectoriseSettings settings;
  settings.feather_px = feather_px;
  LATENT_TRY(const auto made, mask::vectorise(mask, settings, control));
  if (made.outlines == 0) {
    return fail(ErrorCode::NotFound, target.file,
                std::string("the mask is empty, so there is no path"));
  }
  return write_mask_path(target, made.shape, frame.frame, "latent object", limits);
}

}  // namespace latent::app
