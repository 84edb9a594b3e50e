// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/doctor.h"

#include <algorithm>
#include <chrono>

#include "app/model_defaults.h"
#include "infer/processor_proof.h"
#include "models/store/package.h"

namespace latent::app {

namespace {

using Clock = std::chrono::steady_clock;

/// The package that ships, whatever is enabled: pace is compared between machines.
constexpr const char* kProbeModel = "latent-raw";
/// A tile large enough that starting costs do not count.
constexpr Size kProbeTile{1024, 1024};
constexpr int kTimedRuns = 2;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Result<double> time_per_megapixel(const models::Network& network, infer::Session& session) {
  LATENT_TRY(const Tensor input, infer::probe_tile(network, session.input_shape()));
  LATENT_TRY(Tensor output, Tensor::create(session.output_shape()));
  double best = 1e9;
  for (int run = 0; run < kTimedRuns; ++run) {
    const auto start = Clock::now();
    LATENT_CHECK(session.run(input.view(), output.view()));
    best = std::min(best, seconds_since(start));
  }
  return best / (static_cast<double>(kProbeTile.area()) / 1e6);
}

double loss_of(const models::Network& network, infer::Precision precision) {
  return precision == infer::Precision::Int8 && network.spec.int8 ? network.spec.int8->loss_db : 0;
}

/// The precisions of a device that the network has a file for.
std::vector<infer::Precision> precisions_of(const infer::DeviceFacts& device,
                                            const models::Network& network) {
  auto precisions = device.precisions;
  if (!network.int8) std::erase(precisions, infer::Precision::Int8);
  return precisions;
}

Checkup check(const models::Network& network, const infer::EngineRequest& request,
              const infer::DeviceFacts& device, infer::Precision precision) {
  Checkup checkup{device.engine, device.device, precision, false, {}, {}, 0, 0, 0};
  checkup.loss_db = loss_of(network, precision);
  infer::EngineRequest wanted = request;
  wanted.engine = device.engine;
  wanted.device = device.device;
  wanted.precision = precision;
  const auto start = Clock::now();
  auto proved = infer::open_proved_session(network, kProbeTile, wanted);
  checkup.start_seconds = seconds_since(start);
  if (!proved) {
    checkup.problem = proved.error().sentence;
    return checkup;
  }
  const infer::SessionInfo& info = proved->session->info();
  if (info.device != device.device || info.precision != precision) {
    checkup.problem = proved->notices.empty() ? "stepped down" : proved->notices.front();
    return checkup;
  }
  checkup.verdict = proved->verdict;
  const auto pace = time_per_megapixel(network, *proved->session);
  if (!pace) {
    checkup.problem = pace.error().sentence;
    return checkup;
  }
  checkup.works = true;
  checkup.seconds_per_megapixel = *pace;
  return checkup;
}

}  // namespace

Health examine(const infer::EngineRequest& request, const std::stop_token& stop) {
  Health health;
  infer::EngineRequest stoppable = request;
  stoppable.stop = stop;
  health.inventory = infer::list_devices(request);
  for (const infer::PluginFacts& plugin : health.inventory.plugins) {
    if (!plugin.usable) health.problems.push_back(plugin.problem);
  }
  const auto package = open_model(kProbeModel);
  if (!package) {
    health.problems.push_back(package.error().sentence);
    return health;
  }
  health.model = package->manifest().id + " " + package->manifest().version;
  const auto network = models::load_network(*package, models::NetworkKind::LatentCfaV1);
  if (!network) {
    health.problems.push_back(network.error().sentence);
    return health;
  }
  bool any_works = false;
  for (const infer::DeviceFacts& device : health.inventory.devices) {
    for (const infer::Precision precision : precisions_of(device, *network)) {
      if (stop.stop_requested()) return health;
      health.checkups.push_back(check(*network, stoppable, device, precision));
      any_works = any_works || health.checkups.back().works;
    }
  }
  if (const auto proved = infer::open_proved_session(*network, kProbeTile, stoppable)) {
    health.automatic = proved->session->info().precision;
  }
  if (!any_works) {
    health.problems.emplace_back("no engine of this build can run a network on this machine");
  }
  return health;
}

std::vector<KnownPace> known_paces(const infer::Inventory& inventory,
                                   const std::filesystem::path& cache_dir) {
  std::vector<KnownPace> paces;
  const auto package = open_model(kProbeModel);
  if (!package) return paces;
  const auto network = models::load_network(*package, models::NetworkKind::LatentCfaV1);
  if (!network) return paces;
  for (const infer::DeviceFacts& device : inventory.devices) {
    for (const infer::Precision precision : precisions_of(device, *network)) {
      const auto known = infer::known_verdict(*network, device, precision, cache_dir);
      if (!known) continue;
      paces.push_back({device.engine, device.device, precision, known->passed,
                       known->seconds_per_megapixel, loss_of(*network, precision)});
    }
  }
  return paces;
}

}  // namespace latent::app
