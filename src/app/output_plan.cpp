// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "base/path.h"
#include "base/target_place.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr int kMaxNumber = 9999;
constexpr int kMaxFolders = 16;  // that a name may carry

/// What a name may carry to be told from others.
struct Label {
  int folders = 0;  ///< the last ones of the source's path
  enum class Ending { Without, With } ending = Ending::Without;
};

bool there(const fs::path& path) {
  std::error_code ignored;
  return fs::symlink_status(path, ignored).type() != fs::file_type::not_found;
}

fs::path spelled_out(const fs::path& path) {
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  return (failed ? path : whole).lexically_normal();
}

/// The path without links, as far as it exists.
fs::path without_links(const fs::path& path) {
  std::error_code failed;
  const fs::path whole = fs::absolute(path, failed);
  const fs::path found = failed ? path : fs::weakly_canonical(whole, failed);
  return failed ? spelled_out(path) : found.lexically_normal();
}

/// Where a name stands, itself not followed if it is a link.
fs::path place_of(const fs::path& path) {
  return without_links(path.has_parent_path() ? path.parent_path() : ".") / path.filename();
}

/// "_2024_c1_jpg" of "2024/c1/photo.jpg", with two folders and the ending.
std::string words_of(const Label& label, const fs::path& source) {
  std::string words;
  fs::path folder = spelled_out(source).parent_path();
  for (int i = 0; i < label.folders && folder.has_filename(); ++i) {
    words.insert(0, folder.filename().native()).insert(0, "_");
    folder = folder.parent_path();
  }
  const std::string ending = source.extension().native();
  if (label.ending == Label::Ending::With && ending.size() > 1) words += "_" + ending.substr(1);
  return words;
}

/// "<base><words><suffix>.<extension>"; a suffix that the base has already is not added again.
fs::path file_name(const fs::path& source, const std::string& words, const std::string& suffix,
                   const std::string& extension) {
  std::string base = source.stem().native();
  if (base.ends_with(suffix)) base.resize(base.size() - suffix.size());
  return base + words + suffix + "." + extension;
}

Status make_folder(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  std::error_code unknown;
  if (failed || !fs::is_directory(folder, unknown)) {
    return fail(
        ErrorCode::Io, folder,
        fmt::format("the output folder {} cannot be made: {}", quoted(folder), failed.message()));
  }
  return {};
}

}  // namespace

OutputPlan::OutputPlan(const std::vector<fs::path>& sources, const std::string& suffix,
                       const std::string& extension, OutputRule rule)
    : suffix_(suffix), extension_(extension), rule_(std::move(rule)) {
  for (const fs::path& source : sources) {
    const fs::path identity = without_links(source);
    const fs::path wanted = rule_.file.value_or(rule_.folder.value_or(source.parent_path()) /
                                                file_name(source, "", suffix_, extension_));
    entries_.push_back({source, identity, wanted, std::nullopt});
    sources_.insert(identity);
    sources_.insert(place_of(source));
  }
  std::map<fs::path, Group> groups;
  for (Entry& entry : entries_) {
    if (!rule_.file && !is_source(entry.wanted)) groups[place_of(entry.wanted)].push_back(&entry);
  }
  for (const auto& [place, group] : groups) tell_apart(group);
  find_shared();
}

bool OutputPlan::is_source(const fs::path& path) const {
  return sources_.contains(place_of(path)) || sources_.contains(without_links(path));
}

bool OutputPlan::is_taken(const fs::path& path) const { return there(path) || is_source(path); }

void OutputPlan::tell_apart(const Group& group) {
  const auto tells_apart = [&](const Label& label) {
    std::map<std::string, fs::path> owners;
    return std::ranges::all_of(group, [&](const Entry* entry) {
      const auto owner = owners.try_emplace(words_of(label, entry->source), entry->identity).first;
      return owner->second == entry->identity;
    });
  };
  // From nothing, which is enough where all are the same picture, to more and more.
  for (int folders = 0; folders <= kMaxFolders; ++folders) {
    for (const auto ending : {Label::Ending::Without, Label::Ending::With}) {
      const Label label{folders, ending};
      if (!tells_apart(label)) continue;
      for (Entry* entry : group) {
        entry->wanted.replace_filename(
            file_name(entry->source, words_of(label, entry->source), suffix_, extension_));
      }
      return;
    }
  }
  // Nothing does: find_shared() has them fail.
}

void OutputPlan::find_shared() {
  std::map<fs::path, const Entry*> owners;
  for (Entry& entry : entries_) {
    const auto [owner, fresh] = owners.try_emplace(place_of(entry.wanted), &entry);
    if (!fresh && owner->second->identity != entry.identity) {
      entry.shared_with = owner->second->source;
    }
  }
}

Result<fs::path> OutputPlan::free_name(const fs::path& wanted) const {
  if (!is_taken(wanted)) return wanted;
  for (int number = 1; number <= kMaxNumber; ++number) {
    fs::path candidate = wanted.parent_path() / fmt::format("{}_{}{}", wanted.stem().native(),
                                                            number, wanted.extension().native());
    if (!is_taken(candidate)) return candidate;
  }
  return fail(ErrorCode::Io, wanted,
              fmt::format("{} and all its numbered names up to _{} are taken; move some away",
                          quoted(wanted), kMaxNumber));
}

Result<OutputName> OutputPlan::name(std::size_t index) const {
  if (index >= entries_.size()) return fail(ErrorCode::Internal, "the plan has no such source");
  const Entry& entry = entries_[index];
  if (rule_.folder && !rule_.file) LATENT_CHECK(make_folder(*rule_.folder));
  OutputName name;
  name.path = entry.wanted;
  if (rule_.if_exists == IfExists::NextFreeName && !rule_.file) {
    LATENT_TRY(name.path, free_name(entry.wanted));
    return name;
  }
  LATENT_CHECK(refuse_what_is_not_its_own(entry));
  if (!there(name.path)) return name;
  name.skip = rule_.if_exists == IfExists::Skip;
  name.overwrite = rule_.if_exists == IfExists::Overwrite;
  // Before the work: what is no file is never replaced.
  if (name.overwrite) LATENT_CHECK(place_for(name.path, Overwrite::Replace));
  if (name.skip || name.overwrite) return name;
  return fail(ErrorCode::Usage, name.path,
              fmt::format("{} is there already; use --overwrite to replace it or "
                          "--skip-existing to leave it",
                          quoted(name.path)));
}

Status OutputPlan::refuse_what_is_not_its_own(const Entry& entry) const {
  LATENT_CHECK(check_is_not_source(entry.wanted, entry.source));
  if (is_source(entry.wanted)) {
    return fail(ErrorCode::Usage, entry.source,
                fmt::format("the result of {} would replace {}, which is a source of this run; "
                            "name another output with -o or -O",
                            quoted(entry.source), quoted(entry.wanted)));
  }
  if (entry.shared_with) {
    return fail(
        ErrorCode::Usage, entry.source,
        fmt::format("the result of {} would be called {}, as that of {}; "
                    "name another output with -o or -O",
                    quoted(entry.source), quoted(entry.wanted), quoted(*entry.shared_with)));
  }
  return {};
}

}  // namespace latent::app
