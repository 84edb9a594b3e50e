// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "image/exact_floats.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"
#include "image/picture.h"
#include "metadata/metadata.h"
#include "read/embedded_preview.h"
#include "read/picture/picture_facts.h"
#include "read/picture/small_jpeg.h"
#include "read/raw_facts.h"
#include "read/render.h"

namespace latent::read {

enum class PhotographKind : std::uint8_t {
  RawMosaic,  ///< a raw file: mosaic() gives its samples
  RawLinear,  ///< a raw file without a mosaic: linear() does
  OtherRaw,   ///< a raw file that neither takes; RawFacts::obstacle says why. It may be developed
  Picture     ///< a finished picture
};

/// "raw mosaic", "linear raw", "other raw", "picture".
[[nodiscard]] const char* photograph_kind_name(PhotographKind kind);

/// A photograph: a raw file or a finished picture, opened once. Its kind was found out, its headers
/// were read and judged; everything else is asked of the same bytes, so that whoever asks gets
/// answers about one file. A copy is the same photograph.
///
/// File     held open for reading only; read from, not mapped (but see ByteSource::whole()). Where
///          somebody writes to it meanwhile, or puts another in its place, every function below
///          says so in place of an answer, as far as it reads: Io, "was changed while it was read".
/// Memory   the headers, and metadata once they were asked for. Samples are the caller's.
/// Errors   messages begin with the quoted path.
/// Threads  one call at a time, from any.
class Photograph {
 public:
  /// Errors   NotFound, Usage, Io  as open_bytes().
  ///          Unsupported  another kind of file, or a picture of a kind that is not taken (CMYK,
  ///                       Lab, YCCK, more than one alpha, indexed float).
  ///          Corrupt      its headers are cut short, or contradict each other.
  ///          TooLarge     passes `limits`.
  [[nodiscard]] static Result<Photograph> open(const std::filesystem::path& path,
                                               const Limits& limits = {});

  /// The same of a file that was opened already; `path` is its name.
  ///
  /// Errors   as open().
  [[nodiscard]] static Result<Photograph> open(std::unique_ptr<ByteSource> source,
                                               const std::filesystem::path& path,
                                               const Limits& limits = {});

  /// The same from memory; `name` stands for the path in messages, its ending may say "raw".
  ///
  /// Errors   as open().
  [[nodiscard]] static Result<Photograph> of(std::vector<std::uint8_t> bytes,
                                             const std::string& name, const Limits& limits = {});

  [[nodiscard]] const std::filesystem::path& path() const;
  [[nodiscard]] const Limits& limits() const;
  [[nodiscard]] PhotographKind kind() const;
  [[nodiscard]] bool is_raw() const { return kind() != PhotographKind::Picture; }

  /// RawFacts of a raw file, PictureFacts of a finished picture. Those of a raw file are complete
  /// once its samples were decoded: levels that the camera's decoder measures or that contradict
  /// the samples, and the notices of that.
  [[nodiscard]] const std::variant<RawFacts, PictureFacts>& facts() const;
  /// Of a raw file; null of a finished picture.
  [[nodiscard]] const RawFacts* raw_facts() const { return std::get_if<RawFacts>(&facts()); }
  /// How it is to be turned: as its format states it; else as EXIF elsewhere in the file does, else
  /// XMP.
  [[nodiscard]] Orientation orientation() const;

  /// What picture() would give, by the headers.
  ///
  /// Errors   Unsupported  a raw file that cannot be developed.
  [[nodiscard]] Result<PictureFacts> picture_facts() const;

  /// Errors   Unsupported  a finished picture, of which raw denoise can do nothing.
  [[nodiscard]] Status must_be_raw() const;

  /// The samples of a raw file with a mosaic.
  ///
  /// They are the sensor's own counts after what the file prescribes for them, margins included:
  /// its linearisation, and the blacks of single rows and columns (BlackLevelDeltaH and V of a
  /// DNG), which are taken off as far as they differ from the mean; where they are fractions,
  /// samples and levels are both times a power of two. Nothing else is scaled, subtracted or
  /// clipped. Some cameras' levels are measured in the masked margins only here, and all are held
  /// against the samples: what contradicts them is corrected with a notice in facts(), or refused.
  /// Floats come as counts of 16 bits; exact_floats() has them as they are.
  ///
  /// Memory   at the worst moment two copies of the samples.
  /// Errors   Unsupported  of another kind; Corrupt, TooLarge, Cancelled, Io.
  [[nodiscard]] Result<Mosaic> mosaic(const RunControl& control = {}) const;

  /// Three linear samples a pixel of a raw file without a mosaic:
  ///   - a DNG of demosaiced samples (LinearRaw), by its own tags; one in lossy JPEG tiles by
  ///     LibRaw;
  ///   - what a camera stores as colours (sRaw and the like), as LibRaw decodes it;
  ///   - a four-colour or Foveon sensor, converted by LibRaw to linear sRGB, white balanced as
  ///     shot: there highlights are clipped, and notices say so.
  /// Margins are cut off; otherwise samples are not changed.
  ///
  /// Errors   as mosaic().
  [[nodiscard]] Result<LinearRaw> linear(const RunControl& control = {}) const;

  /// The floats of a raw whose facts() say is_float, beside what mosaic() or linear() gives.
  ///
  /// Memory   one copy of the samples.
  /// Errors   as mosaic(); Unsupported where there are no floats.
  [[nodiscard]] Result<ExactFloats> exact_floats(const RunControl& control = {}) const;

  /// The colours of a mosaic as LibRaw interpolates them, for networks that want three samples a
  /// pixel: camera RGB, not white balanced (only while it is interpolated), of the visible area.
  /// One whole stop above white is kept.
  ///
  /// Errors   as mosaic().
  [[nodiscard]] Result<LinearRaw> demosaiced(const RunControl& control = {}) const;

  /// The samples of a finished picture: TIFF (8, 16, 32-bit integer and float, half; strips, tiles,
  /// planar, any compression libtiff knows, BigTIFF, grey, palette, alpha), PNG, JPEG (8-bit, grey
  /// and any chroma subsampling), OpenEXR, JPEG XL where the library is built in; a raw file is
  /// developed neutrally by LibRaw (camera white balance, no automatic brightness, Rec.2020, 16
  /// bits, square pixels), of a DNG from what mosaic() or linear() gives. Not turned.
  ///
  /// 32-bit integers (as fractions of their largest value) and floats of 16, 24 and 64 bits become
  /// float32 (a warning says so where that rounds); samples of fewer than 8 bits, or of 9 to 15,
  /// are widened to 8 or 16; NaN becomes 0 and infinities the largest finite value of the picture
  /// (negative ones the smallest), with a warning that counts them.
  ///
  /// Colours  the embedded profile; else what the format says (PNG sRGB, gAMA, cHRM; EXIF's Adobe
  ///          RGB in JPEG; OpenEXR chromaticities, linear); else sRGB, for TIFF floats linear sRGB.
  ///          A damaged profile is left out with a warning. In PNG cICP goes before all others.
  ///          JPEG XL that was stored with loss apart from an ICC profile comes as Rec.2020 with
  ///          the curve of sRGB, in 16 bits at least.
  /// Memory   one copy of the samples and some rows; LibRaw and progressive JPEG hold a second one
  ///          while they decode, JPEG XL what libjxl needs.
  /// Errors   Unsupported  HDR (a PNG whose cICP says PQ or HLG); a raw file that cannot be
  ///          developed. Corrupt, TooLarge, Cancelled, Io.
  [[nodiscard]] Result<Picture> picture(const RunControl& control = {}) const;

  /// A quick neutral picture of a raw file, to look at and to compare: as picture(), turned
  /// upright.
  ///
  /// Shapes   [height, width, 3]
  /// Units    sRGB primaries and curve, 0..255 (T = uint8) or 0..65535 (T = uint16); highlights
  ///          clipped.
  /// Errors   as picture(); Unsupported of a finished picture; Usage where the region lies outside.
  template <class T>
  [[nodiscard]] Result<Image<T>> rendering(const RenderOptions& options = {}) const;

  /// The largest JPEG that the camera put into its raw file, if any. A preview that is damaged or
  /// no JPEG counts as none.
  ///
  /// Errors   Unsupported of a finished picture; those of LibRaw.
  [[nodiscard]] Result<std::optional<EmbeddedPreview>> embedded_preview() const;

  /// A JPEG decoded small, to look at: as read::small_jpeg() of the whole file.
  ///
  /// Errors   as small_jpeg(); Io.
  [[nodiscard]] Result<SmallJpeg> small_jpeg(int longest_side_px) const;

  /// What it says of itself; read at the first call. Never fails: what is damaged is named in
  /// `warnings`.
  [[nodiscard]] const metadata::Metadata& metadata() const;
  /// The same in words, for people.
  [[nodiscard]] std::vector<metadata::DescribedField> described() const;

  /// SHA-256 of the whole file, 64 lower-case hex digits.
  ///
  /// Errors   Io.
  [[nodiscard]] Result<std::string> sha256() const;

  /// Whether the file is still what it was when it was opened: asked before a result is renamed
  /// into place.
  ///
  /// Errors   Io  it is not.
  [[nodiscard]] Status unchanged() const;

 private:
  struct State;
  explicit Photograph(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

extern template Result<Image<std::uint8_t>> Photograph::rendering(const RenderOptions&) const;
extern template Result<Image<std::uint16_t>> Photograph::rendering(const RenderOptions&) const;

}  // namespace latent::read
