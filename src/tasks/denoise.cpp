// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/denoise.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/threads.h"
#include "metadata/metadata.h"
#include "tasks/darktable/picture.h"
#include "tasks/picture/denoise_run.h"
#include "tasks/picture/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

/// The largest part of a picture that a preview computes in one tile.
constexpr int kPreviewSide = 512;

/// The one tile that serves every preview: wherever such a part lies, it is enough.
Size preview_tile(const models::NetworkSpec& network, Size picture) {
  const int stride = network.stride_px;
  const int side =
      round_up(kPreviewSide + 2 * rgb::kDetailReach + 2 * network.reach_px + stride - 1, stride);
  return {std::min(side, round_up(picture.width, stride)),
          std::min(side, round_up(picture.height, stride))};
}

metadata::Provenance provenance_with(const models::Package& package, const PictureSource& source,
                                     std::optional<double> level, const DenoiseSettings& settings) {
  metadata::Provenance provenance = provenance_of("denoise", package, source);
  provenance.strength_percent = settings.is_identity() ? 0.0 : 100.0 * settings.strength;
  provenance.luma_percent = 100.0 * settings.luma;
  provenance.chroma_percent = 100.0 * settings.chroma;
  if (!settings.is_identity()) provenance.level = level;
  return provenance;
}

void warn_of_level(const rgb::NoiseLevel& level, const models::NetworkSpec& network,
                   TaskReport& report) {
  const auto most = static_cast<float>(network.limits.level_max);
  float worst = 0;
  for (const auto& channel : level.sigma) {
    for (const float sigma : channel) worst = std::max(worst, sigma);
  }
  if (worst <= most) return;
  report.notices.push_back(fmt::format(
      "its noise (sigma up to {:.0f} of 255) is stronger than the {:.0f} that the model "
      "was trained for; some of it may stay",
      worst * 255.0F, most * 255.0F));
}

template <class T>
Result<PictureSamples> memory_for(Size size, int channels) {
  LATENT_TRY(auto image, Image<T>::create(size, channels));
  return PictureSamples(std::move(image));
}

/// A picture that sinks fill from top to bottom.
RowSink sink_into(PictureSamples& samples, int& row) {
  return [&samples, &row](const RowsView& rows) -> Status {
    std::visit(
        [&](auto& image) {
          const auto* view = std::get_if<decltype(std::as_const(image).view())>(&rows);
          for (int y = 0; view != nullptr && y < view->height(); ++y) {
            std::ranges::copy(view->row(y), image.view().row(row++).begin());
          }
        },
        samples);
    return {};
  };
}

}  // namespace

struct PictureDenoiser::State {
  models::Package package;
  std::shared_ptr<const models::Network> network;
  Limits limits;
  NetworkSession whole;     ///< for runs over pictures
  NetworkSession previews;  ///< for the tile of previews
  infer::EngineRequest engine;
  bool made_for_darktable = false;
  std::optional<DarktableNetwork> darktable;  ///< of such a package, for what was asked last
  double told = 0;                            ///< level of its second input
  std::vector<std::string> notices;

  /// A package made for darktable has another network for every reading and every level.
  Status adopt(const DenoiseSettings& settings) {
    if (!made_for_darktable) return check_no_compat(settings.compat);
    const double level = settings.level.value_or(kDarktableLevel);
    const bool same = darktable && darktable->contract.compat == settings.compat &&
                      (!darktable->takes_level || level == told);
    if (same) return {};
    LATENT_TRY(darktable, load_darktable_network(package, models::DarktableKind::Denoise,
                                                 settings.compat, level / 255.0));
    told = level;
    notices = darktable->contract.notices;
    network = darktable->network;
    const infer::EngineRequest request = engine_for(*darktable, engine, notices);
    whole = NetworkSession(network, request);
    previews = NetworkSession(network, request);
    return {};
  }

  [[nodiscard]] infer::TileOptions tiles() const {
    infer::TileOptions options = darktable ? darktable->tiles() : infer::TileOptions{};
    options.most_bytes = limits.max_memory_bytes;
    return options;
  }
  [[nodiscard]] DarktableDoors doors(const PictureSource& source) const {
    if (!darktable) return {};
    return {true, wants_boost(*darktable, source)};
  }
  /// For the provenance: what the network was told, or what was measured for the texture. As
  /// darktable does it a network without a second input is told nothing, and nothing is measured.
  [[nodiscard]] std::optional<double> level_told(const rgb::NoiseLevel& measured) const {
    if (darktable && darktable->takes_level) return told / 255.0;
    if (as_darktable()) return std::nullopt;
    return static_cast<double>(measured.overall());
  }
  [[nodiscard]] bool as_darktable() const {
    return darktable && darktable->contract.compat == models::Compat::Darktable56;
  }

  /// The header alone gives the size, and with it the tile: so the network is compiled while the
  /// samples are decoded.
  Status begin(const read::Photograph& photograph, const DenoiseSettings& settings) {
    if (settings.is_identity()) return {};
    if (darktable) {
      whole.begin(tiles().exact);
      return {};
    }
    LATENT_TRY(const read::PictureFacts facts, photograph.picture_facts());
    if (facts.is_raw) return {};  // development may change the size
    LATENT_TRY(const Rect region, region_in(facts.size, settings.region));
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network->spec, facts.size,
                                       network_region(facts.size, region, settings), tiles()));
    whole.begin(plan.tile());
    return {};
  }

  /// Rows of one region, from the network, to `take`.
  Status denoise(const PictureSource& source, const rgb::NoiseLevel& level, const Rect& region,
                 const DenoiseSettings& settings, const DenoiseRun::TakeRows& take,
                 const RunControl& control, PictureReport& report) {
    LATENT_TRY(auto run, DenoiseRun::create(source, level, network->spec, region, settings, tiles(),
                                            doors(source)));
    const Stopwatch watch;
    LATENT_CHECK(whole.ready(run.plan().tile()));
    report.seconds.prepare = watch.seconds();
    if (!darktable) {
      report.level = level;
      warn_of_level(level, network->spec, report);
    } else if (darktable->takes_level) {
      report.level = rgb::NoiseLevel::uniform(static_cast<float>(told / 255.0));
    }
    return run.run(whole, take, control, report);
  }

  Status write(const PictureSource& source, const Rect& region, const PictureOutput& output,
               write::PictureWriter& writer, const DenoiseSettings& settings,
               const rgb::NoiseLevel& level, const RunControl& control, PictureReport& report);
};

Status PictureDenoiser::State::write(const PictureSource& source, const Rect& region,
                                     const PictureOutput& output, write::PictureWriter& writer,
                                     const DenoiseSettings& settings, const rgb::NoiseLevel& level,
                                     const RunControl& control, PictureReport& report) {
  const int threads = threads_or_all(settings.threads);
  std::int64_t clipped = 0;
  if (settings.is_identity()) {
    const Stopwatch watch;
    LATENT_CHECK(copy_rows(source, region, output, sink_of(writer), threads, control, clipped));
    report.seconds.write = watch.seconds();
  } else {
    LATENT_TRY(auto rows, PictureRows::create(
                              region.size(), source.working_profile(), output.profile, output.depth,
                              alpha_rows_of(source, region), sink_of(writer), threads));
    const auto take = [&](ImageView<const float> finished) { return rows.add(finished); };
    if (as_darktable()) {
      const DarktableRun run{source,
                             *darktable,
                             region,
                             settings.effective_luma(),
                             settings.wide_gamut == WideGamut::Preserve,
                             threads};
      LATENT_CHECK(whole.ready(tiles().exact));
      LATENT_CHECK(run.run(whole, take, control, report));
    } else {
      LATENT_CHECK(denoise(source, level, region, settings, take, control, report));
    }
    clipped = rows.clipped_pixels();
    report.seconds.write = rows.sink_seconds();
    report.seconds.unpack -= report.seconds.write;
  }
  const std::string notice = clipping_notice(clipped, region.size(), source, output);
  if (!notice.empty()) report.notices.push_back(notice);
  return {};
}

PictureDenoiser::PictureDenoiser(std::unique_ptr<State> state) : state_(std::move(state)) {}
PictureDenoiser::PictureDenoiser(PictureDenoiser&&) noexcept = default;
PictureDenoiser& PictureDenoiser::operator=(PictureDenoiser&&) noexcept = default;
PictureDenoiser::~PictureDenoiser() = default;

const models::Package& PictureDenoiser::package() const { return state_->package; }

Result<PictureDenoiser> PictureDenoiser::create(const models::Package& package,
                                                infer::EngineRequest engine, Limits limits) {
  auto loaded = models::load_network(package, models::NetworkKind::LatentRgbV1);
  const bool darktable = !loaded && models::is_made_for(package.manifest(), "denoise");
  if (!loaded && !darktable) return tl::make_unexpected(std::move(loaded).error());
  std::shared_ptr<const models::Network> network;
  if (loaded) network = std::make_shared<const models::Network>(*std::move(loaded));
  auto state = std::make_unique<State>(State{package,
                                             network,
                                             limits,
                                             NetworkSession(network, engine),
                                             NetworkSession(network, engine),
                                             std::move(engine),
                                             darktable,
                                             std::nullopt,
                                             0,
                                             {}});
  if (darktable) LATENT_CHECK(state->adopt({}));
  return PictureDenoiser(std::move(state));
}

Result<PictureReport> PictureDenoiser::run(const read::Photograph& photograph,
                                           const fs::path& target, const DenoiseSettings& settings,
                                           const RunControl& control) {
  const auto unnamed = [&]() -> Result<PictureReport> {
    const Stopwatch total;
    LATENT_CHECK(check(settings));
    LATENT_CHECK(state_->adopt(settings));
    LATENT_CHECK(state_->begin(photograph, settings));
    PictureReport report;
    Stopwatch stage;
    metadata::Metadata metadata = photograph.metadata();
    LATENT_TRY(const PictureSource source, PictureSource::open(photograph, control));
    report.notices = state_->notices;
    for (const std::string& warning : source.warnings()) report.notices.push_back(warning);
    for (const std::string& warning : metadata.warnings) report.notices.push_back(warning);
    report.seconds.read = stage.lap();
    LATENT_TRY(const Rect region, region_in(source.size(), settings.region));
    LATENT_TRY(const auto output, PictureOutput::create(source, target, settings.output));
    describe(source, output, region.size(), report);
    rgb::NoiseLevel level;
    if (!settings.is_identity() && !state_->as_darktable()) {
      LATENT_TRY(level, level_of(source, settings));
    }
    report.seconds.noise = stage.lap();
    LATENT_TRY(auto writer,
               open_writer(target, output,
                           header_of(source, output, region.size(), std::move(metadata),
                                     provenance_with(state_->package, source,
                                                     state_->level_told(level), settings)),
                           settings.output, settings.threads));
    LATENT_CHECK(state_->write(source, region, output, writer, settings, level, control, report));
    LATENT_CHECK(finish(photograph, writer, target, report));
    report.seconds.total = total.seconds();
    return report;
  };
  auto report = unnamed();
  if (!report) return tl::make_unexpected(naming(photograph.path(), std::move(report).error()));
  return report;
}

Result<Picture> PictureDenoiser::denoised(const PictureSource& source,
                                          const DenoiseSettings& settings,
                                          const RunControl& control, PictureReport& report) {
  LATENT_CHECK(check(settings));
  LATENT_CHECK(state_->adopt(settings));
  const Picture& from = source.picture();
  const bool floats = from.depth() == SampleDepth::F32;
  Picture result;
  LATENT_TRY(result.samples, floats ? memory_for<float>(source.size(), from.channels())
                                    : memory_for<std::uint16_t>(source.size(), from.channels()));
  result.colours = from.colours;
  result.alpha = from.alpha;
  result.alpha_associated = from.alpha_associated;
  result.icc = from.icc;
  result.icc_from_file = from.icc_from_file;
  result.resolution = from.resolution;
  result.orientation = from.orientation;
  result.format = from.format;
  const Rect whole{0, 0, source.size().width, source.size().height};
  int row = 0;
  LATENT_TRY(auto rows,
             PictureRows::create(whole.size(), source.working_profile(), source.profile(),
                                 result.depth(), alpha_rows_of(source, whole),
                                 sink_into(result.samples, row), threads_or_all(settings.threads)));
  LATENT_TRY(const rgb::NoiseLevel level, level_of(source, settings));
  LATENT_CHECK(state_->denoise(
      source, level, whole, settings,
      [&](ImageView<const float> finished) { return rows.add(finished); }, control, report));
  return result;
}

Result<PreparedPicture> PictureDenoiser::prepare(const read::Photograph& photograph,
                                                 const RunControl& control) {
  auto source = PictureSource::open(photograph, control);
  if (!source) return tl::make_unexpected(naming(photograph.path(), std::move(source).error()));
  LATENT_CHECK(state_->adopt({}));
  const Size tile = state_->darktable ? state_->tiles().exact
                                      : preview_tile(state_->network->spec, source->size());
  state_->previews.begin(tile);
  PreparedPicture prepared;
  prepared.source_ = std::make_shared<const PictureSource>(*std::move(source));
  LATENT_TRY(prepared.level_, level_of(*prepared.source_, {}));
  LATENT_CHECK(state_->previews.ready(tile));
  return prepared;
}

Result<PreviewPair> PictureDenoiser::preview(const PreparedPicture& prepared, const Rect& wanted,
                                             const DenoiseSettings& settings,
                                             const RunControl& control) {
  LATENT_CHECK(check(settings));
  const PictureSource& source = prepared.source();
  LATENT_TRY(const Rect region, region_in(source.size(), wanted));
  PreviewPair pair;
  LATENT_TRY(pair.before, Image<float>::create(region.size(), 3));
  source.encoded_rgb(region, WideGamut::Preserve, pair.before.view());
  if (settings.is_identity()) {
    LATENT_TRY(pair.after, pair.before.clone());
    return pair;
  }
  LATENT_TRY(pair.after, Image<float>::create(region.size(), 3));
  rgb::NoiseLevel level = prepared.level();
  if (settings.level) {
    LATENT_TRY(level, level_of(source, settings));
  }
  LATENT_CHECK(state_->adopt(settings));
  infer::TileOptions tiles = state_->tiles();
  if (!state_->darktable) tiles.exact = preview_tile(state_->network->spec, source.size());
  LATENT_TRY(auto run, DenoiseRun::create(source, level, state_->network->spec, region, settings,
                                          tiles, state_->doors(source)));
  LATENT_CHECK(state_->previews.ready(run.plan().tile()));
  int row = 0;
  const auto take = [&](ImageView<const float> rows) -> Status {
    for (int y = 0; y < rows.height(); ++y, ++row) {
      float* out = pair.after.view().row(row).data();
      const int step = rows.channels();
      for (int x = 0; x < rows.width(); ++x) {
        for (int c = 0; c < 3; ++c)
          *out++ = rows.row(y)[static_cast<std::size_t>(x * step + c % step)];
      }
    }
    return {};
  };
  TaskReport ignored;
  LATENT_CHECK(run.run(state_->previews, take, control, ignored));
  return pair;
}

}  // namespace latent::tasks
