// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fill/spots.h"
#include "image/geometry.h"

namespace latent::fill {

/// Shadows of dust, as one picture of a shoot shows them: in shares of the picture, so that they
/// lie right in every picture of the same camera, whatever its size. Not turned.
struct SpotList {
  Size picture;             ///< that they were found in
  std::vector<Spot> spots;  ///< pixels of it
};

/// The spots in pixels of a picture of another size.
///
/// Errors   Usage  a picture of another shape: dust lies elsewhere in it.
[[nodiscard]] Result<std::vector<Spot>> spots_in(const SpotList& list, Size picture);

/// JSON, as docs/erase.md describes it, newline at the end.
[[nodiscard]] std::string spots_to_json(const SpotList& list);

/// Reads it back, strictly.
///
/// `what`   stands for the text in sentences: a quoted path
/// Errors   Corrupt      no JSON; a key that is unknown, missing or out of range.
///          Unsupported  another version.
///          TooLarge     more than 4 MB, or more than 100,000 spots.
[[nodiscard]] Result<SpotList> spots_from_json(std::string_view text, const std::string& what);

/// The same of a file.
///
/// Errors   those above, and of read_small_file().
[[nodiscard]] Result<SpotList> read_spot_list(const std::filesystem::path& file);

}  // namespace latent::fill
