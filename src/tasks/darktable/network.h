// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "infer/engine.h"
#include "infer/tile_plan.h"
#include "models/manifest/darktable_contract.h"
#include "models/store/package.h"

namespace latent::tasks {

/// One ONNX of a package made for darktable, with its contract, as an engine takes it.
struct DarktableNetwork {
  models::DarktableContract contract;
  std::shared_ptr<const models::Network> network;
  bool takes_level = false;    ///< a second input, which became a constant
  std::size_t most_bytes = 0;  ///< infer::TileOptions::most_bytes

  /// Tiles of the one size that the package allows, as our own plan cuts a picture.
  [[nodiscard]] infer::TileOptions tiles() const;
};

/// The second input of a denoising network where the user says nothing, in 8-bit steps:
/// darktable's.
inline constexpr double kDarktableLevel = 25.0;

/// Reads a network of that kind: its contract, its doors, and a probe of plausible content by which
/// devices are proved, since such packages bring no golden tensors.
///
/// `level`  what a second input is filled with, sigma over 0..1.
/// Errors   ModelMismatch  the package has no such file; as models::darktable_contract(); doors that
///                         the contract does not know, the sentence names the tensor.
[[nodiscard]] Result<DarktableNetwork> load_darktable_network(const models::Package& package,
                                                              models::DarktableKind kind,
                                                              models::Compat compat,
                                                              double level = kDarktableLevel /
                                                                             255.0);

/// The engine for a package's network: float32 unless another precision was asked for, because the
/// answer is a whole picture and not a residual; or where 8-bit integers were made of it on this
/// computer, the faster of the two. The processor where the package forbids the device.
[[nodiscard]] infer::EngineRequest engine_for(const DarktableNetwork& darktable,
                                              const infer::EngineRequest& wanted,
                                              std::vector<std::string>& notices);

}  // namespace latent::tasks
