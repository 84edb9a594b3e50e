// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "models/manifest/manifest.h"

// What a network for masks wants and gives, as its package says it. No engine is known here.
namespace latent::mask {

/// A float32 tensor of any rank, C order.
struct NetTensor {
  std::string name;
  std::vector<std::int64_t> dims;
  std::vector<float> values;
};

/// Runs a graph once: inputs by name, every output.
using NetRun = std::function<Result<std::vector<NetTensor>>(std::vector<NetTensor> inputs)>;
/// The same for whoever may want it stopped: Cancelled then.
using NetGraph = std::function<Result<std::vector<NetTensor>>(std::vector<NetTensor> inputs,
                                                              const RunControl& control)>;

enum class NetFamily : std::uint8_t {
  Sam2,       ///< SAM 2.1 and HQ-SAM 2: three masks and their scores
  SamHq,      ///< HQ-SAM: early features, one mask at a size that is asked for
  SegNext,    ///< one mask; the mask before goes in as a picture
  Automatic,  ///< mask-ai-<type>: no prompts, one network, a soft mask
  Clicks      ///< latent_clicks: our own, corrects the built-in selector (click_planes.h)
};

/// How a photograph is brought into the network's square.
enum class NetFit : std::uint8_t {
  Stretch,     ///< both sides to the square's
  LongestSide  ///< the longest side to it, at the top left; the rest is 0 after normalisation
};

/// What the numbers of a mask mean.
enum class NetMeaning : std::uint8_t { Logits, Probability, ByRange };

/// Which of several masks is taken.
enum class NetBest : std::uint8_t { Score, First };

/// In what form the mask before goes back in.
enum class NetPrevious : std::uint8_t { Logits, Binary, None };

/// Who appends the point that stands for "no box".
enum class NetPadding : std::uint8_t { Graph, Caller };

/// Whose arithmetic.
enum class NetCompat : std::uint8_t { None, Darktable56, Darktable58 };

struct NetContract {
  std::string id;  ///< of the package, for sentences
  NetFamily family = NetFamily::Sam2;
  int side = 1024;
  NetFit fit = NetFit::Stretch;
  std::array<float, 3> mean{};  ///< of samples 0..1
  std::array<float, 3> deviation{1, 1, 1};
  NetMeaning meaning = NetMeaning::Logits;
  NetBest best = NetBest::Score;
  NetPrevious previous = NetPrevious::Logits;
  NetPadding padding = NetPadding::Graph;
  bool boxes = true;        ///< takes corners of a box as points 2 and 3
  bool edge_refine = true;  ///< of Automatic: its mask is led along the photograph's edges
  NetCompat compat = NetCompat::None;
};

/// Reads the contract of a package with the task `mask` or `mask-ai-...`: what its attributes say
/// (docs/package-format.md), and what its architecture means where they say nothing. With
/// darktable's arithmetic attributes do not count, as darktable 5.6 and 5.8 read none of them.
///
/// Errors   ModelMismatch  another task, an architecture that is not known, an attribute that is
///                         none; the sentence names package and attribute.
[[nodiscard]] Result<NetContract> net_contract(const models::Manifest& manifest,
                                               NetCompat compat = NetCompat::None);

}  // namespace latent::mask
