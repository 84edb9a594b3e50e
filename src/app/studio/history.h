// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace latent::app {

/// States of something that a person changes, to go back and forth in.
///
/// `State`  is copied and compared
/// Threads  one at a time.
template <class State>
class HistoryOf {
 public:
  explicit HistoryOf(State start) : states_{{std::move(start), {}}} {}

  [[nodiscard]] const State& now() const { return states_[at_].state; }

  /// A new state. Changes of the same `what` in a row, a slider that is drawn, are one step; an
  /// empty `what` is always a step of its own. What was undone is forgotten.
  void change(State state, const std::string& what);
  /// The next change is a step of its own: the slider was let go.
  void end_step() { joins_ = false; }

  [[nodiscard]] bool can_undo() const { return at_ > 0; }
  [[nodiscard]] bool can_redo() const { return at_ + 1 < states_.size(); }
  /// What would be undone, in the words of change().
  [[nodiscard]] const std::string& undo_word() const { return states_[at_].what; }
  bool undo();
  bool redo();

 private:
  struct Step {
    State state;
    std::string what;
  };
  static constexpr std::size_t kMost = 500;

  std::vector<Step> states_;
  std::size_t at_ = 0;
  bool joins_ = false;
};

/// Of a text: a job.
using History = HistoryOf<std::string>;

template <class State>
void HistoryOf<State>::change(State state, const std::string& what) {
  if (state == now()) return;
  states_.erase(states_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, states_.end());
  if (joins_ && at_ > 0 && !what.empty() && states_[at_].what == what) {
    states_[at_].state = std::move(state);
    return;
  }
  states_.push_back({std::move(state), what});
  joins_ = true;
  if (states_.size() > kMost) states_.erase(states_.begin());
  at_ = states_.size() - 1;
}

template <class State>
bool HistoryOf<State>::undo() {
  joins_ = false;
  if (!can_undo()) return false;
  --at_;
  return true;
}

template <class State>
bool HistoryOf<State>::redo() {
  joins_ = false;
  if (!can_redo()) return false;
  ++at_;
  return true;
}

}  // namespace latent::app
