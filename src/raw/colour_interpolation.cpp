// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/colour_interpolation.h"

#include <algorithm>

#include "base/simd.h"
#include "raw/colour_unpack.h"

namespace latent::raw {

namespace {

/// Rows that ColourStart may still ask for: it looks kReach down, and as far up in the mirror of the
/// last row.
constexpr int kKept = 16;

LATENT_VECTORISED
void to_light(const float* u, std::size_t count, const ColourMeaning& colour, float* light) {
  for (std::size_t i = 0; i < count; ++i) {
    const float clean = u[i] > 0.0F ? u[i] : 0.0F;
    const float counts = clean * clean * colour.back_scale + colour.back_shift;
    light[3 * i] = (counts - colour.black) * colour.to_light;
  }
}

}  // namespace

struct ColourInterpolation::State {
  State(const Mosaic& mosaic, const Encoder& by, const Rect& looked_at, const Rect& wanted)
      : encoder(by),
        seen(looked_at),
        area(wanted),
        frame(mosaic.active.size()),
        colours(meaning_of_colours(mosaic, encoder)),
        start(mosaic, encoder, wanted.x, wanted.width,
              {[this](int y) { return row(y); }, looked_at.x}),
        light(3 * static_cast<std::size_t>(wanted.width)) {}

  /// A row of the frame that was handed in.
  [[nodiscard]] const float* row(int frame_y) const {
    return rows.view().row((frame_y - seen.y) % kKept).data();
  }

  Encoder encoder;
  Rect seen;
  Rect area;
  Size frame;
  std::array<ColourMeaning, 3> colours;
  ColourStart start;
  std::vector<float> light;
  Image<float> rows;  ///< row y of `seen` is row y modulo kKept
  int come = 0;       ///< of `seen`
  int next = 0;       ///< of `area`
};

ColourInterpolation::ColourInterpolation(std::unique_ptr<State> state) : state_(std::move(state)) {}
ColourInterpolation::ColourInterpolation(ColourInterpolation&&) noexcept = default;
ColourInterpolation& ColourInterpolation::operator=(ColourInterpolation&&) noexcept = default;
ColourInterpolation::~ColourInterpolation() = default;

Result<ColourInterpolation> ColourInterpolation::create(const Mosaic& mosaic,
                                                        const Encoder& encoder, const Rect& seen,
                                                        const Rect& area) {
  auto state = std::make_unique<State>(mosaic, encoder, seen, area);
  LATENT_TRY(state->rows, Image<float>::create({seen.width, kKept}));
  return ColourInterpolation(std::move(state));
}

void ColourInterpolation::add(int y, std::span<const float> counts) {
  State& state = *state_;
  std::ranges::copy(counts, state.rows.view().row(y % kKept).begin());
  state.come = y + 1;
}

std::optional<ColourInterpolation::Row> ColourInterpolation::take() {
  State& state = *state_;
  if (state.next >= state.area.height) return std::nullopt;
  const int y = state.area.y + state.next;
  const int last = std::min(y + ColourStart::kReach, state.frame.height - 1);
  if (state.seen.y + state.come <= last) return std::nullopt;
  const ColourStart::Row made = state.start.row(y);
  for (std::size_t c = 0; c < 3; ++c) {
    to_light(made.start[c].data(), made.start[c].size(), state.colours[c], state.light.data() + c);
  }
  return Row{state.next++, state.light};
}

}  // namespace latent::raw
