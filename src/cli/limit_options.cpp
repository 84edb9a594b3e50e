// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/limit_options.h"

#include <CLI/CLI.hpp>

#include "app/reader.h"
#include "app/user_limits.h"
#include "cli/output.h"

namespace latent::cli {

namespace {
constexpr double kLeastReadSeconds = 0.1;
constexpr double kMostReadSeconds = 86'400;
}  // namespace

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
  verb.add_option("--limit-read", read_seconds,
                  "time for the header or the samples of one file, in seconds; default 600")
      ->check(CLI::Range(kLeastReadSeconds, kMostReadSeconds))
      ->group(kGroup);
  verb.add_flag("--no-sandbox", no_sandbox,
                "decode files in this process, not in one that can reach nothing else "
                "(docs/security.md)")
      ->group(kGroup);
}

Result<Limits> LimitOptions::limits() const {
  const std::string lost = app::read_files_by({!no_sandbox, read_seconds});
  if (!lost.empty()) print_aside("latent: " + lost + "\n");
  LATENT_TRY(Limits limits, app::limits_of_settings(app::settings_file()));
  if (megapixels) limits.max_pixels = *megapixels * static_cast<std::int64_t>(kMegabyte);
  if (side) limits.max_side_px = *side;
  if (memory_megabytes) limits.max_memory_bytes = *memory_megabytes * kMegabyte;
  if (metadata_megabytes) limits.max_metadata_bytes = *metadata_megabytes * kMegabyte;
  return limits;
}

}  // namespace latent::cli
