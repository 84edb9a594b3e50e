// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/store_state.h"

#include <algorithm>

#include "models/manifest/fields.h"
#include "models/manifest/manifest.h"

namespace latent::models {
namespace {

constexpr std::size_t kMaxStateBytes = std::size_t{4} << 20U;
constexpr std::int64_t kMost = INT64_MAX;
constexpr const char* kFormat = "state.json";

Origin read_origin(Fields fields) {
  Origin origin;
  origin.kind = fields.text("kind");
  origin.source = fields.text("source");
  origin.version = fields.text("version");
  origin.sha256 = fields.text("sha256");
  origin.when = fields.text("when");
  origin.mark.bytes = static_cast<std::uint64_t>(fields.integer("bytes", 0, kMost));
  origin.mark.mtime_ns = fields.integer("mtime_ns", INT64_MIN, kMost);
  origin.mark.inode = static_cast<std::uint64_t>(fields.integer("inode", 0, kMost));
  fields.refuse_unknown(kFormat);
  return origin;
}

Json::Object origin_json(const Origin& origin) {
  return {{"kind", origin.kind},
          {"source", origin.source},
          {"version", origin.version},
          {"sha256", origin.sha256},
          {"when", origin.when},
          {"bytes", static_cast<std::int64_t>(origin.mark.bytes)},
          {"mtime_ns", origin.mark.mtime_ns},
          {"inode", static_cast<std::int64_t>(origin.mark.inode)}};
}

Repository read_repository(Fields fields) {
  Repository repository;
  repository.name = fields.text("name");
  if (!is_repository_name(repository.name)) fields.fault("name", "is no name of a repository");
  repository.url = fields.text("url");
  repository.key = fields.text("key");
  repository.serial = fields.integer("serial", 0, kMost);
  repository.index_sha256 = fields.text("index_sha256");
  fields.refuse_unknown(kFormat);
  return repository;
}

Json::Object repository_json(const Repository& repository) {
  return {{"name", repository.name},
          {"url", repository.url},
          {"key", repository.key},
          {"serial", repository.serial},
          {"index_sha256", repository.index_sha256}};
}

std::string safe_id(Fields& fields, std::string_view key, std::string id) {
  if (!is_safe_id(id)) fields.fault(key, "must be the id of a model");
  return id;
}

void read_all(Fields& top, StoreState& state) {
  (void)top.integer("latent_store", 1, 1);
  Fields enabled = top.object("enabled");
  for (const auto& entry : enabled.all()) {
    std::string id = enabled.text(entry.first);
    if (!id.empty()) id = safe_id(enabled, entry.first, id);
    state.enabled[entry.first] = id;
  }
  for (const std::string& id : top.texts("pinned")) {
    state.pinned.insert(safe_id(top, "pinned", id));
  }
  Fields origins = top.object("origins");
  for (const auto& entry : origins.all()) {
    state.origins[safe_id(origins, entry.first, entry.first)] =
        read_origin(origins.object(entry.first));
  }
  for (const Json& entry : top.array("repositories")) {
    state.repositories.push_back(
        read_repository(top.entry(entry, "repositories", state.repositories.size())));
  }
  if (top.optional("pending") != nullptr) {
    Fields pending = top.object("pending");
    state.pending = Pending{safe_id(pending, "id", pending.text("id")),
                            static_cast<std::uint64_t>(pending.integer("inode", 0, kMost))};
    pending.refuse_unknown(kFormat);
  }
  top.refuse_unknown(kFormat);
}

}  // namespace

Repository default_repository() {
  return {.name = "darktable", .url = "darktable-org/darktable-ai", .key = "", .index_sha256 = ""};
}

StoreState new_state() {
  StoreState state;
  state.repositories.push_back(default_repository());
  return state;
}

bool is_repository_name(std::string_view name) {
  return is_safe_id(name) && name.size() <= 64 &&
         std::ranges::none_of(name, [](char letter) { return letter >= 'A' && letter <= 'Z'; });
}

Result<StoreState> parse_state(std::string_view text) {
  LATENT_TRY(const Json json, parse_json(text, "state.json", kMaxStateBytes));
  std::string fault;
  Fields top(json, "", fault);
  StoreState state;
  read_all(top, state);
  if (!fault.empty()) return fail(ErrorCode::Corrupt, "state.json: " + fault);
  return state;
}

std::string dump_state(const StoreState& state) {
  Json::Object enabled;
  for (const auto& [task, id] : state.enabled) enabled[task] = id;
  Json::Array pinned(state.pinned.begin(), state.pinned.end());
  Json::Object origins;
  for (const auto& [id, origin] : state.origins) origins[id] = origin_json(origin);
  Json::Array repositories;
  for (const Repository& repository : state.repositories) {
    repositories.emplace_back(repository_json(repository));
  }
  Json::Object top{{"latent_store", std::int64_t{1}},
                   {"enabled", std::move(enabled)},
                   {"pinned", std::move(pinned)},
                   {"origins", std::move(origins)},
                   {"repositories", std::move(repositories)}};
  if (state.pending) {
    top["pending"] = Json::Object{{"id", state.pending->id},
                                  {"inode", static_cast<std::int64_t>(state.pending->inode)}};
  }
  return dump_json(top);
}

}  // namespace latent::models
