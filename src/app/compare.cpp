// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "app/output_name.h"
#include "base/path.h"
#include "metadata/placed_fields.h"
#include "tasks/picture/source.h"
#include "tasks/picture/walk.h"
#include "write/picture/picture.h"

namespace latent::app {

namespace {

constexpr int kBandRows = 64;
constexpr std::uint8_t kLineGrey = 255;

Result<tasks::PictureSource> decoded(const read::Photograph& photograph,
                                     const RunControl& control) {
  auto source = tasks::PictureSource::open(photograph, control);
  if (!source) {
    return tl::make_unexpected(tasks::naming(photograph.path(), std::move(source).error()));
  }
  return source;
}

/// A picture as it is turned for viewing: two that show the same may be stored differently.
class Upright {
 public:
  explicit Upright(const tasks::PictureSource& source)
      : source_(source),
        turn_(source.picture().orientation),
        size_(metadata::turned({0, 0, source.size().width, source.size().height}, source.size(),
                               turn_)
                  .size()) {}

  [[nodiscard]] Size size() const { return size_; }

  /// out [at least area height, area width, 3]; `area` lies inside.
  Status read(const Rect& area, ImageView<float> out) const {
    if (turn_ == 1) {
      source_.encoded_rgb(area, tasks::WideGamut::Preserve, out);
      return {};
    }
    const Rect stored = metadata::turned(area, size_, back());
    LATENT_TRY(auto samples, Image<float>::create(stored.size(), 3));
    source_.encoded_rgb(stored, tasks::WideGamut::Preserve, samples.view());
    for (int y = 0; y < area.height; ++y) {
      for (int x = 0; x < area.width; ++x) {
        const Rect at = metadata::turned({area.x + x, area.y + y, 1, 1}, size_, back());
        for (int c = 0; c < 3; ++c) {
          out.at(x, y, c) = samples.view().at(at.x - stored.x, at.y - stored.y, c);
        }
      }
    }
    return {};
  }

 private:
  /// The turn that undoes this one: a quarter to the left undoes one to the right.
  [[nodiscard]] Orientation back() const {
    if (turn_ == 6) return 8;
    return turn_ == 8 ? Orientation{6} : turn_;
  }

  const tasks::PictureSource& source_;
  Orientation turn_;
  Size size_;
};

std::uint8_t to_byte(float sample) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(sample, 0.0F, 1.0F) * 255.0F));
}

/// One row of the split picture: a up to the middle, a line of two pixels, b.
void split_row(const float* a, const float* b, std::span<std::uint8_t> out) {
  const std::size_t width = out.size() / 3;
  const std::size_t middle = width / 2;
  for (std::size_t x = 0; x < width; ++x) {
    const bool line = width > 2 && (x == middle || x + 1 == middle);
    const float* from = x < middle ? a : b;
    for (std::size_t c = 0; c < 3; ++c) {
      out[3 * x + c] = line ? kLineGrey : to_byte(from[3 * x + c]);
    }
  }
}

}  // namespace

Result<Similarity> compare(const CompareJob& job, const RunControl& control) {
  if (job.target) {
    LATENT_CHECK(check_is_not_source(*job.target, job.a));
    LATENT_CHECK(check_is_not_source(*job.target, job.b));
  }
  LATENT_TRY(const auto photograph_a, read::Photograph::open(job.a, job.limits));
  LATENT_TRY(const auto source_a, decoded(photograph_a, control));
  LATENT_TRY(const auto photograph_b, read::Photograph::open(job.b, job.limits));
  LATENT_TRY(const auto source_b, decoded(photograph_b, control));
  const Upright a(source_a);
  const Upright b(source_b);
  if (a.size() != b.size()) {
    return fail(
        ErrorCode::Usage, job.a,
        fmt::format("{} has {} x {} pixels but {} has {} x {}; only pictures of one size can "
                    "be compared",
                    quoted(job.a), a.size().width, a.size().height, quoted(job.b), b.size().width,
                    b.size().height));
  }
  LATENT_TRY(const Rect region, tasks::region_in(a.size(), job.region));
  Image<std::uint8_t> split;
  if (job.target) {
    LATENT_TRY(split, Image<std::uint8_t>::create(region.size(), 3));
  }
  LATENT_TRY(auto rows_a, Image<float>::create({region.width, kBandRows}, 3));
  LATENT_TRY(auto rows_b, Image<float>::create({region.width, kBandRows}, 3));
  SimilarityMeter meter(region.size());
  for (int first = 0; first < region.height; first += kBandRows) {
    LATENT_CHECK(control.check());
    const Rect band{region.x, region.y + first, region.width,
                    std::min(kBandRows, region.height - first)};
    LATENT_CHECK(a.read(band, rows_a.view()));
    LATENT_CHECK(b.read(band, rows_b.view()));
    for (int y = 0; y < band.height; ++y) {
      const float* row_a = rows_a.view().row(y).data();
      const float* row_b = rows_b.view().row(y).data();
      meter.add(row_a, row_b);
      if (job.target) split_row(row_a, row_b, split.view().row(first + y));
    }
  }
  LATENT_CHECK(photograph_a.unchanged());
  LATENT_CHECK(photograph_b.unchanged());
  if (job.target) {
    write::PictureOptions options;
    options.overwrite = job.overwrite ? Overwrite::Replace : Overwrite::Refuse;
    options.access = FileAccess::of(job.a).and_of(job.b);
    LATENT_CHECK(write::write_png(*job.target, std::as_const(split).view(), options));
  }
  return meter.finish();
}

}  // namespace latent::app
