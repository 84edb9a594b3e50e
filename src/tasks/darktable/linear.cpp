// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "metadata/metadata.h"
#include "tasks/darktable/opened.h"
#include "tasks/raw/walk.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;
using models::Compat;

namespace {

/// Puts `result` (0 black, 65535 white) into the picture; gives its samples before, in the same
/// levels, so that both can be compared.
Image<std::uint16_t> put_in(Image<std::uint16_t> result, LinearRaw& picture) {
  Image<std::uint16_t> source = std::exchange(picture.samples, std::move(result));
  std::array<float, 3> scale{};
  for (std::size_t c = 0; c < 3; ++c) scale[c] = 65535.0F / (picture.white[c] - picture.black[c]);
  for (int y = 0; y < source.height(); ++y) {
    const auto row = source.view().row(y);
    for (std::size_t at = 0; at < row.size(); ++at) {
      const std::size_t c = at % 3;
      const float value = (static_cast<float>(row[at]) - picture.black[c]) * scale[c] + 0.5F;
      row[at] = static_cast<std::uint16_t>(std::clamp(value, 0.0F, 65535.0F));
    }
  }
  picture.black = {0, 0, 0};
  picture.white = {65535, 65535, 65535};
  picture.bits_per_sample = 16;
  picture.sample_max = 65535;
  return source;
}

/// The area of the finished picture, row by row, beside its source, by which the noise that is left
/// is measured.
Status add_finished(LinearRows& rows, const LinearRaw& picture, const Image<std::uint16_t>& source,
                    const Rect& area) {
  LATENT_TRY(auto counts, Image<float>::create({area.width, 1}, 3));
  for (int y = 0; y < area.height; ++y) {
    const Rect row{area.x, area.y + y, area.width, 1};
    std::ranges::copy(picture.samples.view().crop(row).row(0), counts.view().row(0).begin());
    rows.add_counts(y, std::as_const(counts).view(), source.view().crop(row));
  }
  return {};
}

}  // namespace

Result<float> DarktableRaw::State::measure_gain(Opened& network, const raw::LinearSpace& space,
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

Status DarktableRaw::State::run_linear(Opened& network, LinearRaw& picture, LinearRows& rows,
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
             infer::TilePlan::create(network.darktable.network->spec, before.samples.size(), area,
                                     network.tiles()));
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

/// Leaves darktable's result in the picture; gives its samples before, in the same levels.
Result<Image<std::uint16_t>> DarktableRaw::State::run_linear_as_darktable(
    Opened& network, LinearRaw& picture, double strength, const RunControl& control,
    RawDenoiseReport& report) {
  const raw::LinearContract contract = linear_contract(network.contract(), picture.camera);
  const raw::LinearSpace space(picture, contract);
  LATENT_TRY(raw::DarktableLinear darktable,
             raw::DarktableLinear::create(space, contract, strength));
  LATENT_CHECK(run_darktable_tiles(network.session, darktable, control, report));
  return put_in(std::move(darktable.result()), picture);
}

Status DarktableRaw::State::run_colours(const read::Photograph& source, const fs::path& target,
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
  metadata::Metadata metadata = source.metadata();
  LATENT_TRY(LinearRaw picture,
             sensor == SensorClass::XTrans ? source.demosaiced(control) : source.linear(control));
  report.sensor = picture.sensor;
  for (const auto* list : {&picture.notices, &metadata.warnings}) {
    report.notices.insert(report.notices.end(), list->begin(), list->end());
  }
  report.seconds.read += stage.lap();
  LATENT_TRY(report.noise, noise_of(picture, settings));
  report.seconds.noise = stage.lap();
  const Rect frame{0, 0, picture.samples.width(), picture.samples.height()};
  LATENT_TRY(const Rect area, area_in_frame(settings, frame, picture.crop));
  report.result = area.size();
  Image<std::uint16_t> before;
  if (!idle) {
    LATENT_CHECK(network->session.ready(network->tile()));
    report.seconds.prepare = stage.lap();
    if (darktable) {
      LATENT_TRY(before,
                 run_linear_as_darktable(*network, picture, settings.strength, control, report));
    }
  }
  RawRows::Plan plan = rows_plan_of(source.path(), target, area, report.noise, settings);
  plan.metadata = std::move(metadata);
  plan.provenance = raw_provenance(package, report.noise, settings);
  plan.original_file_name = source.path().filename().native();
  LATENT_TRY(LinearRows rows, LinearRows::create(picture, std::move(plan)));
  if (idle) {
    rows.add_source();
  } else if (darktable) {
    LATENT_CHECK(add_finished(rows, picture, before, area));
  } else {
    LATENT_CHECK(run_linear(*network, picture, rows, area, settings.strength, control, report));
  }
  LATENT_CHECK(source.unchanged());
  LATENT_CHECK(rows.finish(control));
  report.seconds.write = rows.seconds_writing();
  for (const std::string& warning : rows.warnings()) report.notices.push_back(warning);
  return {};
}

}  // namespace latent::tasks
