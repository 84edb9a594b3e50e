// SPDX-License-Identifier: GPL-3.0-or-later
// SegNext: one mask of the whole square, and the mask before as a picture of the same size.
#include <algorithm>

#include "mask/decoder_parts.h"

namespace latent::mask {

Result<NetAnswer> decode_segnext(const NetQuestion& question, const NetRun& run) {
  const NetContract& contract = question.contract;
  std::vector<NetTensor> inputs = with_points(question);
  NetTensor before{"prev_mask", {1, 1, contract.side, contract.side}, {}};
  const auto side = static_cast<std::size_t>(contract.side);
  before.values.assign(side * side, 0.0F);
  if (question.before != nullptr && question.before->width() == contract.side) {
    for (int y = 0; y < contract.side; ++y) {
      std::ranges::copy(question.before->view().row(y),
                        before.values.begin() + std::ptrdiff_t{y} * contract.side);
    }
  }
  inputs.push_back(std::move(before));
  LATENT_TRY(const auto outputs, run(std::move(inputs)));
  LATENT_TRY(const NetTensor* mask, checked_output(contract, outputs, "mask", 4));
  if (mask->dims[0] != 1 || mask->dims[1] != 1 || mask->dims[2] != contract.side ||
      mask->dims[3] != contract.side) {
    return wrong_output(contract, *mask);
  }
  // Logits, unless every one of them could be a probability.
  const auto [least, most] = std::ranges::minmax(mask->values);
  const bool probabilities =
      contract.meaning == NetMeaning::Probability ||
      (contract.meaning == NetMeaning::ByRange && least >= 0.0F && most <= 1.0F);
  const float middle = probabilities ? 0.5F : 0.0F;
  NetAnswer answer;
  LATENT_TRY(answer.logits, plane_of(*mask, 0));
  if (contract.previous != NetPrevious::None) {
    LATENT_TRY(answer.before, answer.logits.clone());
  }
  for (int y = 0; y < contract.side; ++y) {
    for (float& value : answer.logits.view().row(y)) value -= middle;
    if (contract.previous != NetPrevious::Binary) continue;
    for (float& value : answer.before.view().row(y)) value = value > middle ? 1.0F : 0.0F;
  }
  return answer;
}

}  // namespace latent::mask
