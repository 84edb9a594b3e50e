// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "write/dng/dng.h"
#include "write/tiff_directory.h"

namespace latent::write {

/// Copies the fields that travel from the source: EXIF of IFD 0 to `main`, carried tags to `main`
/// or to the raw picture's directory `raw`. The two may be one. To be called before the fields that
/// the writer knows better, which replace them. What is dropped because it would be wrong in the
/// new file is named in `warnings`.
void set_carried_fields(const DngHeader& header, TiffDirectory& main, TiffDirectory& raw,
                        std::vector<std::string>& warnings);

/// Fills in what describes the camera, its colours and the program: DNG version, matrices, neutral,
/// exposure, orientation, names, XMP and IPTC. The versions follow what set_carried_fields() has
/// put into either directory; `raw` may be `main`. What the source does not say and the new file
/// does is named in `warnings`.
///
/// Errors   as metadata::xmp_with_provenance().
[[nodiscard]] Status set_main_fields(const DngHeader& header, const TiffDirectory& raw,
                                     TiffDirectory& main, std::vector<std::string>& warnings);

/// EXIF of the source, completed by what the raw decoder knows of the exposure. Without the maker
/// note.
[[nodiscard]] TiffDirectory photo_directory(const DngHeader& header,
                                            std::vector<std::string>& warnings);

/// GPS or interoperability fields as a directory.
[[nodiscard]] TiffDirectory plain_directory(const std::vector<metadata::Field>& fields,
                                            std::vector<std::string>& warnings);

/// A maker note in the form in which DNGPrivateData keeps it together with the offset at which it
/// stood: for one that cannot be put there again.
///
/// Source   Adobe DNG Specification 1.4.0.0, "DNGPrivateData"; the "MakN" record of Adobe's
///          converter, as ExifTool documents it.
[[nodiscard]] std::vector<std::uint8_t> private_maker_note(const metadata::MakerNote& note);

}  // namespace latent::write
