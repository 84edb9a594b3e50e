// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "infer/engine.h"
#include "mask/net_contract.h"
#include "mask/session.h"
#include "mask/vectorise.h"

namespace latent::app {

/// A click, box corner or the like as it was typed: pixels of the photograph as decoded, or shares
/// of its sides.
struct TypedPlace {
  double x = 0;
  double y = 0;
  bool shares = false;
};

/// One prompt as it was typed.
struct TypedPrompt {
  mask::PromptKind kind = mask::PromptKind::Click;
  bool on_object = true;
  std::vector<TypedPlace> places;
};

struct MaskJob {
  std::filesystem::path source;
  std::optional<std::filesystem::path> target;    ///< as MaskTarget; .json: the prompts
  std::optional<std::filesystem::path> overlay;   ///< a PNG to look at
  std::optional<std::filesystem::path> prompts;   ///< a file of prompts to begin with
  std::optional<std::filesystem::path> previous;  ///< a mask to go on from, any picture in grey
  bool prompts_anyway = false;                    ///< those of another photograph, too
  /// What finds the objects: an id or a path of a package with the task `mask`; "built-in" for the
  /// selector; empty: the package that is enabled, else the selector.
  std::string model;
  /// "subject" or "sky": found without prompts, by the package that is enabled for mask-ai-<kind>,
  /// or by `model`.
  std::string automatic;
  mask::NetCompat compat = mask::NetCompat::None;  ///< whose arithmetic, of a network
  infer::EngineRequest engine;                     ///< of a network
  std::filesystem::path encodings;                 ///< where encodings are kept; empty: nowhere
  /// After those of `prompts`: added to its last object, in order; a path is a file of strokes.
  std::vector<std::variant<TypedPrompt, std::filesystem::path>> typed;
  mask::MaskSettings settings;
  int bits = 0;  ///< of a sample, as MaskTarget::bits
  bool overwrite = false;
  Limits limits;
};

struct MaskReport {
  Size size;
  double share = 0;                      ///< of the photograph that the mask covers
  std::optional<mask::Vectorised> path;  ///< where the target holds a path
  std::size_t objects = 0;
  std::string model;  ///< id of the network; empty: the built-in selector
  double seconds_encoding = 0;
  double seconds_mask = 0;
  std::vector<std::string> notices;
};

/// Makes the mask of a photograph and writes it.
///
/// Errors   those of reading and writing, of the model and of what runs it; Usage for prompts outside the photograph, prompts of
///          another photograph without `prompts_anyway`, settings out of range; Cancelled.
///          Nothing is left then but what was written before it: the mask, then the overlay.
[[nodiscard]] Result<MaskReport> make_mask(const MaskJob& job, const RunControl& control);

}  // namespace latent::app
