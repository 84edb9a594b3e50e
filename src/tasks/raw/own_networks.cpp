// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/own_networks.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "infer/tile_plan.h"
#include "raw/colour_unpack.h"
#include "raw/dark_end.h"
#include "raw/encode.h"
#include "raw/keep_means.h"
#include "raw/pack.h"
#include "tasks/kept.h"
#include "tasks/network_session.h"
#include "tasks/raw/counts.h"
#include "tasks/raw/interpolated.h"
#include "tasks/raw/measure.h"
#include "tasks/raw/taken.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

/// Progress of one of several equal parts as progress of the whole.
RunControl part_of(const RunControl& control, int part, int parts) {
  RunControl inner;
  inner.stop = control.stop;
  inner.on_progress = [&control, part, parts](double fraction) {
    control.report((part + fraction) / parts);
  };
  return inner;
}

class OwnNetwork final : public RawNetwork {
 public:
  OwnNetwork(const std::shared_ptr<const models::Network>& network,
             const infer::EngineRequest& engine, const Limits& limits)
      : network_(network),
        whole_(network, engine),
        shown_(network, engine),
        most_bytes_(limits.max_memory_bytes) {}

  Status begin(Size frame, const Rect& area) override {
    LATENT_TRY(const auto plan, plan_of(frame, seen_for(area, frame), {}));
    whole_.begin(plan.tile());
    return {};
  }

  Status begin_shown(Size frame) override {
    LATENT_TRY(const Size tile, shown_tile(frame));
    shown_.begin(tile);
    return {};
  }

  Status ready_shown(Size frame) override {
    LATENT_TRY(const Size tile, shown_tile(frame));
    return shown_.ready(tile);
  }

  Status clean(RawPicture& picture, const CleanRequest& request, const TakeClean& take,
               const RunControl& control, RawDenoiseReport& report) override {
    if (const auto* mosaic = std::get_if<Mosaic>(&picture)) {
      if (demosaics()) return clean_colours(*mosaic, request, take, control, report);
      return clean_mosaic(*mosaic, request, kAllColours, take, control, report);
    }
    // Each colour in turn, as if it came from a monochrome sensor.
    const auto& linear = std::get<LinearRaw>(picture);
    for (int channel = 0; channel < 3; ++channel) {
      LATENT_TRY(const Mosaic seen, channel_of(linear, channel));
      CleanRequest one = request;
      one.noise = raw::of_channel(request.noise, channel);
      one.traits.cut_in_the_dark = raw::dark_end_of(seen).cut;
      LATENT_CHECK(clean_mosaic(seen, one, channel, take, part_of(control, channel, 3), report));
    }
    return {};
  }

 private:
  const models::NetworkSpec& spec() const { return network_->spec; }

  bool demosaics() const { return spec().kind == models::NetworkKind::LatentDemosaicV1; }

  /// The mean of clipped samples, not the light that made them (decision 12).
  bool gives_clipped_means() const { return spec().encoding == models::Encoding::SqrtGatWbV2; }

  /// What has to be denoised so that `area` becomes what it is in the whole frame: the means of
  /// clipped samples are kept (raw::MeanKeeper).
  Rect seen_for(const Rect& area, Size frame) const {
    return gives_clipped_means() ? raw::MeanKeeper::needed(area, frame) : area;
  }

  Result<infer::TilePlan> plan_of(Size frame, const Rect& seen, Size exact) const {
    infer::TileOptions options;
    options.exact = exact;
    options.most_bytes = most_bytes_;
    return infer::TilePlan::create(spec(), frame, seen, options);
  }

  /// The tile by which areas of up to ShownSize are shown, wherever they lie: as for one in the
  /// middle that is larger by what cells and strides may stand amiss.
  Result<Size> shown_tile(Size frame) const {
    const int more = 2 * raw::MeanKeeper::kCell + spec().stride_px;
    const Size size{std::min(shown_size_.now().width + more, frame.width),
                    std::min(shown_size_.now().height + more, frame.height)};
    const Rect middle{(frame.width - size.width) / 2, (frame.height - size.height) / 2, size.width,
                      size.height};
    LATENT_TRY(const auto plan, plan_of(frame, seen_for(middle, frame), {}));
    return plan.tile();
  }

  Result<raw::Encoder> encoder_of(const Mosaic& mosaic, const CleanRequest& request) const {
    std::optional<NoiseModel> clipped;
    if (gives_clipped_means()) clipped = request.noise;
    LATENT_TRY(auto encoder, raw::Encoder::create(
                                 mosaic, raw::scaled(request.noise, request.settings.noise_scale),
                                 spec().limits, clipped, request.traits.cut_in_the_dark));
    encoder.balance_greens(request.traits.greens);
    return encoder;
  }

  Status clean_mosaic(const Mosaic& mosaic, const CleanRequest& request, int channel,
                      const TakeClean& take, const RunControl& control, RawDenoiseReport& report) {
    const Rect seen = seen_for(request.area, mosaic.active.size());
    LATENT_TRY(const raw::Encoder encoder, encoder_of(mosaic, request));
    LATENT_TRY(auto counts,
               CountsOfResidual::create(mosaic, encoder, seen, request.area, request.noise));
    const auto take_row = [&](int row, std::span<const float> found) {
      const int width = request.area.width;
      return take({row, channel, ImageView<const float>(found.data(), {width, 1}, width), {}});
    };
    return run(
        mosaic.active.size(), seen, request,
        [&](const Rect& tile, TensorView planes) {
          return raw::pack(mosaic, encoder, tile, planes);
        },
        [&](int first_row, ImageView<const float> residual) {
          return counts.add(first_row, residual, take_row);
        },
        control, report);
  }

  /// Three colours of a mosaic.
  Status clean_colours(const Mosaic& mosaic, const CleanRequest& request, const TakeClean& take,
                       const RunControl& control, RawDenoiseReport& report) {
    const Rect seen = seen_for(request.area, mosaic.active.size());
    LATENT_TRY(const raw::Encoder encoder, encoder_of(mosaic, request));
    LATENT_TRY(auto unpacker,
               raw::ColourUnpacker::create(mosaic, encoder, seen, request.area, request.noise));
    const int width = request.area.width;
    return run(
        mosaic.active.size(), seen, request,
        [&](const Rect& tile, TensorView planes) {
          return raw::pack_colours(mosaic, encoder, tile, planes);
        },
        [&](int first_row, ImageView<const float> residual) -> Status {
          for (int row = 0; row < residual.height(); ++row) {
            unpacker.add(first_row + row, residual.row(row));
            while (const auto done = unpacker.take()) {
              const ImageView<const float> light(done->light.data(), {width, 1}, 3 * width, 3);
              LATENT_CHECK(take({done->y, kAllColours, light, {}}));
            }
          }
          return {};
        },
        control, report);
  }

  /// The network over the part of the frame that has to be seen, by the session for results or for
  /// what is shown.
  Status run(Size frame, const Rect& seen, const CleanRequest& request, const infer::PackTile& pack,
             const infer::TakeRows& take, const RunControl& control, RawDenoiseReport& report) {
    Size exact;
    if (request.shown) {
      shown_size_.serve(request.area.size());
      LATENT_TRY(exact, shown_tile(frame));
    }
    LATENT_TRY(const auto plan, plan_of(frame, seen, exact));
    NetworkSession& session = request.shown ? shown_ : whole_;
    const Stopwatch watch;
    LATENT_CHECK(session.ready(plan.tile(), control));
    report.seconds.prepare += watch.seconds();
    return session.run(plan, pack, take, control, report);
  }

  std::shared_ptr<const models::Network> network_;
  NetworkSession whole_;  ///< for results
  NetworkSession shown_;  ///< for the tile by which areas are shown
  ShownSize shown_size_;
  std::size_t most_bytes_ = 0;  ///< infer::TileOptions::most_bytes
};

class OwnNetworks final : public RawNetworks {
 public:
  OwnNetworks(models::Package package, infer::EngineRequest engine, const Limits& limits)
      : package_(std::move(package)), engine_(std::move(engine)), limits_(limits) {}

  Result<Choice> choose(const read::RawFacts& facts, const RawDenoiseSettings& settings) override {
    LATENT_CHECK(check_no_compat(settings.compat));
    if (!facts.opens_as_linear) LATENT_CHECK(check_sensor(facts.sensor));
    const SensorClass sensor = facts.opens_as_linear ? SensorClass::Mono : facts.sensor;
    if (settings.demosaic && sensor != SensorClass::Mono) return demosaicing(sensor, settings);
    LATENT_TRY(RawNetwork* const network, open(package_.manifest().cfa_network(sensor)));
    Choice choice{facts.opens_as_linear ? RawAs::Linear : RawAs::Mosaic, network};
    if (settings.demosaic) {
      choice.notice = facts.opens_as_linear
                          ? "it is read as three colours a pixel, so --demosaic had nothing to do"
                          : "its sensor sees no colours, so --demosaic had nothing to do";
    }
    return choice;
  }

 private:
  /// A network that demosaics, else one that keeps the mosaic and an interpolation behind it.
  /// Fringes are corrected between the two, so where a picture has any, it is the latter.
  Result<Choice> demosaicing(SensorClass sensor, const RawDenoiseSettings& settings) {
    const bool corrects = settings.ca == ChromaticAberration::Auto;
    RawNetwork* at_once = nullptr;
    if (auto spec = package_.manifest().demosaic_network(sensor)) {
      LATENT_TRY(at_once, open(std::move(spec)));
      if (!corrects) return Choice{RawAs::Developed, at_once, true};
    }
    auto keeping = package_.manifest().cfa_network(sensor);
    if (!keeping && at_once != nullptr) {
      return fail(ErrorCode::ModelMismatch,
                  "the model " + package_.manifest().id +
                      " has only networks that make three colours, and colour fringes are "
                      "corrected before that; use --ca off");
    }
    LATENT_TRY(models::NetworkSpec spec, std::move(keeping));
    const models::EncodingLimits limits = spec.limits;
    const std::string id = spec.id;
    LATENT_TRY(RawNetwork* const network, open(std::move(spec)));
    auto& colours = interpolated_.try_emplace(id, *network, limits, at_once).first->second;
    return Choice{RawAs::Developed, &colours, true};
  }

  /// A network, read at its first use.
  Result<RawNetwork*> open(Result<models::NetworkSpec> found_spec) {
    LATENT_TRY(models::NetworkSpec spec, std::move(found_spec));
    const std::string id = spec.id;
    if (const auto found = opened_.find(id); found != opened_.end()) return &found->second;
    LATENT_TRY(models::Network network, models::load_network(package_, std::move(spec)));
    auto shared = std::make_shared<const models::Network>(std::move(network));
    const auto made = opened_.try_emplace(id, std::move(shared), engine_, limits_);
    return &made.first->second;
  }

  models::Package package_;
  infer::EngineRequest engine_;
  Limits limits_;
  std::map<std::string, OwnNetwork> opened_;                 ///< by the id of the network
  std::map<std::string, InterpolatedColours> interpolated_;  ///< likewise
};

}  // namespace

std::unique_ptr<RawNetworks> own_raw_networks(const models::Package& package,
                                              const infer::EngineRequest& engine,
                                              const Limits& limits) {
  return std::make_unique<OwnNetworks>(package, engine, limits);
}

}  // namespace latent::tasks
