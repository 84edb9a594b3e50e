// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/output_plan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/name_pattern.h"
#include "base/path.h"
#include "base/target_place.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostDigits = 4;  // of such a number
constexpr int kMaxFolders = 16;         // that a name may carry

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

/// "photo" of "photo_denoise" and, as names are numbered, of "photo_denoise_2".
std::string without_suffix(const std::string& stem, const std::string& suffix) {
  if (suffix.empty()) return stem;
  const auto cut = [&](std::string_view text) {
    return stem.substr(0, text.size() - suffix.size());
  };
  if (stem.ends_with(suffix)) return cut(stem);
  const auto line = stem.rfind('_');
  if (line == std::string::npos) return stem;
  const std::string_view number = std::string_view(stem).substr(line + 1);
  const std::string_view before = std::string_view(stem).substr(0, line);
  const bool numbered = !number.empty() && number.size() <= kMostDigits && number.front() != '0' &&
                        number.find_first_not_of("0123456789") == std::string_view::npos;
  return numbered && before.ends_with(suffix) ? cut(before) : stem;
}

/// "<base><words><suffix>.<extension>"; a suffix that the base has already is not added again.
fs::path file_name(const fs::path& source, const std::string& words, const std::string& suffix,
                   const std::string& extension) {
  return without_suffix(source.stem().native(), suffix) + words + suffix + "." + extension;
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

std::string stem_without_suffix(const fs::path& file, const std::string& suffix) {
  return without_suffix(file.stem().native(), suffix);
}

OutputPlan::OutputPlan(const std::vector<fs::path>& sources, const std::string& suffix,
                       const std::string& extension, OutputRule rule, const KnownResults& known,
                       const NameSources& names)
    : suffix_(suffix), extension_(extension), rule_(std::move(rule)) {
  for (const fs::path& source : sources) {
    Entry& entry = entries_.emplace_back();
    entry.source = source;
    entry.identity = without_links(source);
    const auto own = rule_for(entries_.size() - 1, names);
    if (!own) entry.unnamed = own.error();
    entry.wanted = usual_name(source, suffix_, extension_, own ? *own : OutputRule{});
    const std::string stem = source.stem().native();
    entry.has_suffix = without_suffix(stem, suffix_) != stem;
  }
  leave_out_same_files();
  leave_out_results(known);
  for (const Entry& entry : entries_) {
    if (entry.left_out) continue;
    sources_.insert(entry.identity);
    sources_.insert(place_of(entry.source));
  }
  for (const auto& [place, group] : places_wanted()) {
    if (!rule_.file && !is_source(place)) tell_apart(group);
  }
  find_shared();
}

fs::path OutputPlan::usual_name(const fs::path& source, const std::string& suffix,
                                const std::string& extension, const OutputRule& rule) {
  return rule.file.value_or(rule.folder.value_or(source.parent_path()) /
                            file_name(source, "", suffix, extension));
}

/// The rule with its variables replaced for one source.
Result<OutputRule> OutputPlan::rule_for(std::size_t index, const NameSources& names) const {
  const fs::path& source = entries_[index].source;
  const NameFacts facts{source, index + 1, names.task, suffix_,
                        [&] { return names.taken ? names.taken(source) : std::nullopt; }};
  OutputRule own = rule_;
  if (rule_.file) {
    LATENT_TRY(own.file, expanded(*rule_.file, facts));
  }
  if (rule_.folder) {
    LATENT_TRY(own.folder, expanded(*rule_.folder, facts));
  }
  return own;
}

void OutputPlan::leave_out_same_files() {
  std::map<std::pair<dev_t, ino_t>, const Entry*> first;
  for (Entry& entry : entries_) {
    struct stat facts {};
    if (::stat(entry.source.c_str(), &facts) != 0) continue;
    const auto [known, fresh] = first.try_emplace({facts.st_dev, facts.st_ino}, &entry);
    if (!fresh) entry.left_out = LeftOut{LeftOut::Why::SameFile, known->second->source, {}};
  }
}

OutputPlan::Places OutputPlan::places_wanted() {
  Places places;
  for (Entry& entry : entries_) {
    if (!entry.left_out) places[place_of(entry.wanted)].push_back(&entry);
  }
  return places;
}

void OutputPlan::leave_out_results(const KnownResults& known) {
  if (!known.made_by || rule_.file) return;
  const Places places = places_wanted();
  for (Entry& entry : entries_) {
    if (!entry.left_out) entry.left_out = judge_result(entry, places, known);
  }
}

std::optional<LeftOut> OutputPlan::judge_result(const Entry& entry, const Places& places,
                                                const KnownResults& known) const {
  const auto another_at = [&](const fs::path& place) -> const Entry* {
    const auto found = places.find(place);
    if (found == places.end()) return nullptr;
    const auto other = std::ranges::find_if(
        found->second, [&](const Entry* each) { return each->identity != entry.identity; });
    return other == found->second.end() ? nullptr : *other;
  };
  const fs::path here = place_of(entry.source);
  const fs::path wanted = place_of(entry.wanted);
  const Entry* other = another_at(here);
  if (other == nullptr && entry.has_suffix) other = another_at(wanted);
  if (known.by_name) {
    return other == nullptr ? std::nullopt
                            : std::optional(LeftOut{LeftOut::Why::ResultOf, other->source, {}});
  }
  if (known.again) {
    const bool in_its_way = other != nullptr && rule_.if_exists != IfExists::NextFreeName;
    if (!in_its_way || !known.made_by(entry.source)) return std::nullopt;
    return LeftOut{LeftOut::Why::ResultOf, other->source, {}};
  }
  const bool contested = other != nullptr || wanted == here;
  const auto by = contested ? known.made_by(entry.source) : std::nullopt;
  return by ? std::optional(LeftOut{LeftOut::Why::Result, {}, *by}) : std::nullopt;
}

const std::optional<LeftOut>& OutputPlan::left_out(std::size_t index) const {
  static const std::optional<LeftOut> nothing;
  return index < entries_.size() ? entries_[index].left_out : nothing;
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
    if (entry.left_out) continue;
    const auto [owner, fresh] = owners.try_emplace(place_of(entry.wanted), &entry);
    if (!fresh && owner->second->identity != entry.identity) {
      entry.shared_with = owner->second->source;
    }
  }
}

Result<fs::path> OutputPlan::free_name(const fs::path& wanted) const {
  return first_free_name(wanted, [this](const fs::path& name) { return is_taken(name); });
}

Result<OutputName> OutputPlan::name(std::size_t index) const {
  if (index >= entries_.size()) return fail(ErrorCode::Internal, "the plan has no such source");
  const Entry& entry = entries_[index];
  if (entry.unnamed) return tl::make_unexpected(*entry.unnamed);
  const bool pattern = rule_.file && has_variables(*rule_.file);
  if ((rule_.folder && !rule_.file) || pattern) {
    LATENT_CHECK(make_folder(entry.wanted.has_parent_path() ? entry.wanted.parent_path() : "."));
  }
  OutputName name;
  name.path = entry.wanted;
  if (rule_.if_exists == IfExists::NextFreeName && !rule_.file) {
    LATENT_TRY(name.path, free_name(entry.wanted));
    name.another = [this, &entry] { return free_name(entry.wanted); };
    return name;
  }
  const bool exists = there(name.path);
  // What is left as it is may be a source of this run, too.
  name.skip = exists && !entry.shared_with && rule_.if_exists == IfExists::Skip;
  if (name.skip) return name;
  LATENT_CHECK(refuse_what_is_not_its_own(entry));
  // Also where nothing is there yet: the rule holds when the result is written, hours later.
  name.overwrite = rule_.if_exists == IfExists::Overwrite;
  if (!exists) return name;
  // Before the work: what is no file is never replaced.
  if (name.overwrite) LATENT_CHECK(place_for(name.path, Overwrite::Replace));
  if (name.overwrite) return name;
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
