// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/chromatic_correction.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/threads.h"
#include "raw/cubic.h"

namespace latent::raw {

namespace {

constexpr int kBand = 128;      // rows that are made together
constexpr int kGreenReach = 3;  // of interpolating green
constexpr int kCubicReach = 2;
constexpr int kNearReach = 3;  // of interpolating differences
constexpr double kNoShift = 1e-4;

int whole_shift(const ChromaticShift& shift) {
  return static_cast<int>(std::ceil(shift.largest()));
}

/// Rows of the frame from `from` to before `to`.
struct Rows {
  int from = 0;
  int to = 0;

  [[nodiscard]] int count() const { return to - from; }
};

/// Rows and columns around a difference that is to be moved, and around what it is made of.
int reach_of_differences(const ChromaticShift& shift) { return whole_shift(shift) + kNearReach; }
int reach_of_green(const ChromaticShift& shift) { return whole_shift(shift) + kCubicReach; }

/// Rows of a plane of the frame that are known, `first` and on; columns as those of `seen`.
struct Plane {
  Image<float> values;
  int first = 0;

  [[nodiscard]] const float* row(int frame_y) const {
    return values.view().row(frame_y - first).data();
  }
  float* row(int frame_y) { return values.view().row(frame_y - first).data(); }
};

}  // namespace

struct ChromaticCorrection::State {
  State(const Mosaic& of, const Encoder& by, const ChromaticShift& moved, const Rect& looked_at,
        const Rect& wanted, int most_threads)
      : mosaic(of),
        encoder(by),
        shift(moved),
        seen(looked_at),
        area(wanted),
        frame(of.active.size()),
        reach(reach_of_differences(moved) + reach_of_green(moved) + kGreenReach),
        threads(most_threads),
        x_trans(of.sensor == SensorClass::XTrans) {}

  [[nodiscard]] int colour(int x, int y) const { return encoder.at(x, y).colour; }
  /// A column of `seen` that shows the frame's column `x`, which may lie beyond either.
  [[nodiscard]] std::size_t column(int x) const {
    return static_cast<std::size_t>(
        std::clamp(mirror_index(x, frame.width) - seen.x, 0, seen.width - 1));
  }
  /// The row of the frame that stands for one beyond it; never one that is not known.
  [[nodiscard]] int line(int y) const {
    return std::clamp(mirror_index(y, frame.height), first, first + known - 1);
  }
  [[nodiscard]] float u_at(int x, int y) const { return u.view().row(line(y) - first)[column(x)]; }

  void encode(int y, std::span<const float> row);
  [[nodiscard]] float green_at(int x, int y) const;
  [[nodiscard]] float green_between(const Plane& green, double x, double y) const;
  [[nodiscard]] float moved(const Plane& differences, int x, int y) const;
  Status make_band();
  void drop_rows(int before);

  const Mosaic& mosaic;
  Encoder encoder;
  ChromaticShift shift;
  Rect seen;
  Rect area;
  Size frame;
  int reach;
  int threads;
  bool x_trans;
  Image<float> u;       ///< rows `first` of the frame and on, as many as are `known`
  Image<float> counts;  ///< the same
  int first = 0;
  int known = 0;
  Image<float> made;  ///< counts of the rows of `area` from `made_first` on
  int made_first = 0;
  int made_rows = 0;
  int next = 0;                ///< of `area`, to be taken
  std::vector<int> columns;    ///< of the frame, those of `seen`
  std::vector<float> balance;  ///< of greens, where they are balanced
};

void ChromaticCorrection::State::encode(int y, std::span<const float> row) {
  const auto to = u.view().row(known);
  std::ranges::copy(row, counts.view().row(known).begin());
  std::ranges::copy(row, to.begin());
  if (encoder.greens() != nullptr) {
    encoder.greens()->row(y, columns, balance);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += balance[i];
  }
  for (std::size_t i = 0; i < to.size(); ++i) {
    const SiteCode& code = encoder.at(columns[i], y);
    to[i] = std::sqrt(std::max(0.0F, to[i] * code.scale + code.shift));
  }
  ++known;
}

/// Green at a site: its own, or interpolated along the calmer direction.
float ChromaticCorrection::State::green_at(int x, int y) const {
  if (colour(x, y) == 1) return u_at(x, y);
  if (x_trans) {
    float sum = 0;
    float weights = 0;
    for (int j = -1; j <= 1; ++j) {
      for (int i = -1; i <= 1; ++i) {
        const int from_x = mirror_index(x + i, frame.width);
        const int from_y = mirror_index(y + j, frame.height);
        if (colour(from_x, from_y) != 1) continue;
        const auto weight = static_cast<float>((2 - std::abs(i)) * (2 - std::abs(j)));
        sum += weight * u_at(from_x, from_y);
        weights += weight;
      }
    }
    return weights > 0 ? sum / weights : u_at(x, y);
  }
  constexpr float kCalm = 1e-3F;
  const auto along = [&](int dx, int dy) {
    const float far_one = u_at(x - 3 * dx, y - 3 * dy);
    const float one = u_at(x - dx, y - dy);
    const float other = u_at(x + dx, y + dy);
    const float far_other = u_at(x + 3 * dx, y + 3 * dy);
    const float rough = std::abs(one - other) +
                        0.5F * (std::abs(far_one - one) + std::abs(far_other - other)) + kCalm;
    return std::pair((9 * (one + other) - (far_one + far_other)) / 16, 1 / (rough * rough));
  };
  const auto [across, calm_across] = along(1, 0);
  const auto [down, calm_down] = along(0, 1);
  return (across * calm_across + down * calm_down) / (calm_across + calm_down);
}

float ChromaticCorrection::State::green_between(const Plane& green, double x, double y) const {
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const auto across = cubic_weights(static_cast<float>(x - left));
  const auto down = cubic_weights(static_cast<float>(y - top));
  const int last = green.first + green.values.height() - 1;
  float sum = 0;
  for (int j = 0; j < 4; ++j) {
    const float* row =
        green.row(std::clamp(mirror_index(top - 1 + j, frame.height), green.first, last));
    float of_row = 0;
    for (int i = 0; i < 4; ++i) {
      of_row += across[static_cast<std::size_t>(i)] * row[column(left - 1 + i)];
    }
    sum += down[static_cast<std::size_t>(j)] * of_row;
  }
  return sum;
}

/// The difference from green that the scene point p = (x, y) has, where its colour was seen.
float ChromaticCorrection::State::moved(const Plane& differences, int x, int y) const {
  const int own = colour(x, y);
  const auto offset = shift.at(own, x, y);
  const double to_x = x + offset.x;
  const double to_y = y + offset.y;
  const int near = x_trans ? kNearReach : 2;
  const int left = static_cast<int>(std::floor(to_x)) - near + 1;
  const int top = static_cast<int>(std::floor(to_y)) - near + 1;
  float sum = 0;
  float weights = 0;
  for (int j = top; j < top + 2 * near; ++j) {
    if (j < 0 || j >= frame.height) continue;
    const float* row = differences.row(j);
    for (int i = left; i < left + 2 * near; ++i) {
      if (i < 0 || i >= frame.width || colour(i, j) != own) continue;
      const auto apart_x = static_cast<float>(std::abs(i - to_x));
      const auto apart_y = static_cast<float>(std::abs(j - to_y));
      float weight = 0;
      if (x_trans) {
        constexpr float kNone = 0.05F;
        const float squared = apart_x * apart_x + apart_y * apart_y;
        const float left_over = std::max(0.0F, 1 - std::sqrt(squared) / kNearReach);
        weight = left_over * left_over / (squared + kNone);
      } else {
        weight = std::max(0.0F, 1 - 0.5F * apart_x) * std::max(0.0F, 1 - 0.5F * apart_y);
      }
      sum += weight * row[column(i)];
      weights += weight;
    }
  }
  constexpr float kEnough = 1e-3F;
  return weights > kEnough ? sum / weights : differences.row(y)[column(x)];
}

/// The rows of `area` from `next` on, as many as a band has.
Status ChromaticCorrection::State::make_band() {
  made_first = next;
  made_rows = std::min(kBand, area.height - next);
  const auto clipped = [&](int top, int bottom) {
    const int from = std::max(top, std::max(0, first));
    return Rows{from, std::max(std::min(bottom, std::min(frame.height, first + known)), from)};
  };
  const int top = area.y + made_first;
  const int bottom = top + made_rows;
  const int wide = reach_of_differences(shift);
  const Rows rows = clipped(top - wide, bottom + wide);
  const int wider = wide + reach_of_green(shift);
  const Rows green_rows = clipped(top - wider, bottom + wider);
  Plane green;
  Plane differences;
  green.first = green_rows.from;
  differences.first = rows.from;
  LATENT_TRY(green.values, Image<float>::create({seen.width, green_rows.count()}));
  LATENT_TRY(differences.values, Image<float>::create({seen.width, rows.count()}));
  LATENT_CHECK(for_row_parts(green_rows.count(), threads, [&](int begin, int end) {
    for (int y = green_rows.from + begin; y < green_rows.from + end; ++y) {
      float* row = green.row(y);
      for (int x = 0; x < seen.width; ++x) row[x] = green_at(seen.x + x, y);
    }
  }));
  LATENT_CHECK(for_row_parts(rows.count(), threads, [&](int begin, int end) {
    for (int y = rows.from + begin; y < rows.from + end; ++y) {
      float* row = differences.row(y);
      for (int i = 0; i < seen.width; ++i) {
        const int x = seen.x + i;
        const int own = colour(x, y);
        if (own == 1) continue;
        const auto about = shift.at(own, x, y);
        const auto back = shift.at(own, x - about.x, y - about.y);
        row[i] = u_at(x, y) - green_between(green, x - back.x, y - back.y);
      }
    }
  }));
  return for_row_parts(made_rows, threads, [&](int begin, int end) {
    for (int row = begin; row < end; ++row) {
      const int y = top + row;
      const auto out = made.view().row(row);
      const auto given = counts.view().row(y - first);
      for (int i = 0; i < area.width; ++i) {
        const int x = area.x + i;
        const int own = colour(x, y);
        const auto at = static_cast<std::size_t>(i);
        out[at] = given[column(x)];
        if (own == 1) continue;
        const auto offset = shift.at(own, x, y);
        if (std::abs(offset.x) + std::abs(offset.y) < kNoShift) continue;
        const SiteCode& code = encoder.at(x, y);
        const float found = std::max(0.0F, green.row(y)[column(x)] + moved(differences, x, y));
        out[at] = found * found * code.back_scale + code.back_shift;
      }
    }
  });
}

/// Rows of the frame that no band needs any more.
void ChromaticCorrection::State::drop_rows(int before) {
  const int gone = std::clamp(before - first, 0, known);
  if (gone == 0) return;
  for (int row = gone; row < known; ++row) {
    std::ranges::copy(u.view().row(row), u.view().row(row - gone).begin());
    std::ranges::copy(counts.view().row(row), counts.view().row(row - gone).begin());
  }
  first += gone;
  known -= gone;
}

ChromaticCorrection::ChromaticCorrection(std::unique_ptr<State> state) : state_(std::move(state)) {}
ChromaticCorrection::ChromaticCorrection(ChromaticCorrection&&) noexcept = default;
ChromaticCorrection& ChromaticCorrection::operator=(ChromaticCorrection&&) noexcept = default;
ChromaticCorrection::~ChromaticCorrection() = default;

Rect ChromaticCorrection::needed(const Rect& area, const ChromaticShift& shift) {
  const int reach = reach_of_differences(shift) + reach_of_green(shift) + kGreenReach;
  return Rect{area.x - reach, area.y - reach, area.width + 2 * reach, area.height + 2 * reach}
      .intersection({0, 0, shift.frame.width, shift.frame.height});
}

Result<ChromaticCorrection> ChromaticCorrection::create(const Mosaic& mosaic,
                                                        const Encoder& encoder,
                                                        const ChromaticShift& shift,
                                                        const Rect& seen, const Rect& area,
                                                        int threads) {
  auto state = std::make_unique<State>(mosaic, encoder, shift, seen, area, threads);
  const int rows = std::min(kBand + 2 * state->reach + 1, seen.height);
  LATENT_TRY(state->u, Image<float>::create({seen.width, rows}));
  LATENT_TRY(state->counts, Image<float>::create({seen.width, rows}));
  LATENT_TRY(state->made, Image<float>::create({area.width, std::min(kBand, area.height)}));
  state->first = seen.y;
  state->columns.resize(static_cast<std::size_t>(seen.width));
  std::iota(state->columns.begin(), state->columns.end(), seen.x);
  state->balance.resize(state->columns.size());
  return ChromaticCorrection(std::move(state));
}

void ChromaticCorrection::add(int y, std::span<const float> counts) {
  State& state = *state_;
  if (state.known == state.u.height()) state.drop_rows(state.area.y + state.next - state.reach);
  state.encode(state.seen.y + y, counts);
}

Result<std::optional<ChromaticCorrection::Row>> ChromaticCorrection::take() {
  State& state = *state_;
  if (state.next >= state.area.height) return std::optional<Row>{};
  if (state.next >= state.made_first + state.made_rows) {
    const int bottom = std::min(state.next + kBand, state.area.height) + state.area.y;
    const int wanted = std::min(bottom + state.reach, state.seen.bottom());
    if (state.first + state.known < wanted) return std::optional<Row>{};
    LATENT_CHECK(state.make_band());
  }
  const int row = state.next - state.made_first;
  return std::optional(Row{state.next++, std::as_const(state.made).view().row(row)});
}

}  // namespace latent::raw
