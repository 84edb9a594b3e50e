// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/mask_target.h"

#include <fmt/format.h>

#include "base/path.h"
#include "base/text.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

Result<write::MaskFormat> mask_format_of(const Target& target, int bits) {
  using write::MaskFormat;
  if (target.take) return MaskFormat::Pfm;
  const auto refuse = [&](const char* taken) {
    return fail(ErrorCode::Usage, fmt::format("a {} file holds {} bits a sample",
                                              displayed(target.path.extension()), taken));
  };
  const std::string ending = lower_case(target.path.extension().native());
  if (ending == ".png") {
    if (bits == 32) return refuse("8 or 16");
    return bits == 8 ? MaskFormat::Png8 : MaskFormat::Png16;
  }
  if (ending == ".tif" || ending == ".tiff") {
    if (bits == 8) return refuse("16 or 32");
    return bits == 32 ? MaskFormat::TiffFloat : MaskFormat::Tiff16;
  }
  if (bits != 0 && bits != 32) return refuse("32");
  return MaskFormat::Pfm;
}

Status write_mask_to(const Target& target, ImageView<const float> mask, write::MaskFormat format,
                     const std::filesystem::path& photograph, TaskReport& report) {
  if (target.take) return target.take(mask);
  const Stopwatch watch;
  write::MaskFileOptions options;
  options.overwrite = target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  options.access = FileAccess::of(photograph);
  std::filesystem::path path = target.path;
  constexpr int kAttempts = 1000;
  Status done = write::write_mask(path, mask, format, options);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (done || done.error().code != ErrorCode::Usage || !target.another) break;
    LATENT_TRY(path, target.another());
    done = write::write_mask(path, mask, format, options);
  }
  LATENT_CHECK(done);
  report.output = path;
  report.seconds.write = watch.seconds();
  return {};
}

}  // namespace latent::tasks
