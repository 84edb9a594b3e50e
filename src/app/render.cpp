// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/render.h"

#include <algorithm>
#include <string>

#include "app/output_file.h"
#include "app/output_name.h"
#include "base/text.h"
#include "read/photograph.h"
#include "write/picture/picture.h"

namespace latent::app {

namespace fs = std::filesystem;

Result<Size> render(const RenderJob& job) {
  const std::string extension = lower_case(job.target.extension().native());
  const bool tiff = extension == ".tif" || extension == ".tiff";
  const bool jpeg = extension == ".jpg" || extension == ".jpeg";
  LATENT_CHECK(check_output_file(job.target, "render", {"png", "jpg", "tif"}));
  LATENT_CHECK(check_is_not_source(job.target, job.source));
  write::PictureOptions options;
  options.overwrite = job.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  options.access = FileAccess::of(job.source);
  const read::RenderOptions wanted{job.region, job.longest_side_px};
  LATENT_TRY(const auto photograph, read::Photograph::open(job.source, job.limits));
  if (tiff) {
    LATENT_TRY(const auto picture, photograph.rendering<std::uint16_t>(wanted));
    LATENT_CHECK(photograph.unchanged());
    LATENT_CHECK(write::write_tiff(job.target, picture.view(), options));
    return picture.size();
  }
  LATENT_TRY(const auto picture, photograph.rendering<std::uint8_t>(wanted));
  LATENT_CHECK(photograph.unchanged());
  LATENT_CHECK(jpeg ? write::write_jpeg(job.target, picture.view(), options)
                    : write::write_png(job.target, picture.view(), options));
  return picture.size();
}

}  // namespace latent::app
