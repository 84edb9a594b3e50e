// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/icc_tags.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/path.h"

namespace latent::colour {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t kTooMany = std::uint64_t{1} << 40U;  ///< more bytes than any profile

/// Of big-endian numbers; 0 where the bytes are not there, which lcms2 finds out by itself.
std::uint64_t number(Bytes bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) return 0;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes.subspan(at, size)) value = value << 8U | byte;
  return value;
}

std::string_view type_of(Bytes tag) {
  return {reinterpret_cast<const char*>(tag.data()), std::min<std::size_t>(4, tag.size())};
}

Bytes from(Bytes bytes, std::uint64_t at) {
  return bytes.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(at, bytes.size())));
}

/// Never more than kTooMany. `a` is no more than that, and `b` below 65536, or the other way round.
std::uint64_t times(std::uint64_t a, std::uint64_t b) { return std::min(a * b, kTooMany); }

/// The points of a grid with as many on each side.
std::uint64_t power(std::uint64_t side, std::uint64_t dimensions) {
  std::uint64_t points = 1;
  for (std::uint64_t k = 0; k < dimensions; ++k) points = times(points, side);
  return points;
}

/// The same, the points of each side by themselves in 16 bytes.
std::uint64_t points_of(Bytes sides, std::uint64_t dimensions) {
  std::uint64_t points = 1;
  for (std::size_t k = 0; k < std::min<std::uint64_t>(dimensions, 16); ++k) {
    points = times(points, number(sides, k, 1));
  }
  return points;
}

/// lut8Type and lut16Type: tables, a grid, tables. [section 10.10, 10.11]
std::uint64_t bytes_of_table(Bytes tag, std::uint64_t sample_bytes) {
  const std::uint64_t inputs = number(tag, 8, 1);
  const std::uint64_t outputs = number(tag, 9, 1);
  const bool short_ones = sample_bytes == 1;
  const std::uint64_t head = short_ones ? 48 : 52;
  const std::uint64_t before = short_ones ? 256 : number(tag, 48, 2);
  const std::uint64_t behind = short_ones ? 256 : number(tag, 50, 2);
  const std::uint64_t grid = times(power(number(tag, 10, 1), inputs), outputs);
  return head + times(sample_bytes, inputs * before + grid + outputs * behind);
}

/// lutAToBType and lutBToAType: of their parts only the grid may be large, since lcms2 takes no
/// curve of more than 32767 entries. [section 10.12, 10.13]
bool grid_fits(Bytes tag) {
  constexpr std::uint64_t kHead = 20;  // 16 sides, the bytes of a sample, and three more
  const std::uint64_t at = number(tag, 24, 4);
  if (at == 0) return true;
  const Bytes grid = from(tag, at);
  const std::uint64_t samples = times(points_of(grid, number(tag, 8, 1)), number(tag, 9, 1));
  return kHead + times(samples, number(grid, 16, 1)) <= grid.size();
}

/// One curve of segments. [section 10.16.2]
bool curve_fits(Bytes curve) {
  constexpr std::size_t kHead = 12;
  constexpr std::uint64_t kSample = 4;
  constexpr std::uint64_t kMostSegments = 256;  // profiles have three
  const std::uint64_t segments = number(curve, 8, 2);
  if (segments > kMostSegments) return false;
  std::uint64_t at = kHead + kSample * (std::max<std::uint64_t>(segments, 1) - 1);
  for (std::uint64_t k = 0; k < segments && at < curve.size(); ++k) {
    const Bytes segment = from(curve, at);
    const bool formula = type_of(segment) == "parf";
    const std::uint64_t parameters = number(segment, 8, 2) == 0 ? 4 : 5;
    const std::uint64_t count = formula ? parameters : number(segment, 8, 4);
    at += 12 + kSample * count;
  }
  return at <= curve.size();
}

/// One element of a multiProcessElementsType.
bool element_fits(Bytes element) {
  constexpr std::uint64_t kSample = 4;
  constexpr std::uint64_t kPosition = 8;  // offset and size
  const std::uint64_t inputs = number(element, 8, 2);
  const std::uint64_t outputs = number(element, 10, 2);
  const std::string_view type = type_of(element);
  if (type == "matf") return 12 + kSample * (inputs + 1) * outputs <= element.size();
  if (type == "clut") {
    return 28 + times(kSample, times(points_of(from(element, 12), inputs), outputs)) <=
           element.size();
  }
  if (type != "cvst") return true;
  constexpr std::uint64_t kMostChannels = 16;  // of lcms2
  if (inputs > kMostChannels || 12 + kPosition * inputs > element.size()) return false;
  for (std::uint64_t k = 0; k < inputs; ++k) {
    const auto at = static_cast<std::size_t>(12 + kPosition * k);
    if (!curve_fits(from(element, number(element, at, 4)))) return false;
  }
  return true;
}

/// multiProcessElementsType. [section 10.16]
bool elements_fit(Bytes tag) {
  constexpr std::uint64_t kPosition = 8;
  constexpr std::uint64_t kMostElements = 32;  // profiles have three
  const std::uint64_t count = number(tag, 12, 4);
  if (count > kMostElements || 16 + kPosition * count > tag.size()) return false;
  for (std::uint64_t k = 0; k < count; ++k) {
    const auto at = static_cast<std::size_t>(16 + kPosition * k);
    if (!element_fits(from(tag, number(tag, at, 4)))) return false;
  }
  return true;
}

/// `tag` goes on to the end of the profile.
bool fits(Bytes tag) {
  const std::string_view type = type_of(tag);
  if (type == "mluc") return 16 + 12 * number(tag, 8, 4) <= tag.size();
  if (type == "curv") return 12 + 2 * number(tag, 8, 4) <= tag.size();
  if (type == "desc") return 12 + number(tag, 8, 4) <= tag.size();
  if (type == "mft1") return bytes_of_table(tag, 1) <= tag.size();
  if (type == "mft2") return bytes_of_table(tag, 2) <= tag.size();
  if (type == "mAB " || type == "mBA ") return grid_fits(tag);
  if (type == "mpet") return elements_fit(tag);
  return true;
}

}  // namespace

Status check_icc_tags(Bytes icc) {
  constexpr std::size_t kHeader = 128;
  constexpr std::size_t kTableAt = kHeader + 4;
  constexpr std::size_t kEntry = 12;      // name, offset, size
  constexpr std::size_t kMostTags = 100;  // of lcms2
  const std::uint64_t count = number(icc, kHeader, 4);
  if (count > (icc.size() - kTableAt) / kEntry) {
    return fail(ErrorCode::Corrupt,
                "is a damaged ICC profile: its list of tags is longer than the profile");
  }
  if (count > kMostTags) {
    return fail(ErrorCode::Unsupported, "is an ICC profile of more than 100 tags");
  }
  for (std::size_t k = 0; k < count; ++k) {
    const std::size_t entry = kTableAt + kEntry * k;
    if (fits(from(icc, number(icc, entry + 4, 4)))) continue;
    return fail(ErrorCode::Corrupt, "is a damaged ICC profile: its tag " +
                                        printable(type_of(icc.subspan(entry))) +
                                        " promises more than the profile holds");
  }
  return {};
}

}  // namespace latent::colour
