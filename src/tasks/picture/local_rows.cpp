// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/local_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "tasks/picture/upscale_run.h"

namespace latent::tasks {

namespace {

/// What stands in rows of the result without a network: [n, region width * scale, channels].
Status rows_without_network(const PictureSource& source, const Rect& region, int scale, int first,
                            ImageView<float> out) {
  if (scale == 1) {
    source.encoded({region.x, region.y + first, region.width, out.height()}, WideGamut::Preserve,
                   out);
    return {};
  }
  if (out.channels() == 3) return enlarge_plain_rows(source, region, scale, first, out);
  LATENT_TRY(auto three, Image<float>::create(out.size(), 3, no_limits_of_pixels()));
  LATENT_CHECK(enlarge_plain_rows(source, region, scale, first, three.view()));
  for (int y = 0; y < out.height(); ++y) {
    const auto from = three.view().row(y);
    const auto to = out.row(y);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[3 * i];
  }
  return {};
}

/// Pixels of `kept` where the share is 0 go into `rows`, whose first is row `y` of the photograph.
template <class T>
void lay_in(ImageView<const T> kept, const LocalStrength& local, Point at, ImageView<T> rows) {
  std::vector<float> shares(static_cast<std::size_t>(rows.width()));
  const auto channels = static_cast<std::size_t>(rows.channels());
  for (int y = 0; y < rows.height(); ++y) {
    local.row(at.x, at.y + y, shares);
    const auto from = kept.row(y);
    const auto to = rows.row(y);
    for (std::size_t i = 0; i < to.size(); ++i) {
      if (shares[i / channels] == 0.0F) to[i] = from[i];
    }
  }
}

}  // namespace

TakeEncodedRows mixed_rows(const PictureSource& source, const Rect& region, int scale,
                           const LocalStrength& local, TakeEncodedRows take) {
  return [&source, region, scale, &local, take = std::move(take),
          row = 0](ImageView<const float> rows) mutable -> Status {
    LATENT_TRY(auto mixed,
               Image<float>::create(rows.size(), rows.channels(), no_limits_of_pixels()));
    for (int y = 0; y < rows.height(); ++y) {
      std::ranges::copy(rows.row(y), mixed.view().row(y).begin());
    }
    LATENT_TRY(auto before,
               Image<float>::create(rows.size(), rows.channels(), no_limits_of_pixels()));
    LATENT_CHECK(rows_without_network(source, region, scale, row, before.view()));
    local.mix(scale, {region.x * scale, region.y * scale + row}, std::as_const(before).view(),
              mixed.view());
    row += rows.height();
    return take(std::as_const(mixed).view());
  };
}

RowSink kept_outside(const PictureSource& source, const Rect& region, const PictureOutput& output,
                     const LocalStrength& local, RowSink sink) {
  return [&source, region, &output, &local, sink = std::move(sink),
          row = 0](const RowsView& rows) mutable -> Status {
    return std::visit(
        [&]<class T>(ImageView<const T> finished) -> Status {
          LATENT_TRY(auto result,
                     Image<T>::create(finished.size(), finished.channels(), no_limits_of_pixels()));
          const auto view = result.view();
          for (int y = 0; y < view.height(); ++y) {
            std::ranges::copy(finished.row(y), view.row(y).begin());
          }
          const int first = std::exchange(row, row + view.height());
          int done = 0;
          const auto lay = [&](const RowsView& kept) -> Status {
            const auto* own = std::get_if<ImageView<const T>>(&kept);
            LATENT_ENSURE(own != nullptr && own->channels() == view.channels());
            lay_in<T>(*own, local, {region.x, region.y + first + done},
                      view.crop({0, done, view.width(), own->height()}));
            done += own->height();
            return {};
          };
          std::int64_t clipped = 0;
          LATENT_CHECK(copy_rows(source, {region.x, region.y + first, region.width, view.height()},
                                 output, lay, 1, {}, clipped));
          return sink(std::as_const(result).view());
        },
        rows);
  };
}

}  // namespace latent::tasks
