// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/picture/walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/threads.h"
#include "metadata/placing.h"
#include "tasks/picture/local_rows.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

/// What both kinds of settings have: where, how written, and by how many threads.
struct Wish {
  std::optional<Rect> region;
  PictureOutputSettings output;
  int threads = 0;
};

Result<Wish> wish_of(const Settings& settings) {
  if (const auto* denoise = std::get_if<DenoiseSettings>(&settings)) {
    return Wish{denoise->region, denoise->output, denoise->threads};
  }
  if (const auto* erase = std::get_if<EraseSettings>(&settings)) {
    return Wish{std::nullopt, erase->output, erase->threads};
  }
  const auto* upscale = std::get_if<UpscaleSettings>(&settings);
  LATENT_ENSURE(upscale != nullptr);
  return Wish{upscale->region, upscale->output, upscale->threads};
}

WideGamut gamut_of(const Settings& settings) {
  const auto* denoise = std::get_if<DenoiseSettings>(&settings);
  return denoise != nullptr ? denoise->wide_gamut : WideGamut::Preserve;
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

/// The size of the result of a region, where the format of the target holds it. The limits of what
/// is read do not count: rows stream out.
Result<Size> result_size(Size region, int scale, const fs::path& target) {
  if (scale == 1) return region;
  const std::int64_t width = std::int64_t{region.width} * scale;
  const std::int64_t height = std::int64_t{region.height} * scale;
  if (std::max(width, height) > std::numeric_limits<int>::max()) {
    return fail(ErrorCode::TooLarge, fmt::format("enlarged {} times it would be {} x {} pixels, "
                                                 "which no format holds; enlarge it in parts",
                                                 scale, width, height));
  }
  const Size size{static_cast<int>(width), static_cast<int>(height)};
  LATENT_TRY(const auto format, write::picture_format_of(target));
  LATENT_CHECK(write::check_size(target, format, size));
  return size;
}

/// What the source says of itself, as it is true of a result.
metadata::Metadata carried(const PreparedPicture& prepared, const Rect& region, int scale,
                           const PictureOutput& output, PictureReport& report) {
  const Picture& picture = prepared.picture().picture();
  metadata::Metadata metadata = prepared.metadata();
  metadata.warnings.clear();  // told already
  metadata::place(metadata, {picture.size(), region, scale, picture.orientation});
  append(report.notices, metadata.warnings);
  if (!output.same_profile) metadata::forget_colours(metadata);
  return metadata;
}

/// The facts of source and output that every report has.
void describe(const PreparedPicture& prepared, const PictureOutput& output, Size result,
              PictureReport& report) {
  const Picture& picture = prepared.picture().picture();
  report.result = result;
  report.source_format = picture.format;
  report.source_depth = picture.depth();
  report.depth = output.depth;
  report.source_profile = prepared.picture().profile().description();
  report.profile = output.profile.description();
  append(report.notices, output.notices);
}

Result<write::PictureWriter> open_writer(const fs::path& source, const Target& target,
                                         const PictureOutput& output, write::PictureHeader header,
                                         const Wish& wish) {
  write::PictureWriterOptions options;
  options.overwrite = target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  options.access = FileAccess::of(source);  // no more open than the source
  options.compression = wish.output.compression;
  options.jpeg_quality = wish.output.jpeg_quality;
  options.threads = threads_or_all(wish.threads);
  return write::PictureWriter::create(target.path, output.format, std::move(header), options);
}

/// Hands rows of any depth to a writer.
RowSink sink_of(write::PictureWriter& writer) {
  return [&writer](const RowsView& rows) {
    return std::visit([&](const auto& view) { return writer.write_rows(view); }, rows);
  };
}

Status finish(write::PictureWriter& writer, const Target& target, PictureReport& report) {
  const Stopwatch watch;
  LATENT_TRY(report.output, finish_somewhere(
                                target, [&] { return writer.finish(); },
                                [&](const fs::path& path) { return writer.finish_as(path); }));
  report.seconds.write += watch.seconds();
  append(report.notices, writer.warnings());
  return {};
}

class PictureWalk final : public Work {
 public:
  explicit PictureWalk(std::unique_ptr<PictureSteps> steps) : steps_(std::move(steps)) {}

  Result<std::unique_ptr<Prepared::Inside>> prepare(const read::Photograph& photograph,
                                                    const Next* next,
                                                    const RunControl& control) override;
  Result<Shown> show(Prepared::Inside& prepared, const Rect& region, const Settings& settings,
                     const RunControl& control) override;
  Result<AnyReport> write(Prepared::Inside& prepared, const Target& target,
                          const Settings& settings, const RunControl& control) override;

 private:
  Status begin(const read::Photograph& photograph, const Next& next);
  Status write_rows(PreparedPicture& picture, const Rect& region, const PictureOutput& output,
                    const RowSink& sink, const Settings& settings, int threads,
                    const RunControl& control, PictureReport& report);
  /// The mask of the settings; none where nothing changes anyway.
  Result<const LocalStrength*> local_of(PreparedPicture& picture, const Settings& settings,
                                        const RunControl& control);

  std::unique_ptr<PictureSteps> steps_;
};

/// The header alone gives the size, and with it the tile: so the network is compiled while the
/// samples are decoded, and what no format can hold is refused before.
Status PictureWalk::begin(const read::Photograph& photograph, const Next& next) {
  if (steps_->changes_nothing(next.settings)) return {};
  LATENT_TRY(const read::PictureFacts facts, photograph.picture_facts());
  LATENT_TRY(const Wish wish, wish_of(next.settings));
  LATENT_TRY(const Rect region, region_in(facts.size, wish.region));
  LATENT_CHECK(result_size(region.size(), steps_->scale(), next.target.path));
  if (facts.is_raw) return {};  // development may change the size
  return steps_->begin(facts.size, region, next.settings);
}

Result<std::unique_ptr<Prepared::Inside>> PictureWalk::prepare(const read::Photograph& photograph,
                                                               const Next* next,
                                                               const RunControl& control) {
  const Settings settings = next != nullptr ? next->settings : steps_->plain_settings();
  LATENT_CHECK(steps_->adopt(settings));
  if (next != nullptr) LATENT_CHECK(begin(photograph, *next));
  auto picture = std::make_unique<PreparedPicture>(photograph);
  LATENT_CHECK(picture->decode(control));
  if (next == nullptr) {
    steps_->begin_shown(picture->facts.size);
    LATENT_CHECK(steps_->measure(*picture, settings));
    LATENT_CHECK(steps_->ready_shown(picture->facts.size));
  }
  return picture;
}

Result<AnyReport> PictureWalk::write(Prepared::Inside& prepared, const Target& target,
                                     const Settings& settings, const RunControl& control) {
  auto& picture = static_cast<PreparedPicture&>(prepared);
  LATENT_TRY(const Wish wish, wish_of(settings));
  LATENT_CHECK(steps_->adopt(settings));
  LATENT_TRY(const Rect region, region_in(picture.facts.size, wish.region));
  LATENT_TRY(const Size result, result_size(region.size(), steps_->scale(), target.path));
  if (!steps_->changes_nothing(settings)) {
    LATENT_CHECK(steps_->begin(picture.facts.size, region, settings));
  }
  PictureReport report;
  report.scale = steps_->scale();
  report.notices = steps_->notices();
  append(report.notices, picture.warnings());
  LATENT_TRY(const LocalStrength* const local, local_of(picture, settings, control));
  if (local != nullptr) append(report.notices, local->notices());
  LATENT_CHECK(steps_->begin_with(picture, settings, control, report));
  append(report.notices, picture.metadata().warnings);
  append(report.notices, steps_->unused(settings));
  LATENT_TRY(
      const auto output,
      PictureOutput::create(picture.picture(), target.path, wish.output,
                            steps_->changes_nothing(settings) ? Samples::Kept : Samples::Changed));
  describe(picture, output, result, report);
  LATENT_CHECK(steps_->measure(picture, settings));
  const bool by_estimate = picture.told && picture.told->estimated;
  if (by_estimate && !picture.doubt.empty()) report.notices.push_back(picture.doubt);
  report.seconds.read += picture.seconds.read;
  report.seconds.noise += picture.seconds.noise;
  if (target.take) {
    LATENT_CHECK(write_rows(picture, region, output, target.take, settings,
                            threads_or_all(wish.threads), control, report));
    LATENT_CHECK(picture.photograph.unchanged());
    return report;
  }
  LATENT_TRY(auto writer,
             open_writer(picture.photograph.path(), target, output,
                         header_of(picture.picture(), output, result,
                                   carried(picture, region, steps_->scale(), output, report),
                                   steps_->provenance(picture, settings)),
                         wish));
  LATENT_CHECK(write_rows(picture, region, output, sink_of(writer), settings,
                          threads_or_all(wish.threads), control, report));
  LATENT_CHECK(picture.photograph.unchanged());
  LATENT_CHECK(finish(writer, target, report));
  return report;
}

Status PictureWalk::write_rows(PreparedPicture& picture, const Rect& region,
                               const PictureOutput& output, const RowSink& sink,
                               const Settings& settings, int threads, const RunControl& control,
                               PictureReport& report) {
  const PictureSource& source = picture.picture();
  std::int64_t clipped = 0;
  if (steps_->changes_nothing(settings)) {
    const Stopwatch watch;
    LATENT_CHECK(copy_rows(source, region, output, sink, threads, control, clipped));
    report.seconds.write = watch.seconds();
  } else {
    LATENT_TRY(const LocalStrength* const local, local_of(picture, settings, control));
    const bool keeps = local != nullptr && steps_->scale() == 1;
    LATENT_TRY(auto rows,
               PictureRows::create(
                   report.result, source.working_profile(), output.profile, output.depth,
                   steps_->alpha(source, region),
                   keeps ? kept_outside(source, region, output, *local, sink) : sink, threads));
    if (output.same_profile && steps_->scale() == 1) {
      rows.lay_on(source, region, gamut_of(settings));
    } else if (output.same_profile && source.has_equal_samples()) {
      rows.make_equal();
    }
    TakeEncodedRows take = [&](ImageView<const float> finished) { return rows.add(finished); };
    if (local != nullptr) {
      take = mixed_rows(source, region, steps_->scale(), *local, std::move(take));
    }
    LATENT_CHECK(steps_->rows(picture, region, settings, take, control, report));
    clipped = rows.clipped_pixels();
    report.seconds.write = rows.sink_seconds();
    report.seconds.unpack -= report.seconds.write;
  }
  const std::string notice = clipping_notice(clipped, report.result, source, output);
  if (!notice.empty()) report.notices.push_back(notice);
  return {};
}

Result<Shown> PictureWalk::show(Prepared::Inside& prepared, const Rect& wanted,
                                const Settings& settings, const RunControl& control) {
  auto& picture = static_cast<PreparedPicture&>(prepared);
  LATENT_CHECK(steps_->adopt(settings));
  LATENT_TRY(const Rect region, region_in(picture.facts.size, wanted));
  PictureReport ignored;
  LATENT_TRY(const LocalStrength* const local, local_of(picture, settings, control));
  LATENT_CHECK(steps_->begin_with(picture, settings, control, ignored));
  LATENT_TRY(Shown shown, steps_->show(picture, region, settings, control));
  if (local == nullptr) return shown;
  const int scale = steps_->scale();
  local->mix(scale, {region.x * scale, region.y * scale}, std::as_const(shown.before).view(),
             shown.after.view());
  return shown;
}

Result<const LocalStrength*> PictureWalk::local_of(PreparedPicture& picture,
                                                   const Settings& settings,
                                                   const RunControl& control) {
  if (steps_->changes_nothing(settings)) return nullptr;
  const auto* denoise = std::get_if<DenoiseSettings>(&settings);
  const LocalMask& mask =
      denoise != nullptr ? denoise->mask : std::get<UpscaleSettings>(settings).mask;
  return picture.masks.of(mask, picture.photograph, picture.facts.size, control);
}

}  // namespace

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

metadata::Provenance provenance_of(const char* task, const models::Package& package,
                                   const PreparedPicture& picture) {
  metadata::Provenance provenance;
  provenance.latent_version = LATENT_VERSION;
  provenance.task = task;
  provenance.model_id = package.manifest().id;
  provenance.model_version = package.manifest().version;
  provenance.model_sha256 = package.sha256();
  provenance.source_profile = picture.picture().profile().description();
  return provenance;
}

PictureSteps::TakeRows rows_into(Image<float>& image, int& row) {
  return [&image, &row](ImageView<const float> rows) -> Status {
    for (int y = 0; y < rows.height(); ++y) {
      const auto from = rows.row(y);
      const auto to = image.view().row(row++);
      if (rows.channels() == 3) {
        std::ranges::copy(from, to.begin());
        continue;
      }
      for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i / 3];
    }
    return {};
  };
}

std::unique_ptr<Work> picture_walk(std::unique_ptr<PictureSteps> steps) {
  return std::make_unique<PictureWalk>(std::move(steps));
}

}  // namespace latent::tasks
