// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace latent::metadata {

/// What a person said of a photograph while sorting.
struct Marks {
  int rating = 0;     ///< 0 to 5; -1: rejected
  std::string label;  ///< the colour's word as the program wrote it ("Red"), or empty
  friend bool operator==(const Marks&, const Marks&) = default;
};

/// xmp:Rating and xmp:Label of a packet, and darktable's colour labels where there is no other. A
/// packet that cannot be parsed gives none.
///
/// Threads  any; calls wait for one another.
[[nodiscard]] Marks marks_of(const std::string& packet);

}  // namespace latent::metadata
