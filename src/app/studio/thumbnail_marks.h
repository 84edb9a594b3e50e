// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace latent::app {

/// What a shared thumbnail says of the file that it is of.
struct ThumbnailMarks {
  std::string uri;       ///< Thumb::URI, or empty
  std::string modified;  ///< Thumb::MTime, seconds, or empty
  friend bool operator==(const ThumbnailMarks&, const ThumbnailMarks&) = default;
};

/// Of the tEXt chunks of a PNG file, as the Thumbnail Managing Standard has them. What is no PNG or
/// damaged has none from there on.
[[nodiscard]] ThumbnailMarks thumbnail_marks(std::string_view png);

}  // namespace latent::app
