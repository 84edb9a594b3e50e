// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw_denoise.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/path.h"
#include "infer/tile_plan.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "raw/defects.h"
#include "raw/encode.h"
#include "raw/keep_means.h"
#include "raw/pack.h"
#include "read/photograph.h"
#include "tasks/darktable/mosaic.h"
#include "tasks/darktable/network.h"
#include "tasks/network_session.h"
#include "tasks/picture/walk.h"
#include "tasks/raw/linear_rows.h"
#include "tasks/raw/rows.h"
#include "tasks/raw/walk.h"
#include "tasks/stopwatch.h"
#include "write/dng.h"
#include "write/stored.h"

namespace latent::tasks {

namespace fs = std::filesystem;

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

/// A network of the package and the session over it.
struct CfaNetwork {
  std::shared_ptr<const models::Network> network;
  NetworkSession session;
  infer::TileOptions tiles;

  [[nodiscard]] const models::NetworkSpec& spec() const { return network->spec; }

  /// The header alone gives the size, and with it the tile: so the network is compiled while the
  /// samples are decoded. Not where no network is needed.
  Status begin(const read::RawFacts& facts, const RawDenoiseSettings& settings) {
    if (settings.strength == 0.0) return {};
    LATENT_TRY(const Rect area, area_in_frame(settings, facts.active, facts.crop));
    const Size frame = facts.active.size();
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(spec(), frame, seen_for(area, frame), tiles));
    session.begin(plan.tile());
    return {};
  }

  /// What has to be denoised so that `area` becomes what it is in the whole frame: the means of
  /// clipped samples are kept (raw::MeanKeeper).
  [[nodiscard]] Rect seen_for(const Rect& area, Size frame) const {
    return gives_clipped_means() ? raw::MeanKeeper::needed(area, frame) : area;
  }

  /// The mean of clipped samples, not the light that made them (decision 12).
  [[nodiscard]] bool gives_clipped_means() const {
    return spec().encoding == models::Encoding::SqrtGatWbV2;
  }

  /// What the network is told of that noise, and how its answers are read.
  [[nodiscard]] Result<raw::Encoder> encoder_of(const Mosaic& mosaic, const NoiseModel& noise,
                                                const RawDenoiseSettings& settings) const;
  Status run(const infer::TilePlan& plan, const Mosaic& mosaic, const raw::Encoder& encoder,
             const infer::TakeRows& take, const RunControl& control, RawDenoiseReport& report);
  Status run_channels(LinearRaw& picture, const infer::TilePlan& plan, LinearRows& rows,
                      const RawDenoiseSettings& settings, const RunControl& control,
                      RawDenoiseReport& report);
};

}  // namespace

struct RawDenoiser::State {
  models::Package package;
  infer::EngineRequest engine;
  Limits limits;
  std::map<std::string, CfaNetwork> opened;  ///< by the id of the network
  std::optional<DarktableRaw> darktable;  ///< instead of the network: a package made for darktable

  /// The network for that sensor, read at its first use.
  Result<CfaNetwork*> open(models::CfaKind sensor) {
    LATENT_TRY(models::NetworkSpec spec, package.manifest().cfa_network(sensor));
    const std::string id = spec.id;
    if (const auto found = opened.find(id); found != opened.end()) return &found->second;
    LATENT_TRY(models::Network network, models::load_network(package, std::move(spec)));
    const auto shared = std::make_shared<const models::Network>(std::move(network));
    infer::TileOptions tiles;
    tiles.most_bytes = limits.max_memory_bytes;
    return &opened.emplace(id, CfaNetwork{shared, NetworkSession(shared, engine), tiles})
                .first->second;
  }

  Status run_mosaic(CfaNetwork& network, const read::Photograph& source, const fs::path& target,
                    const RawDenoiseSettings& settings, const RunControl& control,
                    RawDenoiseReport& report);
  Status run_linear(CfaNetwork& network, const read::Photograph& source, const fs::path& target,
                    const RawDenoiseSettings& settings, const RunControl& control,
                    RawDenoiseReport& report);
  Status run_own(const read::Photograph& source, const fs::path& target,
                 const read::RawFacts& facts, const RawDenoiseSettings& settings,
                 const RunControl& control, RawDenoiseReport& report);
};

Result<raw::Encoder> CfaNetwork::encoder_of(const Mosaic& mosaic, const NoiseModel& noise,
                                            const RawDenoiseSettings& settings) const {
  std::optional<NoiseModel> clipped;
  if (gives_clipped_means()) clipped = noise;
  return raw::Encoder::create(mosaic, raw::scaled(noise, settings.noise_scale), spec().limits,
                              clipped);
}

Status CfaNetwork::run(const infer::TilePlan& plan, const Mosaic& mosaic,
                       const raw::Encoder& encoder, const infer::TakeRows& take,
                       const RunControl& control, RawDenoiseReport& report) {
  const auto pack = [&](const Rect& tile, TensorView planes) {
    return raw::pack(mosaic, encoder, tile, planes);
  };
  return session.run(plan, pack, take, control, report);
}

Status RawDenoiser::State::run_mosaic(CfaNetwork& network, const read::Photograph& source,
                                      const fs::path& target, const RawDenoiseSettings& settings,
                                      const RunControl& control, RawDenoiseReport& report) {
  Stopwatch stage;
  metadata::Metadata metadata = source.metadata();
  LATENT_TRY(Mosaic mosaic, source.mosaic(control));
  report.sensor = mosaic.sensor;
  report.notices = metadata.warnings;
  report.seconds.read += stage.lap();

  LATENT_TRY(report.noise, noise_of(mosaic, settings));
  LATENT_TRY(std::vector<raw::Defect> defects, repair_defects(mosaic, settings, report));
  report.seconds.noise = stage.lap();

  LATENT_TRY(const Rect area, area_in_frame(settings, mosaic.active, mosaic.crop));
  report.result = area.size();
  LATENT_TRY(const raw::Encoder encoder, network.encoder_of(mosaic, report.noise, settings));
  RawRows::Plan rows_plan = rows_plan_of(source.path(), target, area, report.noise, settings);
  rows_plan.seen = network.seen_for(area, mosaic.active.size());
  rows_plan.defects = std::move(defects);
  rows_plan.metadata = std::move(metadata);
  rows_plan.provenance = raw_provenance(package, report.noise, settings);
  rows_plan.original_file_name = source.path().filename().native();
  const Rect seen = rows_plan.seen;
  LATENT_TRY(RawRows rows, RawRows::create(mosaic, &encoder, std::move(rows_plan)));
  if (settings.strength > 0.0) {
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network.spec(), mosaic.active.size(), seen, network.tiles));
    LATENT_CHECK(network.session.ready(plan.tile()));
    report.seconds.prepare = stage.lap();
    const auto take = [&](int first_row, ImageView<const float> residual) {
      return rows.add(first_row, residual);
    };
    LATENT_CHECK(network.run(plan, mosaic, encoder, take, control, report));
  } else {
    LATENT_CHECK(rows.add_source(control));
  }
  LATENT_CHECK(source.unchanged());
  LATENT_CHECK(rows.finish());
  report.seconds.write = rows.seconds_writing();
  report.seconds.unpack = std::max(0.0, report.seconds.unpack - report.seconds.write);
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

/// The network over each channel in turn, as if it came from a monochrome sensor.
Status CfaNetwork::run_channels(LinearRaw& picture, const infer::TilePlan& plan, LinearRows& rows,
                                const RawDenoiseSettings& settings, const RunControl& control,
                                RawDenoiseReport& report) {
  const auto take = [&](int first_row, ImageView<const float> residual) {
    return rows.add(first_row, residual);
  };
  for (int channel = 0; channel < 3; ++channel) {
    LATENT_TRY(const Mosaic seen, channel_of(picture, channel));
    const NoiseModel noise = raw::of_channel(report.noise, channel);
    LATENT_TRY(const raw::Encoder encoder, encoder_of(seen, noise, settings));
    LATENT_CHECK(rows.begin(channel, seen, encoder));
    LATENT_CHECK(run(plan, seen, encoder, take, part_of(control, channel, 3), report));
  }
  return {};
}

Status RawDenoiser::State::run_linear(CfaNetwork& network, const read::Photograph& source,
                                      const fs::path& target, const RawDenoiseSettings& settings,
                                      const RunControl& control, RawDenoiseReport& report) {
  Stopwatch stage;
  metadata::Metadata metadata = source.metadata();
  LATENT_TRY(LinearRaw picture, source.linear(control));
  report.sensor = picture.sensor;
  report.notices = picture.notices;
  report.notices.insert(report.notices.end(), metadata.warnings.begin(), metadata.warnings.end());
  report.seconds.read += stage.lap();

  LATENT_TRY(report.noise, noise_of(picture, settings));
  report.seconds.noise = stage.lap();

  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  LATENT_TRY(const Rect area, area_in_frame(settings, frame, picture.crop));
  report.result = area.size();
  RawRows::Plan rows_plan = rows_plan_of(source.path(), target, area, report.noise, settings);
  const Rect seen = network.seen_for(area, frame.size());
  rows_plan.seen = seen;
  rows_plan.metadata = std::move(metadata);
  rows_plan.provenance = raw_provenance(package, report.noise, settings);
  rows_plan.original_file_name = source.path().filename().native();
  LATENT_TRY(LinearRows rows, LinearRows::create(picture, std::move(rows_plan)));
  if (settings.strength > 0.0) {
    LATENT_TRY(const auto plan,
               infer::TilePlan::create(network.spec(), frame.size(), seen, network.tiles));
    LATENT_CHECK(network.session.ready(plan.tile()));
    report.seconds.prepare = stage.lap();
    LATENT_CHECK(network.run_channels(picture, plan, rows, settings, control, report));
  } else {
    rows.add_source();
  }
  LATENT_CHECK(source.unchanged());
  LATENT_CHECK(rows.finish(control));
  report.seconds.write = rows.seconds_writing();
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

Status RawDenoiser::State::run_own(const read::Photograph& source, const fs::path& target,
                                   const read::RawFacts& facts, const RawDenoiseSettings& settings,
                                   const RunControl& control, RawDenoiseReport& report) {
  models::CfaKind sensor = models::CfaKind::Mono;
  if (!facts.opens_as_linear) {
    LATENT_TRY(sensor, cfa_kind(facts.sensor));
  }
  LATENT_TRY(CfaNetwork* const network, open(sensor));
  LATENT_CHECK(network->begin(facts, settings));
  return facts.opens_as_linear ? run_linear(*network, source, target, settings, control, report)
                               : run_mosaic(*network, source, target, settings, control, report);
}

RawDenoiser::RawDenoiser(std::unique_ptr<State> state) : state_(std::move(state)) {}
RawDenoiser::RawDenoiser(RawDenoiser&&) noexcept = default;
RawDenoiser& RawDenoiser::operator=(RawDenoiser&&) noexcept = default;
RawDenoiser::~RawDenoiser() = default;

Result<RawDenoiser> RawDenoiser::create(const models::Package& package, infer::EngineRequest engine,
                                        Limits limits) {
  auto state = std::make_unique<State>(State{package, engine, limits, {}, std::nullopt});
  if (auto any = package.manifest().network(models::NetworkKind::LatentCfaV1); !any) {
    if (!models::is_made_for(package.manifest(), "rawdenoise")) {
      return tl::make_unexpected(std::move(any).error());
    }
    state->darktable.emplace(package, std::move(engine), limits);
  }
  return RawDenoiser(std::move(state));
}

Result<RawDenoiseReport> RawDenoiser::run(const read::Photograph& source, const fs::path& target,
                                          const RawDenoiseSettings& settings,
                                          const RunControl& control) {
  auto report = run_unnamed(source, target, settings, control);
  if (!report) return tl::make_unexpected(naming(source.path(), std::move(report).error()));
  return report;
}

Result<RawDenoiseReport> RawDenoiser::run_unnamed(const read::Photograph& source,
                                                  const fs::path& target,
                                                  const RawDenoiseSettings& settings,
                                                  const RunControl& control) {
  const Stopwatch total;
  LATENT_CHECK(check(settings));
  RawDenoiseReport report;
  if (!state_->darktable) LATENT_CHECK(check_no_compat(settings.compat));
  LATENT_CHECK(source.must_be_raw());
  const read::RawFacts& facts = *source.raw_facts();
  LATENT_CHECK(check_taken(source.path(), facts));
  report.seconds.read = total.seconds();
  if (state_->darktable) {
    LATENT_CHECK(state_->darktable->run(source, target, settings, control, report));
  } else {
    LATENT_CHECK(state_->run_own(source, target, facts, settings, control, report));
  }
  report.notices.insert(report.notices.end(), facts.notices.begin(), facts.notices.end());
  if (!facts.colour_notice.empty()) report.notices.push_back(facts.colour_notice);
  std::error_code ignored;
  report.output_bytes = fs::file_size(target, ignored);
  report.seconds.total = total.seconds();
  return report;
}

}  // namespace latent::tasks
