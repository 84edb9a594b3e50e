// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_name.h"

#include <fmt/format.h>

#include <system_error>

#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxNumber = 9999;

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code failed;
  return there(a) && there(b) && fs::equivalent(a, b, failed) && !failed;
}

fs::path with_suffix(const fs::path& source, const std::string& suffix,
                     const std::string& extension) {
  std::string base = source.stem().native();
  if (!base.ends_with(suffix)) base += suffix;
  return base + "." + extension;
}

Status make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed || !fs::is_directory(folder)) {
    return fail(ErrorCode::Io, fmt::format("the output folder {} cannot be made: {}",
                                           quoted(folder), failed.message()));
  }
  return {};
}

Result<fs::path> next_free_name(const fs::path& wanted) {
  for (int number = 1; number <= kMaxNumber; ++number) {
    fs::path candidate = wanted.parent_path() / fmt::format("{}_{}{}", wanted.stem().native(),
                                                            number, wanted.extension().native());
    if (!there(candidate)) return candidate;
  }
  return fail(ErrorCode::Io,
              fmt::format("{} and all its numbered names up to _{} are taken; move some away",
                          quoted(wanted), kMaxNumber));
}

}  // namespace

Result<OutputName> output_name(const fs::path& source, const std::string& suffix,
                               const std::string& extension, const OutputRule& rule) {
  OutputName name;
  if (rule.file) {
    name.path = *rule.file;
  } else {
    if (rule.folder) LATENT_CHECK(make_folder(*rule.folder));
    name.path = rule.folder.value_or(source.parent_path()) / with_suffix(source, suffix, extension);
  }
  const bool is_source = same_file(name.path, source);
  if (is_source && (rule.file || rule.if_exists != IfExists::NextFreeName)) {
    return fail(ErrorCode::Usage, fmt::format("{} is the source itself, which is never replaced; "
                                              "name another output with -o or -O",
                                              quoted(name.path)));
  }
  if (!there(name.path)) return name;
  switch (rule.if_exists) {
    case IfExists::Skip:
      name.skip = true;
      return name;
    case IfExists::Overwrite:
      name.overwrite = true;
      return name;
    case IfExists::Refuse:
      break;
    case IfExists::NextFreeName:
      if (rule.file) break;
      LATENT_TRY(name.path, next_free_name(name.path));
      return name;
  }
  return fail(ErrorCode::Usage, fmt::format("{} is there already; use --overwrite to replace it or "
                                            "--skip-existing to leave it",
                                            quoted(name.path)));
}

}  // namespace latent::app
