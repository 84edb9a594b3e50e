// SPDX-License-Identifier: GPL-3.0-or-later
// SAM 2.1 and HQ-SAM 2: three masks, three scores, and the small masks of which the best goes back.
#include <algorithm>

#include "mask/decoder_parts.h"

namespace latent::mask {

Result<NetAnswer> decode_sam2(const NetQuestion& question, const NetRun& run) {
  const NetContract& contract = question.contract;
  std::vector<NetTensor> inputs = with_points(question);
  add_mask_input(question, inputs);
  LATENT_TRY(const auto outputs, run(std::move(inputs)));
  LATENT_TRY(const NetTensor* masks, checked_output(contract, outputs, "masks", 4));
  LATENT_TRY(const NetTensor* scores, checked_output(contract, outputs, "iou_predictions", 2));
  LATENT_TRY(const NetTensor* small, checked_output(contract, outputs, "low_res_masks", 4));
  const std::size_t count = scores->values.size();
  const auto fits = [&](const NetTensor& tensor) {
    return tensor.dims[0] == 1 && tensor.dims[2] == tensor.dims[3] &&
           static_cast<std::size_t>(tensor.dims[1]) == count;
  };
  if (!fits(*masks)) return wrong_output(contract, *masks);
  if (!fits(*small)) return wrong_output(contract, *small);
  const auto best = contract.best == NetBest::First ? scores->values.begin()
                                                    : std::ranges::max_element(scores->values);
  const auto index = static_cast<std::size_t>(best - scores->values.begin());
  NetAnswer answer;
  answer.score = *best;
  LATENT_TRY(answer.logits, plane_of(*masks, index));
  if (contract.previous != NetPrevious::None) {
    LATENT_TRY(answer.before, plane_of(*small, index));
  }
  return answer;
}

}  // namespace latent::mask
