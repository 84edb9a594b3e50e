// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/colour_rows.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "raw/colour_unpack.h"
#include "raw/preview.h"
#include "raw/remaining_noise.h"
#include "tasks/raw/carried.h"
#include "tasks/raw/linear_rows.h"
#include "tasks/raw/strength.h"
#include "tasks/stopwatch.h"
#include "write/dng/dng.h"

namespace latent::tasks {

namespace {

constexpr int kRowsAtOnce = 64;
constexpr float kLargestStored = 65535.0F;
constexpr std::uint16_t kBayerGreenSplit = 50733;
constexpr std::uint16_t kMaskedAreas = 50830;

/// The tags of the source as they are true of the result; what is lost becomes a notice of the plan.
/// Lists of opcodes for the mosaic have been applied and are gone.
std::vector<CarriedTag> carried_by(const Mosaic& mosaic, DngPlan& plan) {
  CarriedMove move;
  move.buffer = mosaic.samples.size();
  move.frame = mosaic.active;
  move.area = plan.area;
  move.whole = plan.whole;
  std::vector<CarriedTag> tags = mosaic.carried_tags;
  // A mosaic's own: nobody misses them where there is none.
  std::erase_if(tags, [](const CarriedTag& carried) {
    return carried.tag == kBayerGreenSplit || carried.tag == kMaskedAreas;
  });
  CarriedTags carried = carried_tags(tags, move);
  if (!carried.notice.empty()) plan.notices.push_back(std::move(carried.notice));
  return std::move(carried.tags);
}

write::DngHeader header_of(const LinearRaw& facts, DngPlan& plan) {
  write::DngHeader header = begun_header(facts, plan);
  header.buffer = plan.area.size();
  header.active = {0, 0, plan.area.width, plan.area.height};
  header.sensor = SensorClass::LinearRgb;
  header.levels.black = BlackLevels{};
  header.levels.white.fill(raw::kColourWhite);
  return header;
}

/// The mosaic's shape and levels, seen from the corner of the area.
Mosaic shape_of(const Mosaic& mosaic, const Rect& area) {
  const Point corner{mosaic.active.x + area.x, mosaic.active.y + area.y};
  Mosaic part;
  part.active = {0, 0, area.width, area.height};
  part.crop = part.active;
  part.sensor = mosaic.sensor;
  part.cfa = mosaic.cfa.shifted(corner);
  return part;
}

class ColourRows final : public DngRows {
 public:
  ColourRows(const Mosaic& mosaic, const LinearRaw* classical, DngPlan plan, const LinearRaw& facts,
             write::DngWriter writer, Image<std::uint16_t> stored)
      : mosaic_(mosaic),
        classical_(classical),
        plan_(std::move(plan)),
        writer_(std::move(writer)),
        preview_(facts, kPreviewLongSide),
        remaining_(shape_of(mosaic, plan_.area)),
        light_(3 * static_cast<std::size_t>(plan_.area.width)),
        own_(static_cast<std::size_t>(plan_.area.width)),
        stored_(std::move(stored)) {}

  Status add(const CleanRows& rows) override {
    for (int row = 0; row < rows.counts.height(); ++row) {
      const int row_of_area = rows.first_row + row;
      std::ranges::copy(rows.counts.row(row), light_.begin());
      if (classical_ != nullptr) blend_colours(plan_, *classical_, row_of_area, light_);
      LATENT_CHECK(add_row(row_of_area));
    }
    return {};
  }

  Status add_source(const RunControl& control) override {
    LATENT_ENSURE(classical_ != nullptr);
    for (int row = 0; row < plan_.area.height; ++row) {
      LATENT_CHECK(control.check());
      std::ranges::fill(light_, 0.0F);
      blend_colours(plan_, *classical_, row, light_);
      LATENT_CHECK(add_row(row));
      control.report(static_cast<double>(row + 1) / plan_.area.height);
    }
    return {};
  }

  Status finish(const RunControl& /*control*/) override {
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
    return linear_warnings(writer_, plan_, below_black_);
  }

 private:
  /// The row that stands in `light_`.
  Status add_row(int row_of_area) {
    if (stored_rows_ == stored_.height()) LATENT_CHECK(flush());
    const auto to = stored_.view().row(stored_rows_++);
    for (std::size_t i = 0; i < light_.size(); ++i) {
      const float value = std::floor(light_[i] + 0.5F);
      if (value < 0.0F) ++below_black_;
      to[i] = static_cast<std::uint16_t>(
          static_cast<std::int32_t>(std::clamp(value, 0.0F, kLargestStored)));
    }
    preview_.add_row(row_of_area, light_.data());
    measure(row_of_area);
    return {};
  }

  /// What is left of the noise, where a site's own colour was measured.
  void measure(int row_of_area) {
    const int y = mosaic_.active.y + plan_.area.y + row_of_area;
    const int left = mosaic_.active.x + plan_.area.x;
    for (std::size_t i = 0; i < own_.size(); ++i) {
      const int x = left + static_cast<int>(i);
      const CfaColour colour = mosaic_.cfa.at(x, y);
      const float black = mosaic_.levels.black.at(x, y);
      const float range = mosaic_.levels.white[static_cast<std::size_t>(colour)] - black;
      const float light = light_[3 * i + static_cast<std::size_t>(rgb_index(colour))];
      own_[i] = black + light / raw::kColourWhite * range;
    }
    remaining_.add_row(row_of_area, &mosaic_.samples.view().at(left, y), own_.data());
  }

  Status flush() {
    if (stored_rows_ == 0) return {};
    const Stopwatch watch;
    const Rect filled{0, 0, stored_.width(), std::exchange(stored_rows_, 0)};
    auto status = writer_.write_rows(std::as_const(stored_).view().crop(filled));
    write_seconds_ += watch.seconds();
    return status;
  }

  const Mosaic& mosaic_;
  const LinearRaw* classical_;
  DngPlan plan_;
  write::DngWriter writer_;
  raw::PreviewAccumulator preview_;
  raw::RemainingNoise remaining_;
  std::vector<float> light_;     ///< one row of the area, [width, 3]
  std::vector<float> own_;       ///< counts of the same, each site's own colour
  Image<std::uint16_t> stored_;  ///< rows that wait to be written together
  int stored_rows_ = 0;
  std::int64_t below_black_ = 0;
  double write_seconds_ = 0;
};

}  // namespace

LinearRaw colour_facts(const Mosaic& mosaic) {
  LinearRaw facts;
  facts.crop = {mosaic.crop.x - mosaic.active.x, mosaic.crop.y - mosaic.active.y, mosaic.crop.width,
                mosaic.crop.height};
  facts.white.fill(raw::kColourWhite);
  facts.orientation = mosaic.orientation;
  facts.pixel_aspect = mosaic.pixel_aspect;
  facts.camera = mosaic.camera;
  return facts;
}

void blend_colours(const DngPlan& plan, const LinearRaw& classical, int row_of_area,
                   std::span<float> light) {
  const Rect line{plan.area.x, plan.area.y + row_of_area, plan.area.width, 1};
  const auto source = classical.samples.view().crop(line).row(0);
  if (plan.local == nullptr) {
    blend(source, plan.strength, light);
    return;
  }
  std::vector<float> strengths(static_cast<std::size_t>(plan.area.width));
  strengths_of(plan, row_of_area, strengths);
  std::vector<float> each(light.size());
  for (std::size_t i = 0; i < each.size(); ++i) each[i] = strengths[i / 3];
  blend(source, each, light);
}

Result<std::unique_ptr<DngRows>> colour_rows(const Mosaic& mosaic, const LinearRaw* classical,
                                             DngPlan plan) {
  LinearRaw facts = colour_facts(mosaic);
  if (!plan.whole) facts.crop = {0, 0, plan.area.width, plan.area.height};
  facts.carried_tags = carried_by(mosaic, plan);
  LATENT_TRY(auto writer,
             write::DngWriter::create(plan.target, header_of(facts, plan), plan.options));
  LATENT_TRY(auto stored, Image<std::uint16_t>::create({plan.area.width, kRowsAtOnce}, 3));
  return std::make_unique<ColourRows>(mosaic, classical, std::move(plan), facts, std::move(writer),
                                      std::move(stored));
}

}  // namespace latent::tasks
