// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/newest_files.h"

#include <algorithm>
#include <system_error>
#include <vector>

namespace latent {

namespace fs = std::filesystem;

void keep_newest_files(const fs::path& folder, std::string_view ending, const CacheRoom& room) {
  struct Entry {
    fs::file_time_type time;
    std::uint64_t bytes = 0;
    fs::path path;
  };
  std::vector<Entry> entries;
  std::uint64_t bytes = 0;
  std::error_code problem;
  for (fs::directory_iterator at(folder, problem), end; !problem && at != end;
       at.increment(problem)) {
    if (at->path().extension() != ending) continue;
    std::error_code gone;
    Entry entry{at->last_write_time(gone), at->file_size(gone), at->path()};
    if (gone) continue;
    bytes += entry.bytes;
    entries.push_back(std::move(entry));
  }
  std::ranges::sort(entries, {}, &Entry::time);
  std::size_t files = entries.size();
  for (const Entry& entry : entries) {
    if (files <= room.most_files && bytes <= room.most_bytes) return;
    std::error_code gone;
    fs::remove(entry.path, gone);
    bytes -= entry.bytes;
    --files;
  }
}

}  // namespace latent
