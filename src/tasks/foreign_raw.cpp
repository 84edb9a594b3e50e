// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/foreign_raw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "metadata/metadata.h"
#include "raw/estimate_noise.h"
#include "raw/foreign_bayer.h"
#include "raw/foreign_linear.h"
#include "read/demosaiced.h"
#include "read/linear_raw.h"
#include "tasks/foreign_network.h"
#include "tasks/linear_denoise.h"
#include "tasks/network_session.h"
#include "tasks/parallel.h"
#include "tasks/raw_task.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

using models::Compat;
using models::RestoreKind;

/// Below this share of the input's energy the answer explains nothing, and no gain is right.
constexpr double kLeastRelation = 0.05;

/// A network that is ready to be opened, and the session over it.
struct Opened {
  ForeignNetwork foreign;
  NetworkSession session;
  std::vector<std::string> notices;

  [[nodiscard]] const models::RestoreContract& contract() const { return foreign.contract; }
  [[nodiscard]] Size tile() const { return foreign.tiles().exact; }
};

raw::BalanceWanted wanted(models::RestoreBalance balance) {
  switch (balance) {
    case models::RestoreBalance::Daylight:
      return raw::BalanceWanted::Daylight;
    case models::RestoreBalance::AsShot:
      return raw::BalanceWanted::AsShot;
    case models::RestoreBalance::None:
      break;
  }
  return raw::BalanceWanted::None;
}

raw::SpaceWanted wanted(models::RestoreSpace space) {
  switch (space) {
    case models::RestoreSpace::LinearRec2020:
      return raw::SpaceWanted::LinearRec2020;
    case models::RestoreSpace::LinearSrgb:
      return raw::SpaceWanted::LinearSrgb;
    case models::RestoreSpace::CameraRgb:
      break;
  }
  return raw::SpaceWanted::CameraRgb;
}

raw::BayerContract bayer_contract(const models::RestoreContract& said, const CameraFacts& camera) {
  raw::BayerContract contract;
  contract.tile = said.tile;
  contract.overlap = said.overlap;
  contract.force_rggb = said.force_rggb;
  contract.mirror_cropped = said.mirror_cropped;
  contract.match_gain = said.match_gain;
  const auto balance = raw::balance_for(camera, wanted(said.balance));
  std::ranges::transform(balance, contract.balance.begin(),
                         [](double each) { return static_cast<float>(each); });
  return contract;
}

raw::LinearContract linear_contract(const models::RestoreContract& said,
                                    const CameraFacts& camera) {
  raw::LinearContract contract;
  contract.tile = said.tile;
  contract.overlap = said.overlap;
  contract.match_gain = said.match_gain;
  contract.target_mean = said.target_mean;
  contract.balance = raw::balance_for(camera, wanted(said.balance));
  // Where neutral was made neutral by the balance, the matrix shall not tint it again (C8).
  const bool keep_neutral =
      said.compat == Compat::None && said.balance != models::RestoreBalance::None;
  contract.matrices = raw::matrices_for(camera, wanted(said.space), keep_neutral);
  return contract;
}

/// A few tiles that stand for the whole picture, whatever part of it is wanted: up to 2 x 2.
std::vector<Rect> sample_tiles(Size frame, Size tile, int step) {
  const auto origins = [step](int length, int side) {
    std::vector<int> found;
    for (const int quarter : {1, 3}) {
      const int centred = length * quarter / 4 - side / 2;
      const int origin = std::clamp(centred, 0, std::max(0, length - side)) / step * step;
      if (found.empty() || found.back() != origin) found.push_back(origin);
    }
    return found;
  };
  std::vector<Rect> tiles;
  for (const int y : origins(frame.height, tile.height)) {
    for (const int x : origins(frame.width, tile.width)) {
      tiles.push_back({x, y, tile.width, tile.height});
    }
  }
  return tiles;
}

/// What the answer is multiplied by to be in the scale of the input: least squares over all sums.
Result<float> gain_of(const raw::BayerFrame::GainSums& sums) {
  const double gain = sums.in_out / sums.out_out;
  const double explained = sums.in_out * gain;
  if (std::isfinite(gain) && gain > 0 && explained >= kLeastRelation * sums.in_in) {
    return static_cast<float>(gain);
  }
  return fail(ErrorCode::ModelMismatch,
              fmt::format("the network's answer does not follow its input (its gain would be "
                          "{:.3g}); the package is broken, or wants --compat darktable-5.6",
                          gain));
}

}  // namespace

struct ForeignRaw::State {
  models::Package package;
  infer::EngineRequest engine;
  Limits limits;
  std::map<std::pair<RestoreKind, Compat>, Opened> opened;

  /// The network of that kind, read at its first use.
  Result<Opened*> open(RestoreKind kind, Compat compat) {
    const auto key = std::pair{kind, compat};
    if (const auto found = opened.find(key); found != opened.end()) return &found->second;
    LATENT_TRY(ForeignNetwork foreign, load_foreign_network(package, kind, compat));
    std::vector<std::string> notices = foreign.contract.notices;
    NetworkSession session(foreign.network, engine_for(foreign, engine, notices));
    const auto made =
        opened.emplace(key, Opened{std::move(foreign), std::move(session), std::move(notices)});
    return &made.first->second;
  }

  /// xtrans_v1 for X-Trans where the package has it, else linear_v1.
  Result<Opened*> open_linear(SensorClass sensor, Compat compat) {
    if (sensor == SensorClass::XTrans && package.file("model_xtrans.onnx")) {
      return open(RestoreKind::XTransV1, compat);
    }
    return open(RestoreKind::LinearV1, compat);
  }

  Result<float> measure_gain(Opened& network, const raw::BayerFrame& frame,
                             const RunControl& control, TaskReport& report);
  Result<float> measure_gain(Opened& network, const raw::LinearSpace& space,
                             const RunControl& control, TaskReport& report);

  Status run_bayer(Opened& network, const Mosaic& mosaic, RawRows& rows, const Rect& area,
                   double strength, const RunControl& control, RawDenoiseReport& report);
  Status run_bayer_as_darktable(Opened& network, Mosaic& mosaic, RawRows& rows, const Rect& area,
                                double strength, const RunControl& control,
                                RawDenoiseReport& report);
  Status run_mosaic(const fs::path& source, const fs::path& target,
                    const RawDenoiseSettings& settings, const RunControl& control,
                    RawDenoiseReport& report);

  Status run_linear(Opened& network, LinearRaw& picture, LinearRows& rows, const Rect& area,
                    double strength, const RunControl& control, RawDenoiseReport& report);
  Status run_linear_as_darktable(Opened& network, LinearRaw& picture, double strength,
                                 const RunControl& control, RawDenoiseReport& report);
  Status run_colours(const fs::path& source, const fs::path& target, SensorClass sensor,
                     const RawDenoiseSettings& settings, const RunControl& control,
                     RawDenoiseReport& report);
};

// ---- Bayer

Result<float> ForeignRaw::State::measure_gain(Opened& network, const raw::BayerFrame& frame,
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

Status ForeignRaw::State::run_bayer(Opened& network, const Mosaic& mosaic, RawRows& rows,
                                    const Rect& area, double strength, const RunControl& control,
                                    RawDenoiseReport& report) {
  LATENT_TRY(const raw::BayerFrame frame,
             raw::BayerFrame::create(mosaic, bayer_contract(network.contract(), mosaic.camera)));
  const Point offset = frame.offset();
  const Rect region{area.x + offset.x, area.y + offset.y, area.width, area.height};
  LATENT_TRY(const auto plan,
             infer::TilePlan::create(network.foreign.network->spec, frame.extended(), region,
                                     network.foreign.tiles()));
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

Status ForeignRaw::State::run_bayer_as_darktable(Opened& network, Mosaic& mosaic, RawRows& rows,
                                                 const Rect& area, double strength,
                                                 const RunControl& control,
                                                 RawDenoiseReport& report) {
  LATENT_TRY(raw::DarktableBayer darktable,
             raw::DarktableBayer::create(mosaic, bayer_contract(network.contract(), mosaic.camera),
                                         strength));
  LATENT_CHECK(network.session.run_grid(
      darktable.tiles(),
      [&](int index, TensorView planes) -> Status {
        darktable.pack(index, planes);
        return {};
      },
      [&](int index, ConstTensorView input, ConstTensorView output) {
        return darktable.add(index, input, output);
      },
      control, report));
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

Status ForeignRaw::State::run_mosaic(const fs::path& source, const fs::path& target,
                                     const RawDenoiseSettings& settings, const RunControl& control,
                                     RawDenoiseReport& report) {
  Stopwatch stage;
  const bool idle = settings.strength == 0.0;
  const bool darktable = settings.compat == Compat::Darktable56;
  Opened* network = nullptr;
  if (!idle) {
    LATENT_TRY(network, open(RestoreKind::BayerV1, settings.compat));
    network->session.begin(network->tile());
    report.notices = network->notices;
  }
  LATENT_TRY(Mosaic mosaic, read::open_raw(source, limits, control));
  LATENT_TRY(metadata::Metadata metadata, metadata::Metadata::read(source, limits));
  report.sensor = mosaic.sensor;
  report.notices.insert(report.notices.end(), metadata.warnings.begin(), metadata.warnings.end());
  report.seconds.read += stage.lap();
  if (settings.noise) {
    report.noise = *settings.noise;
  } else if (mosaic.noise_profile) {
    report.noise = *mosaic.noise_profile;
  } else {
    LATENT_TRY(const raw::NoiseEstimate estimate,
               raw::estimate_noise(mosaic, threads_or_all(settings.threads)));
    report.noise = estimate.model;
  }
  LATENT_TRY(const Rect area, area_in_frame(settings, mosaic.active, mosaic.crop));
  report.result = area.size();
  RawRows::Plan plan = rows_plan_of(target, area, report.noise, settings);
  if (!darktable) {
    LATENT_TRY(plan.defects, repair_defects(mosaic, settings, report));
  }
  report.seconds.noise = stage.lap();
  plan.metadata = std::move(metadata);
  plan.provenance = raw_provenance(package, report.noise, settings);
  plan.original_file_name = source.filename().native();
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
  LATENT_CHECK(rows.finish());
  report.seconds.write = rows.seconds_writing();
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

// ---- three colours a pixel

Result<float> ForeignRaw::State::measure_gain(Opened& network, const raw::LinearSpace& space,
                                              const RunControl& control, TaskReport& report) {
  const LinearRaw& picture = space.picture();
  const auto tiles = sample_tiles(picture.samples.size(), network.tile(), 1);
  const int margin = network.contract().overlap;
  raw::BayerFrame::GainSums sums;
  const auto clipped = [&](int x, int y) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float top = picture.black[c] + 0.98F * (picture.white[c] - picture.black[c]);
      if (static_cast<float>(picture.samples.view().at(x, y, static_cast<int>(c))) > top) {
        return true;
      }
    }
    return false;
  };
  LATENT_CHECK(network.session.run_grid(
      static_cast<int>(tiles.size()),
      [&](int index, TensorView planes) -> Status {
        space.pack(tiles[static_cast<std::size_t>(index)], planes);
        return {};
      },
      [&](int index, ConstTensorView input, ConstTensorView output) -> Status {
        const Rect& tile = tiles[static_cast<std::size_t>(index)];
        const int right = std::min(tile.right() - margin, picture.samples.width());
        const int bottom = std::min(tile.bottom() - margin, picture.samples.height());
        for (int y = tile.y + margin; y < bottom; ++y) {
          for (int x = tile.x + margin; x < right; ++x) {
            if (clipped(x, y)) continue;
            const std::size_t at =
                static_cast<std::size_t>(y - tile.y) * static_cast<std::size_t>(tile.width) +
                static_cast<std::size_t>(x - tile.x);
            for (int c = 0; c < 3; ++c) {
              const double in = input.plane(c)[at];
              const double out = output.plane(c)[at];
              sums.in_out += in * out;
              sums.out_out += out * out;
              sums.in_in += in * in;
            }
          }
        }
        return {};
      },
      {control.stop, {}}, report));
  return gain_of(sums);
}

Status ForeignRaw::State::run_linear(Opened& network, LinearRaw& picture, LinearRows& rows,
                                     const Rect& area, double strength, const RunControl& control,
                                     RawDenoiseReport& report) {
  // The rows replace the picture's samples, which tiles below still look at.
  LinearRaw before;
  LATENT_TRY(before.samples, picture.samples.clone());
  before.black = picture.black;
  before.white = picture.white;
  const raw::LinearContract contract = linear_contract(network.contract(), picture.camera);
  const raw::LinearSpace space(before, contract);
  LATENT_TRY(const auto plan,
             infer::TilePlan::create(network.foreign.network->spec, before.samples.size(), area,
                                     network.foreign.tiles()));
  float gain = 1.0F;
  if (network.contract().match_gain) {
    LATENT_TRY(gain, measure_gain(network, space, control, report));
  }
  const auto share = static_cast<float>(strength);
  Image<float> counts;
  const auto take = [&](int first_row, ImageView<const float> answer) -> Status {
    if (counts.height() < answer.height()) {
      LATENT_TRY(counts, Image<float>::create(answer.size(), 3));
    }
    for (int y = 0; y < answer.height(); ++y) {
      const float* found = answer.row(y).data();
      float* to = counts.view().row(y).data();
      const std::uint16_t* source = &before.samples.view().at(area.x, area.y + first_row + y);
      for (int x = 0; x < answer.width(); ++x, found += 3, to += 3, source += 3) {
        const auto camera = space.camera_of({found[0] * gain, found[1] * gain, found[2] * gain});
        for (std::size_t c = 0; c < 3; ++c) {
          const float count = camera[c] * (picture.white[c] - picture.black[c]) + picture.black[c];
          to[c] = share * count + (1.0F - share) * static_cast<float>(source[c]);
        }
      }
    }
    rows.add_counts(first_row,
                    std::as_const(counts).view().crop({0, 0, answer.width(), answer.height()}),
                    std::as_const(before.samples)
                        .view()
                        .crop({area.x, area.y + first_row, area.width, answer.height()}));
    return {};
  };
  return network.session.run(
      plan,
      [&](const Rect& tile, TensorView planes) -> Status {
        space.pack(tile, planes);
        return {};
      },
      take, control, report);
}

/// Leaves darktable's result in the picture: 0 black, 65535 white.
Status ForeignRaw::State::run_linear_as_darktable(Opened& network, LinearRaw& picture,
                                                  double strength, const RunControl& control,
                                                  RawDenoiseReport& report) {
  const raw::LinearContract contract = linear_contract(network.contract(), picture.camera);
  const raw::LinearSpace space(picture, contract);
  LATENT_TRY(raw::DarktableLinear darktable,
             raw::DarktableLinear::create(space, contract, strength));
  LATENT_CHECK(network.session.run_grid(
      darktable.tiles(),
      [&](int index, TensorView planes) -> Status {
        darktable.pack(index, planes);
        return {};
      },
      [&](int index, ConstTensorView input, ConstTensorView output) {
        return darktable.add(index, input, output);
      },
      control, report));
  picture.samples = std::move(darktable.result());
  picture.black = {0, 0, 0};
  picture.white = {65535, 65535, 65535};
  picture.bits_per_sample = 16;
  picture.sample_max = 65535;
  return {};
}

Status ForeignRaw::State::run_colours(const fs::path& source, const fs::path& target,
                                      SensorClass sensor, const RawDenoiseSettings& settings,
                                      const RunControl& control, RawDenoiseReport& report) {
  Stopwatch stage;
  const bool idle = settings.strength == 0.0;
  const bool darktable = settings.compat == Compat::Darktable56;
  Opened* network = nullptr;
  if (!idle) {
    LATENT_TRY(network, open_linear(sensor, settings.compat));
    network->session.begin(network->tile());
    report.notices = network->notices;
  }
  LATENT_TRY(LinearRaw picture, sensor == SensorClass::XTrans
                                    ? read::open_demosaiced(source, limits, control)
                                    : read::open_linear_raw(source, limits, control));
  LATENT_TRY(metadata::Metadata metadata, metadata::Metadata::read(source, limits));
  report.sensor = picture.sensor;
  for (const auto* list : {&picture.notices, &metadata.warnings}) {
    report.notices.insert(report.notices.end(), list->begin(), list->end());
  }
  report.seconds.read += stage.lap();
  if (settings.noise) {
    report.noise = *settings.noise;
  } else if (picture.noise_profile) {
    report.noise = *picture.noise_profile;
  } else {
    LATENT_TRY(report.noise, estimate_noise_by_channel(picture, threads_or_all(settings.threads)));
  }
  report.seconds.noise = stage.lap();
  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  LATENT_TRY(const Rect area, area_in_frame(settings, frame, picture.crop));
  report.result = area.size();
  if (!idle) {
    LATENT_CHECK(network->session.ready(network->tile()));
    report.seconds.prepare = stage.lap();
    if (darktable) {
      LATENT_CHECK(run_linear_as_darktable(*network, picture, settings.strength, control, report));
    }
  }
  RawRows::Plan plan = rows_plan_of(target, area, report.noise, settings);
  plan.metadata = std::move(metadata);
  plan.provenance = raw_provenance(package, report.noise, settings);
  plan.original_file_name = source.filename().native();
  LATENT_TRY(LinearRows rows, LinearRows::create(picture, std::move(plan)));
  if (idle || darktable) {
    rows.add_source();
  } else {
    LATENT_CHECK(run_linear(*network, picture, rows, area, settings.strength, control, report));
  }
  LATENT_CHECK(rows.finish(control));
  report.seconds.write = rows.seconds_writing();
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

ForeignRaw::ForeignRaw(models::Package package, infer::EngineRequest engine, Limits limits)
    : state_(std::make_unique<State>(State{std::move(package), std::move(engine), limits, {}})) {}
ForeignRaw::ForeignRaw(ForeignRaw&&) noexcept = default;
ForeignRaw& ForeignRaw::operator=(ForeignRaw&&) noexcept = default;
ForeignRaw::~ForeignRaw() = default;

Status ForeignRaw::run(const fs::path& source, const fs::path& target, const read::RawFacts& facts,
                       const RawDenoiseSettings& settings, const RunControl& control,
                       RawDenoiseReport& report) {
  const bool mosaic = facts.opens_as_mosaic && facts.sensor == SensorClass::Bayer;
  // At strength 0 an X-Trans mosaic comes out as the mosaic that it is.
  const bool unchanged = facts.opens_as_mosaic && settings.strength == 0.0;
  if (mosaic || unchanged) {
    return state_->run_mosaic(source, target, settings, control, report);
  }
  if (facts.opens_as_linear || (facts.opens_as_mosaic && facts.sensor == SensorClass::XTrans)) {
    return state_->run_colours(source, target, facts.sensor, settings, control, report);
  }
  if (!facts.obstacle.empty()) return fail(ErrorCode::Unsupported, facts.obstacle);
  return fail(ErrorCode::Unsupported, fmt::format("packages made for darktable take no {} sensor",
                                                  sensor_class_name(facts.sensor)));
}

}  // namespace latent::tasks
