// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/denoise.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "image/copy.h"
#include "rgb/detail.h"
#include "tasks/denoiser.h"
#include "tasks/picture/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

const DenoiseSettings& of(const Settings& settings) { return std::get<DenoiseSettings>(settings); }

class DenoiseSteps final : public PictureSteps {
 public:
  explicit DenoiseSteps(Denoiser denoiser) : denoiser_(std::move(denoiser)) {}

  Settings plain_settings() const override { return DenoiseSettings{}; }

  Status adopt(const Settings& settings) override {
    LATENT_ENSURE(std::holds_alternative<DenoiseSettings>(settings));
    return denoiser_.adopt(of(settings));
  }

  std::vector<std::string> notices() const override { return denoiser_.notices(); }

  bool changes_nothing(const Settings& settings) const override {
    return of(settings).is_identity();
  }

  Status begin(Size picture, const Rect& region, const Settings& settings) override {
    return denoiser_.begin(picture, region, of(settings));
  }
  void begin_shown(Size picture) override { denoiser_.begin_shown(picture); }
  Status ready_shown(Size picture) override { return denoiser_.ready_shown(picture); }

  Status measure(PreparedPicture& picture, const Settings& any) override {
    const DenoiseSettings& settings = of(any);
    picture.told.reset();
    if (settings.is_identity() || denoiser_.as_darktable()) return {};
    const Stopwatch watch;
    if (settings.level) {
      LATENT_TRY(picture.told, level_of(picture.picture(), settings));
      return {};
    }
    if (!picture.measured) {
      LATENT_TRY(const rgb::NoiseLevel estimate, level_of(picture.picture(), settings));
      picture.measured = rgb::cautious_level(estimate);
      picture.doubt = doubt_about(estimate);
      picture.facts.level = picture.measured;
      picture.seconds.noise += watch.seconds();
    }
    picture.told = picture.measured;
    return {};
  }

  metadata::Provenance provenance(const PreparedPicture& picture,
                                  const Settings& any) const override {
    const DenoiseSettings& settings = of(any);
    metadata::Provenance told = provenance_of("denoise", denoiser_.package(), picture);
    told.strength_percent = settings.is_identity() ? 0.0 : 100.0 * settings.strength;
    told.luma_percent = 100.0 * settings.luma;
    told.chroma_percent = 100.0 * settings.chroma;
    if (!settings.is_identity()) told.level = denoiser_.level_told(level(picture));
    return told;
  }

  PictureRows::AlphaRows alpha(const PictureSource& source, const Rect& region) const override {
    return alpha_rows_of(source, region);
  }

  Status rows(PreparedPicture& picture, const Rect& region, const Settings& settings,
              const TakeRows& take, const RunControl& control, PictureReport& report) override {
    return denoiser_.rows(picture.picture(), level(picture), region, of(settings), take, control,
                          report);
  }

  Result<Shown> show(PreparedPicture& picture, const Rect& region, const Settings& any,
                     const RunControl& control) override {
    const DenoiseSettings& settings = of(any);
    const PictureSource& source = picture.picture();
    Shown shown;
    if (settings.is_identity() || denoiser_.as_darktable()) {
      LATENT_TRY(shown.before, before(source, region));
      if (settings.is_identity()) {
        LATENT_TRY(shown.after, shown.before.clone());
        return shown;
      }
      LATENT_TRY(shown.after, Image<float>::create(region.size(), 3));
      int row = 0;
      PictureReport ignored;
      LATENT_CHECK(denoiser_.rows(source, {}, region, settings, rows_into(shown.after, row),
                                  control, ignored));
      return shown;
    }
    LATENT_CHECK(measure(picture, any));
    LATENT_TRY(PreparedPicture::Denoised* const kept,
               kept_or_made(picture, region, settings, control));
    const Rect part{region.x - kept->region.x, region.y - kept->region.y, region.width,
                    region.height};
    LATENT_TRY(shown.before, copy_of<float>(kept->before.view().crop(part)));
    LATENT_TRY(shown.after, finished(picture, *kept, region, settings));
    return shown;
  }

 private:
  /// What the network is told, or nothing that matters.
  static rgb::NoiseLevel level(const PreparedPicture& picture) {
    return picture.told.value_or(rgb::NoiseLevel{});
  }

  static Result<Image<float>> before(const PictureSource& source, const Rect& region) {
    LATENT_TRY(auto image, Image<float>::create(region.size(), 3));
    source.encoded_rgb(region, WideGamut::Preserve, image.view());
    return image;
  }

  /// What the network takes away in a region: from an earlier look that held it, or computed. Wide
  /// enough for every strength.
  Result<PreparedPicture::Denoised*> kept_or_made(PreparedPicture& picture, const Rect& region,
                                                  const DenoiseSettings& settings,
                                                  const RunControl& control) {
    const PictureSource& source = picture.picture();
    const int threads = threads_or_all(settings.threads);
    const PreparedPicture::DenoisedFor key{region, settings.level, settings.wide_gamut};
    PreparedPicture::Denoised* kept =
        picture.denoised.find_if([&](const PreparedPicture::DenoisedFor& other) {
          return other.region.contains(region) && other.level == key.level &&
                 other.gamut == key.gamut;
        });
    if (kept == nullptr) {
      PreparedPicture::Denoised fresh;
      fresh.region = region;
      fresh.area = any_strength_area(source.size(), region);
      LATENT_TRY(fresh.residual, denoiser_.residual(source, level(picture), fresh.area,
                                                    settings.wide_gamut, threads, control));
      LATENT_TRY(fresh.before, before(source, region));
      LATENT_TRY(fresh.noisy, Image<float>::create(region.size(), source.colours()));
      source.encoded(region, settings.wide_gamut, fresh.noisy.view());
      const auto bytes =
          static_cast<std::size_t>(3 * fresh.area.size().area() + 6 * region.size().area()) *
          sizeof(float);
      kept = &picture.denoised.keep(key, std::move(fresh), bytes);
    }
    if (wants_sigma(settings) && !kept->sigma) {
      LATENT_TRY(kept->sigma, denoiser_.residual_sigma(source, level(picture), settings.wide_gamut,
                                                       threads, control));
    }
    return kept;
  }

  /// What every strength needs of the network for a region.
  static Rect any_strength_area(Size picture, const Rect& region) {
    DenoiseSettings half;
    half.strength = 0.5;
    return residual_area(picture, region, half);
  }

  /// The region with strength, luma, chroma and detail put in.
  Result<Image<float>> finished(const PreparedPicture& picture,
                                const PreparedPicture::Denoised& kept, const Rect& region,
                                const DenoiseSettings& settings) {
    LATENT_TRY(auto after, Image<float>::create(region.size(), 3));
    const auto noisy = [&](const Rect& part, ImageView<float> out) {
      const auto from = kept.noisy.view().crop(
          {part.x - kept.region.x, part.y - kept.region.y, part.width, part.height});
      for (int y = 0; y < part.height; ++y) std::ranges::copy(from.row(y), out.row(y).begin());
    };
    const Rect area = any_strength_area(picture.picture().size(), region);
    LATENT_ENSURE(kept.area.contains(area));
    TakeOff::What what{noisy,
                       kept.noisy.channels(),
                       {},
                       level(picture),
                       area,
                       region,
                       kept.sigma,
                       threads_or_all(settings.threads),
                       picture.picture().hue()};
    LATENT_TRY(auto off, denoiser_.take_off(std::move(what), settings));
    int row = 0;
    const auto residual = kept.residual.view().crop(
        {area.x - kept.area.x, area.y - kept.area.y, area.width, area.height});
    LATENT_CHECK(off.add(residual, rows_into(after, row)));
    return after;
  }

  Denoiser denoiser_;
};

}  // namespace

Result<Task> create_denoise(const Models& models, const infer::EngineRequest& engine,
                            const Limits& limits) {
  LATENT_TRY(auto denoiser, Denoiser::create(models.package, engine, limits));
  return Task(picture_walk(std::make_unique<DenoiseSteps>(std::move(denoiser))));
}

}  // namespace latent::tasks
