// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tasks/darktable/raw_network.h"

namespace latent::tasks {

namespace {

using models::Compat;

/// Below this share of the input's energy the answer explains nothing, and no gain is right.
constexpr double kLeastRelation = 0.05;

raw::BalanceWanted wanted(models::DarktableBalance balance) {
  switch (balance) {
    case models::DarktableBalance::Daylight:
      return raw::BalanceWanted::Daylight;
    case models::DarktableBalance::AsShot:
      return raw::BalanceWanted::AsShot;
    case models::DarktableBalance::None:
      break;
  }
  return raw::BalanceWanted::None;
}

raw::SpaceWanted wanted(models::DarktableSpace space) {
  switch (space) {
    case models::DarktableSpace::LinearRec2020:
      return raw::SpaceWanted::LinearRec2020;
    case models::DarktableSpace::LinearSrgb:
      return raw::SpaceWanted::LinearSrgb;
    case models::DarktableSpace::CameraRgb:
      break;
  }
  return raw::SpaceWanted::CameraRgb;
}

}  // namespace

raw::BayerContract bayer_contract(const models::DarktableContract& said,
                                  const CameraFacts& camera) {
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

raw::LinearContract linear_contract(const models::DarktableContract& said,
                                    const CameraFacts& camera) {
  raw::LinearContract contract;
  contract.tile = said.tile;
  contract.overlap = said.overlap;
  contract.match_gain = said.match_gain;
  contract.target_mean = said.target_mean;
  contract.balance = raw::balance_for(camera, wanted(said.balance));
  // Where neutral was made neutral by the balance, the matrix shall not tint it again (C8).
  const bool keep_neutral =
      said.compat == Compat::None && said.balance != models::DarktableBalance::None;
  contract.matrices = raw::matrices_for(camera, wanted(said.space), keep_neutral);
  return contract;
}

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

Result<float> gain_of(const raw::BayerFrame::GainSums& sums) {
  // Of any size, and below 0 too: what trains a network leaves the scale of its answer free.
  const double gain = sums.in_out / sums.out_out;
  const double explained = sums.in_out * gain;
  if (std::isfinite(gain) && explained >= kLeastRelation * sums.in_in) {
    return static_cast<float>(gain);
  }
  return fail(ErrorCode::ModelMismatch,
              fmt::format("the network's answer does not follow its input (its gain would be "
                          "{:.3g}); the package is broken, or wants --compat darktable-5.6",
                          gain));
}

}  // namespace latent::tasks
