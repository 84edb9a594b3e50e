// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/picture_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/picture_batches.h"
#include "cli/arguments.h"
#include "colour/profile.h"

namespace latent::cli {

namespace {

std::optional<SampleDepth> depth_of(const std::string& bits) {
  if (bits.empty()) return std::nullopt;
  if (bits == "8") return SampleDepth::U8;
  return bits == "16" ? SampleDepth::U16 : SampleDepth::F32;
}

}  // namespace

void PictureOptions::declare(CLI::App& verb) {
  verb.add_option("--format", format,
                  "of results whose name is not given; -o goes by its ending (default tif)")
      ->check(CLI::IsMember({"tif", "png", "jpg", "exr", "jxl"}));
  verb.add_option("--bit-depth", bit_depth, "8, 16, or 32 (float); 16 where the format holds it")
      ->check(CLI::IsMember({"8", "16", "32"}));
  verb.add_option("--profile", profile,
                  "source, srgb, adobergb, displayp3, rec2020, prophoto, or an ICC file")
      ->capture_default_str();
  verb.add_option("--compression", compression, "of a TIFF")
      ->check(CLI::IsMember({"deflate", "zstd", "none"}))
      ->capture_default_str();
  verb.add_option("--quality", quality, "of a JPEG; 4:4:4 from 90 on")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  verb.add_option("--wide-gamut", wide_gamut,
                  "preserve colours that sRGB does not hold, or clip them to it")
      ->check(CLI::IsMember({"preserve", "clip"}))
      ->capture_default_str();
  verb.add_option("--region", region,
                  "X,Y,W,H: only this part of the picture, to try settings quickly");
}

Result<tasks::PictureOutputSettings> PictureOptions::settings(const std::string& output) const {
  tasks::PictureOutputSettings settings;
  settings.depth = depth_of(bit_depth);
  settings.profile = profile;
  settings.compression = compression == "none"   ? write::TiffCompression::None
                         : compression == "zstd" ? write::TiffCompression::Zstd
                                                 : write::TiffCompression::Deflate;
  settings.jpeg_quality = quality;
  if (profile != "source") {
    LATENT_TRY(const auto known, colour::Profile::parse(profile));
    settings.profile = known.channels() > 0 ? profile : settings.profile;
  }
  const std::string target = output.empty() ? "x." + extension() : output;
  LATENT_TRY(const auto kind, write::picture_format_of(target));
  if (settings.depth && !write::holds(kind, *settings.depth)) {
    return fail(ErrorCode::Usage,
                fmt::format("--bit-depth {}: a {} file does not hold {} samples", bit_depth,
                            target.substr(target.rfind('.')), sample_depth_name(*settings.depth)));
  }
  return settings;
}

tasks::WideGamut PictureOptions::gamut() const {
  return wide_gamut == "clip" ? tasks::WideGamut::Clip : tasks::WideGamut::Preserve;
}

Result<std::optional<Rect>> PictureOptions::part() const {
  if (region.empty()) return std::optional<Rect>{};
  LATENT_TRY(const Rect rect, parse_region(region));
  return std::optional<Rect>{rect};
}

std::string PictureOptions::extension() const {
  return format.empty() ? app::kPictureExtension : format;
}

}  // namespace latent::cli
