// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <exiv2/exiv2.hpp>
#include <locale>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include "metadata/exiv2_guard.h"
#include "metadata/placed_fields.h"

namespace latent::metadata {

namespace {

/// Where results of a region lie in their source: as stored, or as turned for viewing.
struct Frame {
  Size source;
  Rect region;
  int scale = 1;

  [[nodiscard]] double along(int axis) const { return axis == 0 ? source.width : source.height; }
  [[nodiscard]] double origin(int axis) const { return axis == 0 ? region.x : region.y; }
  [[nodiscard]] double side(int axis) const { return axis == 0 ? region.width : region.height; }
  [[nodiscard]] bool is_whole() const { return region == Rect{0, 0, source.width, source.height}; }
};

/// How a box counts: parts of the picture's sides, or pixels.
enum class Unit : std::uint8_t { Normalised, Pixel };

/// A key without namespaces: "Regions/RegionList[1]/Area/x".
std::string plain_key(const std::string& key) {
  constexpr std::size_t kFamily = 4;  // "Xmp."
  const auto begin = key.find('.', kFamily);
  std::string plain;
  std::string element;
  for (std::size_t i = begin == std::string::npos ? 0 : begin + 1; i < key.size(); ++i) {
    if (key[i] == ':') {
      element.clear();
    } else if (key[i] == '/') {
      plain += element + '/';
      element.clear();
    } else {
      element += key[i];
    }
  }
  return plain + element;
}

std::optional<double> number_in(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string text_of(double value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(9);
  text << value;
  return text.str();
}

/// One side of a box, from its first to its last place; nothing where it lies outside. Of pictures
/// that are whole nothing is cut.
struct Span {
  double low = 0;
  double high = 0;
};

std::optional<Span> placed(Span span, int axis, Unit unit, const Frame& frame) {
  const double in_pixels = unit == Unit::Normalised ? frame.along(axis) : 1.0;
  const double to_result = unit == Unit::Normalised ? 1.0 / frame.side(axis) : frame.scale;
  const bool is_point = span.high == span.low;
  double low = span.low * in_pixels - frame.origin(axis);
  double high = span.high * in_pixels - frame.origin(axis);
  if (!frame.is_whole()) {
    if (high < 0 || low > frame.side(axis)) return std::nullopt;
    if (!is_point) {
      low = std::max(low, 0.0);
      high = std::min(high, frame.side(axis));
      if (high <= low) return std::nullopt;
    }
  }
  return Span{low * to_result, high * to_result};
}

class Packet {
 public:
  Packet(Exiv2::XmpData& xmp, const Placing& placing)
      : xmp_(xmp), placing_(placing), stored_{placing.source, placing.region, placing.scale} {}

  void place() {
    for (Exiv2::Xmpdatum& datum : xmp_) plain_.push_back(plain_key(datum.key()));
    place_panorama();
    place_exif();
    place_regions();
    place_microsoft_regions();
    place_iptc_regions();
    remove_elements();
  }

 private:
  [[nodiscard]] Exiv2::Xmpdatum* find(std::string_view plain) {
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      if (plain_[i] == plain) return &*(xmp_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return nullptr;
  }
  [[nodiscard]] std::optional<double> number(std::string_view plain) {
    const Exiv2::Xmpdatum* datum = find(plain);
    return datum != nullptr ? number_in(datum->toString()) : std::nullopt;
  }
  void set(std::string_view plain, double value) {
    if (Exiv2::Xmpdatum* datum = find(plain)) datum->setValue(text_of(value));
  }

  /// The photo sphere: the whole grows, the part that is there moves.
  void place_panorama() {
    const auto scaled = [&](std::string_view name, double moved) {
      if (const auto value = number(name)) set(name, (*value + moved) * placing_.scale);
    };
    const Rect& region = placing_.region;
    scaled("FullPanoWidthPixels", 0);
    scaled("FullPanoHeightPixels", 0);
    scaled("CroppedAreaLeftPixels", region.x);
    scaled("CroppedAreaTopPixels", region.y);
    set("CroppedAreaImageWidthPixels", region.width * placing_.scale);
    set("CroppedAreaImageHeightPixels", region.height * placing_.scale);
    place_interior(0, "LargestValidInteriorRectLeft", "LargestValidInteriorRectWidth");
    place_interior(1, "LargestValidInteriorRectTop", "LargestValidInteriorRectHeight");
    // Of GDepth: TIFF's never travel.
    if (number("ImageWidth") == placing_.source.width) {
      set("ImageWidth", region.width * placing_.scale);
    }
    if (number("ImageHeight") == placing_.source.height) {
      set("ImageHeight", region.height * placing_.scale);
    }
  }

  void place_interior(int axis, std::string_view begin, std::string_view size) {
    const auto low = number(begin);
    const auto length = number(size);
    if (!low || !length) return;
    const auto span =
        placed({*low, *low + *length}, axis, Unit::Pixel, stored_).value_or(Span{0, 0});
    set(begin, span.low);
    set(size, span.high - span.low);
  }

  void place_exif() {
    for (const char* name : {"FocalPlaneXResolution", "FocalPlaneYResolution"}) {
      Exiv2::Xmpdatum* datum = find(name);
      if (datum == nullptr) continue;
      const std::string text = datum->toString();
      const auto above = number_in(text);
      const auto slash = text.find('/');
      if (!above) continue;
      datum->setValue(text_of(*above * placing_.scale) +
                      (slash == std::string::npos ? "" : text.substr(slash)));
    }
    place_subject("SubjectArea");
    place_subject("SubjectLocation");
  }

  void place_subject(std::string_view name) {
    Exiv2::Xmpdatum* datum = find(name);
    if (datum == nullptr) return;
    Metadata one;
    Field field{0x9214, 3, 0, {}};
    for (long i = 0; i < datum->count(); ++i) {
      const auto value = number_in(datum->toString(i));
      if (!value || *value < 0 || *value > 65535) return;
      const auto part = static_cast<std::uint16_t>(*value);
      field.bytes.push_back(static_cast<std::uint8_t>(part & 0xFFU));
      field.bytes.push_back(static_cast<std::uint8_t>(part >> 8U));
    }
    field.count = static_cast<std::uint32_t>(field.bytes.size() / 2);
    one.photo.push_back(field);
    place_fields(one, placing_);
    if (one.photo.empty()) {
      removed_.insert(std::string(name));
      return;
    }
    Exiv2::XmpArrayValue sequence(Exiv2::xmpSeq);
    const auto& bytes = one.photo[0].bytes;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
      sequence.read(std::to_string(bytes[i] + 256 * bytes[i + 1]));
    }
    datum->setValue(&sequence);
  }

  /// Regions of MWG and of ACDSee say for what size they were drawn; where that is the turned one,
  /// they count from its corner.
  [[nodiscard]] Frame frame_of(const std::string& regions) {
    const auto width = number(regions + "AppliedToDimensions/w");
    const auto height = number(regions + "AppliedToDimensions/h");
    const Size& source = placing_.source;
    const bool exchanged = placing_.orientation >= 5 && width && height && *width * *height > 0 &&
                           (*width > *height) != (source.width > source.height);
    if (!exchanged) return stored_;
    const Rect whole{0, 0, source.width, source.height};
    return {turned(whole, source, placing_.orientation).size(),
            turned(placing_.region, source, placing_.orientation), placing_.scale};
  }

  void place_regions() {
    std::set<std::string> areas;
    for (const std::string& key : plain_) {
      for (const char* name : {"/Area/", "/DLYArea/", "/ALGArea/"}) {
        const auto at = key.rfind(name);
        if (at != std::string::npos) areas.insert(key.substr(0, at + std::string(name).size()));
      }
    }
    std::map<std::string, Frame> frames;
    for (const std::string& area : areas) {
      const std::string regions = area.substr(0, area.find('/') + 1);
      if (!frames.contains(regions)) frames.emplace(regions, frame_of(regions));
      place_box(area, frames.at(regions));
    }
    for (const std::string& key : plain_) {
      constexpr std::string_view kEnd = "AppliedToDimensions/w";
      if (!key.ends_with(kEnd)) continue;
      const std::string regions = key.substr(0, key.size() - kEnd.size());
      const Frame frame = frames.contains(regions) ? frames.at(regions) : frame_of(regions);
      set(regions + "AppliedToDimensions/w", frame.side(0) * frame.scale);
      set(regions + "AppliedToDimensions/h", frame.side(1) * frame.scale);
    }
  }

  /// x and y are those of its middle.
  void place_box(const std::string& area, const Frame& frame) {
    const Exiv2::Xmpdatum* said = find(area + "unit");
    const Unit unit =
        said != nullptr && said->toString() == "pixel" ? Unit::Pixel : Unit::Normalised;
    for (int axis = 0; axis < 2; ++axis) {
      const std::string at = area + (axis == 0 ? "x" : "y");
      const std::string size = area + (axis == 0 ? "w" : "h");
      const auto middle = number(at);
      const double length = number(size).value_or(0);
      if (!middle) return;
      const auto span = placed({*middle - length / 2, *middle + length / 2}, axis, unit, frame);
      if (!span) return remove_element(area);
      set(at, (span->low + span->high) / 2);
      set(size, span->high - span->low);
    }
    const auto diameter = number(area + "d");  // of the shorter side
    if (!diameter) return;
    const double before = std::min(frame.along(0), frame.along(1));
    const double after = std::min(frame.side(0), frame.side(1));
    set(area + "d", *diameter * (unit == Unit::Pixel ? frame.scale : before / after));
  }

  /// "x, y, w, h" in parts of the sides, from the upper left corner.
  void place_microsoft_regions() {
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      if (!plain_[i].starts_with("RegionInfo/") || !plain_[i].ends_with("/Rectangle")) continue;
      Exiv2::Xmpdatum& datum = *(xmp_.begin() + static_cast<std::ptrdiff_t>(i));
      std::array<double, 4> box{};
      std::istringstream text(datum.toString());
      std::string part;
      std::size_t count = 0;
      while (count < box.size() && std::getline(text, part, ',')) {
        box[count++] = number_in(part).value_or(-1);
      }
      if (count < box.size()) continue;
      const auto x = placed({box[0], box[0] + box[2]}, 0, Unit::Normalised, stored_);
      const auto y = placed({box[1], box[1] + box[3]}, 1, Unit::Normalised, stored_);
      if (!x || !y) {
        remove_element(plain_[i]);
        continue;
      }
      datum.setValue(text_of(x->low) + ", " + text_of(y->low) + ", " + text_of(x->high - x->low) +
                     ", " + text_of(y->high - y->low));
    }
  }

  /// rbX and rbY are those of the upper left corner, of a circle's middle, or of a corner.
  void place_iptc_regions() {
    for (const std::string& key : std::vector<std::string>(plain_)) {
      constexpr std::string_view kBoundary = "/RegionBoundary/";
      const auto at = key.find(kBoundary);
      if (at == std::string::npos || !key.ends_with("/rbX")) continue;
      const std::string boundary = key.substr(0, at + kBoundary.size());
      const std::string point = key.substr(0, key.size() - 3);
      const Exiv2::Xmpdatum* said = find(boundary + "rbUnit");
      const Unit unit =
          said != nullptr && said->toString() == "pixel" ? Unit::Pixel : Unit::Normalised;
      for (int axis = 0; axis < 2; ++axis) {
        const std::string begin = point + (axis == 0 ? "rbX" : "rbY");
        const std::string size = point + (axis == 0 ? "rbW" : "rbH");
        const auto low = number(begin);
        const double length = number(size).value_or(0);
        if (!low) continue;
        const auto span = placed({*low, *low + length}, axis, unit, stored_);
        if (!span) {
          remove_element(boundary);
          break;
        }
        set(begin, span->low);
        set(size, span->high - span->low);
      }
      const auto radius = number(boundary + "rbRx");
      const double wider = unit == Unit::Pixel ? stored_.scale : stored_.along(0) / stored_.side(0);
      if (radius) set(boundary + "rbRx", *radius * wider);
    }
  }

  /// Marks the innermost element of a list that this key belongs to.
  void remove_element(const std::string& key) {
    const auto end = key.find(']');
    if (end != std::string::npos) removed_.insert(key.substr(0, end + 1));
  }

  /// The key of an element whose place in its list changes because others go; the index is that of
  /// the first list in the key.
  [[nodiscard]] std::string moved_key(const std::string& key, const std::string& plain) const {
    const auto open = plain.find('[');
    const auto close = plain.find(']');
    if (open == std::string::npos || close == std::string::npos) return key;
    const auto index = number_in(std::string_view(plain).substr(open + 1, close - open - 1));
    if (!index) return key;
    int less = 0;
    for (int i = 1; i < static_cast<int>(*index); ++i) {
      less += removed_.contains(plain.substr(0, open + 1) + std::to_string(i) + "]") ? 1 : 0;
    }
    if (less == 0) return key;
    const auto place = key.find('[');
    return key.substr(0, place + 1) + std::to_string(static_cast<int>(*index) - less) +
           key.substr(key.find(']'));
  }

  [[nodiscard]] bool is_removed(const std::string& plain) const {
    const auto close = plain.find(']');
    return removed_.contains(plain) ||
           (close != std::string::npos && removed_.contains(plain.substr(0, close + 1)));
  }

  void remove_elements() {
    if (removed_.empty()) return;
    Exiv2::XmpData left;
    std::size_t i = 0;
    for (const Exiv2::Xmpdatum& datum : xmp_) {
      const std::string& plain = plain_[i++];
      if (is_removed(plain)) continue;
      left.add(Exiv2::XmpKey(moved_key(datum.key(), plain)), &datum.value());
    }
    xmp_ = left;
  }

  Exiv2::XmpData& xmp_;
  const Placing& placing_;
  Frame stored_;
  std::vector<std::string> plain_;  ///< keys of xmp_, in its order
  std::set<std::string> removed_;   ///< plain keys, of elements up to their index
};

/// Whether a packet has any of the properties: others are not written anew.
bool counts_pixels(const std::string& packet) {
  constexpr std::array<std::string_view, 10> kWords{
      "PanoWidthPixels",     "CroppedArea", "Interior",       "FocalPlane", "Subject",
      "AppliedToDimensions", "RegionInfo",  "RegionBoundary", "GDepth",     "Area"};
  return std::ranges::any_of(
      kWords, [&](std::string_view word) { return packet.find(word) != std::string::npos; });
}

}  // namespace

void place_xmp(std::string& packet, const Placing& placing) {
  if (!counts_pixels(packet)) return;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) return;
    Packet(xmp, placing).place();
    std::string placed;
    if (Exiv2::XmpParser::encode(placed, xmp, Exiv2::XmpParser::useCompactFormat) == 0) {
      packet = placed;
    }
  } catch (const std::exception&) {
    return;  // what cannot be read is dropped when the provenance is added
  }
}

}  // namespace latent::metadata
