// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/interpolated.h"

#include <algorithm>
#include <utility>

#include "raw/colour_interpolation.h"

namespace latent::tasks {

namespace {

/// What has to be cleaned so that `area` can be interpolated.
Rect around(const Rect& area, Size frame) {
  constexpr int kReach = raw::ColourStart::kReach;
  return Rect{area.x - kReach, area.y - kReach, area.width + 2 * kReach, area.height + 2 * kReach}
      .intersection({0, 0, frame.width, frame.height});
}

}  // namespace

Status InterpolatedColours::begin(Size frame, const Rect& area) {
  return network_.begin(frame, around(area, frame));
}

Status InterpolatedColours::clean(RawPicture& picture, const CleanRequest& request,
                                  const TakeClean& take, const RunControl& control,
                                  RawDenoiseReport& report) {
  const auto* mosaic = std::get_if<Mosaic>(&picture);
  LATENT_ENSURE(mosaic != nullptr);
  CleanRequest wide{around(request.area, mosaic->active.size()),
                    request.noise,
                    request.settings,
                    request.shown,
                    request.before,
                    request.traits};
  LATENT_TRY(raw::Encoder encoder, raw::Encoder::create(*mosaic, request.noise, limits_));
  encoder.balance_greens(request.traits.greens);
  LATENT_TRY(auto colours,
             raw::ColourInterpolation::create(*mosaic, encoder, wide.area, request.area));
  const int width = request.area.width;
  return network_.clean(
      picture, wide,
      [&](const CleanRows& rows) -> Status {
        for (int row = 0; row < rows.counts.height(); ++row) {
          colours.add(rows.first_row + row, rows.counts.row(row));
          while (const auto done = colours.take()) {
            const ImageView<const float> light(done->light.data(), {width, 1}, 3 * width, 3);
            LATENT_CHECK(take({done->y, kAllColours, light, {}}));
          }
        }
        return {};
      },
      control, report);
}

}  // namespace latent::tasks
