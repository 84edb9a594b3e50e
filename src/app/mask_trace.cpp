// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_trace.h"

#include <fmt/format.h>

#include "app/output_name.h"
#include "base/path.h"
#include "read/mask/mask_file.h"

namespace latent::app {

namespace {

Result<MaskFrame> frame_of(const MaskTraceJob& job, Size size) {
  const std::filesystem::path& path = job.target.photograph;
  if (path.empty()) return MaskFrame{size, {size, {0, 0}}};
  LATENT_TRY(const auto photograph, read::Photograph::open(path, job.limits));
  LATENT_TRY(const auto frame, mask_frame_of(photograph));
  if (frame.mask != size) {
    return fail(ErrorCode::Usage, job.mask,
                fmt::format("{} has {} x {} pixels, and {} has {} x {} as it is stored; a mask is "
                            "as large as its photograph, before that is turned",
                            quoted(job.mask), size.width, size.height, quoted(path),
                            frame.mask.width, frame.mask.height));
  }
  return frame;
}

}  // namespace

Result<mask::Vectorised> trace_mask(const MaskTraceJob& job, const RunControl& control) {
  if (!wants_path(job.target.file)) {
    return fail(ErrorCode::Usage, job.target.file,
                quoted(job.target.file) +
                    " would hold a picture; a traced mask is a path: name it "
                    ".xmp or .svg");
  }
  LATENT_CHECK(check_mask_target(job.target, job.limits));
  LATENT_CHECK(check_is_not_source(job.target.file, job.mask));
  LATENT_TRY(const auto mask, read::read_mask_file(job.mask, job.limits, control));
  LATENT_TRY(const MaskFrame frame, frame_of(job, mask.size()));
  LATENT_TRY(auto made, mask::vectorise(mask.view(), job.settings, control));
  if (made.outlines == 0) {
    return fail(ErrorCode::NotFound, job.mask,
                fmt::format("{} has no object above the threshold of {:g} that is larger than {} "
                            "pixels; lower --threshold or --cleanup",
                            quoted(job.mask), job.settings.threshold, job.settings.cleanup_px2));
  }
  LATENT_CHECK(write_mask_path(job.target, made.shape, frame.frame, job.name, job.limits));
  return made;
}

}  // namespace latent::app
