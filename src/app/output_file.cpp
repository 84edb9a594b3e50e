// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/target_place.h"
#include "base/text.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

/// "-", and the paths under which a process finds its own streams.
bool is_stream(const fs::path& path) {
  const std::string text = path.lexically_normal().native();
  const bool named = path.filename() == "-" || text == "/dev/stdout" || text == "/dev/stderr" ||
                     text == "/dev/stdin";
  return named || text.starts_with("/dev/fd/") || text.starts_with("/proc/self/fd/");
}

Status refuse_stream(const fs::path& path) {
  if (!is_stream(path)) return {};
  return fail(ErrorCode::Usage, path,
              fmt::format("{} is standard output, and Latent writes results to files only; name a "
                          "file, or a folder with -O",
                          quoted(path)));
}

bool is_ending(const fs::path& file, const std::string& ending) {
  const std::string found = lower_case(file.extension().native());
  return found == "." + ending || (ending == "tif" && found == ".tiff") ||
         (ending == "jpg" && found == ".jpeg");
}

}  // namespace

bool is_folder_name(const fs::path& output) {
  std::error_code unknown;
  return !output.empty() && (!output.has_filename() || fs::is_directory(output, unknown));
}

void recognise_folder(OutputRule& rule) {
  if (rule.folder || !rule.file || !is_folder_name(*rule.file)) return;
  rule.folder = std::move(rule.file);
  rule.file.reset();
}

fs::path file_in(const fs::path& output, const fs::path& source, const std::string& suffix,
                 const std::string& ending) {
  if (!is_folder_name(output)) return output;
  return output / (source.stem().native() + suffix + "." + ending);
}

Status check_output_file(const fs::path& file, const std::string& verb,
                         const std::vector<std::string>& endings) {
  LATENT_CHECK(refuse_stream(file));
  std::error_code unknown;
  if (is_folder_name(file)) {
    return fail(ErrorCode::Usage, file,
                fmt::format("{} is a folder, where -o (the output's file) names one file; use -O "
                            "(its folder)",
                            quoted(file)));
  }
  if (fs::exists(file, unknown)) LATENT_CHECK(place_for(file, Overwrite::Replace));
  if (std::ranges::any_of(endings, [&](const auto& each) { return is_ending(file, each); })) {
    return {};
  }
  return fail(ErrorCode::Usage, file,
              fmt::format("{} writes files that end in .{}, which {} does not; name it {}", verb,
                          fmt::join(endings, ", ."), quoted(file),
                          quoted(fs::path(file.filename()).replace_extension(endings.front()))));
}

Status check_output_folder(const fs::path& folder) {
  LATENT_CHECK(refuse_stream(folder));
  std::error_code unknown;
  const auto status = fs::status(folder, unknown);
  if (!fs::exists(status) || fs::is_directory(status)) return {};
  return fail(ErrorCode::Usage, folder,
              fmt::format("{} is no folder, so no results can be put into it; name another with -O",
                          quoted(folder)));
}

}  // namespace latent::app
