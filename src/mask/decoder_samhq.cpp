// SPDX-License-Identifier: GPL-3.0-or-later
// HQ-SAM: one mask, of which the graph cuts off the padding and gives the size that is asked for.
#include "mask/decoder_parts.h"

namespace latent::mask {

Result<NetAnswer> decode_samhq(const NetQuestion& question, const NetRun& run) {
  const NetContract& contract = question.contract;
  const Size wanted = question.frame.filled;
  std::vector<NetTensor> inputs = with_points(question);
  add_mask_input(question, inputs);
  inputs.push_back(
      {"orig_im_size", {2}, {static_cast<float>(wanted.height), static_cast<float>(wanted.width)}});
  LATENT_TRY(const auto outputs, run(std::move(inputs)));
  LATENT_TRY(const NetTensor* masks, checked_output(contract, outputs, "masks", 4));
  LATENT_TRY(const NetTensor* scores, checked_output(contract, outputs, "iou_predictions", 2));
  LATENT_TRY(const NetTensor* small, checked_output(contract, outputs, "low_res_masks", 4));
  if (masks->dims[0] != 1 || masks->dims[2] != wanted.height || masks->dims[3] != wanted.width) {
    return wrong_output(contract, *masks);
  }
  if (small->dims[0] != 1 || small->dims[2] != small->dims[3]) {
    return wrong_output(contract, *small);
  }
  NetAnswer answer;
  answer.cut = true;
  answer.score = scores->values.front();
  LATENT_TRY(answer.logits, plane_of(*masks, 0));
  if (contract.previous != NetPrevious::None) {
    LATENT_TRY(answer.before, plane_of(*small, 0));
  }
  return answer;
}

}  // namespace latent::mask
