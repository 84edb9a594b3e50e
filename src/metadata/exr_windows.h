// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "metadata/placing.h"

namespace latent::metadata {

/// A box of an OpenEXR header: its first and its last pixel.
struct ExrBox {
  std::array<std::int32_t, 2> min{}, max{};
  friend bool operator==(const ExrBox&, const ExrBox&) = default;
};

/// The attribute of that name and type, or null.
[[nodiscard]] const ExrAttribute* exr_attribute(const std::vector<ExrAttribute>& attributes,
                                                std::string_view name, std::string_view type);

/// The box of that name; nothing where there is none, or one that has no pixel or lies farther off
/// than any picture.
[[nodiscard]] std::optional<ExrBox> exr_box(const std::vector<ExrAttribute>& attributes,
                                            std::string_view name);

/// Numbers of an attribute of type "float", "v2f" or "chromaticities"; empty where they are not as
/// many.
[[nodiscard]] std::vector<float> exr_floats(const std::vector<ExrAttribute>& attributes,
                                            std::string_view name, std::string_view type,
                                            std::size_t count);

/// The part of place() for windows. Other boxes, of which nobody knows what they count, are named.
void place_windows(Metadata& metadata, const Placing& placing);

}  // namespace latent::metadata
