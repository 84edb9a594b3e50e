// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace latent::metadata {

/// What darktable's neural restore writes into the DNGs that it makes, and Latent into its own:
/// whoever finds it does not denoise again by itself.
inline constexpr std::string_view kDarktableMarker = "Xmp.darktable.neural_restore";

/// Something that was done to a photograph before, by the marks in its XMP.
struct EarlierWork {
  std::string task;  ///< "raw-denoise", "denoise", "upscale": as Provenance::task
  std::string by;    ///< "Latent 0.1.0", "darktable"
  friend bool operator==(const EarlierWork&, const EarlierWork&) = default;
};

/// All earlier work that an XMP packet states: latent:Task, and the marker of darktable's neural
/// restore. Work that both state is listed once, as Latent's. A packet that cannot be parsed gives
/// an empty list.
///
/// Threads  any; calls wait for one another.
[[nodiscard]] std::vector<EarlierWork> earlier_work(const std::string& packet);

}  // namespace latent::metadata
