// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "image/linear_raw.h"
#include "raw/encode.h"
#include "tasks/raw/rows.h"

namespace latent::tasks {

/// One colour of a linear picture as a monochrome sensor would see it: what a CFA network takes.
///
/// Errors   TooLarge  where memory is refused.
[[nodiscard]] Result<Mosaic> channel_of(const LinearRaw& picture, int channel);

/// Measures the noise of each colour by itself.
///
/// Errors   as channel_of() and raw::estimate_noise().
[[nodiscard]] Result<NoiseModel> estimate_noise_by_channel(const LinearRaw& picture, int threads);

/// The second half of the denoising of a linear picture: residuals come in channel by channel, rows
/// top to bottom; then a LinearRaw DNG is written. The linear twin of RawRows.
///
/// Black becomes 0, the only black that every developer takes off a linear DNG. So samples below
/// black, which a mosaic keeps on a pedestal, become black here; how many is told in warnings().
class LinearRows {
 public:
  /// The picture must outlive it, and is used up: its samples are replaced by what is written.
  ///
  /// Errors   Corrupt  black and white that leave less than a count between them, shifted as far
  ///                   as may be; else as write::DngWriter::create().
  [[nodiscard]] static Result<LinearRows> create(LinearRaw& picture, RawRows::Plan plan);
  LinearRows(LinearRows&&) noexcept;
  LinearRows& operator=(LinearRows&&) noexcept;
  ~LinearRows();

  /// The rows of this channel follow, 0, 1, 2 in this order. `seen` is channel_of(), taken before
  /// the channel began; it and the encoder must outlive the channel's rows.
  ///
  /// Errors   as raw::WaitingRows::create().
  [[nodiscard]] Status begin(int channel, const Mosaic& seen, const raw::Encoder& encoder);

  /// Rows of residual, [n, width of Plan::seen, 1], `first_row` counted from its top.
  [[nodiscard]] Status add(int first_row, ImageView<const float> residual);

  /// Instead of begin() and add(): rows of finished counts of all channels, strength already
  /// applied, [n, area width, 3], in the levels of the picture; `source` are the same rows as they
  /// were.
  void add_counts(int first_row, ImageView<const float> counts,
                  ImageView<const std::uint16_t> source);

  /// Takes all channels as they are in the source: strength 0, which needs no network.
  void add_source();

  /// Writes samples, previews and tags, and renames.
  ///
  /// Errors   as write::DngWriter::write_rows() and finish(); Cancelled.
  [[nodiscard]] Status finish(const RunControl& control);

  [[nodiscard]] double seconds_unpacking() const;
  [[nodiscard]] double seconds_writing() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  explicit LinearRows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace latent::tasks
