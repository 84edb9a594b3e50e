// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a source's packet of XMP: one with the provenance comes out, and again one when that
// goes in.
#include "metadata/provenance.h"

#include <algorithm>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string packet = text.substr(0, text.find('\0'));
  const std::string software = text.substr(std::min(packet.size() + 1, text.size()));
  Provenance done;
  done.latent_version = "0.1.0";
  done.task = "denoise";
  done.model_id = "latent-denoise";
  const auto once = xmp_with_provenance(packet, software, done);
  if (!once) return 0;
  const auto again = xmp_with_provenance(*once, software, done);
  if (!again || again->find("latent-denoise") == std::string::npos) std::abort();
  (void)xmp_for_picture(packet, 6, false);
  return 0;
}
