// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/exr_attributes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

#include "base/path.h"
#include "metadata/bytes.h"
#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Fraction = std::array<std::uint32_t, 2>;

constexpr int kMostAttributes = 10'000;  ///< more are no picture's
constexpr std::size_t kMostNamed = 8;    ///< in a warning

/// How this file stores its picture.
constexpr std::array<std::string_view, 15> kOfTheFile{
    "channels", "compression",         "lineOrder",          "tiles",    "name", "type",
    "version",  "chunkCount",          "maxSamplesPerPixel", "xDensity", "view", "multiView",
    "preview",  "dwaCompressionLevel", "deepImageState"};

struct Text {
  std::string_view name;
  bool in_image;  ///< IFD 0, else the Exif IFD
  std::uint16_t tag;
};

constexpr std::array kTexts{
    Text{"owner", true, tag::kCopyright},      Text{"comments", true, tag::kImageDescription},
    Text{"cameraMake", true, tag::kMake},      Text{"cameraModel", true, tag::kModel},
    Text{"cameraSerialNumber", false, 0xa431},  // BodySerialNumber
    Text{"lensMake", false, 0xa433},           Text{"lensModel", false, 0xa434},
    Text{"lensSerialNumber", false, 0xa435}};

struct Number {
  std::string_view name;
  std::uint16_t tag;  ///< a RATIONAL of the Exif IFD
};

constexpr std::array kNumbers{Number{"expTime", tag::kExposureTime},
                              Number{"aperture", tag::kFNumber},
                              Number{"nominalFocalLength", tag::kFocalLength}};

/// `T` is what holds one value of that type.
template <class T>
Field field_of(std::uint16_t tag, TiffType type, const std::vector<T>& values) {
  Field field{tag, static_cast<std::uint16_t>(type), static_cast<std::uint32_t>(values.size()),
              Bytes(values.size() * sizeof(T))};
  std::memcpy(field.bytes.data(), values.data(), field.bytes.size());
  return field;
}

Field text_field(std::uint16_t tag, const std::string& text) {
  std::vector<char> letters(text.begin(), text.end());
  letters.push_back('\0');
  return field_of(tag, TiffType::Ascii, letters);
}

Field fractions(std::uint16_t tag, const std::vector<Fraction>& values) {
  return field_of(tag, TiffType::Rational, values);
}

/// The plainest fraction that a float cannot tell from `value`, which is above 0 and below 10^9: a
/// 200th of a second comes back as that. By continued fractions.
Fraction plain_fraction(double value) {
  constexpr double kFloatStep = 2e-7;
  constexpr double kMost = 2e9;
  std::array<double, 2> above{0, 1};  // the last two numerators ...
  std::array<double, 2> below{1, 0};  // ... and denominators
  double rest = value;
  for (int i = 0; i < 32; ++i) {
    const double whole = std::floor(rest);
    const double numerator = whole * above[1] + above[0];
    const double denominator = whole * below[1] + below[0];
    if (numerator > kMost || denominator > kMost) break;
    above = {above[1], numerator};
    below = {below[1], denominator};
    const double exact = value * denominator;
    const bool near = std::abs(numerator - exact) <= kFloatStep * exact;
    const double part = rest - whole;
    if (near || !(part > 0)) break;
    rest = 1 / part;
  }
  return {static_cast<std::uint32_t>(above[1]), static_cast<std::uint32_t>(below[1])};
}

/// Degrees, minutes, and seconds in ten thousandths: a tenth of what a float holds of an angle.
std::vector<Fraction> angle(double degrees) {
  constexpr std::int64_t kSecond = 10'000;
  constexpr std::int64_t kMinute = 60 * kSecond;
  constexpr std::int64_t kDegree = 60 * kMinute;
  const std::int64_t all = std::llround(std::abs(degrees) * static_cast<double>(kDegree));
  const auto part = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
  return {{part(all / kDegree), 1},
          {part(all % kDegree / kMinute), 1},
          {part(all % kMinute), part(kSecond)}};
}

/// "2026:07:14 12:34:56"
bool is_exif_date(std::string_view text) {
  constexpr std::string_view kForm = "dddd:dd:dd dd:dd:dd";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kForm[i] == 'd' ? !digit : text[i] != kForm[i]) return false;
  }
  return true;
}

struct Attribute {
  std::string name;
  std::string type;
  Bytes value;

  /// What stands in a "string" before its first zero, or nothing where it is another.
  [[nodiscard]] std::string text() const {
    if (type != "string") return {};
    return {value.begin(), std::find(value.begin(), value.end(), 0)};
  }
  /// A finite "float", or nothing.
  [[nodiscard]] std::optional<double> number() const {
    if (type != "float" || value.size() != sizeof(float)) return std::nullopt;
    const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(little_endian(value)));
    return std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
  }
};

/// Puts attributes where EXIF has the same.
class Taker {
 public:
  explicit Taker(ContainerBlocks& blocks) : blocks_(blocks) {}

  /// False where it has found no place.
  [[nodiscard]] bool take(const Attribute& attribute) {
    return take_text(attribute) || take_number(attribute) || take_place(attribute);
  }

  /// Fields in the order that Metadata wants.
  void finish() {
    if (!blocks_.gps.empty()) {
      blocks_.gps.push_back(field_of(0, TiffType::Byte, std::vector<std::uint8_t>{2, 3, 0, 0}));
    }
    const auto before = [](const Field& a, const Field& b) { return a.tag < b.tag; };
    for (auto* fields : {&blocks_.image, &blocks_.photo, &blocks_.gps}) {
      std::sort(fields->begin(), fields->end(), before);
    }
  }

 private:
  bool take_text(const Attribute& attribute) {
    const std::string text = attribute.text();
    if (text.empty()) return false;
    if (attribute.name == "capDate" && is_exif_date(text)) {
      blocks_.photo.push_back(text_field(tag::kDateTimeOriginal, text));
      return true;
    }
    for (const Text& known : kTexts) {
      if (attribute.name != known.name) continue;
      (known.in_image ? blocks_.image : blocks_.photo).push_back(text_field(known.tag, text));
      return true;
    }
    return false;
  }

  bool take_number(const Attribute& attribute) {
    constexpr double kLargest = 1e9;
    constexpr double kSmallest = 1e-9;
    constexpr double kLargestIso = 65535;
    const auto value = attribute.number();
    if (!value || *value < kSmallest || *value > kLargest) return false;
    if (attribute.name == "isoSpeed" && *value >= 1 && *value <= kLargestIso) {
      const auto iso = static_cast<std::uint16_t>(std::lround(*value));
      blocks_.photo.push_back(
          field_of(tag::kIsoSpeedRatings, TiffType::Short, std::vector<std::uint16_t>{iso}));
      return true;
    }
    for (const Number& known : kNumbers) {
      if (attribute.name != known.name) continue;
      blocks_.photo.push_back(fractions(known.tag, {plain_fraction(*value)}));
      return true;
    }
    return false;
  }

  bool take_place(const Attribute& attribute) {
    constexpr std::uint16_t kLatitudeRef = 1;
    constexpr std::uint16_t kLongitudeRef = 3;
    const auto value = attribute.number();
    if (!value) return false;
    if (attribute.name == "latitude" && std::abs(*value) <= 90) {
      add_angle(kLatitudeRef, *value < 0 ? "S" : "N", *value);
    } else if (attribute.name == "longitude" && std::abs(*value) <= 180) {
      add_angle(kLongitudeRef, *value < 0 ? "W" : "E", *value);
    } else if (attribute.name == "altitude" && std::abs(*value) <= 1e6) {
      add_altitude(*value);
    } else {
      return false;
    }
    return true;
  }

  void add_angle(std::uint16_t reference, const char* letter, double degrees) {
    blocks_.gps.push_back(text_field(reference, letter));
    blocks_.gps.push_back(fractions(static_cast<std::uint16_t>(reference + 1), angle(degrees)));
  }

  void add_altitude(double metres) {
    constexpr std::uint16_t kAltitudeRef = 5;
    constexpr std::uint16_t kAltitude = 6;
    constexpr std::uint32_t kParts = 1000;
    const std::vector<std::uint8_t> below_sea{static_cast<std::uint8_t>(metres < 0 ? 1 : 0)};
    const auto parts = static_cast<std::uint32_t>(std::lround(std::abs(metres) * kParts));
    blocks_.gps.push_back(field_of(kAltitudeRef, TiffType::Byte, below_sea));
    blocks_.gps.push_back(fractions(kAltitude, {{parts, kParts}}));
  }

  ContainerBlocks& blocks_;
};

/// Text that ends with a zero, at most 255 bytes as OpenEXR allows; nothing where it does not end.
std::optional<std::string> name_at(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::size_t kLongestName = 255;
  const Bytes bytes = read_at(at, kLongestName + 1);
  const auto end = std::find(bytes.begin(), bytes.end(), 0);
  if (end == bytes.end()) return std::nullopt;
  return std::string(bytes.begin(), end);
}

std::string listed(const std::vector<std::string>& names) {
  std::string all;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    all += (i == 0 ? "" : ", ") + printable(names[i]);
  }
  if (names.size() <= kMostNamed) return all;
  return all + " and " + std::to_string(names.size() - kMostNamed) + " more";
}

bool is_of_the_file(const std::string& name) {
  return std::find(kOfTheFile.begin(), kOfTheFile.end(), name) != kOfTheFile.end();
}

/// An attribute before its value is read.
struct Head {
  std::string name;
  std::string type;
  std::uint64_t value_at = 0;
  std::uint64_t value_size = 0;
};

/// Nothing at the end of the header, which is an empty name, and where the file is damaged.
std::optional<Head> head_at(const ReadAt& read_at, std::uint64_t at) {
  constexpr std::size_t kSize = 4;
  const auto name = name_at(read_at, at);
  if (!name || name->empty()) return std::nullopt;
  const std::uint64_t type_at = at + name->size() + 1;
  const auto type = name_at(read_at, type_at);
  if (!type) return std::nullopt;
  const std::uint64_t size_at = type_at + type->size() + 1;
  const Bytes size = read_at(size_at, kSize);
  if (size.size() < kSize) return std::nullopt;
  return Head{*name, *type, size_at + kSize, little_endian(size)};
}

}  // namespace

ContainerBlocks exr_attributes(const ReadAt& read_at, const Limits& limits) {
  constexpr std::size_t kLongest = std::size_t{1} << 16U;  // of what becomes EXIF
  ContainerBlocks blocks;
  Taker taker(blocks);
  std::vector<std::string> left_out;
  std::set<std::string> seen;
  std::uint64_t at = 8;
  for (int i = 0; i < kMostAttributes; ++i) {
    const auto head = head_at(read_at, at);
    if (!head) break;
    at = head->value_at + head->value_size;
    const bool is_text = head->type == "string";
    const bool says_nothing = is_text && head->value_size == 0;
    if (says_nothing || is_of_the_file(head->name)) continue;
    if (!seen.insert(head->name).second) continue;  // in a sound file each stands once
    const bool is_xmp = is_text && head->name == "xmp";
    const std::size_t most =
        is_xmp ? limits.max_metadata_bytes : std::min(kLongest, limits.max_metadata_bytes);
    const bool fits = head->value_size <= most;
    const Bytes value =
        fits ? read_at(head->value_at, static_cast<std::size_t>(head->value_size)) : Bytes{};
    if (is_xmp && fits) {
      blocks.xmp.assign(value.begin(), value.end());
    } else if (!fits) {
      left_out.push_back(head->name);
    } else if (!taker.take({head->name, head->type, value})) {
      blocks.exr.push_back({head->name, head->type, value});
    }
  }
  taker.finish();
  if (!left_out.empty()) {
    blocks.warnings.push_back("attributes of the source were left out: " + listed(left_out));
  }
  return blocks;
}

}  // namespace latent::metadata
