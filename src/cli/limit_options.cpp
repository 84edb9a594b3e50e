// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/limit_options.h"

#include <CLI/CLI.hpp>

#include "app/user_limits.h"

namespace latent::cli {

void LimitOptions::declare(CLI::App& verb) {
  constexpr const char* kGroup = "Limits of what is read (docs/limits.md)";
  verb.add_option("--limit-megapixels", megapixels, "largest picture, in megapixels; default 600")
      ->check(CLI::Range(std::int64_t{1}, kMostMegapixels))
      ->group(kGroup);
  verb.add_option("--limit-side", side, "longest side of a picture, in pixels; default 65000")
      ->check(CLI::Range(1, kMostSide))
      ->group(kGroup);
  verb.add_option(
          "--limit-memory", memory_megabytes,
          "memory in megabytes, half for pixels, half for tiles; default: what the machine has")
      ->check(CLI::Range(kLeastMemoryMegabytes, kMostMemoryMegabytes))
      ->group(kGroup);
  verb.add_option("--limit-metadata", metadata_megabytes,
                  "metadata of one file, in megabytes; default 64")
      ->check(CLI::Range(std::size_t{1}, kMostMetadataMegabytes))
      ->group(kGroup);
}

Result<Limits> LimitOptions::limits() const {
  LATENT_TRY(Limits limits, app::limits_of_settings(app::settings_file()));
  if (megapixels) limits.max_pixels = *megapixels * static_cast<std::int64_t>(kMegabyte);
  if (side) limits.max_side_px = *side;
  if (memory_megabytes) limits.max_memory_bytes = *memory_megabytes * kMegabyte;
  if (metadata_megabytes) limits.max_metadata_bytes = *metadata_megabytes * kMegabyte;
  return limits;
}

}  // namespace latent::cli
