// SPDX-License-Identifier: GPL-3.0-or-later
// Two photographs in one view.
#include <algorithm>

#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace fs = std::filesystem;

namespace {

fs::file_time_type written(const fs::path& file) {
  std::error_code unknown;
  const auto time = fs::last_write_time(file, unknown);
  return unknown ? fs::file_time_type::min() : time;
}

}  // namespace

std::vector<fs::path> Studio::pair_to_compare() const {
  if (selection_.size() == 2) return selection_;
  if (selection_.size() > 2 || current_.empty()) return {};
  std::vector<fs::path> group = library_->group_of(current_);
  if (group.size() < 2) return {};
  // Names of results are that of the source and more.
  const auto source = std::ranges::min_element(
      group, {}, [](const fs::path& path) { return path.stem().native().size(); });
  const fs::path first = *source;
  group.erase(source);
  const bool is_result = std::ranges::find(group, current_) != group.end();
  return {first, is_result ? current_ : *std::ranges::max_element(group, {}, written)};
}

bool Studio::compare() {
  const auto pair = pair_to_compare();
  if (pair.empty()) {
    Q_EMIT problem(tr("Select two photographs to compare them, or one that has a result."));
    return false;
  }
  compare(pair[0], pair[1]);
  return true;
}

void Studio::compare(const fs::path& first, const fs::path& second) {
  mask_->end();
  preview_->compare(first, second);
  Q_EMIT comparison_changed();
}

void Studio::end_comparison() { preview_->end_comparison(); }

}  // namespace latent::gui
