// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "infer/devices.h"
#include "infer/proof.h"

namespace latent::app {

/// One way to run the default network, tried.
struct Checkup {
  infer::EngineKind engine = infer::EngineKind::OpenVino;
  std::string device;
  infer::Precision precision = infer::Precision::F32;
  bool works = false;                ///< ran, and agreed with float32 on the processor
  infer::ProofVerdict verdict;       ///< where it ran
  std::string problem;               ///< one sentence where it did not work
  double start_seconds = 0;          ///< to compile, or to load what was compiled before
  double seconds_per_megapixel = 0;  ///< of raw pixels, one large tile at a time
  double loss_db = 0;                ///< PSNR lost against float32, as the model states it
};

/// How fast a device was when the network that ships was proved on it.
struct KnownPace {
  infer::EngineKind engine = infer::EngineKind::OpenVino;
  std::string device;
  infer::Precision precision = infer::Precision::F32;
  bool passed = false;
  double seconds_per_megapixel = 0;  ///< on the small tile of the proof
  double loss_db = 0;                ///< as Checkup::loss_db
};

/// What the cache holds of the devices of an inventory: those that were never used are not in it.
/// Compiles and measures nothing.
[[nodiscard]] std::vector<KnownPace> known_paces(const infer::Inventory& inventory,
                                                 const std::filesystem::path& cache_dir);

struct Health {
  infer::Inventory inventory;
  std::string model;  ///< id and version of the network that was tried; empty where there is none
  std::vector<Checkup> checkups;
  infer::Precision automatic = infer::Precision::F32;  ///< what --precision auto takes here
  std::vector<std::string> problems;                   ///< what keeps raw denoise from working here
};

/// Tries the default network on every engine, device and precision there is.
///
/// Threads  takes seconds; `stop` ends it between two checkups.
[[nodiscard]] Health examine(const infer::EngineRequest& request, const std::stop_token& stop);

}  // namespace latent::app
