// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/mask_of.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "base/path.h"
#include "base/small_file.h"
#include "base/text.h"
#include "mask/rasterise.h"
#include "mask/svg_read.h"
#include "read/mask/mask_file.h"
#include "tasks/mask/edit_mask.h"
#include "tasks/mask/prompt_file.h"
#include "tasks/mask/scaled_mask.h"
#include "tasks/object_mask.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

std::string words(Size size) { return fmt::format("{} x {}", size.width, size.height); }

Result<MaskOnPhotograph> of_svg(const fs::path& file, const read::Photograph& photograph, Size size,
                                const RunControl& control) {
  LATENT_TRY(const std::string text, read_small_file(file, photograph.limits().max_metadata_bytes));
  auto shapes = mask::read_svg(text, size);
  if (!shapes) {
    return fail(shapes.error().code, file, quoted(file) + " " + shapes.error().sentence);
  }
  MaskOnPhotograph found;
  LATENT_TRY(found.mask, mask::rasterise(shapes->shape, size, control));
  found.notices = std::move(shapes->notices);
  return found;
}

Result<MaskOnPhotograph> of_prompts(const fs::path& file, const read::Photograph& photograph,
                                    const RunControl& control) {
  LATENT_TRY(const mask::PromptSet prompts, read_prompts(file));
  LATENT_TRY(const std::string hash, photograph.sha256());
  if (!prompts.source_sha256.empty() && prompts.source_sha256 != hash) {
    return fail(
        ErrorCode::Usage, file,
        fmt::format("{} was made for another photograph than {} (the file has other bytes); "
                    "make a mask of it with latent mask --prompts-anyway first",
                    quoted(file), quoted(photograph.path())));
  }
  LATENT_TRY(auto prepared, prepare_object_mask(photograph, control));
  MaskOnPhotograph found;
  LATENT_TRY(found.mask, prepared.session.mask(prompts, {}, nullptr, control));
  return found;
}

template <class Made>
MaskOnPhotograph made_of(Made made) {
  return {std::move(made.mask), std::move(made.notices)};
}

Result<MaskOnPhotograph> read_any(const fs::path& file, const read::Photograph& photograph,
                                  Size size, const RunControl& control) {
  const std::string ending = lower_case(file.extension().native());
  if (ending == ".json") return of_prompts(file, photograph, control);
  if (ending == ".svg") return of_svg(file, photograph, size, control);
  if (ending == ".xmp") {
    LATENT_TRY(const MaskFrame frame, mask_frame_of(photograph));
    LATENT_TRY(auto made, mask_of_edit(file, "", frame, photograph.limits(), control));
    return made_of(std::move(made));
  }
  if (ending == ".dtdata") {
    LATENT_TRY(auto made, mask_of_dtdata(file, "", photograph.limits()));
    return made_of(std::move(made));
  }
  MaskOnPhotograph found;
  LATENT_TRY(found.mask, read::read_mask_file(file, photograph.limits(), control));
  return found;
}

}  // namespace

Result<MaskOnPhotograph> mask_of(const fs::path& file, const read::Photograph& photograph,
                                 Size size, const RunControl& control) {
  LATENT_TRY(MaskOnPhotograph found, read_any(file, photograph, size, {control.stop, {}}));
  const Size given = found.mask.size();
  if (given == size) return found;
  const Orientation orientation = photograph.orientation();
  const bool turns = orientation >= 5;  // its sides change places
  if (!same_aspect(given, size) && turns && same_aspect({given.height, given.width}, size)) {
    LATENT_TRY(found.mask, turned_back(found.mask.view(), orientation));
    found.notices.push_back(quoted(file) +
                            " was made for the photograph turned upright; it was turned back");
  }
  if (!same_aspect(found.mask.size(), size)) {
    return fail(
        ErrorCode::Usage, file,
        fmt::format("{} is a mask of {} pixels, which is not the shape of the photograph of "
                    "{} pixels (not turned); make the mask of this photograph",
                    quoted(file), words(given), words(size)));
  }
  if (found.mask.size() == size) return found;
  LATENT_TRY(found.mask, scaled_mask(found.mask.view(), size));
  found.notices.push_back(fmt::format("{} has {} pixels and was scaled to the {} of the photograph",
                                      quoted(file), words(given), words(size)));
  return found;
}

}  // namespace latent::tasks
