// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/exact_floats.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"
#include "read/dng/dng_file.h"
#include "read/libraw/libraw_file.h"
#include "read/raw_facts.h"
#include "read/sniff.h"

namespace latent::read {

/// What becomes of the sites around the active area of a mosaic that LibRaw gets.
enum class Margins : std::uint8_t {
  Kept,
  Cut  ///< LibRaw moves odd margins of a Bayer sensor, and with them the frame
};

/// A raw file whose header has been read: of a DNG by its own tags, of all others by LibRaw. What
/// LibRaw develops is what mosaic() and linear() give, wherever they give something.
///
/// Errors   messages are predicates.
/// Threads  one call at a time.
class RawFile {
 public:
  /// `source` must outlive what is returned.
  ///
  /// Errors   Unsupported, Corrupt, TooLarge, Io.
  [[nodiscard]] static Result<RawFile> open(const ByteSource& source, const Sniffed& sniffed,
                                            const Limits& limits);

  [[nodiscard]] const RawFacts& facts() const { return facts_; }
  [[nodiscard]] const ByteSource& source() const { return *source_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }

  /// As Photograph::mosaic() and linear(); may be called again.
  [[nodiscard]] Result<Mosaic> mosaic(const RunControl& control);
  [[nodiscard]] Result<LinearRaw> linear(const RunControl& control);
  /// As Photograph::exact_floats().
  [[nodiscard]] Result<ExactFloats> exact_floats(const RunControl& control);

  /// A LibRaw that has the samples and is ready to develop them: of a DNG those that mosaic() or
  /// linear() gives, with the opcode lists applied (apply_opcodes()), else what it decodes itself. Its visible area is facts().active where we took
  /// the file.
  ///
  /// Memory   two copies of the samples while it is called, one afterwards.
  /// Errors   Unsupported  LibRaw does not know it; Corrupt, TooLarge, Cancelled, Io.
  [[nodiscard]] Result<LibRawHandle> developable(const RunControl& control,
                                                 Margins margins = Margins::Kept);

  /// What developable() did not apply of the file's opcode lists: a sentence, or empty.
  [[nodiscard]] const std::string& not_applied() const { return not_applied_; }

  /// A LibRaw that has read the header of the file itself: the one that was opened first, once.
  [[nodiscard]] Result<LibRawHandle> libraw();

 private:
  RawFile(const ByteSource& source, const Sniffed& sniffed, const Limits& limits)
      : source_(&source), sniffed_(sniffed), limits_(limits) {}
  Result<LibRawHandle> developable_dng(const RunControl& control, Margins margins);
  /// What decoding has found out goes into facts().
  template <class Decoded>
  void keep_facts(const Decoded& decoded);

  const ByteSource* source_;
  Sniffed sniffed_;
  Limits limits_;
  RawFacts facts_;
  std::vector<std::string> header_notices_;  ///< of facts_, before samples were decoded
  std::optional<DngFile> dng_;
  std::string not_applied_;
  LibRawHandle libraw_;  ///< of what is no DNG, until it is taken
};

// ---- the ways to samples; messages are predicates ----

/// A mosaic, and what was found out of its levels while they were held against its samples.
struct DecodedMosaic {
  Mosaic mosaic;
  std::vector<std::string> notices;
};

[[nodiscard]] Result<DecodedMosaic> dng_mosaic(const ByteSource& source, const DngFile& dng,
                                               const Limits& limits, const RunControl& control);

/// The same of a picture of three samples a pixel.
struct DecodedLinear {
  LinearRaw picture;
  std::vector<std::string> notices;
};

/// The floats of a DNG, as exact_floats() gives them: levels held against them, the way to counts
/// chosen.
struct DecodedFloats {
  ExactFloats floats;
  std::vector<std::string> notices;
};

[[nodiscard]] Result<DecodedFloats> dng_floats(const ByteSource& source, const DngFile& dng,
                                               const Limits& limits, const RunControl& control);
[[nodiscard]] Result<DecodedMosaic> libraw_mosaic(LibRawHandle raw, const ByteSource& source,
                                                  const Limits& limits, const RunControl& control);
/// The levels of a linear picture; black by colour (period 3 x 1) where that differs.
[[nodiscard]] SensorLevels linear_levels(const LinearRaw& picture);

[[nodiscard]] Result<DecodedLinear> dng_linear(const ByteSource& source, const Sniffed& sniffed,
                                               const DngFile& dng, const Limits& limits,
                                               const RunControl& control);
[[nodiscard]] Result<DecodedLinear> libraw_linear(LibRawHandle raw, const ByteSource& source,
                                                  const Limits& limits, const RunControl& control);

}  // namespace latent::read
