// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/raw_networks.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tasks/darktable/raw_network.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace {

using models::Compat;
using models::DarktableKind;

class DarktableNetworks final : public RawNetworks {
 public:
  DarktableNetworks(models::Package package, infer::EngineRequest engine, const Limits& limits)
      : package_(std::move(package)), engine_(std::move(engine)), limits_(limits) {}

  Result<Choice> choose(const read::RawFacts& facts, const RawDenoiseSettings& settings) override {
    if (settings.demosaic) {
      return fail(ErrorCode::Usage,
                  "packages made for darktable have no network for --demosaic; use a model of "
                  "Latent's own (latent-raw)");
    }
    const bool idle = settings.strength == 0.0;
    const bool bayer = facts.opens_as_mosaic && facts.sensor == SensorClass::Bayer;
    // At strength 0 an X-Trans mosaic comes out as the mosaic that it is.
    if (bayer || (facts.opens_as_mosaic && idle)) {
      if (idle) return Choice{RawAs::Mosaic, nullptr};
      LATENT_TRY(RawNetwork* const network, open(DarktableKind::BayerV1, settings.compat));
      return Choice{RawAs::Mosaic, network};
    }
    const bool xtrans = facts.sensor == SensorClass::XTrans;
    if (!facts.opens_as_linear && !(facts.opens_as_mosaic && xtrans)) {
      return fail(ErrorCode::Unsupported,
                  fmt::format("packages made for darktable take no {} sensor",
                              sensor_class_name(facts.sensor)));
    }
    const RawAs as = xtrans ? RawAs::Demosaiced : RawAs::Linear;
    if (idle) return Choice{as, nullptr};
    const bool own = xtrans && package_.file("model_xtrans.onnx").has_value();
    LATENT_TRY(RawNetwork* const network,
               open(own ? DarktableKind::XTransV1 : DarktableKind::LinearV1, settings.compat));
    return Choice{as, network};
  }

 private:
  /// The network of that kind, read at its first use.
  Result<RawNetwork*> open(DarktableKind kind, Compat compat) {
    const auto key = std::pair{kind, compat};
    if (const auto found = opened_.find(key); found != opened_.end()) return found->second.get();
    LATENT_TRY(DarktableNetwork network, load_darktable_network(package_, kind, compat));
    std::vector<std::string> notices = network.contract.notices;
    NetworkSession session(network.network, engine_for(network, engine_, notices));
    network.most_bytes = limits_.max_memory_bytes;
    auto made =
        kind == DarktableKind::BayerV1
            ? darktable_mosaic_network(std::move(network), std::move(session), std::move(notices))
            : darktable_linear_network(std::move(network), std::move(session), std::move(notices));
    return opened_.emplace(key, std::move(made)).first->second.get();
  }

  models::Package package_;
  infer::EngineRequest engine_;
  Limits limits_;
  std::map<std::pair<DarktableKind, Compat>, std::unique_ptr<RawNetwork>> opened_;
};

}  // namespace

Status DarktableRawNetwork::ready(TaskReport& report) {
  const Stopwatch watch;
  LATENT_CHECK(session_.ready(tile()));
  report.seconds.prepare += watch.seconds();
  return {};
}

std::unique_ptr<RawNetworks> darktable_raw_networks(const models::Package& package,
                                                    const infer::EngineRequest& engine,
                                                    const Limits& limits) {
  return std::make_unique<DarktableNetworks>(package, engine, limits);
}

}  // namespace latent::tasks
