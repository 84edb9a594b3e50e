// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/path_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <variant>

#include "app/mask_files.h"
#include "app/task_rows.h"
#include "base/text.h"
#include "image/mask.h"
#include "mask/vectorise.h"

namespace latent::app {

Result<tasks::AnyReport> run_as_path(tasks::Task& task, const read::Photograph& photograph,
                                     const OutputName& output, const tasks::Settings& settings,
                                     const PathResult& result, const RunControl& control) {
  // An edit that is there keeps what is in it, unless it is to be made anew; a drawing does not.
  const bool is_edit = lower_case(output.path.extension().native()) == ".xmp";
  const bool anew = !is_edit || result.edits == EditRule::Replace;
  const MaskTarget written{output.path, photograph.path(), 0, output.overwrite && anew};
  LATENT_CHECK(check_mask_target(written, result.limits));
  tasks::Target target = target_of(output);
  SoftMask mask;
  target.take = [&](const tasks::RowsView& rows) -> Status {
    const auto& view = std::get<ImageView<const float>>(rows);
    LATENT_TRY(mask, SoftMask::create(view.size()));
    for (int y = 0; y < view.height(); ++y) {
      std::copy(view.row(y).begin(), view.row(y).end(), mask.view().row(y).begin());
    }
    return {};
  };
  LATENT_TRY(tasks::AnyReport report, task.run(photograph, target, settings, control));
  LATENT_TRY(const MaskFrame frame, mask_frame_of(photograph));
  if (frame.mask != mask.size()) {
    return fail(ErrorCode::Unsupported,
                "its developed picture is not as large as darktable's, so no path fits; write the "
                "mask as a .png or .pfm");
  }
  mask::VectoriseSettings how;
  how.feather_px = result.feather_px;
  LATENT_TRY(const auto path, mask::vectorise(std::as_const(mask).view(), how, control));
  if (path.outlines == 0) return fail(ErrorCode::NotFound, result.nothing);
  tasks::TaskReport& told = tasks::common(report);
  if (path.spikes_px > 0) {
    told.notices.push_back(fmt::format(
        "{} pixels of spikes narrower than twice the feather were left out", path.spikes_px));
  }
  LATENT_CHECK(write_mask_path(written, path.shape, frame.frame, result.name, result.limits));
  told.output = output.path;
  std::error_code unknown;
  told.output_bytes = std::filesystem::file_size(output.path, unknown);
  if (unknown) told.output_bytes = 0;
  return report;
}

}  // namespace latent::app
