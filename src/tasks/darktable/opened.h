// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "raw/darktable_bayer.h"
#include "raw/darktable_linear.h"
#include "tasks/darktable/mosaic.h"
#include "tasks/darktable/network.h"
#include "tasks/network_session.h"
#include "tasks/raw/linear_rows.h"

// The inside of DarktableRaw: what its two halves, mosaics and three colours a pixel, share.
namespace latent::tasks {

/// A network that is ready to be opened, and the session over it.
struct Opened {
  DarktableNetwork darktable;
  NetworkSession session;
  std::vector<std::string> notices;
  std::size_t most_bytes = 0;  ///< infer::TileOptions::most_bytes

  [[nodiscard]] const models::DarktableContract& contract() const { return darktable.contract; }
  [[nodiscard]] Size tile() const { return darktable.tiles().exact; }
  [[nodiscard]] infer::TileOptions tiles() const {
    infer::TileOptions options = darktable.tiles();
    options.most_bytes = most_bytes;
    return options;
  }
};

[[nodiscard]] raw::BayerContract bayer_contract(const models::DarktableContract& said,
                                                const CameraFacts& camera);
[[nodiscard]] raw::LinearContract linear_contract(const models::DarktableContract& said,
                                                  const CameraFacts& camera);

/// A few tiles that stand for the whole picture, whatever part of it is wanted: up to 2 x 2.
[[nodiscard]] std::vector<Rect> sample_tiles(Size frame, Size tile, int step);

/// What the answer is multiplied by to be in the scale of the input: least squares over all sums.
///
/// Errors   ModelMismatch  the answer does not follow the input.
[[nodiscard]] Result<float> gain_of(const raw::BayerFrame::GainSums& sums);

struct DarktableRaw::State {
  models::Package package;
  infer::EngineRequest engine;
  Limits limits;
  std::map<std::pair<models::DarktableKind, models::Compat>, Opened> opened;

  /// The network of that kind, read at its first use.
  Result<Opened*> open(models::DarktableKind kind, models::Compat compat) {
    const auto key = std::pair{kind, compat};
    if (const auto found = opened.find(key); found != opened.end()) return &found->second;
    LATENT_TRY(DarktableNetwork darktable, load_darktable_network(package, kind, compat));
    std::vector<std::string> notices = darktable.contract.notices;
    NetworkSession session(darktable.network, engine_for(darktable, engine, notices));
    const auto made = opened.emplace(key, Opened{std::move(darktable), std::move(session),
                                                 std::move(notices), limits.max_memory_bytes});
    return &made.first->second;
  }

  /// xtrans_v1 for X-Trans where the package has it, else linear_v1.
  Result<Opened*> open_linear(SensorClass sensor, models::Compat compat) {
    if (sensor == SensorClass::XTrans && package.file("model_xtrans.onnx")) {
      return open(models::DarktableKind::XTransV1, compat);
    }
    return open(models::DarktableKind::LinearV1, compat);
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
  Status run_mosaic(const read::Photograph& source, const std::filesystem::path& target,
                    const RawDenoiseSettings& settings, const RunControl& control,
                    RawDenoiseReport& report);

  Status run_linear(Opened& network, LinearRaw& picture, LinearRows& rows, const Rect& area,
                    double strength, const RunControl& control, RawDenoiseReport& report);
  Result<Image<std::uint16_t>> run_linear_as_darktable(Opened& network, LinearRaw& picture,
                                                       double strength, const RunControl& control,
                                                       RawDenoiseReport& report);
  Status run_colours(const read::Photograph& source, const std::filesystem::path& target,
                     SensorClass sensor, const RawDenoiseSettings& settings,
                     const RunControl& control, RawDenoiseReport& report);
};

/// Runs the tiles of raw::DarktableBayer or raw::DarktableLinear, which cuts them as darktable does
/// and puts the answers together.
template <class Darktable>
[[nodiscard]] Status run_darktable_tiles(NetworkSession& session, Darktable& darktable,
                                         const RunControl& control, TaskReport& report) {
  return session.run_grid(
      darktable.tiles(),
      [&darktable](int index, TensorView planes) -> Status {
        darktable.pack(index, planes);
        return {};
      },
      [&darktable](int index, ConstTensorView input, ConstTensorView output) {
        return darktable.add(index, input, output);
      },
      control, report);
}

}  // namespace latent::tasks
