// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "image/geometry.h"
#include "metadata/metadata.h"

namespace latent::metadata {

/// Which part of its source a result shows, and how many times it is enlarged.
struct Placing {
  Size source;              ///< as stored, not turned
  Rect region;              ///< inside it
  int scale = 1;            ///< of the sides
  Orientation orientation;  ///< of the source

  [[nodiscard]] bool is_whole() const { return region == Rect{0, 0, source.width, source.height}; }
  [[nodiscard]] bool changes_nothing() const { return scale == 1 && is_whole(); }
};

/// Makes what counts pixels of the source count those of the result. Of EXIF and TIFF: XPosition
/// and YPosition, ImageFullWidth and Length, the subject's area and place, the resolution of the
/// focal plane, the size of a related image, GeoTIFF's pixel scale, tie points and transformation.
/// Of XMP: GPano, exif:SubjectArea, SubjectLocation and FocalPlane*Resolution, regions of MWG,
/// ACDSee, Microsoft and IPTC, GDepth:ImageWidth and Height. Of OpenEXR: its windows. What lies
/// outside the result is left out.
///
/// Source   Exif 2.32, 4.6; TIFF 6.0; Photo Sphere XMP; MWG Guidelines 2.0, 5.9; IPTC Photo
///          Metadata 2021; OGC GeoTIFF 1.1, 7.4; OpenEXR "Technical Introduction".
/// Threads  any; calls wait for one another.
void place(Metadata& metadata, const Placing& placing);

/// Leaves out how the source's colours are to be read, where a result has another profile: EXIF
/// Gamma, OpenEXR's chromaticities, and of XMP photoshop:ICCProfile and, in tiff: and exif:, white
/// point, primaries, transfer function and gamma. ColorSpace and the option of DCF are the writer's.
///
/// Threads  any; calls wait for one another.
void forget_colours(Metadata& metadata);

}  // namespace latent::metadata
