// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <span>
#include <vector>

#include "mask/proposals.h"

namespace latent::mask {

constexpr std::size_t kProposalFacts = 20;
using ProposalFacts = std::array<float, kProposalFacts>;

/// What can be seen of a proposal: contrast along its outline, how unlike its two sides look, how
/// compact it is, how the marks lie in it, how far it agrees with the other proposals, and how it
/// changes the mask before. Each is a pure number of about -1 to 1.
[[nodiscard]] std::vector<ProposalFacts> proposal_facts(const Scene& scene,
                                                        const Question& question,
                                                        std::span<const Labels> proposals);

/// How good a proposal probably is; greater is better.
[[nodiscard]] float proposal_score(const ProposalFacts& facts, bool first);

}  // namespace latent::mask
