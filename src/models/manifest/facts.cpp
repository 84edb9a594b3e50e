// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/facts.h"

#include <algorithm>
#include <system_error>

#include "base/hash.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/fields.h"
#include "models/store/package.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxCacheBytes = std::size_t{16} << 20U;
constexpr std::int64_t kFormat = 2;

Json::Object json_of(const FileMark& mark, const PackageFacts& facts, const std::string& sha256) {
  return {{"bytes", static_cast<std::int64_t>(mark.bytes)},
          {"mtime_ns", mark.mtime_ns},
          {"inode", static_cast<std::int64_t>(mark.inode)},
          {"sha256", sha256},
          {"name", facts.name},
          {"task", facts.task},
          {"version", facts.version},
          {"description", facts.description},
          {"kinds", Json::Array(facts.kinds.begin(), facts.kinds.end())},
          {"licence", facts.trust.weights_licence},
          {"data_licence", facts.trust.data_licence},
          {"data", facts.trust.data},
          {"osaid", facts.trust.osaid},
          {"mof", facts.trust.mof},
          {"problem", facts.problem}};
}

FileMark mark_in(Fields& fields) {
  FileMark mark;
  mark.bytes = static_cast<std::uint64_t>(fields.integer("bytes", 0, INT64_MAX));
  mark.mtime_ns = fields.integer("mtime_ns", INT64_MIN, INT64_MAX);
  mark.inode = static_cast<std::uint64_t>(fields.integer("inode", 0, INT64_MAX));
  return mark;
}

PackageFacts facts_in(Fields& fields) {
  PackageFacts facts;
  facts.name = fields.text("name");
  facts.task = fields.text("task");
  facts.version = fields.text("version");
  facts.description = fields.text("description");
  facts.kinds = fields.texts("kinds");
  facts.trust = {fields.text("licence"), fields.text("data_licence"), fields.text("data"),
                 fields.text("osaid"), fields.text("mof")};
  facts.problem = fields.text("problem");
  return facts;
}

/// The file whose mark tells of a change: the archive, or a folder's config.json.
fs::path marked_file(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code) ? path / "config.json" : path;
}

PackageFacts read_facts(const PackagePlace& place, const Limits& limits) {
  const auto manifest = peek_manifest(place.path, limits);
  if (manifest && manifest->id == place.id) return facts_of_manifest(*manifest);
  PackageFacts facts;
  facts.problem = manifest ? quoted(place.path) + " is the package '" + printable(manifest->id) +
                                 "' under another name"
                           : manifest.error().sentence;
  return facts;
}

}  // namespace

PackageFacts facts_of_manifest(const Manifest& manifest) {
  PackageFacts facts;
  facts.name = manifest.name;
  facts.task = manifest.task;
  facts.version = manifest.version;
  facts.description = manifest.description;
  facts.trust = trust_of(manifest);
  if (manifest.latent) {
    for (const NetworkSpec& network : manifest.latent->networks) {
      facts.kinds.emplace_back(network_kind_name(network.kind));
    }
    if (!manifest.latent->graphs.empty()) facts.kinds.emplace_back("graph_v1");
  }
  std::ranges::sort(facts.kinds);
  const auto twice = std::ranges::unique(facts.kinds);
  facts.kinds.erase(twice.begin(), twice.end());
  return facts;
}

FactsCache::FactsCache(fs::path file) : file_(std::move(file)) {
  const auto text = read_small_file(file_, kMaxCacheBytes);
  const auto json = text ? parse_json(*text, "facts", kMaxCacheBytes) : Result<Json>(Json{});
  if (!text || !json) return;
  std::string fault;
  Fields top(*json, "", fault);
  (void)top.integer("facts", kFormat, kFormat);
  Fields packages = top.object("packages");
  for (const auto& entry : packages.all()) {
    Fields fields = packages.object(entry.first);
    Entry kept;
    kept.mark = mark_in(fields);
    kept.facts = facts_in(fields);
    kept.sha256 = fields.text("sha256");
    entries_.emplace(entry.first, std::move(kept));
  }
  if (!fault.empty()) entries_.clear();
}

PackageFacts FactsCache::facts_of(const PackagePlace& place, const Limits& limits) {
  // A path that is no UTF-8 is escaped: two of them may share a key, but not size, time and inode.
  const std::string key = displayed(place.path);
  const auto mark = mark_of(marked_file(place.path));
  const auto found = entries_.find(key);
  if (mark && found != entries_.end() && found->second.mark == *mark) {
    found->second.asked = true;
    return found->second.facts;
  }
  PackageFacts facts = read_facts(place, limits);
  if (mark) entries_.insert_or_assign(key, Entry{*mark, facts, "", true});
  changed_ = true;
  return facts;
}

std::optional<std::string> FactsCache::sha256_of(const PackagePlace& place) {
  std::error_code code;
  if (fs::is_directory(place.path, code)) return std::nullopt;
  // Before the file is read: one that changes meanwhile is hashed again next time.
  const auto mark = mark_of(place.path);
  if (!mark) return std::nullopt;
  const auto found = entries_.find(displayed(place.path));
  const bool known = found != entries_.end() && found->second.mark == *mark;
  if (known && !found->second.sha256.empty()) return found->second.sha256;
  const auto sha256 = sha256_file(place.path);
  if (!sha256) return std::nullopt;
  if (known) {
    found->second.sha256 = *sha256;
    changed_ = true;
  }
  return *sha256;
}

void FactsCache::save() const {
  Json::Object packages;
  for (const auto& [key, entry] : entries_) {
    if (entry.asked) packages[key] = json_of(entry.mark, entry.facts, entry.sha256);
  }
  const std::string text =
      dump_json(Json::Object{{"facts", kFormat}, {"packages", std::move(packages)}});
  (void)replace_file(file_, {text}, FileAccess::of(file_.parent_path()));
}

}  // namespace latent::models
