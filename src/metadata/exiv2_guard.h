// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>

namespace latent::metadata {

/// Held around every use of Exiv2, whose XMP toolkit is not safe across threads. The first one sets
/// the library up: log silenced, the XMP namespaces registered that it lacks, CR3 and its like
/// switched on.
class Exiv2Guard {
 public:
  Exiv2Guard();

 private:
  std::lock_guard<std::mutex> lock_;
};

/// The XMP namespace of Latent; its prefix is "latent".
inline constexpr const char* kLatentNamespace = "http://ns.latent-photo.org/1.0/";
/// That of darktable; its prefix is "darktable".
inline constexpr const char* kDarktableNamespace = "http://darktable.sf.net/";
/// That of what JPEG packets say of their extension; its prefix is "xmpNote".
inline constexpr const char* kXmpNoteNamespace = "http://ns.adobe.com/xmp/note/";

}  // namespace latent::metadata
