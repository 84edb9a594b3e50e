// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata {

/// Metadata blocks of a file whose container Exiv2 0.27 does not read: JPEG XL, OpenEXR, BigTIFF.
struct ContainerBlocks {
  std::vector<std::uint8_t> exif;  ///< a TIFF structure, or empty
  std::vector<Field> image;        ///< what OpenEXR says in attributes of its own, as EXIF fields
  std::vector<Field> photo;        ///< of the Exif IFD
  std::vector<Field> gps;
  std::string xmp;
  std::vector<std::uint8_t> iptc;
  std::vector<std::uint8_t> photoshop;  ///< all resources
  std::optional<MakerNote> note;        ///< where it does not stand in `exif`
  std::vector<ExrAttribute> exr;
  std::vector<std::string> warnings;
};

/// The blocks of a file of one of these formats; nothing where it is another. Of JPEG XL the boxes
/// "Exif" and "xml ", of OpenEXR what exr_attributes() finds, of BigTIFF what bigtiff_blocks() does. Damage ends the walk; nothing is
/// trusted.
///
/// Source   ISO/IEC 18181-2:2021, 9 (boxes); "OpenEXR File Layout" of the OpenEXR project.
[[nodiscard]] std::optional<ContainerBlocks> container_blocks(const ReadAt& read_at,
                                                              const Limits& limits);

}  // namespace latent::metadata
