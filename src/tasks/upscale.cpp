// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/upscale.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/threads.h"
#include "metadata/metadata.h"
#include "tasks/darktable/picture.h"
#include "tasks/denoise.h"
#include "tasks/picture/upscale_run.h"
#include "tasks/picture/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

Status check(const UpscaleSettings& settings) {
  if (!(settings.denoise >= 0.0 && settings.denoise <= 1.0)) {
    return fail(ErrorCode::Usage, "the strength of denoise must lie between 0 and 100 percent");
  }
  if (!(settings.tolerance >= 0.0 && settings.tolerance <= 255.0)) {
    return fail(ErrorCode::Usage, "the tolerance must lie between 0 and 255 (8-bit steps)");
  }
  return {};
}

/// The size of the enlargement of a region, where the format of the target holds it. The limits of
/// what is read do not count: rows stream out.
Result<Size> enlarged_size(Size region, int scale, const fs::path& target) {
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

}  // namespace

struct PictureUpscaler::State {
  models::Package package;
  std::shared_ptr<const models::Network> network;
  Limits limits;
  NetworkSession session;
  std::optional<PictureDenoiser> denoiser;
  infer::EngineRequest engine;
  std::optional<models::DarktableKind> made_for_darktable;
  std::optional<DarktableNetwork> darktable;  ///< of such a package, for the reading asked for last
  std::vector<std::string> notices;

  [[nodiscard]] int scale() const { return network->spec.scale; }

  /// A package made for darktable may be read in two ways.
  Status adopt(models::Compat compat) {
    if (!made_for_darktable) return check_no_compat(compat);
    if (darktable && darktable->contract.compat == compat) return {};
    LATENT_TRY(darktable, load_darktable_network(package, *made_for_darktable, compat));
    notices = darktable->contract.notices;
    network = darktable->network;
    session = NetworkSession(network, engine_for(*darktable, engine, notices));
    return {};
  }

  [[nodiscard]] infer::TileOptions tiles() const {
    infer::TileOptions options = darktable ? darktable->tiles() : infer::TileOptions{};
    options.most_bytes = limits.max_memory_bytes;
    return options;
  }
  [[nodiscard]] bool as_darktable() const {
    return darktable && darktable->contract.compat == models::Compat::Darktable56;
  }

  /// As in denoise: the network is compiled while the samples are decoded.
  Status begin(const read::Photograph& photograph, const fs::path& target,
               const UpscaleSettings& settings) {
    LATENT_TRY(const read::PictureFacts facts, photograph.picture_facts());
    LATENT_TRY(const Rect region, region_in(facts.size, settings.region));
    LATENT_CHECK(enlarged_size(region.size(), scale(), target));
    if (darktable) {
      session.begin(tiles().exact);
      return {};
    }
    if (facts.is_raw) return {};
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network->spec, facts.size,
                                       upscale_region(facts.size, region, settings), tiles()));
    session.begin(plan.tile());
    return {};
  }

  /// The source, denoised where that was asked for, with colours under alpha that may be enlarged.
  Result<PictureSource> opened(const read::Photograph& photograph, const UpscaleSettings& settings,
                               const RunControl& control, PictureReport& report) {
    LATENT_TRY(PictureSource source, PictureSource::open(photograph, control));
    report.notices = notices;
    for (const std::string& warning : source.warnings()) report.notices.push_back(warning);
    if (settings.denoise != 0.0) {
      LATENT_TRY(source, denoised(source, settings, control, report));
    }
    LATENT_CHECK(source.spread_visible_colours(enlarging_reach(network->spec)));
    return source;
  }

  Result<PictureSource> denoised(const PictureSource& source, const UpscaleSettings& settings,
                                 const RunControl& control, PictureReport& report) {
    if (!denoiser) {
      return fail(ErrorCode::Usage, "no model was given for the denoise before the enlargement");
    }
    DenoiseSettings denoise;
    denoise.strength = settings.denoise;
    denoise.wide_gamut = settings.wide_gamut;
    denoise.threads = settings.threads;
    const RunControl quiet{control.stop, {}};
    LATENT_TRY(Picture clean, denoiser->denoised(source, denoise, quiet, report));
    return PictureSource::of(std::move(clean));
  }

  /// What the result will say of the run; `report` knows what a denoise before was told.
  [[nodiscard]] metadata::Provenance provenance(const PictureSource& source,
                                                const UpscaleSettings& settings,
                                                const PictureReport& report) const {
    metadata::Provenance all = provenance_of("upscale", package, source);
    all.scale = scale();
    if (!darktable) all.level = settings.tolerance / 255.0;
    if (settings.denoise == 0.0) return all;
    const models::Package& before = denoiser->package();
    all.denoise = metadata::DenoiseBefore{before.manifest().id, before.manifest().version,
                                          before.sha256(), 100.0 * settings.denoise, std::nullopt};
    if (report.level) all.denoise->level = static_cast<double>(report.level->overall());
    return all;
  }

  Status write(const PictureSource& source, const Rect& region, const PictureOutput& output,
               write::PictureWriter& writer, const UpscaleSettings& settings,
               const RunControl& control, PictureReport& report);
};

Status PictureUpscaler::State::write(const PictureSource& source, const Rect& region,
                                     const PictureOutput& output, write::PictureWriter& writer,
                                     const UpscaleSettings& settings, const RunControl& control,
                                     PictureReport& report) {
  PictureRows::AlphaRows alpha;
  if (source.picture().alpha) {
    alpha = [&](int first, ImageView<float> out) {
      return enlarge_alpha(source, region, scale(), first, out);
    };
  }
  const int threads = threads_or_all(settings.threads);
  LATENT_TRY(auto rows,
             PictureRows::create(report.result, source.working_profile(), output.profile,
                                 output.depth, std::move(alpha), sink_of(writer), threads));
  const auto take = [&](ImageView<const float> finished) { return rows.add(finished); };
  const Stopwatch watch;
  if (as_darktable()) {
    LATENT_CHECK(session.ready(tiles().exact));
    report.seconds.prepare += watch.seconds();
    const DarktableRun run{source, *darktable, region, 1.0, false, threads};
    LATENT_CHECK(run.run(session, take, control, report));
  } else {
    DarktableDoors doors;
    if (darktable) doors = {true, wants_boost(*darktable, source)};
    LATENT_TRY(auto run,
               UpscaleRun::create(source, network->spec, region, settings, tiles(), doors));
    LATENT_CHECK(session.ready(run.plan().tile()));
    report.seconds.prepare += watch.seconds();
    LATENT_CHECK(run.run(session, take, control, report));
    report.consistency_rms = run.consistency_rms();
  }
  report.seconds.write = rows.sink_seconds();
  report.seconds.unpack -= report.seconds.write;
  const std::string notice = clipping_notice(rows.clipped_pixels(), report.result, source, output);
  if (!notice.empty()) report.notices.push_back(notice);
  return {};
}

PictureUpscaler::PictureUpscaler(std::unique_ptr<State> state) : state_(std::move(state)) {}
PictureUpscaler::PictureUpscaler(PictureUpscaler&&) noexcept = default;
PictureUpscaler& PictureUpscaler::operator=(PictureUpscaler&&) noexcept = default;
PictureUpscaler::~PictureUpscaler() = default;

Result<PictureUpscaler> PictureUpscaler::create(const models::Package& package, int scale,
                                                const models::Package* denoiser,
                                                const infer::EngineRequest& engine, Limits limits) {
  auto loaded = models::load_network(package, models::NetworkKind::LatentUpscaleV1, scale);
  std::optional<models::DarktableKind> darktable;
  if (!loaded) {
    if (!models::is_made_for(package.manifest(), "upscale")) {
      return tl::make_unexpected(std::move(loaded).error());
    }
    darktable = scale == 2 ? models::DarktableKind::UpscaleX2 : models::DarktableKind::UpscaleX4;
  }
  std::shared_ptr<const models::Network> network;
  if (loaded) network = std::make_shared<const models::Network>(*std::move(loaded));
  auto state = std::make_unique<State>(State{package,
                                             network,
                                             limits,
                                             NetworkSession(network, engine),
                                             std::nullopt,
                                             engine,
                                             darktable,
                                             std::nullopt,
                                             {}});
  LATENT_CHECK(state->adopt(models::Compat::None));
  if (denoiser != nullptr) {
    LATENT_TRY(state->denoiser, PictureDenoiser::create(*denoiser, engine, limits));
  }
  return PictureUpscaler(std::move(state));
}

Result<PictureReport> PictureUpscaler::run(const read::Photograph& photograph,
                                           const fs::path& target, const UpscaleSettings& settings,
                                           const RunControl& control) {
  const auto unnamed = [&]() -> Result<PictureReport> {
    const Stopwatch total;
    LATENT_CHECK(check(settings));
    LATENT_CHECK(state_->adopt(settings.compat));
    LATENT_CHECK(state_->begin(photograph, target, settings));
    PictureReport report;
    report.scale = state_->scale();
    Stopwatch stage;
    metadata::Metadata metadata = photograph.metadata();
    LATENT_TRY(const PictureSource source, state_->opened(photograph, settings, control, report));
    for (const std::string& warning : metadata.warnings) report.notices.push_back(warning);
    if (state_->darktable && settings.tolerance > 0.0) {
      report.notices.emplace_back(
          "the tolerance was not used: a model made for darktable cannot be told of damage");
    }
    report.seconds.read = stage.lap();
    LATENT_TRY(const Rect region, region_in(source.size(), settings.region));
    LATENT_TRY(const Size result, enlarged_size(region.size(), state_->scale(), target));
    LATENT_TRY(const auto output, PictureOutput::create(source, target, settings.output));
    describe(source, output, result, report);
    LATENT_TRY(auto writer, open_writer(target, output,
                                        header_of(source, output, result, std::move(metadata),
                                                  state_->provenance(source, settings, report)),
                                        settings.output, settings.threads));
    LATENT_CHECK(state_->write(source, region, output, writer, settings, control, report));
    LATENT_CHECK(finish(photograph, writer, target, report));
    report.seconds.total = total.seconds();
    return report;
  };
  auto report = unnamed();
  if (!report) return tl::make_unexpected(naming(photograph.path(), std::move(report).error()));
  return report;
}

}  // namespace latent::tasks
