// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/simd.h"
#include "base/threads.h"
#include "rgb/resample.h"

namespace latent::rgb {

namespace {

/// Some rows of a picture that come at the bottom and go at the top.
class Rows {
 public:
  Rows() = default;
  Rows(int width, int channels) : width_(width), channels_(channels) {}

  [[nodiscard]] int first() const { return first_; }
  [[nodiscard]] int end() const { return first_ + count_; }
  [[nodiscard]] ImageView<const float> view() const {
    const auto all = rows_.view();
    return all.crop({0, 0, width_, count_});
  }
  [[nodiscard]] ImageView<float> at(int begin, int rows) {
    return rows_.view().crop({0, begin - first_, width_, rows});
  }

  /// Makes room for `rows` more at the bottom, whose samples are then set through at().
  Status grow(int rows) {
    if (count_ + rows > rows_.height()) {
      LATENT_TRY(auto larger, Image<float>::create({width_, std::max(count_ + rows, 1)}, channels_,
                                                   no_limits_of_pixels()));
      copy_rows(0, larger.view());
      rows_ = std::move(larger);
    }
    count_ += rows;
    return {};
  }

  /// Forgets the rows above `row`.
  void drop_above(int row) {
    const int gone = std::clamp(row - first_, 0, count_);
    if (gone == 0) return;
    copy_rows(gone, rows_.view());
    first_ += gone;
    count_ -= gone;
  }

 private:
  void copy_rows(int from, ImageView<float> to) {
    for (int y = from; y < count_; ++y) {
      const auto row = rows_.view().row(y);
      std::copy(row.begin(), row.end(), to.row(y - from).begin());
    }
  }

  Image<float> rows_;
  int width_ = 0;
  int channels_ = 0;
  int first_ = 0;
  int count_ = 0;
};

LATENT_VECTORISED
void subtract_from(const float* source, std::size_t count, float* row) {
  for (std::size_t i = 0; i < count; ++i) row[i] = source[i] - row[i];
}

LATENT_VECTORISED
void add_to(const float* in, std::size_t count, float* sum) {
  for (std::size_t i = 0; i < count; ++i) sum[i] += in[i];
}

struct Shape {
  Size source;
  int channels = 3;
  int scale = 2;
  int threads = 1;

  [[nodiscard]] int large_height() const { return source.height * scale; }
  [[nodiscard]] int large_width() const { return source.width * scale; }

  /// How many rows of the reduction can be made from the rows above `large_end`.
  [[nodiscard]] int reducible(int large_end) const {
    if (large_end == large_height()) return source.height;
    return std::max(0, (large_end - reduce_reach(scale)) / scale);
  }
  /// How many rows of an enlargement can be made from the source rows above `end`.
  [[nodiscard]] int enlargeable(int end) const {
    if (end == source.height) return large_height();
    return std::max(0, (end - kEnlargeReach) * scale);
  }
};

/// What the reduction of `large` lacks: rows [lacking.end(), until) are added.
Status measure_lack(const Shape& shape, const Rows& large, Rows& source, int until, Rows& lacking) {
  const int begin = lacking.end();
  if (until <= begin) return {};
  LATENT_CHECK(lacking.grow(until - begin));
  return for_row_parts(until - begin, shape.threads, [&](int first, int last) {
    const int from = begin + first;
    const int to = begin + last;
    const ImageView<float> rows = lacking.at(from, to - from);
    reduce_rows(large.view(), large.first(), shape.large_height(), shape.scale, from, rows);
    for (int y = from; y < to; ++y) {
      const auto row = rows.row(y - from);
      subtract_from(source.at(y, 1).row(0).data(), row.size(), row.data());
    }
  });
}

/// One round: enlargements come in, better ones go out.
struct Round {
  Rows large;
  Rows lacking;
  int corrected = 0;  ///< end of the rows that are finished

  /// Corrects what can be.
  Status correct(const Shape& shape, Rows& source) {
    LATENT_CHECK(measure_lack(shape, large, source, shape.reducible(large.end()), lacking));
    const int until = std::min(shape.enlargeable(lacking.end()), large.end());
    LATENT_CHECK(corrected_.grow(std::max(0, until - corrected)));
    const auto correct_rows = [&](int first, int last) {
      const int from = corrected + first;
      const int to = corrected + last;
      const ImageView<float> rows = corrected_.at(from, to - from);
      enlarge_rows(lacking.view(), lacking.first(), shape.source.height, shape.scale, from, rows);
      for (int y = from; y < to; ++y) {
        const auto row = rows.row(y - from);
        add_to(large.at(y, 1).row(0).data(), row.size(), row.data());
      }
    };
    LATENT_CHECK(for_row_parts(until - corrected, shape.threads, correct_rows));
    corrected = std::max(corrected, until);
    large.drop_above(std::min(corrected, lacking.end() * shape.scale - reduce_reach(shape.scale)));
    lacking.drop_above(corrected / shape.scale - kEnlargeReach);
    return {};
  }

  Rows corrected_;
};

}  // namespace

struct Consistency::State {
  Shape shape;
  SourceRows read;
  Rows source;
  std::vector<Round> rounds;
  Rows result;   ///< finished rows as long as their reduction is not measured
  Rows lacking;  ///< of the result
  double squares = 0;
  std::int64_t samples = 0;

  Status read_source(int until) {
    const int begin = source.end();
    if (until <= begin) return {};
    LATENT_CHECK(source.grow(until - begin));
    read(begin, source.at(begin, until - begin));
    return {};
  }

  Status measure_result() {
    LATENT_CHECK(measure_lack(shape, result, source, shape.reducible(result.end()), lacking));
    for (int y = lacking.first(); y < lacking.end(); ++y) {
      double sum = 0;
      for (const float value : lacking.at(y, 1).row(0)) {
        sum += static_cast<double>(value) * static_cast<double>(value);
      }
      squares += sum;
    }
    samples += std::int64_t{lacking.end() - lacking.first()} * shape.source.width * shape.channels;
    lacking.drop_above(lacking.end());
    return {};
  }

  void forget() {
    result.drop_above(std::min(given, lacking.end() * shape.scale - reduce_reach(shape.scale)));
    source.drop_above(lacking.end());
  }

  int given = 0;  ///< rows that the caller has
};

Consistency::Consistency(std::unique_ptr<State> state) : state_(std::move(state)) {}
Consistency::Consistency(Consistency&&) noexcept = default;
Consistency& Consistency::operator=(Consistency&&) noexcept = default;
Consistency::~Consistency() = default;

Result<Consistency> Consistency::create(Size source, int channels, int scale, int rounds,
                                        SourceRows source_rows, int threads) {
  LATENT_ENSURE(source.width > 0 && source.height > 0 && channels > 0 && scale > 0 && rounds >= 0);
  auto state = std::make_unique<State>();
  state->shape = {source, channels, scale, threads};
  state->read = std::move(source_rows);
  state->source = Rows(source.width, channels);
  const int large_width = state->shape.large_width();
  for (int k = 0; k < rounds; ++k) {
    state->rounds.push_back({Rows(large_width, channels), Rows(source.width, channels), 0,
                             Rows(large_width, channels)});
  }
  state->result = Rows(large_width, channels);
  state->lacking = Rows(source.width, channels);
  return Consistency(std::move(state));
}

Result<ImageView<const float>> Consistency::add(ImageView<const float> enlarged) {
  State& state = *state_;
  state.forget();  // what the caller no longer looks at
  Rows& first = state.rounds.empty() ? state.result : state.rounds.front().large;
  const int begin = first.end();
  LATENT_ENSURE(enlarged.width() == state.shape.large_width() &&
                enlarged.channels() == state.shape.channels &&
                enlarged.height() <= state.shape.large_height() - begin);
  const auto take = [](Rows& to, ImageView<const float> rows) -> Status {
    const int at = to.end();
    LATENT_CHECK(to.grow(rows.height()));
    for (int y = 0; y < rows.height(); ++y) {
      const auto row = rows.row(y);
      std::copy(row.begin(), row.end(), to.at(at + y, 1).row(0).begin());
    }
    return {};
  };
  LATENT_CHECK(take(first, enlarged));
  LATENT_CHECK(state.read_source(state.shape.reducible(first.end())));
  for (std::size_t k = 0; k < state.rounds.size(); ++k) {
    Round& round = state.rounds[k];
    LATENT_CHECK(round.correct(state.shape, state.source));
    Rows& next = k + 1 < state.rounds.size() ? state.rounds[k + 1].large : state.result;
    LATENT_CHECK(take(next, round.corrected_.view()));
    round.corrected_.drop_above(round.corrected_.end());
  }
  LATENT_CHECK(state.measure_result());
  first_row_ = state.given;
  const int finished = state.result.end() - state.given;
  state.given += finished;
  return ImageView<const float>(state.result.at(first_row_, finished));
}

double Consistency::residual_rms() const {
  const State& state = *state_;
  return state.samples == 0 ? 0.0 : std::sqrt(state.squares / static_cast<double>(state.samples));
}

}  // namespace latent::rgb
