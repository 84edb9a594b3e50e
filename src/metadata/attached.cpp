// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/attached.h"

#include <algorithm>
#include <array>
#include <exiv2/exiv2.hpp>
#include <string_view>

#include "metadata/drop_properties.h"
#include "metadata/jpeg_segments.h"

namespace latent::metadata {

namespace {

using namespace std::string_view_literals;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t kApp2 = 0xE2;
constexpr auto kMpfName = "MPF\0"sv;

/// Where the picture ends: behind its end marker. Nothing where that is not found.
std::optional<std::uint64_t> end_of_picture(const ReadAt& read_at) {
  constexpr std::size_t kWindow = std::size_t{1} << 16U;
  constexpr std::uint8_t kEnd = 0xD9;
  const auto segments = jpeg_segments(read_at);
  if (segments.empty()) return std::nullopt;
  std::uint64_t at = segments.back().content + segments.back().size;
  for (Bytes window = read_at(at, kWindow); window.size() > 3; window = read_at(at, kWindow)) {
    const auto mark = std::find(window.begin(), window.end() - 3, 0xFF);
    at += static_cast<std::uint64_t>(mark - window.begin());
    if (mark == window.end() - 3) {
      if (window.size() == kWindow) continue;
      const bool ends = window.end()[-2] == 0xFF && window.end()[-1] == kEnd;
      return ends ? std::optional(at + 3) : std::nullopt;
    }
    const std::uint8_t kind = mark[1];
    if (kind == kEnd) return at + 2;
    const bool has_length = kind >= 0xC0 && kind != 0xFF && (kind < 0xD0 || kind > 0xD9);
    at += has_length ? 2 + big_endian(std::span(&mark[2], 2)) : kind == 0xFF ? 1 : 2;
  }
  return std::nullopt;
}

/// The entries of the index of MPF: 16 bytes each, where they stand in it.
struct Index {
  bool little = false;
  std::size_t entries_at = 0;
  std::size_t count = 0;
};

std::uint64_t number(std::span<const std::uint8_t> bytes, bool little) {
  return little ? little_endian(bytes) : big_endian(bytes);
}

std::optional<Index> index_of(std::span<const std::uint8_t> tiff) {
  constexpr std::uint64_t kEntries = 0xB002;
  constexpr std::size_t kEntryBytes = 16;
  Index index;
  index.little = begins_with(tiff, "II*\0"sv);
  if (!index.little && !begins_with(tiff, "MM\0*"sv)) return std::nullopt;
  if (tiff.size() < 10) return std::nullopt;
  const auto directory = static_cast<std::size_t>(number(tiff.subspan(4, 4), index.little));
  if (directory > tiff.size() - 2) return std::nullopt;
  const std::size_t count = number(tiff.subspan(directory, 2), index.little);
  for (std::size_t i = 0; i < count && directory + 2 + 12 * (i + 1) <= tiff.size(); ++i) {
    const auto field = tiff.subspan(directory + 2 + 12 * i, 12);
    if (number(field.first(2), index.little) != kEntries) continue;
    const std::size_t bytes = number(field.subspan(4, 4), index.little);
    index.entries_at = number(field.subspan(8, 4), index.little);
    index.count = bytes / kEntryBytes;
    if (index.entries_at > tiff.size() || bytes > tiff.size() - index.entries_at) {
      return std::nullopt;
    }
    return index;
  }
  return std::nullopt;
}

/// Whether all pictures of the index but the first are previews of it.
bool lists_previews_only(std::span<const std::uint8_t> tiff) {
  constexpr std::uint64_t kKind = 0x00FFFFFF;
  constexpr std::uint64_t kPreview = 0x010000;
  const auto index = index_of(tiff);
  if (!index || index->count < 2) return false;
  for (std::size_t i = 1; i < index->count; ++i) {
    const auto entry = tiff.subspan(index->entries_at + 16 * i, 4);
    const std::uint64_t kind = number(entry, index->little) & kKind;
    if ((kind & 0xFF0000U) != kPreview) return false;
  }
  return true;
}

bool holds(std::span<const std::uint8_t> bytes, std::string_view word) {
  const auto equal = [](std::uint8_t byte, char letter) {
    return byte == static_cast<std::uint8_t>(letter);
  };
  return std::search(bytes.begin(), bytes.end(), word.begin(), word.end(), equal) != bytes.end();
}

/// In words, or empty where nobody knows.
std::string name_of(std::span<const std::uint8_t> behind, const std::string& xmp, bool indexed) {
  const bool announced = xmp.find("GainMap") != std::string::npos;
  if (announced || holds(behind, "hdr-gain-map") || holds(behind, "HDRGainMap") ||
      holds(behind, "urn:iso:std:iso:ts:21496")) {
    return "a gain map (HDR)";
  }
  if (xmp.find("MotionPhoto") != std::string::npos || xmp.find("MicroVideo") != std::string::npos) {
    return "the video of a motion photo";
  }
  if (holds(behind.first(std::min<std::size_t>(behind.size(), 64)), "ftyp")) return "a video";
  if (xmp.find("DepthMap") != std::string::npos || xmp.find("Depthmap") != std::string::npos) {
    return "a depth map";
  }
  return indexed ? "further pictures (MPF)" : "";
}

/// Namespaces whose properties point behind the picture.
bool points_behind(const Exiv2::Xmpdatum& datum) {
  constexpr std::array kSpaces{
      "http://ns.adobe.com/hdr-gain-map/1.0/"sv, "http://ns.google.com/photos/1.0/container/"sv,
      "http://ns.google.com/photos/dd/1.0/"sv, "http://ns.apple.com/HDRGainMap/1.0/"sv};
  const std::string space = Exiv2::XmpProperties::ns(datum.groupName());
  if (std::ranges::any_of(kSpaces, [&](std::string_view one) { return space.starts_with(one); })) {
    return true;
  }
  const std::string name = datum.tagName();
  return name.starts_with("MicroVideo") || name.starts_with("MotionPhoto");
}

}  // namespace

std::optional<Attached> jpeg_attached(const ReadAt& read_at, const std::string& xmp,
                                      const Limits& limits, std::vector<std::string>& warnings) {
  if (!begins_with(read_at(0, 2), "\xff\xd8")) return std::nullopt;
  const auto end = end_of_picture(read_at);
  if (!end) return std::nullopt;
  Attached found;
  found.behind_at = *end;
  found.behind = read_at(*end, limits.max_metadata_bytes + 1);
  const bool says_nothing = std::ranges::all_of(
      found.behind, [](std::uint8_t byte) { return byte == 0 || byte == 0xFF; });
  if (says_nothing) return std::nullopt;
  for (const JpegSegment& segment : jpeg_segments(read_at)) {
    if (segment.marker != kApp2 || !found.index.empty()) continue;
    Bytes content = read_at(segment.content, segment.size);
    if (!begins_with(content, kMpfName)) continue;
    found.index.assign(content.begin() + kMpfName.size(), content.end());
    found.index_at = segment.content + kMpfName.size();
  }
  if (lists_previews_only(found.index)) return std::nullopt;
  found.name = name_of(found.behind, xmp, index_of(found.index).has_value());
  if (found.behind.size() > limits.max_metadata_bytes) {
    warnings.push_back((found.name.empty() ? "what stands" : found.name) +
                       " behind the picture is larger than metadata may be and was left out");
    return std::nullopt;
  }
  if (found.name.empty()) {
    warnings.push_back(std::to_string(found.behind.size()) +
                       " bytes behind the picture, of an unknown kind, were left out");
    return std::nullopt;
  }
  return found;
}

Bytes placed_index(const Attached& attached, std::uint64_t index_at, std::uint64_t picture_bytes) {
  Bytes tiff = attached.index;
  const auto index = index_of(tiff);
  if (!index) return tiff;
  const auto put = [&](std::size_t at, std::uint64_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t shift = 8 * (index->little ? i : 3 - i);
      tiff[at + i] = static_cast<std::uint8_t>(value >> shift);
    }
  };
  for (std::size_t i = 0; i < index->count; ++i) {
    const std::size_t entry = index->entries_at + 16 * i;
    const std::uint64_t offset = number(std::span(tiff).subspan(entry + 8, 4), index->little);
    if (i == 0) put(entry + 4, picture_bytes);
    if (i == 0 || offset == 0) continue;
    const std::uint64_t behind = offset + attached.index_at - attached.behind_at;
    put(entry + 8, picture_bytes + behind - index_at);
  }
  return tiff;
}

void forget_attached(std::string& packet) { drop_properties(packet, points_behind); }

}  // namespace latent::metadata
