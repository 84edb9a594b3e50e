// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "image/image.h"

namespace latent::rgb {

/// Bicubic (a = -0.5) enlargement by a whole factor, sample centres aligned as in
/// torch.nn.functional.interpolate(mode="bicubic", align_corners=False, antialias=True); at
/// borders, as there, the weights of what lies outside go to the samples inside, in proportion.
/// Gives any rows of the result from the rows of the source that they need.
///
/// Shapes   source [h, w, c], whose first row is row `source_first` of a picture `picture` high;
///          out [n, w * scale, c] is rows [out_first, out_first + n) of the enlarged picture.
/// Units    any; values beyond 0..1 go through.
void enlarge_rows(ImageView<const float> source, int source_first, int picture_height, int scale,
                  int out_first, ImageView<float> out);

/// The matching reduction, antialiased (the kernel is `scale` times as wide): the operator by which
/// the training pairs were made and against which consistency is measured.
///
/// Shapes   source [h, w, c] is rows of the large picture, which is `picture_height` high, from row
///          source_first; out [n, w / scale, c] is rows [out_first, out_first + n) of the small
///          one.
void reduce_rows(ImageView<const float> source, int source_first, int picture_height, int scale,
                 int out_first, ImageView<float> out);

/// Rows of the source on each side that enlarge_rows() / reduce_rows() look at beyond the aligned
/// ones.
inline constexpr int kEnlargeReach = 2;
[[nodiscard]] constexpr int reduce_reach(int scale) { return 2 * scale; }

/// Makes an enlargement consistent with its source: what its reduction lacks is enlarged and added,
/// `rounds` times (iterative back-projection, Irani and Peleg 1991), row by row with the
/// surroundings that needs.
///
/// Shapes   add(): rows [n, w * scale, c] of the enlargement, top to bottom, and it gives finished
///          rows back, later by what it must look ahead; source(rows) gives rows of the source.
class Consistency {
 public:
  /// Fills rows [first, first + n) of the source, [n, w, c]. Asked once for each row, top to
  /// bottom, by the thread that calls add().
  using SourceRows = std::function<void(int first, ImageView<float> out)>;

  Consistency(Consistency&&) noexcept;
  Consistency& operator=(Consistency&&) noexcept;
  ~Consistency();

  /// Errors   TooLarge  where memory is refused.
  [[nodiscard]] static Result<Consistency> create(Size source, int channels, int scale, int rounds,
                                                  SourceRows source_rows, int threads);
  /// The rows that are finished, whose first is number first_row(); they stay as they are until the
  /// next call, and there may be none. The last row of the enlargement brings out all. Depends
  /// neither on how rows are cut into calls nor on threads.
  ///
  /// Errors   TooLarge  where memory is refused. Internal  more rows than the enlargement has.
  [[nodiscard]] Result<ImageView<const float>> add(ImageView<const float> enlarged);
  [[nodiscard]] int first_row() const { return first_row_; }
  /// Root mean square, over all rows given so far, of source minus the reduced result.
  [[nodiscard]] double residual_rms() const;

 private:
  struct State;
  explicit Consistency(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
  int first_row_ = 0;
};

}  // namespace latent::rgb
