// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_unpack.h"

#include <algorithm>
#include <utility>

#include "base/simd.h"

namespace latent::raw {

namespace {

constexpr int kRowsThatWait = (MeanKeeper::kReach + 2) * MeanKeeper::kCell;

/// Counts of one colour: those of (start - residual).
LATENT_VECTORISED
void decode(const float* start, const float* residual, std::size_t count, float back_scale,
            float back_shift, float* counts) {
  for (std::size_t i = 0; i < count; ++i) {
    const float difference = start[i] - residual[3 * i];
    const float clean = difference > 0.0F ? difference : 0.0F;
    counts[i] = clean * clean * back_scale + back_shift;
  }
}

/// The residual of each site's own colour.
LATENT_VECTORISED
void own_residual(const float* residual, const std::array<const float*, 3>& is, std::size_t count,
                  float* own) {
  for (std::size_t i = 0; i < count; ++i) {
    own[i] = is[0][i] * residual[3 * i] + is[1][i] * residual[3 * i + 1] +
             is[2][i] * residual[3 * i + 2];
  }
}

}  // namespace

std::array<ColourMeaning, 3> meaning_of_colours(const Mosaic& mosaic, const Encoder& encoder) {
  std::array<ColourMeaning, 3> colours;
  std::array<bool, 3> found{};
  for (int y = 0; y < encoder.period().height; ++y) {
    for (int x = 0; x < encoder.period().width; ++x) {
      const SiteCode& site = encoder.at(x, y);
      const auto c = static_cast<std::size_t>(site.colour);
      if (std::exchange(found[c], true)) continue;
      const float black = mosaic.levels.black.at(x + mosaic.active.x, y + mosaic.active.y);
      colours[c] = {site.back_scale,
                    site.back_shift,
                    black,
                    kColourWhite / (site.saturation - black),
                    encoder.highlights(x, y),
                    encoder.shadows(x, y)};
    }
  }
  return colours;
}

struct ColourUnpacker::State {
  State(const Mosaic& of, const Encoder& by, const Rect& looked_at, const Rect& wanted,
        const NoiseModel& noise)
      : mosaic(of),
        encoder(by),
        seen(looked_at),
        area(wanted),
        start(of, encoder, looked_at.x, looked_at.width),
        unpacker(of, encoder, looked_at.x, looked_at.width, 1.0),
        means(of, looked_at, noise),
        colours(meaning_of_colours(of, encoder)),
        own(static_cast<std::size_t>(looked_at.width)),
        own_counts(own.size()),
        light(3 * static_cast<std::size_t>(wanted.width)) {}

  [[nodiscard]] std::span<float> waiting_row(int y, std::size_t colour) {
    const int row = 3 * (y % kRowsThatWait) + static_cast<int>(colour);
    return waiting.view().row(row);
  }
  void finish(int y, std::size_t colour);

  const Mosaic& mosaic;
  Encoder encoder;
  Rect seen;
  Rect area;
  ColourStart start;
  Unpacker unpacker;
  MeanKeeper means;
  std::array<ColourMeaning, 3> colours;
  std::vector<float> own;
  std::vector<float> own_counts;
  std::vector<float> light;
  Image<float> waiting;  ///< three rows for each row of `seen`: counts of red, green and blue
  int next = 0;          ///< of `area`
};

/// Waiting counts of one colour, of the area's columns, become light.
void ColourUnpacker::State::finish(int y, std::size_t c) {
  const ColourMeaning& colour = colours[c];
  const auto counts = waiting_row(y, c);
  const int frame_y = seen.y + y;
  const std::uint16_t* source =
      &mosaic.samples.view().at(mosaic.active.x, mosaic.active.y + frame_y);
  for (int x = 0; x < area.width; ++x) {
    const int frame_x = area.x + x;
    float count = counts[static_cast<std::size_t>(frame_x - seen.x)];
    if (colour.highlight != nullptr && count > colour.highlight->begin()) {
      count = colour.highlight->light(count);
    }
    if (colour.shadow != nullptr && count < colour.shadow->end()) {
      count = colour.shadow->light(count);
    }
    float made = (count - colour.black) * colour.to_light;
    const SiteCode& site = encoder.at(frame_x, frame_y);
    const auto clipped = static_cast<float>(source[frame_x]);
    if (static_cast<std::size_t>(site.colour) == c && clipped >= site.saturation &&
        count >= site.agreement) {
      made = std::max(made, kColourWhite);
    }
    light[3 * static_cast<std::size_t>(x) + c] = made;
  }
}

ColourUnpacker::ColourUnpacker(std::unique_ptr<State> state) : state_(std::move(state)) {}
ColourUnpacker::ColourUnpacker(ColourUnpacker&&) noexcept = default;
ColourUnpacker& ColourUnpacker::operator=(ColourUnpacker&&) noexcept = default;
ColourUnpacker::~ColourUnpacker() = default;

Result<ColourUnpacker> ColourUnpacker::create(const Mosaic& mosaic, const Encoder& encoder,
                                              const Rect& seen, const Rect& area,
                                              const NoiseModel& noise) {
  auto state = std::make_unique<State>(mosaic, encoder, seen, area, noise);
  const int rows = std::min(kRowsThatWait, seen.height);
  LATENT_TRY(state->waiting, Image<float>::create({seen.width, 3 * rows}));
  return ColourUnpacker(std::move(state));
}

void ColourUnpacker::add(int y, std::span<const float> residual) {
  State& state = *state_;
  const ColourStart::Row start = state.start.row(state.seen.y + y);
  for (std::size_t c = 0; c < 3; ++c) {
    const auto counts = state.waiting_row(y, c);
    decode(start.start[c].data(), residual.data() + c, counts.size(), state.colours[c].back_scale,
           state.colours[c].back_shift, counts.data());
  }
  own_residual(residual.data(), {start.is[0].data(), start.is[1].data(), start.is[2].data()},
               state.own.size(), state.own.data());
  state.unpacker.decode(state.seen.y + y, state.own, state.own_counts);
  state.means.add_row(y, state.own_counts);
}

std::optional<ColourUnpacker::Row> ColourUnpacker::take() {
  State& state = *state_;
  const int y = state.next + state.area.y - state.seen.y;
  if (state.next >= state.area.height || y >= state.means.ready()) return std::nullopt;
  for (std::size_t c = 0; c < 3; ++c) {
    state.means.correct_colour(y, c, state.waiting_row(y, c));
    state.finish(y, c);
  }
  return Row{state.next++, state.light};
}

}  // namespace latent::raw
