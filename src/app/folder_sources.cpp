// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/folder_sources.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <variant>

#include "base/byte_source.h"
#include "base/path.h"
#include "read/sniff.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

/// Files and folders of one folder, hidden ones apart.
Status list(const fs::path& folder, Folders folders, std::vector<fs::path>& files) {
  std::error_code failed;
  std::vector<fs::path> below;
  for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    std::error_code unknown;
    if (is_hidden(entry->path())) continue;
    if (entry->is_regular_file(unknown)) {
      files.push_back(entry->path());
    } else if (folders == Folders::Recursive && !entry->is_symlink(unknown) &&
               entry->is_directory(unknown)) {
      below.push_back(entry->path());
    }
  }
  if (failed) {
    return fail(ErrorCode::Io, folder,
                fmt::format("the folder {} cannot be read: {}", quoted(folder), failed.message()));
  }
  for (const fs::path& inner : below) LATENT_CHECK(list(inner, folders, files));
  return {};
}

}  // namespace

bool takes(const TaskRow& row, const fs::path& file) {
  const auto bytes = open_bytes(file);
  if (!bytes) return true;  // it is named as any other source that cannot be read
  const auto found = read::sniff(**bytes, file);
  if (!found || found->bytes == 0) return false;
  if (found->named_like_raw) return true;
  if (std::holds_alternative<tasks::RawDenoiseSettings>(row.defaults)) return false;
  using read::FileKind;
  constexpr std::array kPictures{FileKind::Jpeg, FileKind::Png, FileKind::JpegXl, FileKind::Exr,
                                 FileKind::Tiff};
  return std::ranges::find(kPictures, found->kind) != kPictures.end();
}

bool matches_name(const fs::path& file, const std::vector<std::string>& patterns) {
  const std::string name = file.filename().native();
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), name.c_str(), FNM_CASEFOLD) == 0;
  });
}

Result<std::vector<fs::path>> gathered(const std::vector<fs::path>& named, const TaskRow& row,
                                       Folders folders) {
  std::vector<fs::path> sources;
  for (const fs::path& source : named) {
    std::error_code unknown;
    if (!fs::is_directory(source, unknown)) {
      sources.push_back(source);
      continue;
    }
    std::vector<fs::path> files;
    LATENT_CHECK(list(source, folders, files));
    std::erase_if(files, [&](const fs::path& file) { return !takes(row, file); });
    if (files.empty()) {
      return fail(
          ErrorCode::Usage, source,
          fmt::format(
              "the folder {} holds no photograph that {} takes{}", quoted(source), row.id,
              folders == Folders::Flat ? "; --recursive looks into the folders below, too" : ""));
    }
    std::ranges::sort(files);
    sources.insert(sources.end(), files.begin(), files.end());
  }
  return sources;
}

}  // namespace latent::app
