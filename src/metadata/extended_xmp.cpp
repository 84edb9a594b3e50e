// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/extended_xmp.h"

#include <algorithm>
#include <exiv2/exiv2.hpp>
#include <map>
#include <set>

#include "base/md5.h"
#include "base/path.h"
#include "metadata/exiv2_guard.h"
#include "metadata/jpeg_xmp_segments.h"

namespace latent::metadata {

namespace {

constexpr const char* kHasExtension = "Xmp.xmpNote.HasExtendedXMP";

/// The property to which a key belongs: members of arrays and structs stand behind '[' or '/'.
std::string property_of(const std::string& key) { return key.substr(0, key.find_first_of("[/")); }

/// Takes the name of the extension out of a packet; empty where it names none.
std::string take_name(Exiv2::XmpData& xmp) {
  std::string name;
  for (auto property = xmp.begin(); property != xmp.end();) {
    if (property->key() != kHasExtension) {
      ++property;
      continue;
    }
    name = property->toString();
    property = xmp.erase(property);
  }
  return name;
}

void add_missing(Exiv2::XmpData& xmp, const Exiv2::XmpData& more) {
  std::set<std::string> there;
  for (const Exiv2::Xmpdatum& datum : xmp) there.insert(property_of(datum.key()));
  for (const Exiv2::Xmpdatum& datum : more) {
    if (!there.contains(property_of(datum.key()))) xmp.add(datum);
  }
}

std::string encoded(const Exiv2::XmpData& xmp, std::uint16_t flags) {
  std::string packet;
  if (Exiv2::XmpParser::encode(packet, xmp, flags) != 0) {
    throw Exiv2::Error(Exiv2::kerErrorMessage, "the toolkit gives no reason");
  }
  return packet;
}

/// Properties by size, the largest first, of those that may leave a packet.
std::vector<std::string> largest_first(const Exiv2::XmpData& xmp) {
  std::map<std::string, std::size_t> sizes;
  for (const Exiv2::Xmpdatum& datum : xmp) {
    const std::string key = datum.key();
    if (key.starts_with("Xmp.latent.") || key.starts_with("Xmp.tiff.Orientation")) continue;
    sizes[property_of(key)] += key.size() + datum.toString().size();
  }
  std::vector<std::string> names;
  names.reserve(sizes.size());
  for (const auto& [name, size] : sizes) names.push_back(name);
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return sizes.at(a) > sizes.at(b);
  });
  return names;
}

/// The packet with these properties in an extension.
SplitXmp split_at(const Exiv2::XmpData& xmp, const std::set<std::string>& leaving) {
  Exiv2::XmpData stays;
  Exiv2::XmpData goes;
  for (const Exiv2::Xmpdatum& datum : xmp) {
    (leaving.contains(property_of(datum.key())) ? goes : stays).add(datum);
  }
  SplitXmp split;
  split.extension =
      encoded(goes, Exiv2::XmpParser::useCompactFormat | Exiv2::XmpParser::omitPacketWrapper);
  split.name = md5_hex(
      {reinterpret_cast<const std::uint8_t*>(split.extension.data()), split.extension.size()});
  stays[kHasExtension] = split.name;
  split.packet = encoded(stays, Exiv2::XmpParser::useCompactFormat);
  return split;
}

}  // namespace

void join_extension(Exiv2::XmpData& xmp, const ReadAt& read_at, const Limits& limits,
                    std::vector<std::string>& warnings) {
  const std::string name = take_name(xmp);
  if (name.empty()) return;
  const auto extension = xmp_extension(read_at, name, limits);
  if (!extension) {
    warnings.push_back("the extended XMP of the source " + extension.error().sentence +
                       " and was left out");
    return;
  }
  Exiv2::XmpData more;
  if (Exiv2::XmpParser::decode(more, extension->packet) != 0) {
    warnings.emplace_back("the extended XMP of the source is damaged and was left out");
    return;
  }
  if (!extension->is_as_named) {
    warnings.emplace_back(
        "the extended XMP of the source is not the one that its checksum names; it was taken all "
        "the same, and may be damaged");
  }
  take_name(more);
  add_missing(xmp, more);
}

Result<SplitXmp> split_xmp(const std::string& packet, std::size_t largest) {
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (Exiv2::XmpParser::decode(xmp, packet) != 0) {
      return fail(ErrorCode::Corrupt, "is no packet that can be read");
    }
    const std::vector<std::string> names = largest_first(xmp);
    // Twice as many each time: packets of very many properties are not written very many times.
    for (std::size_t count = 1; !names.empty(); count *= 2) {
      const std::size_t moved = std::min(count, names.size());
      auto split =
          split_at(xmp, {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(moved)});
      if (split.packet.size() <= largest) return split;
      if (moved == names.size()) break;
    }
    return fail(ErrorCode::TooLarge, "does not become small enough");
  } catch (const std::exception& error) {
    return fail(ErrorCode::Internal, "cannot be written: " + printable(error.what()));
  }
}

}  // namespace latent::metadata
