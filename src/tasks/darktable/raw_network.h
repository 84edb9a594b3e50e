// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "raw/darktable_bayer.h"
#include "raw/darktable_linear.h"
#include "tasks/darktable/network.h"
#include "tasks/network_session.h"
#include "tasks/raw/network.h"

// One network for raws of a package made for darktable: what its two kinds, for mosaics and for
// three colours a pixel, share.
namespace latent::tasks {

class DarktableRawNetwork : public RawNetwork {
 public:
  DarktableRawNetwork(DarktableNetwork network, NetworkSession session,
                      std::vector<std::string> notices)
      : network_(std::move(network)), session_(std::move(session)), notices_(std::move(notices)) {}

  std::vector<std::string> notices() const override { return notices_; }
  bool is_plain() const override { return contract().compat != models::Compat::Darktable56; }

  // All tiles are of the one size that the package allows.
  Status begin(Size /*frame*/, const Rect& /*area*/) override {
    session_.begin(tile());
    return {};
  }
  Status begin_shown(Size frame) override { return begin(frame, {}); }
  Status ready_shown(Size /*frame*/) override { return session_.ready(tile()); }

 protected:
  [[nodiscard]] const models::DarktableContract& contract() const { return network_.contract; }
  [[nodiscard]] Size tile() const { return network_.tiles().exact; }
  [[nodiscard]] NetworkSession& session() { return session_; }

  /// As our own plan cuts a picture.
  [[nodiscard]] Result<infer::TilePlan> plan_of(Size frame, const Rect& region) const {
    return infer::TilePlan::create(network_.network->spec, frame, region, network_.tiles());
  }

  /// Waits for the compiled network; the report says how long.
  [[nodiscard]] Status ready(TaskReport& report);

 private:
  DarktableNetwork network_;
  NetworkSession session_;
  std::vector<std::string> notices_;
};

/// bayer_v1.
[[nodiscard]] std::unique_ptr<RawNetwork> darktable_mosaic_network(
    DarktableNetwork network, NetworkSession session, std::vector<std::string> notices);
/// linear_v1 and xtrans_v1.
[[nodiscard]] std::unique_ptr<RawNetwork> darktable_linear_network(
    DarktableNetwork network, NetworkSession session, std::vector<std::string> notices);

[[nodiscard]] raw::BayerContract bayer_contract(const models::DarktableContract& said,
                                                const CameraFacts& camera);
[[nodiscard]] raw::LinearContract linear_contract(const models::DarktableContract& said,
                                                  const CameraFacts& camera);

/// A few tiles that stand for the whole picture, whatever part of it is wanted: up to 2 x 2.
[[nodiscard]] std::vector<Rect> sample_tiles(Size frame, Size tile, int step);

/// What the answer is multiplied by to be in the scale of the input: least squares over all sums.
/// Below 0 where the network turns its answer over, as packages for darktable may.
///
/// Errors   ModelMismatch  the answer does not follow the input.
[[nodiscard]] Result<float> gain_of(const raw::BayerFrame::GainSums& sums);

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
