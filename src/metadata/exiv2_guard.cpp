// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/exiv2_guard.h"

#include <exiv2/exiv2.hpp>

namespace latent::metadata {

namespace {

std::mutex& exiv2_mutex() {
  static std::mutex mutex;
  return mutex;
}

void set_up() {
  Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
  Exiv2::XmpParser::initialize();
  Exiv2::XmpProperties::registerNs(kLatentNamespace, "latent");
  Exiv2::XmpProperties::registerNs(kDarktableNamespace, "darktable");
  Exiv2::XmpProperties::registerNs(kXmpNoteNamespace, "xmpNote");
  Exiv2::enableBMFF(true);
}

}  // namespace

Exiv2Guard::Exiv2Guard() : lock_(exiv2_mutex()) {
  static std::once_flag once;
  std::call_once(once, set_up);
}

}  // namespace latent::metadata
