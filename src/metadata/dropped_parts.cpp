// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/dropped_parts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/path.h"
#include "metadata/jpeg_segments.h"

namespace latent::metadata {

namespace {

using namespace std::string_view_literals;
using Names = std::vector<std::string>;

constexpr std::size_t kMostNamed = 8;

void add(Names& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::string chunk_in_words(const std::string& name) {
  if (name == "acTL") return "an animation (acTL)";
  if (name == "caBX") return "content credentials (caBX)";
  if (name == "oFFs") return "a place on a page (oFFs)";
  if (name == "bKGD") return "a background colour (bKGD)";
  return printable(name);
}

Names chunks_of_png(const ReadAt& read_at) {
  constexpr int kMostChunks = 100'000;
  constexpr std::array<std::string_view, 23> kKnown{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA",
                                                    "cHRM", "iCCP", "sRGB", "sBIT", "cICP", "hIST",
                                                    "pHYs", "tIME", "eXIf", "zxIf", "tEXt", "zTXt",
                                                    "iTXt", "fcTL", "fdAT", "iDOT", "CgBI"};
  Names names;
  std::uint64_t at = 8;
  for (int i = 0; i < kMostChunks; ++i) {
    const auto head = read_at(at, 8);
    if (head.size() < 8) break;
    const std::string name(head.begin() + 4, head.end());
    if (name == "IEND") break;
    if (std::ranges::find(kKnown, name) == kKnown.end()) add(names, chunk_in_words(name));
    at += 12 + big_endian(std::span(head).first(4));
  }
  return names;
}

/// Whether a segment says how the picture is stored, or is read.
bool is_read(std::uint8_t marker, std::span<const std::uint8_t> content) {
  constexpr std::array<std::string_view, 12> kNames{
      "JFIF",        "JFXX",    "Exif\0"sv,      "http://ns.adobe.com/",
      "ICC_PROFILE", "MPF\0"sv, "Photoshop 3.0", "Adobe",
      "Ducky",       "AVI1",    "Adobe_CM",      "PictureInfo"};
  constexpr std::uint8_t kApp0 = 0xE0;
  constexpr std::uint8_t kApp15 = 0xEF;
  return marker < kApp0 || marker > kApp15 ||
         std::ranges::any_of(kNames,
                             [&](std::string_view name) { return begins_with(content, name); });
}

Names segments_of_jpeg(const ReadAt& read_at) {
  constexpr std::uint8_t kApp0 = 0xE0;
  constexpr std::uint8_t kApp11 = 0xEB;
  constexpr std::size_t kLongestName = 24;
  Names names;
  for (const JpegSegment& segment : jpeg_segments(read_at)) {
    const auto content = read_at(segment.content, std::min(segment.size, kLongestName));
    if (is_read(segment.marker, content)) continue;
    if (segment.marker == kApp11 && begins_with(content, "JP")) {
      add(names, "content credentials or other JUMBF (APP11)");
      continue;
    }
    const auto end = std::ranges::find_if(
        content, [](std::uint8_t byte) { return byte <= 0x20 || byte >= 0x7F; });
    const std::string said(content.begin(), end);
    add(names, "APP" + std::to_string(segment.marker - kApp0) +
                   (said.size() < 3 ? "" : " " + printable(said)));
  }
  return names;
}

}  // namespace

void name_dropped_parts(const ReadAt& read_at, std::vector<std::string>& warnings) {
  const auto head = read_at(0, 8);
  const bool is_png = begins_with(head, "\x89PNG\r\n\x1a\n"sv);
  Names names = is_png ? chunks_of_png(read_at) : segments_of_jpeg(read_at);
  if (names.empty()) return;
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    all += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMostNamed) {
    all += " and " + std::to_string(names.size() - kMostNamed) + " more";
  }
  warnings.push_back((is_png ? "chunks" : "segments") + (" of the source were left out: " + all));
}

}  // namespace latent::metadata
