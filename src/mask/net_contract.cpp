// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/net_contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/path.h"
#include "models/manifest/attributes.h"

namespace latent::mask {

namespace {

using models::Attributes;

constexpr std::array<float, 3> kImageNetMean{0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kImageNetDeviation{0.229F, 0.224F, 0.225F};
constexpr int kClicksSide = 256;
constexpr int kLeastSide = 32;
constexpr int kMostSide = 4096;

/// What the architecture means, without any attribute.
Result<NetContract> plain_contract(const models::Manifest& manifest, const Attributes& attributes) {
  NetContract contract;
  contract.id = printable(manifest.id);
  if (manifest.task.starts_with("mask-ai-")) {
    contract.family = NetFamily::Automatic;
    contract.meaning = NetMeaning::ByRange;
    return contract;
  }
  if (manifest.task != "mask") {
    return attributes.refuse(fmt::format("it is made for the task '{}'", printable(manifest.task)));
  }
  contract.mean = kImageNetMean;
  contract.deviation = kImageNetDeviation;
  if (manifest.arch == "sam2") return contract;
  if (manifest.arch == "samhq") {
    contract.family = NetFamily::SamHq;
    contract.fit = NetFit::LongestSide;
    contract.padding = NetPadding::Caller;
    return contract;
  }
  if (manifest.arch == "segnext") {
    contract.family = NetFamily::SegNext;
    contract.fit = NetFit::LongestSide;
    contract.mean = {};
    contract.deviation = {1, 1, 1};
    contract.meaning = NetMeaning::ByRange;
    contract.previous = NetPrevious::Binary;
    contract.boxes = false;
    return contract;
  }
  if (manifest.arch == "latent_clicks") {
    contract.family = NetFamily::Clicks;
    contract.side = kClicksSide;
    contract.previous = NetPrevious::Binary;
    return contract;
  }
  return attributes.refuse(
      fmt::format("its architecture '{}' is not known; known are sam2, samhq, segnext and "
                  "latent_clicks",
                  printable(manifest.arch)));
}

/// As darktable computes: letterboxed, the padding point appended although the graph does, too, and
/// SegNext's logits taken for probabilities and fed back as they are.
void become_darktable(NetContract& contract) {
  contract.fit = NetFit::LongestSide;
  if (contract.family == NetFamily::SegNext) {
    contract.meaning = NetMeaning::Probability;
    contract.previous = NetPrevious::Logits;
  } else {
    contract.padding = NetPadding::Caller;
    contract.meaning = NetMeaning::Logits;
  }
}

}  // namespace

Result<NetContract> net_contract(const models::Manifest& manifest, NetCompat compat) {
  Attributes attributes(manifest, "masks");
  LATENT_TRY(NetContract contract, plain_contract(manifest, attributes));
  contract.compat = compat;
  const bool automatic = contract.family == NetFamily::Automatic;
  if (contract.family == NetFamily::Clicks) {
    if (compat != NetCompat::None) {
      return attributes.refuse("darktable has no such architecture; leave --compat out");
    }
    attributes.side(kLeastSide, kMostSide, contract.side);
    LATENT_CHECK(attributes.sound());
    return contract;
  }
  attributes.side(kLeastSide, kMostSide, contract.side);
  if (compat != NetCompat::None && !automatic) {
    become_darktable(contract);
    LATENT_CHECK(attributes.sound());
    return contract;
  }
  attributes.colours(automatic ? "input_mean" : "norm_mean", contract.mean);
  attributes.colours(automatic ? "input_std" : "norm_std", contract.deviation);
  if (std::ranges::min(contract.deviation) <= 0.0F) {
    return attributes.refuse("its deviation of colours is not above 0");
  }
  if (const auto logits = attributes.flag("output_logits")) {
    contract.meaning = *logits     ? NetMeaning::Logits
                       : automatic ? NetMeaning::ByRange
                                   : NetMeaning::Probability;
  }
  if (automatic) {
    bool whole = true;
    attributes.word<bool>("strategy", {{"resize_whole_image", true}}, whole);
    attributes.word<bool>("edge_refine", {{"guided", true}, {"none", false}}, contract.edge_refine);
  } else {
    attributes.word<NetFit>("resize_mode",
                            {{"stretch", NetFit::Stretch}, {"longest_side", NetFit::LongestSide}},
                            contract.fit);
    attributes.word<NetPadding>("padding_point",
                                {{"graph", NetPadding::Graph}, {"caller", NetPadding::Caller}},
                                contract.padding);
    attributes.word<NetBest>("best_mask", {{"score", NetBest::Score}, {"first", NetBest::First}},
                             contract.best);
    attributes.word<NetPrevious>("previous_mask",
                                 {{"logits", NetPrevious::Logits},
                                  {"binary", NetPrevious::Binary},
                                  {"none", NetPrevious::None}},
                                 contract.previous);
  }
  LATENT_CHECK(attributes.sound());
  if (contract.family == NetFamily::SamHq && contract.fit != NetFit::LongestSide) {
    return attributes.refuse("HQ-SAM's graph undoes longest_side itself and cannot be stretched");
  }
  return contract;
}

}  // namespace latent::mask
