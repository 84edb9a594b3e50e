// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/interpolated.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "raw/chromatic_correction.h"
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
  if (at_once_ != nullptr) return at_once_->begin(frame, area);
  return network_.begin(frame, around(area, frame));
}

Status InterpolatedColours::clean(RawPicture& picture, const CleanRequest& request,
                                  const TakeClean& take, const RunControl& control,
                                  RawDenoiseReport& report) {
  const auto* mosaic = std::get_if<Mosaic>(&picture);
  LATENT_ENSURE(mosaic != nullptr);
  const auto& shift = request.traits.fringes;
  if (!shift && at_once_ != nullptr)
    return at_once_->clean(picture, request, take, control, report);
  const Rect wide = around(request.area, mosaic->active.size());
  const Rect seen = shift ? raw::ChromaticCorrection::needed(wide, *shift) : wide;
  CleanRequest of_network{seen,          request.noise,  request.settings,
                          request.shown, request.before, request.traits};
  LATENT_TRY(raw::Encoder encoder, raw::Encoder::create(*mosaic, request.noise, limits_));
  encoder.balance_greens(request.traits.greens);
  LATENT_TRY(auto colours, raw::ColourInterpolation::create(*mosaic, encoder, wide, request.area));
  const int width = request.area.width;
  const auto interpolate = [&](int y, std::span<const float> counts) -> Status {
    colours.add(y, counts);
    while (const auto done = colours.take()) {
      const ImageView<const float> light(done->light.data(), {width, 1}, 3 * width, 3);
      LATENT_CHECK(take({done->y, kAllColours, light, {}}));
    }
    return {};
  };
  std::optional<raw::ChromaticCorrection> correction;
  if (shift) {
    LATENT_TRY(correction,
               raw::ChromaticCorrection::create(*mosaic, encoder, *shift, seen, wide,
                                                threads_or_all(request.settings.threads)));
  }
  return network_.clean(
      picture, of_network,
      [&](const CleanRows& rows) -> Status {
        for (int row = 0; row < rows.counts.height(); ++row) {
          const int y = rows.first_row + row;
          if (!correction) {
            LATENT_CHECK(interpolate(y, rows.counts.row(row)));
            continue;
          }
          correction->add(y, rows.counts.row(row));
          for (;;) {
            LATENT_TRY(const auto done, correction->take());
            if (!done) break;
            LATENT_CHECK(interpolate(done->y, done->counts));
          }
        }
        return {};
      },
      control, report);
}

}  // namespace latent::tasks
