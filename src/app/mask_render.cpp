// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_render.h"

#include <utility>

#include "app/output_name.h"
#include "base/path.h"
#include "base/text.h"

namespace latent::app {

namespace {

Result<MaskFrame> frame_of(const MaskRenderJob& job) {
  const std::filesystem::path& photograph = job.target.photograph;
  if (photograph.empty() == !job.size) {
    return fail(ErrorCode::Usage,
                "a path has no size of its own: give --photo FILE, or --size WxH of the "
                "photograph, not turned");
  }
  if (job.size) {
    LATENT_CHECK(check_dimensions(job.size->width, job.size->height, job.limits));
    return MaskFrame{*job.size, {*job.size, {0, 0}}};
  }
  LATENT_TRY(const auto opened, read::Photograph::open(photograph, job.limits));
  return mask_frame_of(opened);
}

}  // namespace

Result<MaskRendered> render_mask(const MaskRenderJob& job, const RunControl& control) {
  if (wants_path(job.target.file)) {
    return fail(ErrorCode::Usage, job.target.file,
                quoted(job.target.file) +
                    " would hold a path; a rendered mask is a picture: name "
                    "it .png, .tif or .pfm");
  }
  LATENT_CHECK(check_mask_target(job.target, job.limits));
  LATENT_CHECK(check_is_not_source(job.target.file, job.edit));
  tasks::EditMask found;
  if (lower_case(job.edit.extension().native()) == ".dtdata") {
    LATENT_TRY(found, tasks::mask_of_dtdata(job.edit, job.mask, job.limits));
  } else {
    LATENT_TRY(const MaskFrame frame, frame_of(job));
    LATENT_TRY(found, tasks::mask_of_edit(job.edit, job.mask, frame, job.limits, control));
  }
  LATENT_CHECK(write_mask_picture(job.target, found.mask.view()));
  return MaskRendered{std::move(found.name), found.mask.size(), std::move(found.notices)};
}

}  // namespace latent::app
