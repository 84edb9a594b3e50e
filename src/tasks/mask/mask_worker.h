// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/result.h"
#include "image/mask.h"
#include "mask/session.h"
#include "read/photograph.h"

namespace latent::tasks {

/// Makes masks of one photograph on a thread of its own, so that a person can go on clicking: the
/// photograph is encoded as soon as this is made, and a new click ends the answer to the one before.
///
/// Threads  every function may be called from any thread, and returns at once. `ready` and answers
///          are called on the worker's thread, one at a time, and not after the destructor, which
///          stops and waits.
class MaskWorker {
 public:
  /// Says once how encoding ended: the size of masks, or why there will be none.
  using Ready = std::function<void(const Result<Size>& size)>;
  /// Cancelled where another question came first; else as MaskSession::mask().
  using Answer = std::function<void(Result<SoftMask> mask)>;

  MaskWorker(read::Photograph photograph, mask::FinderMaker make, Ready ready);
  ~MaskWorker();
  MaskWorker(const MaskWorker&) = delete;
  MaskWorker& operator=(const MaskWorker&) = delete;

  /// Asks for the mask of all prompts. What was asked before and is not answered yet is Cancelled;
  /// while the photograph is encoded, the last question waits.
  void ask(mask::PromptSet prompts, mask::MaskSettings settings, Answer answer);

 private:
  struct Question {
    mask::PromptSet prompts;
    mask::MaskSettings settings;
    Answer answer;
  };

  void work(const std::stop_token& stop, const read::Photograph& photograph,
            const mask::FinderMaker& make, const Ready& ready);
  std::optional<Question> next(const std::stop_token& stop, std::stop_source& current);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Question> waiting_;
  std::stop_source current_;  ///< of the answer that is being made
  std::jthread thread_;       ///< last: it uses the others
};

}  // namespace latent::tasks
