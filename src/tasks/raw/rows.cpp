// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/rows.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "raw/preview.h"
#include "raw/remaining_noise.h"
#include "raw/unpack.h"
#include "raw/waiting_rows.h"
#include "tasks/stopwatch.h"
#include "write/stored.h"

namespace latent::tasks {

namespace {

/// A tag that counts pixels, or parts, of the whole frame.
struct FrameTag {
  std::uint16_t tag;
  const char* name;  ///< null where nobody misses it
};
constexpr std::array kTagsOfTheWholeFrame{
    FrameTag{51008, "OpcodeList1"},         FrameTag{51009, "OpcodeList2"},
    FrameTag{51022, "OpcodeList3"},         FrameTag{51125, nullptr},  // the crop a user drew
    FrameTag{52525, "ProfileGainTableMap"}, FrameTag{52544, "ProfileGainTableMap2"},
};

const FrameTag* frame_tag(const CarriedTag& carried) {
  const auto* found = std::ranges::find(kTagsOfTheWholeFrame, carried.tag, &FrameTag::tag);
  return found == kTagsOfTheWholeFrame.end() ? nullptr : &*found;
}

/// The mosaic's facts, as if the sensor were no larger than `area` (buffer coordinates). Without
/// samples.
Mosaic facts_of_part(const Mosaic& mosaic, const Rect& area) {
  Mosaic part;
  part.active = {0, 0, area.width, area.height};
  part.crop = part.active;
  part.sensor = mosaic.sensor;
  part.cfa = mosaic.cfa.shifted(area.origin());
  part.levels = mosaic.levels;
  BlackLevels& black = part.levels.black;
  for (int y = 0; y < black.period.height; ++y) {
    for (int x = 0; x < black.period.width; ++x) {
      black.counts[static_cast<std::size_t>(y * black.period.width + x)] =
          mosaic.levels.black.at(x + area.x, y + area.y);
    }
  }
  part.bits_per_sample = mosaic.bits_per_sample;
  part.sample_max = mosaic.sample_max;
  part.sample_min = mosaic.sample_min;
  part.orientation = mosaic.orientation;
  part.pixel_aspect = mosaic.pixel_aspect;
  part.camera = mosaic.camera;
  part.carried_tags = tags_of_a_part(mosaic.carried_tags);
  return part;
}

write::DngHeader header_of(const Mosaic& facts, Size buffer, const write::StoredScale& scale,
                           RawRows::Plan& plan) {
  write::DngHeader header = begun_header(facts, plan);
  header.buffer = buffer;
  header.active = facts.active;
  header.sensor = facts.sensor;
  header.cfa = facts.cfa;
  header.levels = write::stored_levels(facts.levels, scale);
  return header;
}

}  // namespace

std::vector<CarriedTag> tags_of_a_part(const std::vector<CarriedTag>& tags) {
  std::vector<CarriedTag> kept;
  for (const CarriedTag& tag : tags) {
    if (frame_tag(tag) == nullptr) kept.push_back(tag);
  }
  return kept;
}

std::string lost_tags_notice(const RawRows::Plan& plan, const std::vector<CarriedTag>& tags) {
  if (plan.whole) return {};
  std::vector<std::string> names;
  for (const CarriedTag& tag : tags) {
    const FrameTag* lost = frame_tag(tag);
    if (lost != nullptr && lost->name != nullptr) names.emplace_back(lost->name);
  }
  if (names.empty()) return {};
  return fmt::format(
      "the region goes without {} of the source (lens corrections, gain maps), which count from "
      "the whole picture",
      fmt::join(names, ", "));
}

struct RawRows::State {
  const Mosaic& mosaic;
  Plan plan;
  write::StoredScale scale;
  Rect written;  ///< of the buffer
  write::DngWriter writer;
  std::optional<raw::Unpacker> unpacker;  ///< for the columns of plan.seen
  std::optional<raw::WaitingRows> waiting;
  raw::PreviewAccumulator preview;
  raw::RemainingNoise remaining;
  std::vector<float> counts;    ///< one row of the area
  Image<std::uint16_t> stored;  ///< rows that wait to be written together
  int stored_rows = 0;
  double unpack_seconds = 0;
  double write_seconds = 0;

  Status flush() {
    if (stored_rows == 0) return {};
    const Stopwatch watch;
    const auto rows = stored.view().crop({0, 0, stored.width(), stored_rows});
    stored_rows = 0;
    auto status = writer.write_rows(rows);
    write_seconds += watch.seconds();
    return status;
  }

  /// Where the mosaic was repaired the unpacker blends in the repaired sample; the file's own is
  /// wanted.
  void blend_sources_of_defects(int frame_y) {
    const auto begins = [](const raw::Defect& defect, int y) { return defect.y < y; };
    const float kept = 1.0F - static_cast<float>(plan.strength);
    auto defect = std::lower_bound(plan.defects.begin(), plan.defects.end(), frame_y, begins);
    for (; defect != plan.defects.end() && defect->y == frame_y; ++defect) {
      if (defect->x < plan.area.x || defect->x >= plan.area.right()) continue;
      counts[static_cast<std::size_t>(defect->x - plan.area.x)] +=
          kept * (static_cast<float>(defect->source) - static_cast<float>(defect->repaired));
    }
  }

  /// Rows above the area come first.
  Status begin_at(int first_row) {
    return first_row == 0 && plan.whole ? copy_rows(0, mosaic.active.y) : Status{};
  }

  /// The next row to fill.
  Result<std::span<std::uint16_t>> next_row() {
    if (stored_rows == stored.height()) LATENT_CHECK(flush());
    return stored.view().row(stored_rows++);
  }

  /// Whole rows of the sensor above or below the active area, as they are.
  Status copy_rows(int first, int last) {
    for (int y = first; y < last; ++y) {
      LATENT_TRY(const auto row, next_row());
      raw::store_row(
          mosaic.samples.view().row(y).subspan(static_cast<std::size_t>(written.x), row.size()),
          scale.shift, scale.pedestal, row);
    }
    return {};
  }

  Status add_residual(int row_of_seen, std::span<const float> residual) {
    Stopwatch watch;
    if (!waiting) {
      unpacker->row(plan.seen.y + row_of_seen, residual, counts);
      unpack_seconds += watch.lap();
      return add_denoised(row_of_seen);
    }
    waiting->add(*unpacker, row_of_seen, residual);
    unpack_seconds += watch.lap();
    while (const auto row = take_waiting()) LATENT_CHECK(add_denoised(row->y));
    return {};
  }

  /// The next row that need not wait any more; it stands in `counts` then.
  std::optional<raw::WaitingRows::Row> take_waiting() {
    const Stopwatch watch;
    const auto row = waiting->take(*unpacker);
    if (row) std::ranges::copy(row->counts, counts.begin());
    unpack_seconds += watch.seconds();
    return row;
  }

  /// The row that stands in `counts`, as the unpacker gives it.
  Status add_denoised(int row_of_area) {
    if (!plan.defects.empty()) blend_sources_of_defects(plan.area.y + row_of_area);
    return add_row(row_of_area);
  }

  /// The row that stands in `counts`.
  Status add_row(int row_of_area) {
    const int buffer_y = mosaic.active.y + plan.area.y + row_of_area;
    LATENT_TRY(const auto row, next_row());
    const Stopwatch watch;
    const std::uint16_t* source = mosaic.samples.view().row(buffer_y).data();
    const std::size_t left = plan.whole ? static_cast<std::size_t>(mosaic.active.x) : 0;
    const std::size_t right = left + counts.size();
    if (plan.strength == 0.0) {
      raw::store_row(std::span(source + written.x + left, counts.size()), scale.shift,
                     scale.pedestal, row.subspan(left, counts.size()));
    } else {
      raw::store_row(counts, scale.shift, scale.pedestal, row.subspan(left, counts.size()));
    }
    raw::store_row(std::span(source, left), scale.shift, scale.pedestal, row.first(left));
    raw::store_row(std::span(source + right, row.size() - right), scale.shift, scale.pedestal,
                   row.subspan(right));
    preview.add_row(row_of_area, counts.data());
    remaining.add_row(row_of_area, source + mosaic.active.x + plan.area.x, counts.data());
    unpack_seconds += watch.seconds();
    return {};
  }
};

RawRows::RawRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
RawRows::RawRows(RawRows&&) noexcept = default;
RawRows& RawRows::operator=(RawRows&&) noexcept = default;
RawRows::~RawRows() = default;

Result<RawRows> RawRows::create(const Mosaic& mosaic, const raw::Encoder* encoder, Plan plan) {
  constexpr int kRowsAtOnce = 64;
  const Rect area_in_buffer{plan.area.x + mosaic.active.x, plan.area.y + mosaic.active.y,
                            plan.area.width, plan.area.height};
  const Rect written =
      plan.whole ? Rect{0, 0, mosaic.samples.width(), mosaic.samples.height()} : area_in_buffer;
  Mosaic part = facts_of_part(mosaic, written);
  if (plan.whole) {
    part.active = mosaic.active;
    part.crop = mosaic.crop;
    part.carried_tags = mosaic.carried_tags;
  }
  write::StoredScale scale;
  if (!plan.plain_scale) {
    scale = write::choose_stored_scale(
        mosaic, plan.strength > 0.0 ? write::BelowBlack::Kept : write::BelowBlack::NotExpected);
  }
  LATENT_TRY(auto writer,
             write::DngWriter::create(plan.target, header_of(part, written.size(), scale, plan),
                                      plan.options));
  LATENT_TRY(auto stored, Image<std::uint16_t>::create({written.width, kRowsAtOnce}));
  std::optional<raw::Unpacker> unpacker;
  std::optional<raw::WaitingRows> waiting;
  if (encoder != nullptr) {
    unpacker.emplace(mosaic, *encoder, plan.seen.x, plan.seen.width, plan.strength);
    LATENT_TRY(waiting, raw::WaitingRows::create(mosaic, *encoder, plan.seen, plan.area, plan.noise,
                                                 plan.strength));
  }
  std::vector<float> counts(static_cast<std::size_t>(plan.area.width));
  return RawRows(std::make_unique<State>(
      State{mosaic, std::move(plan), scale, written, std::move(writer), std::move(unpacker),
            std::move(waiting), raw::PreviewAccumulator(part, kPreviewLongSide),
            raw::RemainingNoise(part), std::move(counts), std::move(stored)}));
}

Status RawRows::add(int first_row, ImageView<const float> residual) {
  State& state = *state_;
  LATENT_ENSURE(state.unpacker.has_value());
  LATENT_CHECK(state.begin_at(first_row));
  for (int row = 0; row < residual.height(); ++row) {
    LATENT_CHECK(state.add_residual(first_row + row, residual.row(row)));
  }
  return {};
}

Status RawRows::add_counts(int first_row, ImageView<const float> counts) {
  State& state = *state_;
  LATENT_CHECK(state.begin_at(first_row));
  for (int row = 0; row < counts.height(); ++row) {
    std::ranges::copy(counts.row(row), state.counts.begin());
    if (!state.plan.defects.empty()) {
      state.blend_sources_of_defects(state.plan.area.y + first_row + row);
    }
    LATENT_CHECK(state.add_row(first_row + row));
  }
  return {};
}

Status RawRows::add_source(const RunControl& control) {
  State& state = *state_;
  const Rect& area = state.plan.area;
  for (int row = 0; row < area.height; ++row) {
    LATENT_CHECK(control.check());
    LATENT_CHECK(state.begin_at(row));
    const std::uint16_t* source = &state.mosaic.samples.view().at(
        state.mosaic.active.x + area.x, state.mosaic.active.y + area.y + row);
    std::copy_n(source, area.width, state.counts.begin());
    LATENT_CHECK(state.add_row(row));
    control.report(static_cast<double>(row + 1) / area.height);
  }
  return {};
}

Status RawRows::finish() {
  State& state = *state_;
  if (state.plan.whole) {
    LATENT_CHECK(state.copy_rows(state.mosaic.active.bottom(), state.written.height));
  }
  LATENT_CHECK(state.flush());
  const double left = state.plan.strength > 0.0 ? state.remaining.fraction() : 1.0;
  state.writer.set_noise(raw::scaled(state.plan.noise, left));
  LATENT_TRY(const auto preview, state.preview.finish());
  const Stopwatch watch;
  LATENT_CHECK(state.writer.finish(preview.view()));
  state.write_seconds += watch.seconds();
  return {};
}

double RawRows::seconds_unpacking() const { return state_->unpack_seconds; }
double RawRows::seconds_writing() const { return state_->write_seconds; }

std::vector<std::string> RawRows::warnings() const {
  std::vector<std::string> warnings = state_->writer.warnings();
  std::string lost = lost_tags_notice(state_->plan, state_->mosaic.carried_tags);
  if (!lost.empty()) warnings.push_back(std::move(lost));
  return warnings;
}

}  // namespace latent::tasks
