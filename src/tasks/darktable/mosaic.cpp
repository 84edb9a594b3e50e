// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/mosaic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "metadata/metadata.h"
#include "tasks/darktable/opened.h"
#include "tasks/raw/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;
using models::Compat;
using models::DarktableKind;

Result<float> DarktableRaw::State::measure_gain(Opened& network, const raw::BayerFrame& frame,
                                                const RunControl& control, TaskReport& report) {
  const auto tiles = sample_tiles(frame.extended(), network.tile(), 2);
  const int margin = 2 * network.contract().overlap;
  raw::BayerFrame::GainSums sums;
  LATENT_CHECK(network.session.run_grid(
      static_cast<int>(tiles.size()),
      [&](int index, TensorView planes) -> Status {
        frame.pack(tiles[static_cast<std::size_t>(index)], planes);
        return {};
      },
      [&](int index, ConstTensorView /*input*/, ConstTensorView output) -> Status {
        frame.add_to(sums, tiles[static_cast<std::size_t>(index)], margin, output);
        return {};
      },
      {control.stop, {}}, report));
  return gain_of(sums);
}

Status DarktableRaw::State::run_bayer(Opened& network, const Mosaic& mosaic, RawRows& rows,
                                      const Rect& area, double strength, const RunControl& control,
                                      RawDenoiseReport& report) {
  LATENT_TRY(const raw::BayerFrame frame,
             raw::BayerFrame::create(mosaic, bayer_contract(network.contract(), mosaic.camera)));
  const Point offset = frame.offset();
  const Rect region{area.x + offset.x, area.y + offset.y, area.width, area.height};
  LATENT_TRY(const auto plan, infer::TilePlan::create(network.darktable.network->spec,
                                                      frame.extended(), region, network.tiles()));
  float gain = 1.0F;
  if (network.contract().match_gain) {
    LATENT_TRY(gain, measure_gain(network, frame, control, report));
  }
  Image<float> counts;
  const auto take = [&](int first_row, ImageView<const float> answer) -> Status {
    if (counts.height() < answer.height()) {
      LATENT_TRY(counts, Image<float>::create(answer.size()));
    }
    for (int y = 0; y < answer.height(); ++y) {
      frame.counts_of(area.x, area.y + first_row + y, answer.row(y), gain,
                      static_cast<float>(strength), counts.view().row(y));
    }
    return rows.add_counts(
        first_row, std::as_const(counts).view().crop({0, 0, answer.width(), answer.height()}));
  };
  return network.session.run(
      plan,
      [&](const Rect& tile, TensorView planes) -> Status {
        frame.pack(tile, planes);
        return {};
      },
      take, control, report);
}

Status DarktableRaw::State::run_bayer_as_darktable(Opened& network, Mosaic& mosaic, RawRows& rows,
                                                   const Rect& area, double strength,
                                                   const RunControl& control,
                                                   RawDenoiseReport& report) {
  LATENT_TRY(raw::DarktableBayer darktable,
             raw::DarktableBayer::create(mosaic, bayer_contract(network.contract(), mosaic.camera),
                                         strength));
  LATENT_CHECK(run_darktable_tiles(network.session, darktable, control, report));
  const auto result = std::as_const(darktable.result()).view();
  const Rect& active = mosaic.active;
  // Margins come out as darktable writes them; inside, the source is still wanted for comparing.
  for (int y = 0; y < result.height(); ++y) {
    const auto to = mosaic.samples.view().row(y);
    const auto from = result.row(y);
    const bool inside = y >= active.y && y < active.bottom();
    for (int x = 0; x < result.width(); ++x) {
      if (inside && x >= active.x && x < active.right()) continue;
      to[static_cast<std::size_t>(x)] = from[static_cast<std::size_t>(x)];
    }
  }
  LATENT_TRY(auto counts, Image<float>::create({area.width, 1}));
  for (int y = 0; y < area.height; ++y) {
    const auto from = result.crop({active.x + area.x, active.y + area.y + y, area.width, 1}).row(0);
    std::ranges::copy(from, counts.view().row(0).begin());
    LATENT_CHECK(rows.add_counts(y, std::as_const(counts).view()));
  }
  return {};
}

Status DarktableRaw::State::run_mosaic(const read::Photograph& source, const fs::path& target,
                                       const RawDenoiseSettings& settings,
                                       const RunControl& control, RawDenoiseReport& report) {
  Stopwatch stage;
  const bool idle = settings.strength == 0.0;
  const bool darktable = settings.compat == Compat::Darktable56;
  Opened* network = nullptr;
  if (!idle) {
    LATENT_TRY(network, open(DarktableKind::BayerV1, settings.compat));
    network->session.begin(network->tile());
    report.notices = network->notices;
  }
  metadata::Metadata metadata = source.metadata();
  LATENT_TRY(Mosaic mosaic, source.mosaic(control));
  report.sensor = mosaic.sensor;
  report.notices.insert(report.notices.end(), metadata.warnings.begin(), metadata.warnings.end());
  report.seconds.read += stage.lap();
  LATENT_TRY(report.noise, noise_of(mosaic, settings));
  LATENT_TRY(const Rect area, area_in_frame(settings, mosaic.active, mosaic.crop));
  report.result = area.size();
  RawRows::Plan plan = rows_plan_of(source.path(), target, area, report.noise, settings);
  if (!darktable) {
    LATENT_TRY(plan.defects, repair_defects(mosaic, settings, report));
  }
  report.seconds.noise = stage.lap();
  plan.metadata = std::move(metadata);
  plan.provenance = raw_provenance(package, report.noise, settings);
  plan.original_file_name = source.path().filename().native();
  plan.plain_scale = darktable && !idle;
  LATENT_TRY(RawRows rows, RawRows::create(mosaic, nullptr, std::move(plan)));
  if (idle) {
    LATENT_CHECK(rows.add_source(control));
  } else {
    LATENT_CHECK(network->session.ready(network->tile()));
    report.seconds.prepare = stage.lap();
    LATENT_CHECK(darktable
                     ? run_bayer_as_darktable(*network, mosaic, rows, area, settings.strength,
                                              control, report)
                     : run_bayer(*network, mosaic, rows, area, settings.strength, control, report));
  }
  LATENT_CHECK(source.unchanged());
  LATENT_CHECK(rows.finish());
  report.seconds.write = rows.seconds_writing();
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

DarktableRaw::DarktableRaw(models::Package package, infer::EngineRequest engine,
                           const Limits& limits)
    : state_(std::make_unique<State>(State{std::move(package), std::move(engine), limits, {}})) {}
DarktableRaw::DarktableRaw(DarktableRaw&&) noexcept = default;
DarktableRaw& DarktableRaw::operator=(DarktableRaw&&) noexcept = default;
DarktableRaw::~DarktableRaw() = default;

Status DarktableRaw::run(const read::Photograph& source, const fs::path& target,
                         const RawDenoiseSettings& settings, const RunControl& control,
                         RawDenoiseReport& report) {
  const read::RawFacts& facts = *source.raw_facts();
  const bool mosaic = facts.opens_as_mosaic && facts.sensor == SensorClass::Bayer;
  // At strength 0 an X-Trans mosaic comes out as the mosaic that it is.
  const bool unchanged = facts.opens_as_mosaic && settings.strength == 0.0;
  if (mosaic || unchanged) {
    return state_->run_mosaic(source, target, settings, control, report);
  }
  if (facts.opens_as_linear || (facts.opens_as_mosaic && facts.sensor == SensorClass::XTrans)) {
    return state_->run_colours(source, target, facts.sensor, settings, control, report);
  }
  return fail(ErrorCode::Unsupported, fmt::format("packages made for darktable take no {} sensor",
                                                  sensor_class_name(facts.sensor)));
}

}  // namespace latent::tasks
