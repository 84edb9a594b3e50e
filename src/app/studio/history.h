// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace latent::app {

/// States of something that a person changes, to go back and forth in. A state is text: a job.
///
/// Threads  one at a time.
class History {
 public:
  explicit History(std::string start) : states_{{std::move(start), {}}} {}

  [[nodiscard]] const std::string& now() const { return states_[at_].text; }

  /// A new state. Changes of the same `what` in a row, a slider that is drawn, are one step; an
  /// empty `what` is always a step of its own. What was undone is forgotten.
  void change(std::string text, const std::string& what);
  /// The next change is a step of its own: the slider was let go.
  void end_step() { joins_ = false; }

  [[nodiscard]] bool can_undo() const { return at_ > 0; }
  [[nodiscard]] bool can_redo() const { return at_ + 1 < states_.size(); }
  /// What would be undone, in the words of change().
  [[nodiscard]] const std::string& undo_word() const { return states_[at_].what; }
  bool undo();
  bool redo();

 private:
  struct State {
    std::string text;
    std::string what;
  };
  static constexpr std::size_t kMost = 500;

  std::vector<State> states_;
  std::size_t at_ = 0;
  bool joins_ = false;
};

}  // namespace latent::app
