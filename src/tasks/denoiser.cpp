// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/denoiser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/threads.h"
#include "rgb/level_texture.h"
#include "tasks/darktable/network.h"
#include "tasks/darktable/picture.h"
#include "tasks/kept.h"
#include "tasks/network_session.h"
#include "tasks/picture/local_rows.h"
#include "tasks/picture/output.h"
#include "tasks/picture/planes.h"
#include "tasks/picture/residual_run.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

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

/// Says that the brightness was corrected, where anybody could see it.
void tell_tones(const rgb::NoiseLevel& level, const rgb::ToneShift& tones, TaskReport& report) {
  constexpr float kSeen = 1.0F / 255.0F;
  float mean = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t i = 0; i < rgb::kLevelNodes; ++i) {
      const float brightness = (static_cast<float>(i) + 0.5F) / rgb::kLevelNodes;
      mean += level.shown[c][i] * tones.at(static_cast<int>(c), brightness) / 3.0F;
    }
  }
  if (std::abs(mean) < kSeen) return;
  report.notices.push_back(fmt::format(
      "its noise (level {:.0f}) makes the picture about {:.0f} of 255 too {}; Latent corrected the "
      "brightness; --tones kept leaves it as it was",
      level.overall() * 255.0F, std::abs(mean) * 255.0F, mean > 0 ? "dark" : "bright"));
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

Rect whole_of(const PictureSource& source) {
  return {0, 0, source.size().width, source.size().height};
}

}  // namespace

struct Denoiser::State {
  models::Package package;
  std::shared_ptr<const models::Network> network;
  NetworkSession whole;  ///< for results
  NetworkSession shown;  ///< for the tile by which regions are shown
  infer::EngineRequest engine;
  bool made_for_darktable = false;
  std::optional<DarktableNetwork> darktable;  ///< of such a package, for what was asked last
  double told = 0;                            ///< level of its second input
  std::vector<std::string> notices;
  std::size_t most_bytes = 0;  ///< infer::TileOptions::most_bytes
  ShownSize shown_size;

  [[nodiscard]] infer::TileOptions tiles() const {
    infer::TileOptions options = darktable ? darktable->tiles() : infer::TileOptions{};
    options.most_bytes = most_bytes;
    return options;
  }
  /// With the tile by which regions of up to ShownSize are shown, wherever they lie.
  [[nodiscard]] Result<infer::TileOptions> shown_tiles(Size picture) const {
    infer::TileOptions options = tiles();
    if (darktable) return options;
    const int more = 2 * rgb::kDetailReach + network->spec.stride_px;
    const Size size{std::min(shown_size.now().width + more, picture.width),
                    std::min(shown_size.now().height + more, picture.height)};
    const Rect middle{(picture.width - size.width) / 2, (picture.height - size.height) / 2,
                      size.width, size.height};
    LATENT_TRY(const auto plan, infer::TilePlan::create(network->spec, picture, middle, options));
    options.exact = plan.tile();
    return options;
  }
  [[nodiscard]] ResidualRun::Ways ways(const PictureSource& source, WideGamut gamut,
                                       int threads) const {
    ResidualRun::Ways ways;
    ways.gamut = gamut;
    if (darktable) ways.doors = {true, wants_boost(*darktable, source)};
    ways.tiles = tiles();
    ways.threads = threads;
    return ways;
  }
};

Denoiser::Denoiser(std::unique_ptr<State> state) : state_(std::move(state)) {}
Denoiser::Denoiser(Denoiser&&) noexcept = default;
Denoiser& Denoiser::operator=(Denoiser&&) noexcept = default;
Denoiser::~Denoiser() = default;

const models::Package& Denoiser::package() const { return state_->package; }
const std::vector<std::string>& Denoiser::notices() const { return state_->notices; }

Result<Denoiser> Denoiser::create(const models::Package& package,
                                  const infer::EngineRequest& engine, const Limits& limits) {
  auto loaded = models::load_network(package, models::NetworkKind::LatentRgbV1);
  const bool darktable = !loaded && models::is_made_for(package.manifest(), "denoise");
  if (!loaded && !darktable) return tl::make_unexpected(std::move(loaded).error());
  std::shared_ptr<const models::Network> network;
  if (loaded) network = std::make_shared<const models::Network>(*std::move(loaded));
  Denoiser denoiser(std::make_unique<State>(State{package,
                                                  network,
                                                  NetworkSession(network, engine),
                                                  NetworkSession(network, engine),
                                                  engine,
                                                  darktable,
                                                  std::nullopt,
                                                  0,
                                                  {},
                                                  limits.max_memory_bytes,
                                                  {}}));
  LATENT_CHECK(denoiser.adopt({}));
  return denoiser;
}

Status Denoiser::adopt(const DenoiseSettings& settings) {
  LATENT_CHECK(check(settings));
  State& state = *state_;
  if (!state.made_for_darktable) return check_no_compat(settings.compat);
  const double level = settings.level.value_or(kDarktableLevel);
  const bool same = state.darktable && state.darktable->contract.compat == settings.compat &&
                    (!state.darktable->takes_level || level == state.told);
  if (same) return {};
  LATENT_TRY(state.darktable, load_darktable_network(state.package, models::DarktableKind::Denoise,
                                                     settings.compat, level / 255.0));
  state.told = level;
  state.notices = state.darktable->contract.notices;
  state.network = state.darktable->network;
  const infer::EngineRequest request = engine_for(*state.darktable, state.engine, state.notices);
  state.whole = NetworkSession(state.network, request);
  state.shown = NetworkSession(state.network, request);
  return {};
}

bool Denoiser::as_darktable() const {
  return state_->darktable && state_->darktable->contract.compat == models::Compat::Darktable56;
}

std::optional<double> Denoiser::level_told(const rgb::NoiseLevel& measured) const {
  if (state_->darktable && state_->darktable->takes_level) return state_->told / 255.0;
  if (as_darktable()) return std::nullopt;
  return static_cast<double>(measured.overall());
}

Status Denoiser::begin(Size picture, const Rect& region, const DenoiseSettings& settings) {
  State& state = *state_;
  if (settings.is_identity()) return {};
  if (state.darktable) {
    state.whole.begin(state.tiles().exact);
    return {};
  }
  LATENT_TRY(const auto plan,
             infer::TilePlan::create(state.network->spec, picture,
                                     residual_area(picture, region, settings), state.tiles()));
  state.whole.begin(plan.tile());
  return {};
}

void Denoiser::begin_shown(Size picture) {
  if (const auto tiles = state_->shown_tiles(picture)) state_->shown.begin(tiles->exact);
}

Status Denoiser::ready_shown(Size picture) {
  LATENT_TRY(const auto tiles, state_->shown_tiles(picture));
  return state_->shown.ready(tiles.exact);
}

Status Denoiser::rows(const PictureSource& source, const rgb::NoiseLevel& level, const Rect& region,
                      const DenoiseSettings& settings, const TakeRows& take,
                      const RunControl& control, PictureReport& report) {
  State& state = *state_;
  const int threads = threads_or_all(settings.threads);
  const Stopwatch watch;
  if (as_darktable()) {
    LATENT_CHECK(state.whole.ready(state.tiles().exact, control));
    report.seconds.prepare += watch.seconds();
    const DarktableRun run{source,
                           *state.darktable,
                           region,
                           settings.effective_luma(),
                           settings.wide_gamut == WideGamut::Preserve,
                           threads};
    return run.run(state.whole, take, control, report);
  }
  const Rect area = residual_area(source.size(), region, settings);
  LATENT_TRY(auto run, ResidualRun::create(source, level, state.network->spec, area,
                                           state.ways(source, settings.wide_gamut, threads)));
  LATENT_CHECK(state.whole.ready(run.plan().tile(), control));
  report.seconds.prepare += watch.seconds();
  if (!state.darktable) {
    report.level = level;
    warn_of_level(level, state.network->spec, report);
    tell_tones(level, tones_for(level, settings), report);
  } else if (state.darktable->takes_level) {
    report.level = rgb::NoiseLevel::uniform(static_cast<float>(state.told / 255.0));
  }
  const auto noisy = [&](const Rect& part, ImageView<float> out) {
    source.encoded(part, settings.wide_gamut, out);
  };
  LATENT_TRY(auto off,
             take_off({noisy, source.colours(), {}, level, area, region, {}, threads, source.hue()},
                      settings));
  return run.run(
      state.whole, [&](ImageView<const float> residual) { return off.add(residual, take); },
      control, report);
}

rgb::ToneShift Denoiser::tones_for(const rgb::NoiseLevel& level,
                                   const DenoiseSettings& settings) const {
  // A network made for darktable may have corrected tones already.
  if (state_->darktable || settings.tones == Tones::Kept) return {};
  return rgb::tone_shift(level);
}

Result<TakeOff> Denoiser::take_off(TakeOff::What what, const DenoiseSettings& settings) const {
  what.guard = guard_of(state_->network->spec);
  what.tones = tones_for(what.level, settings);
  return TakeOff::create(std::move(what), settings);
}

Result<Image<float>> Denoiser::residual(const PictureSource& source, const rgb::NoiseLevel& level,
                                        const Rect& area, WideGamut gamut, int threads,
                                        const RunControl& control) {
  State& state = *state_;
  ResidualRun::Ways ways = state.ways(source, gamut, threads);
  state.shown_size.serve({std::max(1, area.width - 2 * rgb::kDetailReach),
                          std::max(1, area.height - 2 * rgb::kDetailReach)});
  LATENT_TRY(ways.tiles, state.shown_tiles(source.size()));
  LATENT_TRY(auto run, ResidualRun::create(source, level, state.network->spec, area, ways));
  LATENT_CHECK(state.shown.ready(run.plan().tile(), control));
  LATENT_TRY(auto found, Image<float>::create(area.size(), 3));
  int row = 0;
  const auto take = [&](ImageView<const float> rows) -> Status {
    for (int y = 0; y < rows.height(); ++y) {
      std::ranges::copy(rows.row(y), found.view().row(row++).begin());
    }
    return {};
  };
  TaskReport ignored;
  LATENT_CHECK(run.run(state.shown, take, control, ignored));
  return found;
}

Result<double> Denoiser::residual_sigma(const PictureSource& source, const rgb::NoiseLevel& level,
                                        WideGamut gamut, int threads, const RunControl& control) {
  State& state = *state_;
  LATENT_TRY(auto run, ResidualRun::create(source, level, state.network->spec, whole_of(source),
                                           state.ways(source, gamut, threads)));
  LATENT_CHECK(state.whole.ready(run.plan().tile(), control));
  LuminanceSigma sigma;
  const auto take = [&](ImageView<const float> rows) -> Status {
    sigma.add(rows);
    return {};
  };
  TaskReport ignored;
  LATENT_CHECK(run.run(state.whole, take, control, ignored));
  return sigma.value();
}

Result<Picture> Denoiser::denoised(const PictureSource& source, const DenoiseSettings& settings,
                                   const LocalStrength* local, const RunControl& control,
                                   PictureReport& report) {
  LATENT_CHECK(adopt(settings));
  const Picture& from = source.picture();
  const bool floats = from.depth() == SampleDepth::F32;
  Picture result;
  LATENT_TRY(result.samples, floats ? memory_for<float>(source.size(), from.channels())
                                    : memory_for<std::uint16_t>(source.size(), from.channels()));
  result.colours = from.colours;
  result.alpha = from.alpha;
  result.alpha_associated = from.alpha_associated;
  const colour::Profile& profile = source.result_profile();
  const bool same_profile = profile.icc() == source.profile().icc();
  result.icc = same_profile ? from.icc : profile.icc();
  result.icc_from_file = same_profile && from.icc_from_file;
  if (!same_profile) report.notices.push_back(one_way_notice(source));
  result.resolution = from.resolution;
  result.orientation = from.orientation;
  result.format = from.format;
  const Rect whole = whole_of(source);
  int row = 0;
  RowSink sink = sink_into(result.samples, row);
  const PictureOutput kept{
      write::PictureFormat::Tiff, result.depth(), profile, {}, same_profile, {}, {}};
  if (local != nullptr) sink = kept_outside(source, whole, kept, *local, std::move(sink));
  LATENT_TRY(auto written, PictureRows::create(whole.size(), source.working_profile(), profile,
                                               result.depth(), alpha_rows_of(source, whole),
                                               std::move(sink), threads_or_all(settings.threads)));
  if (same_profile) written.lay_on(source, whole, settings.wide_gamut);
  LATENT_TRY(const rgb::NoiseLevel estimate, level_of(source, settings));
  const rgb::NoiseLevel level = rgb::cautious_level(estimate);
  if (const std::string doubt = doubt_about(estimate); !doubt.empty() && !state_->darktable) {
    report.notices.push_back(doubt);
  }
  TakeRows take = [&](ImageView<const float> finished) { return written.add(finished); };
  if (local != nullptr) take = mixed_rows(source, whole, 1, *local, std::move(take));
  LATENT_CHECK(rows(source, level, whole, settings, take, control, report));
  return result;
}

Result<rgb::NoiseLevel> level_of(const PictureSource& source, const DenoiseSettings& settings) {
  constexpr double kMovesTones = 5.0;
  const int threads = threads_or_all(settings.threads);
  const rgb::ReadArea read = [&](const Rect& area, ImageView<float> out) {
    source.encoded_rgb(area, WideGamut::Preserve, out);
  };
  const auto measured = [&] { return rgb::estimate_level(source.size(), read, threads); };
  if (!settings.level) {
    LATENT_TRY(rgb::NoiseLevel estimate, measured());
    LATENT_TRY(const rgb::TextureLook look,
               rgb::look_for_texture(source.size(), read, source.hue() == nullptr, threads));
    estimate.texture_doubt = look.doubt;
    estimate.apart = look.apart;
    return estimate;
  }
  auto level = rgb::NoiseLevel::uniform(static_cast<float>(*settings.level / 255.0));
  if (settings.tones == Tones::Kept || *settings.level < kMovesTones) return level;
  // How coarse the noise is, and what the picture shows: only the picture says it.
  LATENT_TRY(const rgb::NoiseLevel seen, measured());
  level.fineness = seen.fineness;
  level.shown = seen.shown;
  return level;
}

std::string doubt_about(const rgb::NoiseLevel& estimate) {
  constexpr float kLess = 1.0F;  // of 255: smaller differences nobody sees
  constexpr float kMore = 0.5F;
  const float found = estimate.overall() * 255.0F;
  const float used = rgb::cautious_level(estimate).overall() * 255.0F;
  if (found - used > kLess) {
    return fmt::format(
        "what looks like noise (level {:.1f}) may be fine texture (confidence {:.2f}); Latent uses "
        "the level {:.1f}, so that texture is kept; --level {:.1f} removes more",
        found, estimate.confidence, used, found);
  }
  if (used - found > kMore) {
    return fmt::format(
        "the noise level could not be measured well ({:.1f}, confidence {:.2f}); Latent uses "
        "{:.1f}; "
        "set another with --level",
        found, estimate.confidence, used);
  }
  return {};
}

}  // namespace latent::tasks
