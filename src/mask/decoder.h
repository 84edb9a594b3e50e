// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "image/image.h"
#include "mask/net_contract.h"
#include "mask/net_picture.h"
#include "mask/prompts.h"

namespace latent::mask {

/// A point as networks take them.
struct NetPoint {
  Place at;         ///< NetFrame::in_square()
  float label = 1;  ///< 1 object, 0 background, 2 and 3 corners of a box
};

/// What a decoder is asked: one mask.
struct NetQuestion {
  const NetContract& contract;
  const NetFrame& frame;
  const std::vector<NetTensor>& features;  ///< the encoder's outputs
  std::span<const NetPoint> points;
  const Image<float>* before = nullptr;  ///< the mask before, as NetAnswer::before; or null
};

/// What comes out.
struct NetAnswer {
  /// Logits of the square [s, s], padding included; of HQ-SAM of the photograph's part of it.
  Image<float> logits;
  bool cut = false;     ///< the padding is cut off
  Image<float> before;  ///< what goes back in with the next prompt; empty where nothing does
  float score = 0;      ///< the network's own estimate of the IoU; 0 where it gives none
};

/// Asks the network once.
///
/// Shapes   `run` takes the decoder's inputs by name and gives its outputs.
/// Errors   ModelMismatch  an output is missing, has another shape, or holds no numbers; the
///                         sentence names package and output. Those of `run`.
[[nodiscard]] Result<NetAnswer> decode_sam2(const NetQuestion& question, const NetRun& run);
[[nodiscard]] Result<NetAnswer> decode_samhq(const NetQuestion& question, const NetRun& run);
[[nodiscard]] Result<NetAnswer> decode_segnext(const NetQuestion& question, const NetRun& run);
/// By the contract's family.
[[nodiscard]] Result<NetAnswer> decode(const NetQuestion& question, const NetRun& run);

/// A soft mask of the photograph as `before` of a first question: logits for SAM, 0 and 1 for
/// SegNext; empty where the network takes none.
[[nodiscard]] Result<Image<float>> before_of(const NetContract& contract, const NetFrame& frame,
                                             ImageView<const float> mask);

/// Draws a stroke into the mask that goes back in with the next question, so that the network knows
/// what the brush has decided. Nothing where there is no such mask, and of other prompts.
///
/// Shapes   before [s, s], as NetAnswer::before.
/// Errors   TooLarge  memory is refused.
[[nodiscard]] Status paint_before(const NetContract& contract, const NetFrame& frame,
                                  const Prompt& stroke, Image<float>& before);

/// Prompts as points: clicks as they are, a box as its corners (without such: its middle), the line
/// of a brush as up to five points.
[[nodiscard]] std::vector<NetPoint> points_of(const NetContract& contract, const NetFrame& frame,
                                              std::span<const Prompt> prompts);

/// The output of that name, with that many dimensions, all of it numbers.
///
/// Errors   ModelMismatch  it is not.
[[nodiscard]] Result<const NetTensor*> checked_output(const NetContract& contract,
                                                      const std::vector<NetTensor>& outputs,
                                                      const std::string& name, std::size_t rank);

}  // namespace latent::mask
