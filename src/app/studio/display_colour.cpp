// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/display_colour.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "colour/profile.h"
#include "colour/transform.h"

namespace latent::app {

Result<DisplayTable> DisplayTable::create(std::span<const std::uint8_t> icc) {
  LATENT_TRY(const auto screen, colour::Profile::from_icc(icc));
  if (screen.channels() != 3) return fail(ErrorCode::Unsupported, "is no profile of RGB");
  LATENT_TRY(const auto transform,
             colour::Transform::create(colour::Profile::named(colour::NamedProfile::Srgb), screen));
  DisplayTable made;
  made.name_ = screen.description();
  constexpr auto kCount = std::size_t{kNodes} * kNodes * kNodes;
  made.table_.resize(kCount * 3);
  std::size_t at = 0;
  for (int blue = 0; blue < kNodes; ++blue) {
    for (int green = 0; green < kNodes; ++green) {
      for (int red = 0; red < kNodes; ++red) {
        for (const int node : {red, green, blue}) {
          made.table_[at++] = static_cast<float>(node) / (kNodes - 1);
        }
      }
    }
  }
  transform.apply(made.table_.data(), made.table_.data(), kCount);
  for (float& value : made.table_) value = std::clamp(value, 0.0F, 1.0F) * 255.0F;
  return made;
}

void DisplayTable::apply(ImageView<std::uint8_t> pixels) const {
  constexpr std::array<std::size_t, 3> kStep{3, std::size_t{3} * kNodes,
                                             std::size_t{3} * kNodes * kNodes};
  for (int y = 0; y < pixels.height(); ++y) {
    const auto row = pixels.row(y);
    for (std::size_t i = 0; i + 2 < row.size(); i += 3) {
      std::size_t base = 0;
      std::array<float, 3> part{};
      for (std::size_t c = 0; c < 3; ++c) {
        const float place = static_cast<float>(row[i + c]) * (kNodes - 1) / 255.0F;
        const auto node = std::min(static_cast<int>(place), kNodes - 2);
        part[c] = place - static_cast<float>(node);
        base += static_cast<std::size_t>(node) * kStep[c];
      }
      for (std::size_t c = 0; c < 3; ++c) {
        float sum = 0;
        for (unsigned corner = 0; corner < 8; ++corner) {
          float weight = 1;
          std::size_t at = base + c;
          for (unsigned axis = 0; axis < 3; ++axis) {
            const bool far = ((corner >> axis) & 1U) != 0;
            weight *= far ? part[axis] : 1.0F - part[axis];
            if (far) at += kStep[axis];
          }
          sum += weight * table_[at];
        }
        row[i + c] = static_cast<std::uint8_t>(std::lround(sum));
      }
    }
  }
}

}  // namespace latent::app
