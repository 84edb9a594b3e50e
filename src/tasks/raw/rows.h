// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/run_control.h"
#include "image/exact_floats.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "raw/defects.h"
#include "tasks/mask/local_strength.h"
#include "tasks/raw/network.h"
#include "write/dng/dng.h"

namespace latent::tasks {

/// Pixels of the longer side of the preview in a DNG.
inline constexpr int kPreviewLongSide = 1536;

/// What of a raw is written, and how.
struct DngPlan {
  std::filesystem::path target;
  Rect area;          ///< in the frame (the active area): what is written
  bool whole = true;  ///< the whole sensor buffer is written, not only `area`
  double strength = 1;
  /// Where the strength counts, and how much; null: everywhere. It lies on the crop, which begins
  /// at `crop` of the frame.
  const LocalStrength* local = nullptr;
  Point crop;
  bool blended = false;  ///< the strength is in the rows already
  NoiseModel noise;      ///< of the source
  /// Sites that were repaired in the mosaic: at a strength below 1 it is their source sample that
  /// is blended in.
  std::vector<raw::Defect> defects;
  write::DngOptions options;
  metadata::Metadata metadata;
  metadata::Provenance provenance;
  std::string original_file_name;
  bool mended = false;               ///< sites that opcode lists name were repaired in the mosaic
  std::vector<std::string> notices;  ///< of what is not carried on; told in warnings()
  bool plain_scale = false;          ///< counts are written as they are, without bits below them
  /// Of a floating-point raw: floats are written, changed by as much as the counts are.
  std::optional<ExactFloats> exact;
};

/// The strength at each pixel of a row of the plan's area; `DngPlan::local` is not null.
void strengths_of(const DngPlan& plan, int row_of_area, std::span<float> strengths);

/// A clean row of the plan's area with the share of the source in it that stays.
///
/// Shapes   source, clean and counts: the area's width; row `row_of_area` of it.
void blend_row(const DngPlan& plan, int row_of_area, std::span<const std::uint16_t> source,
               std::span<const float> clean, std::span<float> counts);

/// The second half of raw denoise: clean rows come in, top to bottom, and a DNG grows.
class DngRows {
 public:
  DngRows() = default;
  DngRows(const DngRows&) = delete;
  DngRows& operator=(const DngRows&) = delete;
  virtual ~DngRows() = default;

  /// Clean rows; the share of the source that stays is put in here.
  ///
  /// Errors   as write::DngWriter::write_rows().
  [[nodiscard]] virtual Status add(const CleanRows& rows) = 0;

  /// All rows of the area as they are in the source: strength 0, which needs no network.
  ///
  /// Errors   as add(); Cancelled.
  [[nodiscard]] virtual Status add_source(const RunControl& control) = 0;

  /// Writes what is left of samples, previews and tags, and renames.
  ///
  /// Errors   as write::DngWriter::finish(); Cancelled.
  [[nodiscard]] virtual Status finish(const RunControl& control) = 0;

  /// finish() under another name in the same folder, where the plan's was taken meanwhile.
  [[nodiscard]] virtual Status finish_as(const std::filesystem::path& target) = 0;

  [[nodiscard]] virtual double seconds_writing() const = 0;
  [[nodiscard]] virtual std::vector<std::string> warnings() const = 0;
};

/// Of a mosaic: fills in the margins of the sensor, looks at what is left of the noise and at the
/// preview while the rows go by and out to the file.
///
/// The mosaic must outlive it.
///
/// Errors   as write::DngWriter::create().
[[nodiscard]] Result<std::unique_ptr<DngRows>> mosaic_rows(const Mosaic& mosaic, DngPlan plan);

/// What every DNG's header takes from the facts of its source (a Mosaic or a LinearRaw) and from
/// the plan, whose metadata is moved away: the rest is the caller's.
template <class Facts>
[[nodiscard]] write::DngHeader begun_header(const Facts& facts, DngPlan& plan) {
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
