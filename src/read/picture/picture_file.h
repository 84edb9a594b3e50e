// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "colour/profile.h"
#include "read/picture/picture_facts.h"

namespace latent::read {

/// A picture file whose header has been read and judged: its size is within the limits, its kind is
/// one that is taken. One implementation for each library, in its own .cpp.
///
/// Threads  one caller at a time.
class PictureFile {
 public:
  PictureFile() = default;
  PictureFile(const PictureFile&) = delete;
  PictureFile& operator=(const PictureFile&) = delete;
  virtual ~PictureFile() = default;

  [[nodiscard]] const PictureFacts& facts() const { return facts_; }

  /// Whether the file says in a place of its format how it is to be turned. Where not, facts() has
  /// 1, and metadata elsewhere may know.
  [[nodiscard]] bool states_orientation() const { return states_orientation_; }
  /// What is known of that, before read().
  void set_orientation(Orientation orientation) { facts_.orientation = orientation; }

  /// Decodes the samples; once only.
  ///
  /// Errors   Corrupt, TooLarge, Unsupported, Cancelled, Io; messages are predicates.
  [[nodiscard]] virtual Result<Picture> read(const RunControl& control) = 0;

 protected:
  void state_orientation(std::optional<Orientation> orientation) {
    states_orientation_ = orientation.has_value();
    facts_.orientation = orientation.value_or(Orientation{1});
  }

  PictureFacts facts_;

 private:
  bool states_orientation_ = false;
};

using OpenedPicture = Result<std::unique_ptr<PictureFile>>;

// Each opens one format. `source` must outlive what is returned.
// Errors   as Photograph::picture(), less those of the samples; messages are predicates.
[[nodiscard]] OpenedPicture open_tiff_picture(const ByteSource& source, const Limits& limits);
[[nodiscard]] OpenedPicture open_png_picture(const ByteSource& source, const Limits& limits);
[[nodiscard]] OpenedPicture open_jpeg_picture(const ByteSource& source, const Limits& limits);
[[nodiscard]] OpenedPicture open_exr_picture(const ByteSource& source, const Limits& limits);
[[nodiscard]] OpenedPicture open_jxl_picture(const ByteSource& source, const Limits& limits);

/// Whether a TIFF file is a camera's raw file: a DNG, or one that holds a mosaic.
[[nodiscard]] bool is_raw_tiff(const ByteSource& source, const Limits& limits);

// ---- what the formats share ----

/// check_dimensions() with a predicate for a message.
[[nodiscard]] Status check_picture_size(std::int64_t width, std::int64_t height,
                                        const Limits& limits);

/// A picture with the facts of its header and zero samples.
///
/// Errors   TooLarge; the message is a predicate.
[[nodiscard]] Result<Picture> blank_picture(const PictureFacts& facts, const Limits& limits);

/// Why a picture without a profile is taken for what it is taken for.
enum class Otherwise : std::uint8_t {
  Assumed,  ///< the file does not say
  Stated    ///< the file says it in words of its own
};

/// Gives the picture the profile that stood in its file, or `otherwise` where there was none or,
/// with a warning, where it is damaged or belongs to another kind of picture.
void adopt_profile(Picture& picture, std::vector<std::uint8_t> embedded,
                   const colour::Profile& otherwise, Otherwise reason = Otherwise::Assumed);

/// What a picture without a profile is taken for: sRGB, or grey with the curve of sRGB.
[[nodiscard]] colour::Profile usual_profile(int colours);
/// The same, linear.
[[nodiscard]] colour::Profile linear_profile(int colours);

/// NaN becomes 0, an infinity the largest (the negative one: the smallest) finite colour of the
/// picture, in alpha 1 (0); a warning counts them. Does nothing to integers.
void mend_floats(Picture& picture);

}  // namespace latent::read
