// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

namespace Exiv2 {
class Xmpdatum;
}

namespace latent::metadata {

/// Takes properties out of an XMP packet; one that has none left becomes empty, and one that cannot
/// be read stays as it is (it is dropped when the provenance is added).
///
/// Threads  any; calls wait for one another.
void drop_properties(std::string& packet,
                     const std::function<bool(const Exiv2::Xmpdatum&)>& is_dropped);

}  // namespace latent::metadata
