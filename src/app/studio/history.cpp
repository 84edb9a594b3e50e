// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/history.h"

#include <utility>

namespace latent::app {

void History::change(std::string text, const std::string& what) {
  if (text == now()) return;
  states_.erase(states_.begin() + static_cast<std::ptrdiff_t>(at_) + 1, states_.end());
  if (joins_ && at_ > 0 && !what.empty() && states_[at_].what == what) {
    states_[at_].text = std::move(text);
    return;
  }
  states_.push_back({std::move(text), what});
  joins_ = true;
  if (states_.size() > kMost) states_.erase(states_.begin());
  at_ = states_.size() - 1;
}

bool History::undo() {
  joins_ = false;
  if (!can_undo()) return false;
  --at_;
  return true;
}

bool History::redo() {
  joins_ = false;
  if (!can_redo()) return false;
  ++at_;
  return true;
}

}  // namespace latent::app
