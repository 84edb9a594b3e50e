// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/metadata.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <exiv2/exiv2.hpp>
#include <map>
#include <stdexcept>
#include <utility>

#include "base/path.h"
#include "metadata/attached.h"
#include "metadata/carried_fields.h"
#include "metadata/container_blocks.h"
#include "metadata/dropped_parts.h"
#include "metadata/exiv2_guard.h"
#include "metadata/exiv2_source.h"
#include "metadata/extended_xmp.h"
#include "metadata/jpeg_comments.h"
#include "metadata/maker_note.h"
#include "metadata/photoshop.h"
#include "metadata/png_texts.h"
#include "metadata/text_places.h"
#include "metadata/tiff_fields.h"

namespace latent::metadata {

namespace {

constexpr auto kNative =
    std::endian::native == std::endian::little ? Exiv2::littleEndian : Exiv2::bigEndian;

/// The TIFF type that stores an Exiv2 value; Exiv2 has types of its own above 0xffff.
std::uint16_t tiff_type(Exiv2::TypeId type) {
  if (type == Exiv2::comment) return Exiv2::undefined;
  return type > 0 && type <= Exiv2::tiffIfd ? static_cast<std::uint16_t>(type) : 0;
}

/// The field of a datum, count 0 where TIFF has no way to store it.
Field field_of(const Exiv2::Exifdatum& datum) {
  Field field;
  field.tag = datum.tag();
  field.type = tiff_type(datum.typeId());
  const long size = datum.size();
  const long unit = field.type == 0 ? 0 : Exiv2::TypeInfo::typeSize(datum.typeId());
  const long value_size = datum.typeId() == Exiv2::comment ? 1 : unit;
  if (size <= 0 || value_size <= 0 || size % value_size != 0) return field;
  field.bytes.resize(static_cast<std::size_t>(size));
  datum.copy(field.bytes.data(), kNative);
  field.count = static_cast<std::uint32_t>(size / value_size);
  return field;
}

/// Collects fields by tag, the first of each, within a budget of bytes.
class Collector {
 public:
  explicit Collector(std::size_t budget) : budget_(budget) {}

  void add(const Exiv2::Exifdatum& datum) {
    if (fields_.contains(datum.tag())) return;
    if (datum.size() < 0 || static_cast<std::size_t>(datum.size()) > budget_) {
      over_budget_ = true;
      return;
    }
    Field field = field_of(datum);
    if (field.count == 0) return;
    budget_ -= field.bytes.size();
    fields_.emplace(field.tag, std::move(field));
  }

  [[nodiscard]] bool over_budget() const { return over_budget_; }
  [[nodiscard]] std::vector<Field> take() {
    std::vector<Field> result;
    for (auto& [tag, field] : fields_) result.push_back(std::move(field));
    return result;
  }

 private:
  std::size_t budget_;
  bool over_budget_ = false;
  std::map<std::uint16_t, Field> fields_;
};

constexpr std::uint16_t kPhotoshopResources = 0x8649;
constexpr std::uint16_t kPhotoshopLayers = 0x935c;

void take_photoshop(const Exiv2::Exifdatum& datum, const Limits& limits, Metadata& into) {
  if (datum.size() <= 0 || static_cast<std::size_t>(datum.size()) > limits.max_metadata_bytes) {
    return;
  }
  std::vector<std::uint8_t> blocks(static_cast<std::size_t>(datum.size()));
  datum.copy(blocks.data(), kNative);
  into.photoshop = photoshop_resources(blocks, into.warnings);
}

void take_exif(const Exiv2::ExifData& exif, const Limits& limits, Metadata& into) {
  const bool is_dng = exif.findKey(Exiv2::ExifKey("Exif.Image.DNGVersion")) != exif.end();
  Collector image(limits.max_metadata_bytes);
  Collector photo(limits.max_metadata_bytes);
  Collector gps(limits.max_metadata_bytes);
  Collector interop(limits.max_metadata_bytes);
  Collector raw(limits.max_metadata_bytes);
  for (const Exiv2::Exifdatum& datum : exif) {
    const std::string group = datum.groupName();
    if (group == "Image" && datum.tag() == kPhotoshopLayers) {
      into.warnings.emplace_back(
          "the layers of Photoshop were left out: they show the picture as it was");
    }
    if (group == "Image" && datum.tag() == kPhotoshopResources) take_photoshop(datum, limits, into);
    if (group == "Image" && carried_from_image_ifd(datum.tag(), is_dng)) image.add(datum);
    if (group == "Photo" && carried_from_photo_ifd(datum.tag())) photo.add(datum);
    if (group == "GPSInfo") gps.add(datum);
    if (group == "Iop") interop.add(datum);
    if (group == "SubImage1" && carried_from_raw_ifd(datum.tag())) raw.add(datum);
  }
  for (const Collector* part : {&image, &photo, &gps, &interop, &raw}) {
    if (part->over_budget())
      into.warnings.emplace_back("EXIF fields that are too large were left out");
  }
  into.image = image.take();
  into.photo = photo.take();
  into.gps = gps.take();
  into.interop = interop.take();
  into.raw = raw.take();
}

void take_xmp(Exiv2::XmpData xmp, Metadata& into) {
  for (auto property = xmp.begin(); property != xmp.end();) {
    property = carried_from_xmp(property->key().c_str()) ? property + 1 : xmp.erase(property);
  }
  if (xmp.empty()) return;
  if (Exiv2::XmpParser::encode(into.xmp, xmp, Exiv2::XmpParser::useCompactFormat) != 0) {
    into.xmp.clear();
    into.warnings.emplace_back("the XMP of the source is damaged and was left out");
  }
}

void take_iptc(const Exiv2::IptcData& iptc, Metadata& into) {
  if (iptc.empty()) return;
  const Exiv2::DataBuf blob = Exiv2::IptcParser::encode(iptc);
  into.iptc.assign(blob.pData_, blob.pData_ + blob.size_);
}

/// Runs one step; what it throws becomes a warning, so that one damaged block does not cost the
/// rest.
template <class Step>
void attempt(const char* what, Metadata& into, Step&& step) {
  try {
    step();
  } catch (const std::exception& error) {
    into.warnings.push_back(std::string(what) + " of the source cannot be read (" +
                            printable(error.what()) + ") and was left out");
  }
}

/// Of a PNG, or the comments of a JPEG.
void take_texts(const ReadAt& read_at, const Limits& limits, Metadata& into) {
  into.texts = png_texts(read_at, limits, into.warnings);
  if (into.texts.empty()) into.texts = jpeg_comments(read_at, limits, into.warnings);
}

/// `read_at` gives the bytes of the file that `image` was opened from.
Metadata take_all(Exiv2::Image& image, const ReadAt& read_at, const Limits& limits) {
  // Where EXIF of a file that keeps it at its beginning has ended for certain.
  constexpr std::size_t kBeginning = std::size_t{2} << 20U;
  Metadata result;
  attempt("metadata", result, [&] { image.readMetadata(); });
  attempt("EXIF", result, [&] { take_exif(image.exifData(), limits, result); });
  attempt("the maker note", result, [&] {
    result.maker_note = maker_note_of(image.exifData(), read_at(0, kBeginning), limits);
  });
  attempt("text", result, [&] { take_texts(read_at, limits, result); });
  attempt("XMP", result, [&] {
    Exiv2::XmpData xmp = image.xmpData();
    join_extension(xmp, read_at, limits, result.warnings);
    place_texts(result, xmp);
    take_xmp(std::move(xmp), result);
  });
  attempt("IPTC", result, [&] { take_iptc(image.iptcData(), result); });
  attempt("data behind the picture", result, [&] {
    const auto blocks = jpeg_photoshop(read_at, limits);
    if (!blocks.empty()) result.photoshop = photoshop_resources(blocks, result.warnings);
    result.attached = jpeg_attached(read_at, image.xmpPacket(), limits, result.warnings);
    name_dropped_parts(read_at, result.warnings);
  });
  return result;
}

/// Decodes the blocks of a container that Exiv2 does not know.
Metadata take_blocks(ContainerBlocks blocks, const Limits& limits) {
  Metadata result;
  result.warnings = std::move(blocks.warnings);
  result.image = std::move(blocks.image);
  result.photo = std::move(blocks.photo);
  result.gps = std::move(blocks.gps);
  result.iptc = std::move(blocks.iptc);
  result.exr = std::move(blocks.exr);
  result.photoshop = photoshop_resources(blocks.photoshop, result.warnings);
  Exiv2::ExifData exif;
  attempt("EXIF", result, [&] {
    if (blocks.exif.empty()) return;
    Exiv2::ExifParser::decode(exif, blocks.exif.data(),
                              static_cast<std::uint32_t>(blocks.exif.size()));
    take_exif(exif, limits, result);
  });
  attempt("the maker note", result,
          [&] { result.maker_note = maker_note_of(exif, blocks.exif, limits); });
  if (blocks.note) result.maker_note = std::move(blocks.note);
  attempt("XMP", result, [&] {
    Exiv2::XmpData xmp;
    if (blocks.xmp.empty()) return;
    if (Exiv2::XmpParser::decode(xmp, blocks.xmp) != 0) throw std::runtime_error("no XMP packet");
    // These containers keep no XMP beside their packet.
    join_extension(xmp, reader_of({}), limits, result.warnings);
    take_xmp(std::move(xmp), result);
  });
  return result;
}

/// Sizes are not trusted: nothing is allocated that the file does not hold.
std::vector<std::uint8_t> part_of(const ByteSource& source, std::uint64_t offset,
                                  std::size_t size) {
  if (offset >= source.size()) return {};
  std::vector<std::uint8_t> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(size, source.size() - offset)));
  if (!source.read_at(offset, bytes)) return {};
  return bytes;
}

/// EXIF as Exiv2 has it, of containers that it does not read too.
Exiv2::ExifData exif_of(const ByteSource& source) {
  const ReadAt read_at = [&](std::uint64_t offset, std::size_t size) {
    return part_of(source, offset, size);
  };
  if (const auto blocks = container_blocks(read_at, {})) {
    Exiv2::ExifData exif;
    if (!blocks->exif.empty()) {
      Exiv2::ExifParser::decode(exif, blocks->exif.data(),
                                static_cast<std::uint32_t>(blocks->exif.size()));
    }
    return exif;
  }
  const auto image = open_exiv2(source);
  image->readMetadata();
  return image->exifData();
}

Metadata nothing_known(const std::exception& error) {
  Metadata none;
  none.warnings.push_back("metadata of the source cannot be read (" + printable(error.what()) +
                          ") and was left out");
  return none;
}

}  // namespace

Metadata Metadata::read(const ByteSource& source, const Limits& limits) {
  const ReadAt read_at = [&](std::uint64_t offset, std::size_t size) {
    return part_of(source, offset, size);
  };
  auto blocks = container_blocks(read_at, limits);
  const Exiv2Guard guard;
  if (blocks) return take_blocks(std::move(*blocks), limits);
  try {
    const auto image = open_exiv2(source);
    return take_all(*image, read_at, limits);
  } catch (const std::exception& error) {
    return nothing_known(error);
  }
}

std::string Metadata::image_text(std::uint16_t tag) const {
  for (const Field& field : image) {
    if (field.tag != tag || field.type != Exiv2::asciiString) continue;
    const std::string text(field.bytes.begin(), field.bytes.end());
    return text.substr(0, text.find('\0'));
  }
  return {};
}

std::string Metadata::software() const {
  std::string stated = image_text(tag::kSoftware);
  for (const TextEntry& entry : texts) {
    if (stated.empty() && entry.keyword == "Software") stated = entry.text;
  }
  return stated;
}

std::optional<Orientation> Metadata::orientation() const {
  const auto sound = [](long value) { return value >= 1 && value <= 8; };
  for (const Field& field : image) {
    std::uint16_t value = 0;
    if (field.tag != tag::kOrientation || field.bytes.size() != sizeof(value)) continue;
    std::memcpy(&value, field.bytes.data(), sizeof(value));
    if (sound(value)) return static_cast<Orientation>(value);
  }
  if (xmp.empty()) return std::nullopt;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData properties;
    if (Exiv2::XmpParser::decode(properties, xmp) != 0) return std::nullopt;
    const auto stated = properties.findKey(Exiv2::XmpKey("Xmp.tiff.Orientation"));
    if (stated == properties.end() || !sound(stated->toLong())) return std::nullopt;
    return static_cast<Orientation>(stated->toLong());
  } catch (const std::exception&) {
    return std::nullopt;  // what cannot be read states nothing
  }
}

namespace {

/// Whether it is 0 or no number, of a quantity that cannot be: how writers say that they do not
/// know it. In the logarithms of APEX 0 means something.
bool is_unknown_quantity(const Exiv2::Exifdatum& datum) {
  const std::string name = datum.tagName();
  if (name == "ShutterSpeedValue" || name == "ApertureValue") return false;
  const float value = datum.count() > 0 ? datum.toFloat(0) : 0.0F;
  return !std::isfinite(value) || value <= 0;
}

}  // namespace

std::vector<DescribedField> describe(const ByteSource& source) {
  const Exiv2Guard guard;
  std::vector<DescribedField> facts;
  try {
    const Exiv2::ExifData exif = exif_of(source);
    const auto add = [&](const char* name, Exiv2::ExifData::const_iterator datum) {
      if (datum == exif.end()) return;
      const std::string value = printable(datum->print(&exif));
      if (!value.empty()) facts.push_back({name, value});
    };
    const auto add_quantity = [&](const char* name, Exiv2::ExifData::const_iterator datum) {
      if (datum != exif.end() && !is_unknown_quantity(*datum)) add(name, datum);
    };
    const auto add_key = [&](const char* name, const char* key) {
      add(name, exif.findKey(Exiv2::ExifKey(key)));
    };
    add("Maker", Exiv2::make(exif));
    add("Model", Exiv2::model(exif));
    add("Lens", Exiv2::lensName(exif));
    add_key("Date", "Exif.Photo.DateTimeOriginal");
    add_quantity("Exposure", Exiv2::exposureTime(exif));
    add_quantity("Aperture", Exiv2::fNumber(exif));
    add_quantity("ISO", Exiv2::isoSpeed(exif));
    add_quantity("Focal length", Exiv2::focalLength(exif));
    add_key("Author", "Exif.Image.Artist");
    add_key("Copyright", "Exif.Image.Copyright");
    add_key("Software", "Exif.Image.Software");
    add_key("Latitude", "Exif.GPSInfo.GPSLatitude");
    add_key("Longitude", "Exif.GPSInfo.GPSLongitude");
  } catch (const std::exception&) {
    return facts;  // what is known so far; Metadata::read() names the damage
  }
  return facts;
}

}  // namespace latent::metadata
