// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/upscale.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "tasks/darktable/network.h"
#include "tasks/darktable/picture.h"
#include "tasks/denoiser.h"
#include "tasks/picture/upscale_run.h"
#include "tasks/picture/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

const UpscaleSettings& of(const Settings& settings) { return std::get<UpscaleSettings>(settings); }

class UpscaleSteps final : public PictureSteps {
 public:
  UpscaleSteps(models::Package package, std::shared_ptr<const models::Network> network,
               infer::EngineRequest engine, int scale, std::optional<Denoiser> denoiser,
               const Limits& limits)
      : package_(std::move(package)),
        network_(std::move(network)),
        whole_(network_, engine),
        shown_(network_, engine),
        engine_(std::move(engine)),
        scale_(scale),
        made_for_darktable_(network_ == nullptr),
        denoiser_(std::move(denoiser)),
        most_bytes_(limits.max_memory_bytes) {}

  int scale() const override { return scale_; }
  Settings plain_settings() const override { return UpscaleSettings{}; }
  std::vector<std::string> notices() const override { return notices_; }
  bool changes_nothing(const Settings& /*settings*/) const override { return false; }

  /// A package made for darktable may be read in two ways.
  Status adopt(const Settings& settings) override {
    LATENT_ENSURE(std::holds_alternative<UpscaleSettings>(settings));
    LATENT_CHECK(check(of(settings)));
    const models::Compat compat = of(settings).compat;
    if (!made_for_darktable_) return check_no_compat(compat);
    if (darktable_ && darktable_->contract.compat == compat) return {};
    const auto kind =
        scale_ == 2 ? models::DarktableKind::UpscaleX2 : models::DarktableKind::UpscaleX4;
    LATENT_TRY(darktable_, load_darktable_network(package_, kind, compat));
    notices_ = darktable_->contract.notices;
    network_ = darktable_->network;
    const infer::EngineRequest request = engine_for(*darktable_, engine_, notices_);
    whole_ = NetworkSession(network_, request);
    shown_ = NetworkSession(network_, request);
    return {};
  }

  std::vector<std::string> unused(const Settings& settings) const override {
    if (!darktable_ || !(of(settings).tolerance > 0.0)) return {};
    return {
        "the tolerance was not used: a model made for darktable has no input for compression "
        "damage"};
  }

  Status begin(Size picture, const Rect& region, const Settings& settings) override {
    if (darktable_) {
      whole_.begin(tiles().exact);
      return {};
    }
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network_->spec, picture,
                                       upscale_region(picture, region, of(settings)), tiles()));
    whole_.begin(plan.tile());
    return {};
  }

  void begin_shown(Size picture) override {
    if (const auto tile = shown_tile(picture)) shown_.begin(*tile);
  }
  Status ready_shown(Size picture) override {
    LATENT_TRY(const Size tile, shown_tile(picture));
    return shown_.ready(tile);
  }

  /// Denoised where that was asked for, with colours under alpha that may be enlarged.
  Status begin_with(PreparedPicture& picture, const Settings& any, const RunControl& control,
                    PictureReport& report) override {
    const UpscaleSettings& settings = of(any);
    PreparedPicture::Made wanted;
    wanted.denoise = settings.denoise;
    if (settings.denoise != 0.0) {
      wanted.gamut = settings.wide_gamut;
      wanted.mask = settings.mask;
    }
    wanted.spread = picture.picture().picture().alpha ? enlarging_reach(network_->spec) : 0;
    report.level = picture.told;
    if (picture.made() == wanted) return {};
    const RunControl quiet{control.stop, {}};
    LATENT_CHECK(picture.restore(quiet));
    picture.told.reset();
    if (settings.denoise != 0.0) LATENT_CHECK(denoise(picture, settings, quiet, report));
    if (wanted.spread != 0) LATENT_CHECK(picture.spread_visible_colours(wanted.spread));
    return {};
  }

  metadata::Provenance provenance(const PreparedPicture& picture,
                                  const Settings& any) const override {
    const UpscaleSettings& settings = of(any);
    metadata::Provenance all = provenance_of("upscale", package_, picture);
    all.scale = scale();
    if (!darktable_) all.level = settings.tolerance / 255.0;
    if (settings.denoise == 0.0) return all;
    const models::Package& before = denoiser_->package();
    all.denoise = metadata::DenoiseBefore{before.manifest().id, before.manifest().version,
                                          before.sha256(), 100.0 * settings.denoise, std::nullopt};
    if (picture.told) all.denoise->level = static_cast<double>(picture.told->overall());
    return all;
  }

  PictureRows::AlphaRows alpha(const PictureSource& source, const Rect& region) const override {
    if (!source.picture().alpha) return {};
    return [&source, region, scale = scale_](int first, ImageView<float> out) {
      return enlarge_alpha(source, region, scale, first, out);
    };
  }

  Status rows(PreparedPicture& picture, const Rect& region, const Settings& settings,
              const TakeRows& take, const RunControl& control, PictureReport& report) override {
    return enlarge(picture.picture(), region, of(settings), whole_, tiles(), take, control, report);
  }

  Result<Shown> show(PreparedPicture& picture, const Rect& region, const Settings& any,
                     const RunControl& control) override {
    const UpscaleSettings& settings = of(any);
    const PictureSource& source = picture.picture();
    const PreparedPicture::EnlargedFor key{region, settings};
    PreparedPicture::Enlarged* kept = picture.enlarged.find(key);
    if (kept == nullptr) {
      PreparedPicture::Enlarged fresh;
      const Size size{region.width * scale_, region.height * scale_};
      LATENT_TRY(fresh.before, Image<float>::create(size, 3, no_limits_of_pixels()));
      LATENT_CHECK(enlarge_plainly(source, region, scale_, fresh.before.view()));
      LATENT_TRY(fresh.after, Image<float>::create(size, 3, no_limits_of_pixels()));
      infer::TileOptions options = tiles();
      if (!darktable_) {
        shown_size_.serve(region.size());
        LATENT_TRY(options.exact, shown_tile(source.size()));
      }
      int row = 0;
      PictureReport ignored;
      LATENT_CHECK(enlarge(source, region, settings, shown_, options, rows_into(fresh.after, row),
                           control, ignored));
      const std::size_t bytes = static_cast<std::size_t>(6 * size.area()) * sizeof(float);
      kept = &picture.enlarged.keep(key, std::move(fresh), bytes);
    }
    Shown shown;
    LATENT_TRY(shown.before, kept->before.clone());
    LATENT_TRY(shown.after, kept->after.clone());
    return shown;
  }

 private:
  infer::TileOptions tiles() const {
    infer::TileOptions options = darktable_ ? darktable_->tiles() : infer::TileOptions{};
    options.most_bytes = most_bytes_;
    return options;
  }
  bool as_darktable() const {
    return darktable_ && darktable_->contract.compat == models::Compat::Darktable56;
  }

  /// The tile by which regions of up to ShownSize are shown, as for one in the middle that is larger
  /// by what strides may stand amiss.
  Result<Size> shown_tile(Size picture) const {
    if (darktable_) return tiles().exact;
    const int more = network_->spec.stride_px;
    const Size size{std::min(shown_size_.now().width + more, picture.width),
                    std::min(shown_size_.now().height + more, picture.height)};
    const Rect middle{(picture.width - size.width) / 2, (picture.height - size.height) / 2,
                      size.width, size.height};
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network_->spec, picture, upscale_region(picture, middle, {}),
                                       tiles()));
    return plan.tile();
  }

  Status denoise(PreparedPicture& picture, const UpscaleSettings& settings,
                 const RunControl& control, PictureReport& report) {
    if (!denoiser_) {
      return fail(ErrorCode::Usage, "no model was given for the denoise before the enlargement");
    }
    DenoiseSettings denoise;
    denoise.strength = settings.denoise;
    denoise.wide_gamut = settings.wide_gamut;
    denoise.threads = settings.threads;
    LATENT_TRY(const LocalStrength* const local,
               picture.masks.of(settings.mask, picture.photograph, picture.facts.size, control));
    LATENT_TRY(Picture clean,
               denoiser_->denoised(picture.picture(), denoise, local, control, report));
    LATENT_TRY(PictureSource source, PictureSource::of(std::move(clean)));
    picture.become(std::move(source), {settings.denoise, settings.wide_gamut, settings.mask, 0});
    picture.told = report.level;
    return {};
  }

  Status enlarge(const PictureSource& source, const Rect& region, const UpscaleSettings& settings,
                 NetworkSession& session, const infer::TileOptions& options, const TakeRows& take,
                 const RunControl& control, PictureReport& report) {
    const Stopwatch watch;
    if (as_darktable()) {
      LATENT_CHECK(session.ready(tiles().exact, control));
      report.seconds.prepare += watch.seconds();
      const DarktableRun run{source, *darktable_, region,
                             1.0,    false,       threads_or_all(settings.threads)};
      return run.run(session, take, control, report);
    }
    PictureDoors doors;
    if (darktable_) doors = {true, wants_boost(*darktable_, source)};
    LATENT_TRY(auto run,
               UpscaleRun::create(source, network_->spec, region, settings, options, doors));
    LATENT_CHECK(session.ready(run.plan().tile(), control));
    report.seconds.prepare += watch.seconds();
    LATENT_CHECK(run.run(session, take, control, report));
    report.consistency_rms = run.consistency_rms();
    return {};
  }

  models::Package package_;
  std::shared_ptr<const models::Network> network_;
  NetworkSession whole_;  ///< for results
  NetworkSession shown_;  ///< for the tile by which regions are shown
  ShownSize shown_size_;
  infer::EngineRequest engine_;
  int scale_ = 2;
  bool made_for_darktable_ = false;
  std::optional<DarktableNetwork> darktable_;  ///< for the reading asked for last
  std::vector<std::string> notices_;
  std::optional<Denoiser> denoiser_;
  std::size_t most_bytes_ = 0;  ///< infer::TileOptions::most_bytes
};

}  // namespace

Result<Task> create_upscale(const Models& models, const infer::EngineRequest& engine,
                            const Limits& limits) {
  const models::Package& package = models.package;
  auto loaded = models::load_network(package, models::NetworkKind::LatentUpscaleV1, models.scale);
  if (!loaded && !models::is_made_for(package.manifest(), "upscale")) {
    return tl::make_unexpected(std::move(loaded).error());
  }
  std::shared_ptr<const models::Network> network;
  if (loaded) network = std::make_shared<const models::Network>(*std::move(loaded));
  std::optional<Denoiser> denoiser;
  if (models.denoise) {
    LATENT_TRY(denoiser, Denoiser::create(*models.denoise, engine, limits));
  }
  auto steps = std::make_unique<UpscaleSteps>(package, std::move(network), engine, models.scale,
                                              std::move(denoiser), limits);
  LATENT_CHECK(steps->adopt(UpscaleSettings{}));
  return Task(picture_walk(std::move(steps)));
}

}  // namespace latent::tasks
