// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/safe_file.h"
#include "image/mosaic.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"

namespace latent::write {

enum class DngCompression : std::uint8_t {
  LosslessJpeg,  ///< "LJ92" tiles; floats stay plain strips
  None,          ///< plain strips
  JxlLossless,   ///< JPEG XL tiles of three channels, DNG 1.7; LosslessJpeg for one channel
  Jxl            ///< likewise, with kJxlUnseen
};

enum class DngContainer : std::uint8_t {
  AsNeeded,  ///< classic TIFF unless the file might pass 4 GiB
  BigTiff    ///< which fewer programs read
};

struct DngOptions {
  DngCompression compression = DngCompression::LosslessJpeg;
  Overwrite overwrite = Overwrite::Refuse;
  FileAccess access = {};  ///< to whom the file is open at most: no more than its source
  DngContainer container = DngContainer::AsNeeded;
  int threads = 1;  ///< that encode the tiles of one row of tiles
};

/// Everything about a raw picture but its samples. All coordinates are of the sensor buffer, as in
/// Mosaic; the writer turns the CFA and the black levels to what DNG counts from (the active area).
struct DngHeader {
  Size buffer;
  Rect active;
  Rect crop;
  SensorClass sensor = SensorClass::Bayer;  ///< Bayer, XTrans: CFA; Mono, LinearRgb: LinearRaw
  CfaPattern cfa;
  SensorLevels levels;  ///< of the stored samples: stored_levels() of write/picture/stored.h
  bool floats = false;  ///< float32 samples in place of 16-bit integers, levels in their units
  Orientation orientation = 1;
  double pixel_aspect = 1;  ///< DefaultScale where no carried tag says it
  CameraFacts camera;
  std::optional<NoiseModel> noise;  ///< of the stored picture, in units of (white - black)
  std::vector<CarriedTag> carried_tags;
  metadata::Metadata metadata;
  std::optional<metadata::Provenance> provenance;
  std::string original_file_name;  ///< DNG OriginalRawFileName, without folders; may be empty
};

/// Writes a DNG 1.4 (later where a carried tag is), rows from top to bottom, in memory bounded by
/// one row of tiles.
///
/// White level: DNG has one for a whole CFA. It is the smallest of the colours', so that no channel
/// is taken for unsaturated where another has clipped (false colour in highlights); samples above
/// it are in the file and a developer that looks for them finds them.
///
/// The file appears under its name only in finish(); a writer destroyed before leaves nothing.
///
/// Threads  one caller at a time.
/// Source   Adobe DNG Specification 1.4.0.0; TIFF 6.0; BigTIFF where the file may pass 4 GiB.
class DngWriter {
 public:
  /// Errors   Usage, NotFound, Io  as SafeFile::create().
  ///          Unsupported          a sensor class or a CFA that DNG has no word for; LinearRgb with
  ///                               margins or with black not 0, which developers read wrongly.
  ///          Corrupt              active not inside the buffer, crop not inside active, levels
  ///          that
  ///                               do not fit 16 bits (of floats 32) or white not above black.
  [[nodiscard]] static Result<DngWriter> create(const std::filesystem::path& target,
                                                DngHeader header, const DngOptions& options);
  ~DngWriter();
  DngWriter(DngWriter&&) noexcept;
  DngWriter& operator=(DngWriter&&) noexcept;

  /// Appends rows, any number of them.
  ///
  /// Shapes   [rows, buffer.width] uint16, [rows, buffer.width, 3] for LinearRgb.
  /// Errors   Io        the disk is full.
  ///          Internal  a row too many or of the wrong width.
  [[nodiscard]] Status write_rows(ImageView<const std::uint16_t> rows);
  /// The same where the header says floats.
  [[nodiscard]] Status write_rows(ImageView<const float> rows);

  /// Replaces the header's noise model: what is left of the noise is known after the last row.
  void set_noise(const NoiseModel& noise);

  /// Adds previews and all tags, flushes to the disk, renames.
  ///
  /// `preview`  [h, w, 3] sRGB, the crop as it is stored (not turned by orientation), about 1600 px
  ///            wide at most; a thumbnail of 256 px is made from it. May be empty: then there is
  ///            none.
  /// Errors   as SafeFile::commit(); Internal where rows are missing.
  [[nodiscard]] Status finish(ImageView<const std::uint8_t> preview);

  /// finish() under another name in the same folder, after it was refused because the target has
  /// come into being meanwhile; cheap, nothing is encoded again.
  [[nodiscard]] Status finish_as(const std::filesystem::path& target);

  /// What could not be carried over, one sentence each.
  [[nodiscard]] const std::vector<std::string>& warnings() const;

 private:
  class Job;
  explicit DngWriter(std::unique_ptr<Job> job);
  std::unique_ptr<Job> job_;
};

}  // namespace latent::write
