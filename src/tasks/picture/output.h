// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "tasks/picture/source.h"
#include "tasks/settings.h"
#include "tasks/task.h"
#include "write/picture/picture_writer.h"

namespace latent::tasks {

/// What becomes of samples on their way out.
enum class Samples : std::uint8_t {
  Kept,    ///< those of the source, in its profile or brought to another
  Changed  ///< what a network made of them
};

/// What the settings mean for one picture.
struct PictureOutput {
  write::PictureFormat format = write::PictureFormat::Tiff;
  SampleDepth depth = SampleDepth::U16;
  colour::Profile profile;
  std::optional<double> dpi;              ///< pixels per inch; absent: the source's
  bool same_profile = true;               ///< the source's, sample for sample
  std::vector<std::uint8_t> carried_icc;  ///< embedded in place of that of `profile`: the source's,
                                          ///< which cannot be used, beside samples that are kept
  std::vector<std::string> notices;

  /// Errors   Usage        a depth that the format does not hold, a grey profile for a colour
  /// picture.
  ///          others as colour::Profile::parse() and write::picture_format_of().
  [[nodiscard]] static Result<PictureOutput> create(const PictureSource& source,
                                                    const std::filesystem::path& target,
                                                    const PictureOutputSettings& settings,
                                                    Samples samples = Samples::Changed);
};

/// What is said where the source's profile leads to colours and not back.
[[nodiscard]] std::string one_way_notice(const PictureSource& source);

/// Turns finished rows in float into samples: the output's profile, colours multiplied by alpha
/// where the picture has them so, alpha put beside, depth, the only place where something is
/// clipped. Rows come top to bottom.
///
/// Threads  one caller; `threads` of its own over rows.
class PictureRows {
 public:
  /// Fills alpha 0..1 of rows of the result and what their colours are multiplied by: out
  /// [n, width, 2], as PictureSource::alpha().
  using AlphaRows = std::function<Status(int first_row, ImageView<float> out)>;

  /// `from` is the profile in which rows come. `alpha` is empty where there is none.
  ///
  /// Errors   Unsupported  no way from one profile to the other.
  [[nodiscard]] static Result<PictureRows> create(Size size, const colour::Profile& from,
                                                  const colour::Profile& to, SampleDepth depth,
                                                  AlphaRows alpha, RowSink sink, int threads);

  /// Rows are those of `region` of the source, changed, and go back to its profile: the change alone
  /// is brought there and added to the samples that stand there, where the profile's own way there
  /// and back would change them too (tables). Of a source of equal samples all rows become equal.
  /// `source` must outlive this.
  void lay_on(const PictureSource& source, const Rect& region, WideGamut gamut);
  /// Makes the three channels of what goes out equal.
  void make_equal() { equal_ = colours_ == 3; }

  /// The next rows: [n, width, channels of `from`].
  ///
  /// Errors   those of the sink and of the alpha.
  [[nodiscard]] Status add(ImageView<const float> rows);

  /// Pixels that lay more than half a step outside 0..1 where integers were wanted.
  [[nodiscard]] std::int64_t clipped_pixels() const { return clipped_; }
  /// Seconds inside the sink.
  [[nodiscard]] double sink_seconds() const { return sink_seconds_; }

 private:
  PictureRows(Size size, colour::Transform transform, RowSink sink)
      : size_(size), transform_(std::move(transform)), sink_(std::move(sink)) {}
  template <class T>
  Status add_as(ImageView<const float> rows, Image<T>& band);
  template <class T>
  std::int64_t put_row(const float* samples, const float* alpha, T* out) const;
  void convert(int row, const float* samples, float* line) const;

  Size size_;
  colour::Transform transform_;
  RowSink sink_;
  AlphaRows alpha_;
  const PictureSource* below_ = nullptr;  ///< of lay_on()
  Rect region_;
  WideGamut gamut_ = WideGamut::Preserve;
  bool equal_ = false;
  int colours_in_ = 3;
  int colours_ = 3;
  int threads_ = 1;
  int row_ = 0;
  std::int64_t clipped_ = 0;
  double sink_seconds_ = 0;
  PictureSamples band_;  ///< rows on their way to the sink
  Image<float> alpha_band_;
};

/// PictureSource::alpha() of a region, row by row; empty where there is none. The source must
/// outlive it.
[[nodiscard]] PictureRows::AlphaRows alpha_rows_of(const PictureSource& source, const Rect& region);

/// Hands the source's own samples to the sink, bit for bit where depth and profile are those of the
/// source; from 8 to 16 bits every v becomes v * 257.
///
/// Errors   those of the sink; Cancelled.
[[nodiscard]] Status copy_rows(const PictureSource& source, const Rect& region,
                               const PictureOutput& output, const RowSink& sink, int threads,
                               const RunControl& control, std::int64_t& clipped_pixels);

/// The header of a result of that size.
[[nodiscard]] write::PictureHeader header_of(const PictureSource& source,
                                             const PictureOutput& output, Size size,
                                             metadata::Metadata metadata,
                                             metadata::Provenance provenance);

/// One sentence, or empty where nothing was lost: clipping that the user did not ask for.
[[nodiscard]] std::string clipping_notice(std::int64_t clipped_pixels, Size size,
                                          const PictureSource& source, const PictureOutput& output);

}  // namespace latent::tasks
