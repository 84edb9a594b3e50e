// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/embedded_preview.h"

#include <libraw/libraw.h>

#include <algorithm>

#include "read/picture/tiff_preview.h"
#include "read/raw_file.h"

namespace latent::read {

Result<std::optional<EmbeddedPreview>> preview_of(RawFile& file) {
  const Limits& limits = file.limits();
  if (auto preview = largest_tiff_preview(file.source(), limits)) return preview;
  LATENT_TRY(const LibRawHandle raw, file.libraw());
  const auto& thumbnail = raw->imgdata.thumbnail;
  if (thumbnail.tlength >
      std::min<std::uint64_t>(limits.max_metadata_bytes, file.source().size())) {
    return std::nullopt;
  }
  // LibRaw decodes bitmap previews to memory of their own size; a hostile one is not worth it.
  if (!check_dimensions(thumbnail.twidth + 1, thumbnail.theight + 1, limits)) return std::nullopt;
  try {
    if (raw->unpack_thumb() != LIBRAW_SUCCESS) return std::nullopt;
  } catch (...) {
    return std::nullopt;
  }
  const std::span<const std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(thumbnail.thumb),
                                            thumbnail.tlength);
  if (thumbnail.tformat != LIBRAW_THUMBNAIL_JPEG || thumbnail.thumb == nullptr) return std::nullopt;
  const auto size = lossy_jpeg_size(bytes);
  if (!size) return std::nullopt;
  return EmbeddedPreview{{bytes.begin(), bytes.end()}, *size};
}

}  // namespace latent::read
