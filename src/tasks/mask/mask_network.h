// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "infer/engine.h"
#include "mask/finder.h"
#include "mask/net_finder.h"
#include "models/store/package.h"
#include "tasks/mask/encoding_cache.h"

namespace latent::tasks {

struct MaskNetworkOptions {
  infer::EngineRequest engine;  ///< of the encoder; the decoder runs in float32 on the processor
  mask::NetCompat compat = mask::NetCompat::None;
  std::filesystem::path encodings;  ///< folder of kept encodings; empty: none is kept
  std::uint64_t most_bytes = EncodingCache::kMostBytes;
};

/// A package for masks that is ready. Its encoder is compiled when a photograph is encoded whose
/// encoding was not kept; its decoder is compiled at once.
struct MaskNetwork {
  std::shared_ptr<const mask::NetModel> model;  ///< of one with encoder and decoder
  mask::NetContract contract;
  std::string input;     ///< of one that is a single graph (mask-ai-..., latent_clicks): its input
  mask::NetGraph graph;  ///< of such a network
  /// What had to be given up to run it, told as it happens; one at a time.
  std::shared_ptr<std::vector<std::string>> notices;
};

/// Opens a package with the task `mask` or `mask-ai-...`.
///
/// Errors   as mask::net_contract(), models::hold_to_task_ports(), infer::open_tensor_session().
/// Threads  what comes out: one call at a time; a stop ends encoder and decoder at once.
[[nodiscard]] Result<MaskNetwork> open_mask_network(const models::Package& package,
                                                    const MaskNetworkOptions& options);

/// What finds objects by a network that takes prompts. Keeps what it needs of `network`.
[[nodiscard]] mask::FinderMaker finder_of(const MaskNetwork& network);

}  // namespace latent::tasks
