// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/thumbnail_marks.h"

#include <cstddef>
#include <cstdint>

namespace latent::app {

ThumbnailMarks thumbnail_marks(std::string_view png) {
  using namespace std::string_view_literals;
  constexpr auto kSignature = "\x89PNG\r\n\x1a\n"sv;
  constexpr std::size_t kFrame = 12;  // length, name, check sum
  ThumbnailMarks marks;
  if (!png.starts_with(kSignature)) return marks;
  png.remove_prefix(kSignature.size());
  while (png.size() >= kFrame) {
    std::size_t length = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      length = length << 8U | static_cast<std::uint8_t>(png[i]);
    }
    if (length > png.size() - kFrame) return marks;
    const std::string_view name = png.substr(4, 4);
    const std::string_view data = png.substr(8, length);
    const auto end = data.find('\0');
    if (name == "tEXt" && end != std::string_view::npos) {
      const std::string_view keyword = data.substr(0, end);
      if (keyword == "Thumb::URI") marks.uri = data.substr(end + 1);
      if (keyword == "Thumb::MTime") marks.modified = data.substr(end + 1);
    }
    if (name == "IEND") return marks;
    png.remove_prefix(kFrame + length);
  }
  return marks;
}

}  // namespace latent::app
