// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/walk.h"

#include <fmt/format.h>

#include <cmath>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/threads.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

Error naming(const fs::path& source, Error error) {
  if (error.code != ErrorCode::Cancelled && error.message.find('\'') == std::string::npos) {
    error.message = quoted(source) + ": " + error.message;
  }
  return error;
}

Result<Rect> region_in(Size picture, const std::optional<Rect>& region) {
  const Rect whole{0, 0, picture.width, picture.height};
  if (!region) return whole;
  // Sums of sides that are no part of a picture may not overflow.
  const bool sane = region->x >= 0 && region->y >= 0 && region->width > 0 && region->height > 0 &&
                    region->width <= picture.width && region->height <= picture.height &&
                    region->x <= picture.width && region->y <= picture.height;
  if (sane && whole.contains(*region)) return *region;
  return fail(
      ErrorCode::Usage,
      fmt::format("the region {},{},{},{} lies outside the picture of {} x {} pixels", region->x,
                  region->y, region->width, region->height, picture.width, picture.height));
}

Status check(const DenoiseSettings& settings) {
  for (const double part : {settings.strength, settings.luma, settings.chroma}) {
    if (!(part >= 0.0 && part <= 1.0)) {
      return fail(ErrorCode::Usage, "strength, luma and chroma must lie between 0 and 100 percent");
    }
  }
  if (settings.level && !(*settings.level >= 0.0 && *settings.level <= 255.0)) {
    return fail(ErrorCode::Usage, "the noise level must lie between 0 and 255 (8-bit steps)");
  }
  return {};
}

Result<rgb::NoiseLevel> level_of(const PictureSource& source, const DenoiseSettings& settings) {
  if (settings.level) return rgb::NoiseLevel::uniform(static_cast<float>(*settings.level / 255.0));
  return rgb::estimate_level(
      source.size(),
      [&](const Rect& area, ImageView<float> out) {
        source.encoded_rgb(area, WideGamut::Preserve, out);
      },
      threads_or_all(settings.threads));
}

metadata::Provenance provenance_of(const char* task, const models::Package& package,
                                   const PictureSource& source) {
  metadata::Provenance provenance;
  provenance.latent_version = LATENT_VERSION;
  provenance.task = task;
  provenance.model_id = package.manifest().id;
  provenance.model_version = package.manifest().version;
  provenance.model_sha256 = package.sha256();
  provenance.source_profile = source.profile().description();
  return provenance;
}

void describe(const PictureSource& source, const PictureOutput& output, Size result,
              PictureReport& report) {
  const Picture& picture = source.picture();
  report.result = result;
  report.source_format = picture.format;
  report.source_depth = picture.depth();
  report.depth = output.depth;
  report.source_profile = source.profile().description();
  report.profile = output.profile.description();
  for (const std::string& notice : output.notices) report.notices.push_back(notice);
}

Result<write::PictureWriter> open_writer(const fs::path& target, const PictureOutput& output,
                                         write::PictureHeader header,
                                         const PictureOutputSettings& settings, int threads) {
  write::PictureWriterOptions options;
  options.overwrite = settings.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  options.access = output.access;
  options.compression = settings.compression;
  options.jpeg_quality = settings.jpeg_quality;
  options.threads = threads_or_all(threads);
  return write::PictureWriter::create(target, output.format, std::move(header), options);
}

RowSink sink_of(write::PictureWriter& writer) {
  return [&writer](const RowsView& rows) {
    return std::visit([&](const auto& view) { return writer.write_rows(view); }, rows);
  };
}

Status finish(const read::Photograph& source, write::PictureWriter& writer, const fs::path& target,
              PictureReport& report) {
  const Stopwatch watch;
  LATENT_CHECK(source.unchanged());
  LATENT_CHECK(writer.finish());
  report.seconds.write += watch.seconds();
  for (const std::string& warning : writer.warnings()) report.notices.push_back(warning);
  std::error_code ignored;
  report.output_bytes = fs::file_size(target, ignored);
  return {};
}

}  // namespace latent::tasks
