// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/byte_source.h"
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

using FileFacts = std::variant<RawFacts, PictureFacts>;

/// What a Photograph asks of its file, whoever answers: this process (opened_here()) or one in a
/// cage (caged/opened_there.h). Functions mean what those of Photograph mean.
///
/// Errors   messages are predicates.
/// Threads  one call at a time.
class OpenedFile {
 public:
  OpenedFile() = default;
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  virtual ~OpenedFile() = default;

  /// Those of a raw file grow when samples are decoded.
  [[nodiscard]] const FileFacts& facts() const { return facts_; }
  /// "is a JPEG picture in spite of its name".
  [[nodiscard]] const std::string& is_of_kind() const { return is_of_kind_; }

  // Of raw files.
  [[nodiscard]] virtual Result<PictureFacts> developed_facts() = 0;
  [[nodiscard]] virtual Result<Mosaic> mosaic(const RunControl& control) = 0;
  [[nodiscard]] virtual Result<LinearRaw> linear(const RunControl& control) = 0;
  [[nodiscard]] virtual Result<ExactFloats> exact_floats(const RunControl& control) = 0;
  [[nodiscard]] virtual Result<LinearRaw> demosaiced(const RunControl& control) = 0;
  [[nodiscard]] virtual Result<Image<std::uint8_t>> rendering_8(const RenderOptions& options) = 0;
  [[nodiscard]] virtual Result<Image<std::uint16_t>> rendering_16(const RenderOptions& options) = 0;
  [[nodiscard]] virtual Result<std::optional<EmbeddedPreview>> embedded_preview() = 0;

  // Of all files.
  [[nodiscard]] virtual Result<Picture> picture(const RunControl& control) = 0;
  [[nodiscard]] virtual Result<SmallJpeg> small_jpeg(int longest_side_px) = 0;
  [[nodiscard]] virtual metadata::Metadata metadata() = 0;
  [[nodiscard]] virtual std::vector<metadata::DescribedField> described() = 0;

 protected:
  FileFacts facts_;
  std::string is_of_kind_;
};

using AnyOpenedFile = Result<std::unique_ptr<OpenedFile>>;

/// Reads the file in this process. `source` must outlive what is returned; `name` is the file's.
///
/// Errors   as Photograph::open().
[[nodiscard]] AnyOpenedFile opened_here(const ByteSource& source, const std::filesystem::path& name,
                                        const Limits& limits);

}  // namespace latent::read
