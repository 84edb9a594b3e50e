// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/run_control.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "raw/defects.h"
#include "raw/encode.h"
#include "write/dng.h"

namespace latent::tasks {

/// The tags of a DNG that still mean the same where only a part of the frame is written: none that
/// counts pixels of the whole.
[[nodiscard]] std::vector<CarriedTag> tags_of_a_part(const std::vector<CarriedTag>& tags);

/// Pixels of the longer side of the preview in a DNG.
inline constexpr int kPreviewLongSide = 1536;

/// The second half of raw denoise: residual rows come in, top to bottom, and a DNG grows. Takes the
/// residual off the source, keeps the coarse means of the source (raw::WaitingRows), fills in the
/// margins of the sensor, looks at what is left of the noise and at the preview while the rows go
/// by.
class RawRows {
 public:
  struct Plan {
    std::filesystem::path target;
    Rect area;          ///< in the frame (the active area): what is written
    Rect seen;          ///< in the frame, around `area`: whose residual is handed to add()
    bool whole = true;  ///< the whole sensor buffer is written, not only `area`
    double strength = 1;
    NoiseModel noise;  ///< of the source
    /// Sites that were repaired in the mosaic: at a strength below 1 it is their source sample that
    /// is blended in.
    std::vector<raw::Defect> defects;
    write::DngOptions options;
    metadata::Metadata metadata;
    metadata::Provenance provenance;
    std::string original_file_name;
    bool plain_scale = false;  ///< counts are written as they are, without bits below them
  };

  /// The mosaic and the encoder must outlive it; without an encoder only add_counts() and
  /// add_source() may be called.
  ///
  /// Errors   as write::DngWriter::create().
  [[nodiscard]] static Result<RawRows> create(const Mosaic& mosaic, const raw::Encoder* encoder,
                                              Plan plan);
  RawRows(RawRows&&) noexcept;
  RawRows& operator=(RawRows&&) noexcept;
  ~RawRows();

  /// Rows of residual, [n, width of Plan::seen, 1], `first_row` counted from its top.
  ///
  /// Errors   as write::DngWriter::write_rows().
  [[nodiscard]] Status add(int first_row, ImageView<const float> residual);

  /// Rows of finished sensor counts, strength already applied: [n, area width, 1].
  ///
  /// Errors   as add().
  [[nodiscard]] Status add_counts(int first_row, ImageView<const float> counts);

  /// All rows of the area as they are in the source: strength 0, which needs no network.
  ///
  /// Errors   as add(); Cancelled.
  [[nodiscard]] Status add_source(const RunControl& control);

  /// Writes what follows the area, previews and tags, and renames.
  ///
  /// Errors   as write::DngWriter::finish().
  [[nodiscard]] Status finish();

  [[nodiscard]] double seconds_unpacking() const;
  [[nodiscard]] double seconds_writing() const;
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  explicit RawRows(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// One sentence on the tags of the source that a part of the frame goes without (tags_of_a_part()),
/// or empty where nobody misses any.
[[nodiscard]] std::string lost_tags_notice(const RawRows::Plan& plan,
                                           const std::vector<CarriedTag>& tags);

/// What every DNG's header takes from the facts of its source (a Mosaic or a LinearRaw) and from
/// the plan, whose metadata is moved away: the rest is the caller's.
template <class Facts>
[[nodiscard]] write::DngHeader begun_header(const Facts& facts, RawRows::Plan& plan) {
  write::DngHeader header;
  header.crop = facts.crop;
  header.orientation = facts.orientation;
  header.pixel_aspect = facts.pixel_aspect;
  header.camera = facts.camera;
  header.carried_tags = facts.carried_tags;
  header.noise = plan.noise;
  header.metadata = std::move(plan.metadata);
  header.provenance = plan.provenance;
  header.original_file_name = plan.original_file_name;
  return header;
}

}  // namespace latent::tasks
