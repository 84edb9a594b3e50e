// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/linear_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "raw/estimate_noise.h"
#include "raw/preview.h"
#include "raw/remaining_noise.h"
#include "raw/unpack.h"
#include "raw/waiting_rows.h"
#include "tasks/stopwatch.h"
#include "write/dng.h"

namespace latent::tasks {

namespace {

constexpr int kRowsAtOnce = 256;
constexpr float kLargestStored = 65535.0F;

/// How much the counts above black may grow and still fit 16 bits: a power of two. No more than
/// what a file of one bit has to spare, however little a file says that lies above black.
int spare_bits(const LinearRaw& picture) {
  double largest = std::max((1 << std::clamp(picture.bits_per_sample, 1, 16)) - 1,
                            static_cast<int>(picture.sample_max));
  for (const float white : picture.white) largest = std::max<double>(largest, white);
  const float lowest_black = *std::min_element(picture.black.begin(), picture.black.end());
  largest -= static_cast<double>(lowest_black);
  constexpr int kMostBits = 15;
  int shift = 0;
  while (shift < kMostBits && std::ldexp(largest, shift + 1) <= 65535.0) ++shift;
  return shift;
}

/// WhiteLevel is written in whole counts.
Status check_range(const LinearRaw& picture, const LinearRaw& stored) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (stored.white[c] >= 1.0F) continue;
    return fail(ErrorCode::Corrupt,
                fmt::format("the white level {:g} is not enough above the black level {:g}",
                            picture.white[c], picture.black[c]));
  }
  return {};
}

/// A mosaic of the size of `area` that tells nothing but its shape.
Mosaic shape_of(Size area) {
  Mosaic mosaic;
  mosaic.active = {0, 0, area.width, area.height};
  mosaic.crop = mosaic.active;
  mosaic.sensor = SensorClass::Mono;
  return mosaic;
}

/// The facts of the file that is written, without samples.
LinearRaw stored_facts(const LinearRaw& picture, const RawRows::Plan& plan, int shift) {
  LinearRaw stored;
  stored.crop = plan.whole ? picture.crop : Rect{0, 0, plan.area.width, plan.area.height};
  for (std::size_t c = 0; c < 3; ++c) {
    stored.white[c] =
        std::min(std::ldexp(picture.white[c] - picture.black[c], shift), kLargestStored);
  }
  stored.orientation = picture.orientation;
  stored.pixel_aspect = picture.pixel_aspect;
  stored.camera = picture.camera;
  stored.carried_tags = plan.whole ? picture.carried_tags : tags_of_a_part(picture.carried_tags);
  return stored;
}

write::DngHeader header_of(const LinearRaw& facts, RawRows::Plan& plan) {
  write::DngHeader header = begun_header(facts, plan);
  header.buffer = plan.area.size();
  header.active = {0, 0, plan.area.width, plan.area.height};
  header.sensor = SensorClass::LinearRgb;
  header.levels.black = BlackLevels{};
  header.levels.white = {facts.white[0], facts.white[1], facts.white[2], facts.white[1]};
  return header;
}

}  // namespace

Result<Mosaic> channel_of(const LinearRaw& picture, int channel) {
  const auto c = static_cast<std::size_t>(channel);
  const Size size = picture.samples.size();
  Mosaic mosaic;
  LATENT_TRY(mosaic.samples, Image<std::uint16_t>::create(size));
  for (int y = 0; y < size.height; ++y) {
    const std::uint16_t* from = picture.samples.view().row(y).data() + c;
    for (std::uint16_t& sample : mosaic.samples.view().row(y)) {
      sample = *from;
      from += 3;
    }
  }
  mosaic.active = {0, 0, size.width, size.height};
  mosaic.crop = picture.crop;
  mosaic.sensor = SensorClass::Mono;
  mosaic.levels.black.counts = {picture.black[c]};
  mosaic.levels.white.fill(picture.white[c]);
  mosaic.bits_per_sample = picture.bits_per_sample;
  mosaic.sample_max = picture.sample_max;
  return mosaic;
}

Result<NoiseModel> estimate_noise_by_channel(const LinearRaw& picture, int threads) {
  NoiseModel noise;
  for (int channel = 0; channel < 3; ++channel) {
    LATENT_TRY(const Mosaic seen, channel_of(picture, channel));
    LATENT_TRY(const raw::NoiseEstimate estimate, raw::estimate_noise(seen, threads));
    const auto c = static_cast<std::size_t>(channel);
    noise.a[c] = estimate.model.a[1];
    noise.b[c] = estimate.model.b[1];
  }
  return noise;
}

struct LinearRows::State {
  LinearRaw& picture;
  RawRows::Plan plan;
  int shift = 0;
  LinearRaw stored;  ///< facts only
  write::DngWriter writer;
  std::vector<float> counts;  ///< one row of one channel of the area
  int channel = 0;
  const Mosaic* seen = nullptr;
  std::optional<raw::Unpacker> unpacker;  ///< for the columns of plan.seen
  std::optional<raw::WaitingRows> waiting;
  std::vector<raw::RemainingNoise> remaining;  ///< of each channel; none where nothing is denoised
  std::int64_t below_black = 0;
  double unpack_seconds = 0;
  double write_seconds = 0;

  /// Puts a row of counts into the channel, as it will stand in the file.
  void store(int frame_y) {
    const float black = picture.black[static_cast<std::size_t>(channel)];
    const float scale = std::ldexp(1.0F, shift);
    std::uint16_t* to = &picture.samples.view().at(plan.area.x, frame_y, channel);
    for (const float count : counts) {
      const float value = std::floor((count - black) * scale + 0.5F);
      if (value < 0.0F) ++below_black;
      *to = static_cast<std::uint16_t>(
          static_cast<std::int32_t>(std::clamp(value, 0.0F, kLargestStored)));
      to += 3;
    }
  }

  /// The row of the channel that stands in `counts`.
  void take_row(int row_of_area) {
    const int frame_y = plan.area.y + row_of_area;
    remaining[static_cast<std::size_t>(channel)].add_row(
        row_of_area, &seen->samples.view().at(plan.area.x, frame_y), counts.data());
    store(frame_y);
  }

  void begin_measuring() {
    if (!remaining.empty()) return;
    const Mosaic shape = shape_of(plan.area.size());
    for (int c = 0; c < 3; ++c) remaining.emplace_back(shape);
  }

  [[nodiscard]] NoiseModel noise_left() const {
    NoiseModel left = plan.noise;
    for (std::size_t c = 0; c < remaining.size(); ++c) {
      const double fraction = remaining[c].fraction();
      left.a[c] *= fraction * fraction;
      left.b[c] *= fraction * fraction;
    }
    return left;
  }

  Status write_samples(const RunControl& control) {
    const auto area = std::as_const(picture).samples.view().crop(plan.area);
    for (int y = 0; y < area.height(); y += kRowsAtOnce) {
      LATENT_CHECK(control.check());
      const int rows = std::min(kRowsAtOnce, area.height() - y);
      LATENT_CHECK(writer.write_rows(area.crop({0, y, area.width(), rows})));
    }
    return {};
  }

  Result<Image<std::uint8_t>> make_preview() {
    raw::PreviewAccumulator preview(stored, kPreviewLongSide);
    const auto area = std::as_const(picture).samples.view().crop(plan.area);
    std::vector<float> row(static_cast<std::size_t>(3 * plan.area.width));
    for (int y = 0; y < area.height(); ++y) {
      std::copy(area.row(y).begin(), area.row(y).end(), row.begin());
      preview.add_row(y, row.data());
    }
    return preview.finish();
  }
};

LinearRows::LinearRows(std::unique_ptr<State> state) : state_(std::move(state)) {}
LinearRows::LinearRows(LinearRows&&) noexcept = default;
LinearRows& LinearRows::operator=(LinearRows&&) noexcept = default;
LinearRows::~LinearRows() = default;

Result<LinearRows> LinearRows::create(LinearRaw& picture, RawRows::Plan plan) {
  const int shift = spare_bits(picture);
  LinearRaw stored = stored_facts(picture, plan, shift);
  LATENT_CHECK(check_range(picture, stored));
  LATENT_TRY(auto writer,
             write::DngWriter::create(plan.target, header_of(stored, plan), plan.options));
  std::vector<float> counts(static_cast<std::size_t>(plan.area.width));
  return LinearRows(std::make_unique<State>(State{picture,
                                                  std::move(plan),
                                                  shift,
                                                  std::move(stored),
                                                  std::move(writer),
                                                  std::move(counts),
                                                  0,
                                                  nullptr,
                                                  std::nullopt,
                                                  std::nullopt,
                                                  {}}));
}

Status LinearRows::begin(int channel, const Mosaic& seen, const raw::Encoder& encoder) {
  State& state = *state_;
  state.begin_measuring();
  state.channel = channel;
  state.seen = &seen;
  const RawRows::Plan& plan = state.plan;
  state.unpacker.emplace(seen, encoder, plan.seen.x, plan.seen.width, plan.strength);
  LATENT_TRY(state.waiting,
             raw::WaitingRows::create(seen, encoder, plan.seen, plan.area,
                                      raw::of_channel(plan.noise, channel), plan.strength));
  return {};
}

Status LinearRows::add(int first_row, ImageView<const float> residual) {
  State& state = *state_;
  LATENT_ENSURE(state.unpacker.has_value());
  const Stopwatch watch;
  for (int row = 0; row < residual.height(); ++row) {
    if (!state.waiting) {
      state.unpacker->row(state.plan.seen.y + first_row + row, residual.row(row), state.counts);
      state.take_row(first_row + row);
      continue;
    }
    state.waiting->add(*state.unpacker, first_row + row, residual.row(row));
    while (const auto finished = state.waiting->take(*state.unpacker)) {
      std::ranges::copy(finished->counts, state.counts.begin());
      state.take_row(finished->y);
    }
  }
  state.unpack_seconds += watch.seconds();
  return {};
}

void LinearRows::add_counts(int first_row, ImageView<const float> counts,
                            ImageView<const std::uint16_t> source) {
  State& state = *state_;
  const Stopwatch watch;
  const auto width = static_cast<std::size_t>(state.plan.area.width);
  state.begin_measuring();
  std::vector<std::uint16_t> before(width);
  for (int row = 0; row < counts.height(); ++row) {
    for (state.channel = 0; state.channel < 3; ++state.channel) {
      const auto c = static_cast<std::size_t>(state.channel);
      for (std::size_t x = 0; x < width; ++x) {
        state.counts[x] = counts.row(row)[3 * x + c];
        before[x] = source.row(row)[3 * x + c];
      }
      state.remaining[c].add_row(first_row + row, before.data(), state.counts.data());
      state.store(state.plan.area.y + first_row + row);
    }
  }
  state.unpack_seconds += watch.seconds();
}

void LinearRows::add_source() {
  State& state = *state_;
  const Stopwatch watch;
  const Rect& area = state.plan.area;
  for (state.channel = 0; state.channel < 3; ++state.channel) {
    for (int y = area.y; y < area.bottom(); ++y) {
      for (int x = 0; x < area.width; ++x) {
        state.counts[static_cast<std::size_t>(x)] =
            state.picture.samples.view().at(area.x + x, y, state.channel);
      }
      state.store(y);
    }
  }
  state.unpack_seconds += watch.seconds();
}

Status LinearRows::finish(const RunControl& control) {
  State& state = *state_;
  state.writer.set_noise(state.noise_left());
  const Stopwatch watch;
  LATENT_CHECK(state.write_samples(control));
  LATENT_TRY(const auto preview, state.make_preview());
  LATENT_CHECK(state.writer.finish(preview.view()));
  state.write_seconds = watch.seconds();
  return {};
}

double LinearRows::seconds_unpacking() const { return state_->unpack_seconds; }
double LinearRows::seconds_writing() const { return state_->write_seconds; }

std::vector<std::string> LinearRows::warnings() const {
  constexpr double kWorthTelling = 0.001;
  std::vector<std::string> warnings = state_->writer.warnings();
  std::string lost = lost_tags_notice(state_->plan, state_->picture.carried_tags);
  if (!lost.empty()) warnings.push_back(std::move(lost));
  const double share = static_cast<double>(state_->below_black) /
                       (3.0 * static_cast<double>(state_->plan.area.size().area()));
  if (share >= kWorthTelling) {
    warnings.push_back(
        fmt::format("{:.1f} % of the samples lie below black and became black, because a linear "
                    "DNG has no room "
                    "below it",
                    100.0 * share));
  }
  return warnings;
}

}  // namespace latent::tasks
