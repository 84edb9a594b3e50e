// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "raw/preview.h"
#include "raw/remaining_noise.h"
#include "raw/unpack.h"
#include "tasks/raw/carried.h"
#include "tasks/raw/exact_rows.h"
#include "tasks/raw/strength.h"
#include "tasks/stopwatch.h"
#include "write/picture/stored.h"

namespace latent::tasks {

namespace {

/// The mosaic's facts, as if the sensor were no larger than `area` (buffer coordinates). Without
/// samples.
Mosaic facts_of_part(const Mosaic& mosaic, const Rect& area) {
  Mosaic part;
  part.active = {0, 0, area.width, area.height};
  part.crop = part.active;
  part.sensor = mosaic.sensor;
  part.cfa = mosaic.cfa.shifted(area.origin());
  part.levels = levels_of_part(mosaic.levels, area.origin());
  part.bits_per_sample = mosaic.bits_per_sample;
  part.sample_max = mosaic.sample_max;
  part.sample_min = mosaic.sample_min;
  part.orientation = mosaic.orientation;
  part.pixel_aspect = mosaic.pixel_aspect;
  part.camera = mosaic.camera;
  return part;
}

write::DngHeader header_of(const Mosaic& facts, const Rect& written,
                           const write::StoredScale& scale, DngPlan& plan) {
  write::DngHeader header = begun_header(facts, plan);
  header.buffer = written.size();
  header.active = facts.active;
  header.sensor = facts.sensor;
  header.cfa = facts.cfa;
  header.floats = plan.exact.has_value();
  header.levels = header.floats ? levels_of_part(plan.exact->levels, written.origin())
                                : write::stored_levels(facts.levels, scale);
  return header;
}

/// The tags of the source as they are true of the result; what is lost becomes a notice of the plan.
std::vector<CarriedTag> carried_by(const Mosaic& mosaic, const write::StoredScale& scale,
                                   DngPlan& plan) {
  CarriedMove move;
  move.buffer = mosaic.samples.size();
  move.frame = mosaic.active;
  move.area = plan.area;
  move.whole = plan.whole;
  if (!plan.exact) {  // floats stay in the scale of the file
    move.scale = std::ldexp(1.0, scale.shift);
    move.offset = scale.pedestal;
  }
  move.mended = plan.mended;
  CarriedTags carried = carried_tags(mosaic.carried_tags, move);
  if (!carried.notice.empty()) plan.notices.push_back(std::move(carried.notice));
  return std::move(carried.tags);
}

class MosaicRows final : public DngRows {
 public:
  MosaicRows(const Mosaic& mosaic, DngPlan plan, write::StoredScale scale, const Rect& written,
             write::DngWriter writer, const Mosaic& part, Image<std::uint16_t> stored,
             Image<float> stored_floats)
      : mosaic_(mosaic),
        plan_(std::move(plan)),
        scale_(scale),
        written_(written),
        writer_(std::move(writer)),
        preview_(part, kPreviewLongSide),
        remaining_(part),
        counts_(static_cast<std::size_t>(plan_.area.width)),
        stored_(std::move(stored)),
        stored_floats_(std::move(stored_floats)) {}

  Status add(const CleanRows& rows) override {
    LATENT_CHECK(begin_at(rows.first_row));
    for (int row = 0; row < rows.counts.height(); ++row) {
      const int row_of_area = rows.first_row + row;
      blend_row(plan_, row_of_area, source_row(row_of_area), rows.counts.row(row), counts_);
      LATENT_CHECK(add_row(row_of_area));
    }
    return {};
  }

  Status add_source(const RunControl& control) override {
    for (int row = 0; row < plan_.area.height; ++row) {
      LATENT_CHECK(control.check());
      LATENT_CHECK(begin_at(row));
      std::ranges::copy(source_row(row), counts_.begin());
      LATENT_CHECK(add_row(row));
      control.report(static_cast<double>(row + 1) / plan_.area.height);
    }
    return {};
  }

  Status finish(const RunControl& /*control*/) override {
    if (plan_.whole) LATENT_CHECK(copy_rows(mosaic_.active.bottom(), written_.height));
    LATENT_CHECK(flush());
    const double left = plan_.strength > 0.0 ? remaining_.fraction() : 1.0;
    writer_.set_noise(raw::scaled(plan_.noise, left));
    LATENT_TRY(const auto preview, preview_.finish());
    const Stopwatch watch;
    LATENT_CHECK(writer_.finish(preview.view()));
    write_seconds_ += watch.seconds();
    return {};
  }

  Status finish_as(const std::filesystem::path& target) override {
    return writer_.finish_as(target);
  }

  double seconds_writing() const override { return write_seconds_; }

  std::vector<std::string> warnings() const override {
    std::vector<std::string> warnings = writer_.warnings();
    warnings.insert(warnings.end(), plan_.notices.begin(), plan_.notices.end());
    return warnings;
  }

 private:
  std::span<const std::uint16_t> source_row(int row_of_area) const {
    const auto row = mosaic_.samples.view().row(mosaic_.active.y + plan_.area.y + row_of_area);
    return row.subspan(static_cast<std::size_t>(mosaic_.active.x + plan_.area.x), counts_.size());
  }

  Status flush() {
    if (stored_rows_ == 0) return {};
    const Stopwatch watch;
    const Rect filled{0, 0, stored_.width(), std::exchange(stored_rows_, 0)};
    auto status = plan_.exact
                      ? writer_.write_rows(std::as_const(stored_floats_).view().crop(filled))
                      : writer_.write_rows(std::as_const(stored_).view().crop(filled));
    write_seconds_ += watch.seconds();
    return status;
  }

  /// Rows above the area come first.
  Status begin_at(int first_row) {
    return first_row == 0 && plan_.whole ? copy_rows(0, mosaic_.active.y) : Status{};
  }

  /// The next row to fill.
  Result<std::span<std::uint16_t>> next_row() {
    if (stored_rows_ == stored_.height()) LATENT_CHECK(flush());
    return stored_.view().row(stored_rows_++);
  }

  /// Where the row that next_row() gave stands as floats, and what the file has there.
  std::span<float> floats_of_row() { return stored_floats_.view().row(stored_rows_ - 1); }
  const float* exact_row(int buffer_y) const {
    return plan_.exact->samples.view().row(buffer_y).data() + written_.x;
  }

  /// Whole rows of the sensor above or below the active area, as they are.
  Status copy_rows(int first, int last) {
    for (int y = first; y < last; ++y) {
      LATENT_TRY(const auto row, next_row());
      if (plan_.exact) std::copy_n(exact_row(y), row.size(), floats_of_row().begin());
      raw::store_row(
          mosaic_.samples.view().row(y).subspan(static_cast<std::size_t>(written_.x), row.size()),
          scale_.shift, scale_.pedestal, row);
    }
    return {};
  }

  /// The row that stands in `counts_`.
  Status add_row(int row_of_area) {
    const int buffer_y = mosaic_.active.y + plan_.area.y + row_of_area;
    LATENT_TRY(const auto row, next_row());
    const std::uint16_t* source = mosaic_.samples.view().row(buffer_y).data();
    const std::size_t left = plan_.whole ? static_cast<std::size_t>(mosaic_.active.x) : 0;
    const std::size_t right = left + counts_.size();
    const auto inside = row.subspan(left, counts_.size());
    if (plan_.strength == 0.0) {
      raw::store_row(source_row(row_of_area), scale_.shift, scale_.pedestal, inside);
    } else {
      raw::store_row(counts_, scale_.shift, scale_.pedestal, inside);
    }
    raw::store_row(std::span(source, left), scale_.shift, scale_.pedestal, row.first(left));
    raw::store_row(std::span(source + right, row.size() - right), scale_.shift, scale_.pedestal,
                   row.subspan(right));
    if (plan_.exact) store_floats(buffer_y, left);
    preview_.add_row(row_of_area, counts_.data());
    remaining_.add_row(row_of_area, source_row(row_of_area).data(), counts_.data());
    return {};
  }

  /// The row of floats that stands in the file instead, margins and all.
  void store_floats(int buffer_y, std::size_t left) {
    const std::span<float> to = floats_of_row();
    const float* exact = exact_row(buffer_y);
    std::copy_n(exact, to.size(), to.begin());
    if (plan_.strength == 0.0) return;
    change_by_counts(counts_, *plan_.exact, 1, exact + left, to.data() + left);
  }

  const Mosaic& mosaic_;
  DngPlan plan_;
  write::StoredScale scale_;
  Rect written_;  ///< of the buffer
  write::DngWriter writer_;
  raw::PreviewAccumulator preview_;
  raw::RemainingNoise remaining_;
  std::vector<float> counts_;    ///< one row of the area
  Image<std::uint16_t> stored_;  ///< rows that wait to be written together
  Image<float> stored_floats_;   ///< the same where floats are written, else empty
  int stored_rows_ = 0;
  double write_seconds_ = 0;
};

}  // namespace

void strengths_of(const DngPlan& plan, int row_of_area, std::span<float> strengths) {
  plan.local->row(plan.area.x - plan.crop.x, plan.area.y + row_of_area - plan.crop.y, strengths);
  if (plan.blended) return;
  for (float& strength : strengths) strength *= static_cast<float>(plan.strength);
}

void blend_row(const DngPlan& plan, int row_of_area, std::span<const std::uint16_t> source,
               std::span<const float> clean, std::span<float> counts) {
  std::ranges::copy(clean, counts.begin());
  if (plan.local != nullptr) {
    std::vector<float> strengths(counts.size());
    strengths_of(plan, row_of_area, strengths);
    blend(source, strengths, counts);
    add_at_defects(plan.defects, plan.area, row_of_area, strengths, counts);
    return;
  }
  if (plan.blended) return;
  blend(source, plan.strength, counts);
  add_at_defects(plan.defects, plan.area, row_of_area, 1.0 - plan.strength, counts);
}

Result<std::unique_ptr<DngRows>> mosaic_rows(const Mosaic& mosaic, DngPlan plan) {
  constexpr int kRowsAtOnce = 64;
  const Rect area_in_buffer{plan.area.x + mosaic.active.x, plan.area.y + mosaic.active.y,
                            plan.area.width, plan.area.height};
  const Rect written =
      plan.whole ? Rect{0, 0, mosaic.samples.width(), mosaic.samples.height()} : area_in_buffer;
  Mosaic part = facts_of_part(mosaic, written);
  if (plan.whole) {
    part.active = mosaic.active;
    part.crop = mosaic.crop;
  }
  write::StoredScale scale;
  if (!plan.plain_scale) {
    scale = write::choose_stored_scale(
        mosaic, plan.strength > 0.0 ? write::BelowBlack::Kept : write::BelowBlack::NotExpected);
  }
  part.carried_tags = carried_by(mosaic, scale, plan);
  LATENT_TRY(auto writer, write::DngWriter::create(
                              plan.target, header_of(part, written, scale, plan), plan.options));
  LATENT_TRY(auto stored, Image<std::uint16_t>::create({written.width, kRowsAtOnce}));
  Image<float> floats;
  if (plan.exact) {
    LATENT_TRY(floats, Image<float>::create({written.width, kRowsAtOnce}));
  }
  return std::make_unique<MosaicRows>(mosaic, std::move(plan), scale, written, std::move(writer),
                                      part, std::move(stored), std::move(floats));
}

}  // namespace latent::tasks
