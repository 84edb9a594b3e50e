// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/provenance.h"

#include <exiv2/exiv2.hpp>
#include <sstream>

#include "metadata/exiv2_guard.h"

namespace latent::metadata {

namespace {

constexpr const char* kEnhanced =
    "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced";

/// Nine digits, no trailing zeros: enough to give every number back to the network as it was.
std::string number(double value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(9);
  text << value;
  return text.str();
}

void set_text(Exiv2::XmpData& xmp, const char* key, const std::string& value) {
  const Exiv2::XmpKey name(key);
  for (auto old = xmp.findKey(name); old != xmp.end(); old = xmp.findKey(name)) xmp.erase(old);
  if (value.empty()) return;
  Exiv2::XmpTextValue text;
  text.read(value);
  xmp.add(name, &text);
}

void set_sequence(Exiv2::XmpData& xmp, const char* key, const std::array<double, 3>& values) {
  const Exiv2::XmpKey name(key);
  for (auto old = xmp.findKey(name); old != xmp.end(); old = xmp.findKey(name)) xmp.erase(old);
  Exiv2::XmpArrayValue sequence(Exiv2::xmpSeq);
  for (const double value : values) sequence.read(number(value));
  xmp.add(name, &sequence);
}

/// What an earlier run left, whatever its form.
void forget_earlier_run(Exiv2::XmpData& xmp) {
  for (auto property = xmp.begin(); property != xmp.end();) {
    property = property->key().starts_with("Xmp.latent.") ? xmp.erase(property) : property + 1;
  }
}

void add_provenance(Exiv2::XmpData& xmp, const std::string& source_software,
                    const Provenance& provenance) {
  set_text(xmp, "Xmp.latent.Version", provenance.latent_version);
  set_text(xmp, "Xmp.latent.Task", provenance.task);
  set_text(xmp, "Xmp.latent.ModelId", provenance.model_id);
  set_text(xmp, "Xmp.latent.ModelVersion", provenance.model_version);
  set_text(xmp, "Xmp.latent.ModelSha256", provenance.model_sha256);
  set_text(xmp, "Xmp.latent.Strength", number(provenance.strength_percent));
  set_text(xmp, "Xmp.latent.SourceSoftware", source_software);
  if (provenance.noise) {
    set_sequence(xmp, "Xmp.latent.NoiseA", provenance.noise->a);
    set_sequence(xmp, "Xmp.latent.NoiseB", provenance.noise->b);
    set_text(xmp, "Xmp.latent.NoiseOrigin", noise_origin_name(provenance.noise->origin));
    set_text(xmp, "Xmp.latent.NoiseScale", number(provenance.noise_scale));
  }
  if (provenance.strength_percent > 0) {
    set_text(xmp, "Xmp.iptcExt.DigitalSourceType", kEnhanced);
  }
}

}  // namespace

Result<std::string> xmp_with_provenance(const std::string& source_packet,
                                        const std::string& source_software,
                                        const Provenance& provenance) {
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (!source_packet.empty() && Exiv2::XmpParser::decode(xmp, source_packet) != 0) xmp.clear();
    forget_earlier_run(xmp);
    add_provenance(xmp, source_software, provenance);
    std::string packet;
    if (Exiv2::XmpParser::encode(packet, xmp, Exiv2::XmpParser::useCompactFormat) != 0) {
      return fail(ErrorCode::Internal, "the XMP of the picture cannot be written");
    }
    return packet;
  } catch (const std::exception& error) {
    return fail(ErrorCode::Internal,
                std::string("the XMP of the picture cannot be written: ") + error.what());
  }
}

}  // namespace latent::metadata
