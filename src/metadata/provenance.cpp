// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/provenance.h"

#include <array>
#include <exiv2/exiv2.hpp>
#include <locale>
#include <sstream>

#include "base/path.h"
#include "metadata/earlier_work.h"
#include "metadata/encoding.h"
#include "metadata/exiv2_guard.h"

namespace latent::metadata {

namespace {

constexpr const char* kEnhanced =
    "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicallyEnhanced";

/// The task whose results darktable shall not denoise again; its own marker has the same word.
constexpr const char* kRawDenoise = "raw-denoise";

/// Nine digits, no trailing zeros: enough to give every number back to the network as it was.
std::string number(double value) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text.precision(9);
  text << value;
  return text.str();
}

/// `value` in any encoding: a tag of a file may have any, and the toolkit writes UTF-8 only.
void set_text(Exiv2::XmpData& xmp, const char* key, const std::string& value) {
  const Exiv2::XmpKey name(key);
  for (auto old = xmp.findKey(name); old != xmp.end(); old = xmp.findKey(name)) xmp.erase(old);
  if (value.empty()) return;
  // Exiv2 takes "type=" at the beginning, when it reads the packet again too, for a word of its
  // own.
  const char* blank = value.starts_with("type=") ? " " : "";
  const Exiv2::XmpTextValue text(blank + utf8_of_unstated(value));
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

void add_settings(Exiv2::XmpData& xmp, const Provenance& provenance) {
  const auto set = [&](const char* key, std::optional<double> value) {
    if (value) set_text(xmp, key, number(*value));
  };
  set("Xmp.latent.LumaStrength", provenance.luma_percent);
  set("Xmp.latent.ChromaStrength", provenance.chroma_percent);
  set("Xmp.latent.Scale", provenance.scale);
  set("Xmp.latent.Level", provenance.level);
  set_text(xmp, "Xmp.latent.SourceProfile", provenance.source_profile);
}

void add_denoise(Exiv2::XmpData& xmp, const DenoiseBefore& denoise) {
  set_text(xmp, "Xmp.latent.DenoiseModelId", denoise.model_id);
  set_text(xmp, "Xmp.latent.DenoiseModelVersion", denoise.model_version);
  set_text(xmp, "Xmp.latent.DenoiseModelSha256", denoise.model_sha256);
  set_text(xmp, "Xmp.latent.DenoiseStrength", number(denoise.strength_percent));
  if (denoise.level) set_text(xmp, "Xmp.latent.DenoiseLevel", number(*denoise.level));
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
  add_settings(xmp, provenance);
  if (provenance.denoise) add_denoise(xmp, *provenance.denoise);
  if (provenance.strength_percent > 0) {
    set_text(xmp, "Xmp.iptcExt.DigitalSourceType", kEnhanced);
    if (provenance.task == kRawDenoise) set_text(xmp, kDarktableMarker.data(), kRawDenoise);
  }
}

std::string written(const Exiv2::XmpData& xmp) {
  std::string packet;
  if (Exiv2::XmpParser::encode(packet, xmp, Exiv2::XmpParser::useCompactFormat) != 0) {
    throw Exiv2::Error(Exiv2::kerErrorMessage, "the toolkit gives no reason");
  }
  return packet;
}

tl::unexpected<Error> cannot_be_written(const std::exception& error) {
  return fail(ErrorCode::Internal,
              "the XMP of the picture cannot be written: " + printable(error.what()));
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
    return written(xmp);
  } catch (const std::exception& error) {
    return cannot_be_written(error);
  }
}

Result<std::string> xmp_for_picture(const std::string& packet, Orientation orientation,
                                    bool is_srgb) {
  constexpr const char* kOrientation = "Xmp.tiff.Orientation";
  constexpr const char* kColorSpace = "Xmp.exif.ColorSpace";
  if (packet.empty() && orientation == 1) return packet;
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData xmp;
    if (!packet.empty() && Exiv2::XmpParser::decode(xmp, packet) != 0) return packet;
    const auto has = [&](const char* key) { return xmp.findKey(Exiv2::XmpKey(key)) != xmp.end(); };
    if (orientation != 1 || has(kOrientation)) {
      set_text(xmp, kOrientation, std::to_string(orientation));
    }
    if (has(kColorSpace)) set_text(xmp, kColorSpace, is_srgb ? "1" : "65535");
    return written(xmp);
  } catch (const std::exception& error) {
    return cannot_be_written(error);
  }
}

}  // namespace latent::metadata
