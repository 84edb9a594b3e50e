// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/exr_windows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <string>

#include "base/path.h"
#include "metadata/bytes.h"

namespace latent::metadata {

namespace {

constexpr std::int64_t kFarthest = std::int64_t{1} << 29U;

bool is_near(const ExrBox& box) {
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (std::abs(std::int64_t{box.min[axis]}) > kFarthest) return false;
    if (std::abs(std::int64_t{box.max[axis]}) > kFarthest) return false;
    if (box.max[axis] < box.min[axis]) return false;
  }
  return true;
}

void set_box(ExrAttribute& attribute, const ExrBox& box) {
  attribute.value.clear();
  for (const std::int32_t number : {box.min[0], box.min[1], box.max[0], box.max[1]}) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      attribute.value.push_back(
          static_cast<std::uint8_t>(static_cast<std::uint32_t>(number) >> shift));
    }
  }
}

/// First and last pixel, each of which becomes `scale` pixels.
std::optional<ExrBox> enlarged(const ExrBox& box, int scale) {
  ExrBox result;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t low = std::int64_t{box.min[axis]} * scale;
    const std::int64_t high = (std::int64_t{box.max[axis]} + 1) * scale - 1;
    if (std::abs(low) > kFarthest || std::abs(high) > kFarthest) return std::nullopt;
    result.min[axis] = static_cast<std::int32_t>(low);
    result.max[axis] = static_cast<std::int32_t>(high);
  }
  return result;
}

}  // namespace

const ExrAttribute* exr_attribute(const std::vector<ExrAttribute>& attributes,
                                  std::string_view name, std::string_view type) {
  const auto found = std::ranges::find(attributes, name, &ExrAttribute::name);
  return found == attributes.end() || found->type != type ? nullptr : &*found;
}

std::optional<ExrBox> exr_box(const std::vector<ExrAttribute>& attributes, std::string_view name) {
  const ExrAttribute* found = exr_attribute(attributes, name, "box2i");
  if (found == nullptr || found->value.size() != 16) return std::nullopt;
  std::array<std::int32_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = static_cast<std::int32_t>(
        static_cast<std::uint32_t>(little_endian(std::span(found->value).subspan(4 * i, 4))));
  }
  const ExrBox box{{numbers[0], numbers[1]}, {numbers[2], numbers[3]}};
  return is_near(box) ? std::optional(box) : std::nullopt;
}

std::vector<float> exr_floats(const std::vector<ExrAttribute>& attributes, std::string_view name,
                              std::string_view type, std::size_t count) {
  const ExrAttribute* found = exr_attribute(attributes, name, type);
  if (found == nullptr || found->value.size() != 4 * count) return {};
  std::vector<float> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    numbers.push_back(std::bit_cast<float>(
        static_cast<std::uint32_t>(little_endian(std::span(found->value).subspan(4 * i, 4)))));
    if (!std::isfinite(numbers.back())) return {};
  }
  return numbers;
}

void place_windows(Metadata& metadata, const Placing& placing) {
  std::vector<ExrAttribute> left;
  std::string dropped;
  for (ExrAttribute& attribute : metadata.exr) {
    if (attribute.type != "box2i") {
      left.push_back(std::move(attribute));
      continue;
    }
    auto box = exr_box({attribute}, attribute.name);
    const bool data = attribute.name == "dataWindow";
    if (box && data) {
      box->min[0] += placing.region.x;
      box->min[1] += placing.region.y;
      box->max[0] = box->min[0] + placing.region.width - 1;
      box->max[1] = box->min[1] + placing.region.height - 1;
    }
    if (box) box = enlarged(*box, placing.scale);
    if (box && (data || attribute.name == "displayWindow")) {
      set_box(attribute, *box);
      left.push_back(std::move(attribute));
    } else {
      dropped += (dropped.empty() ? "" : ", ") + printable(attribute.name);
    }
  }
  metadata.exr = std::move(left);
  if (dropped.empty()) return;
  metadata.warnings.push_back("attributes of the source that count its pixels were left out: " +
                              dropped);
}

}  // namespace latent::metadata
