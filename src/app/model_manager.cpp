// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <tuple>

#include "app/model_policy.h"
#include "app/standard_paths.h"
#include "base/path.h"
#include "models/store/local_int8.h"
#include "models/store/registry.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;

std::string ids_of(const std::vector<ModelEntry>& entries) {
  if (entries.empty()) return "no model is installed";
  std::string text = "there are";
  const char* separator = " ";
  for (const ModelEntry& entry : entries) {
    text += separator + entry.id;
    separator = ", ";
  }
  return text;
}

/// Whether a package is another file than the one that was installed. Size, time and inode only
/// spare the hashing: a copy of the store has other ones.
bool differs(const models::Origin& origin, const models::PackagePlace& place,
             models::FactsCache& cache) {
  const auto mark = models::mark_of(place.path);
  if (mark && *mark == origin.mark) return false;
  return cache.sha256_of(place) != origin.sha256;
}

}  // namespace

Result<ModelEntry> ModelManager::pick(const std::vector<ModelEntry>& entries,
                                      const std::string& id) {
  const auto found = std::ranges::find(entries, id, &ModelEntry::id);
  if (found != entries.end()) return *found;
  return fail(ErrorCode::NotFound, "there is no model '" + printable(id) + "'; " + ids_of(entries));
}

Result<models::Policy> ModelManager::policy() const { return read_policy(setup_.policy_file); }

Result<std::vector<ModelEntry>> ModelManager::list(std::vector<std::string>* notices) const {
  const auto tell = [&](const Error& error) {
    if (notices != nullptr) notices->push_back(error.sentence);
  };
  const auto rules = policy();
  if (!rules) tell(rules.error());
  const auto kept = store_.state();
  if (!kept) tell(kept.error());
  const models::StoreState state = kept ? *kept : models::new_state();
  models::FactsCache cache(setup_.store.empty() ? fs::path{} : setup_.store / "facts.json");
  std::vector<ModelEntry> entries;
  const auto add = [&](const models::PackagePlace& place, bool built_in) {
    const auto same = std::ranges::find(entries, place.id, &ModelEntry::id);
    if (same != entries.end()) {
      same->overrides_built_in = !same->built_in;
      return;
    }
    ModelEntry entry;
    entry.id = place.id;
    entry.path = place.path;
    entry.built_in = built_in;
    entry.facts = cache.facts_of(place, setup_.limits);
    entry.objections = rules      ? models::objections(*rules, entry.facts.trust)
                       : built_in ? std::vector<std::string>{}
                                  : std::vector<std::string>{rules.error().sentence};
    const auto origin = state.origins.find(place.id);
    if (!built_in && origin != state.origins.end()) {
      entry.origin = origin->second;
      entry.changed = differs(*entry.origin, place, cache);
    }
    entry.pinned = state.pinned.contains(place.id);
    entries.push_back(std::move(entry));
  };
  for (const auto& place : store_.packages()) add(place, false);
  for (const auto& place : models::Registry(setup_.built_in).list()) add(place, true);
  std::error_code code;
  if (cache.changed() && fs::is_directory(setup_.store, code)) {
    if (const auto lock = store_.try_lock()) cache.save();
  }
  std::set<std::string> tasks;
  for (const ModelEntry& entry : entries) tasks.insert(entry.facts.task);
  for (const std::string& task : tasks) {
    const std::string id = enabled_id(task, state, entries);
    for (ModelEntry& entry : entries) {
      if (entry.facts.task == task && entry.id == id) entry.enabled = true;
    }
  }
  std::ranges::sort(entries, [](const ModelEntry& a, const ModelEntry& b) {
    return std::tie(a.facts.task, a.id) < std::tie(b.facts.task, b.id);
  });
  return entries;
}

std::string ModelManager::enabled_id(const std::string& task, const models::StoreState& state,
                                     const std::vector<ModelEntry>& entries) const {
  const auto serves = [&](const ModelEntry& entry) {
    return entry.facts.task == task && entry.facts.problem.empty();
  };
  if (const auto chosen = state.enabled.find(task); chosen != state.enabled.end()) {
    if (chosen->second.empty()) return "";
    for (const ModelEntry& entry : entries) {
      if (entry.id == chosen->second && serves(entry)) return entry.id;
    }
  }
  // Of those that ship, the first by name; whether the user has imported one of them changes nothing.
  std::string first;
  for (const ModelEntry& entry : entries) {
    const bool ships = entry.built_in || entry.overrides_built_in;
    if (ships && serves(entry) && (first.empty() || entry.id < first)) first = entry.id;
  }
  return first;
}

Result<ModelEntry> ModelManager::find(const std::string& id) const {
  LATENT_TRY(const auto entries, list());
  return pick(entries, id);
}

Result<ModelEntry> ModelManager::enabled(const std::string& task,
                                         std::vector<std::string>* notices) const {
  LATENT_TRY(const auto entries, list(notices));
  for (const ModelEntry& entry : entries) {
    if (!entry.enabled || entry.facts.task != task) continue;
    if (!entry.objections.empty()) return refused_by_policy(entry.id, entry.objections);
    return entry;
  }
  return fail(ErrorCode::NotFound, "no model is enabled for the task '" + printable(task) +
                                       "'; see latent models list, or give --model");
}

Status ModelManager::remove(const std::string& id) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  LATENT_TRY(const auto entries, list());
  LATENT_TRY(const ModelEntry entry, pick(entries, id));
  if (entry.built_in) {
    return fail(ErrorCode::Unsupported,
                "the model '" + printable(id) +
                    "' came with the program and cannot be removed; to stop "
                    "using it, run latent models disable");
  }
  auto& enabled = writer.state.enabled;
  if (const auto chosen = enabled.find(entry.facts.task);
      chosen != enabled.end() && chosen->second == id && !entry.overrides_built_in) {
    enabled.erase(chosen);
  }
  LATENT_CHECK(writer.remove(id));
  // What was made of it here goes with it; there may be none.
  if (const Status gone = models::remove_local_int8(setup_.store, id);
      !gone && gone.error().code != ErrorCode::NotFound) {
    return gone;
  }
  return {};
}

Status ModelManager::enable(const std::string& id) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  LATENT_TRY(const auto entries, list());
  LATENT_TRY(const ModelEntry entry, pick(entries, id));
  if (!entry.facts.problem.empty()) return fail(ErrorCode::Corrupt, entry.facts.problem);
  if (!entry.objections.empty()) return refused_by_policy(id, entry.objections);
  writer.state.enabled[entry.facts.task] = id;
  return writer.save();
}

Status ModelManager::disable(const std::string& id) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  LATENT_TRY(const auto entries, list());
  LATENT_TRY(const ModelEntry entry, pick(entries, id));
  if (!entry.enabled) return {};
  writer.state.enabled[entry.facts.task] = "";
  return writer.save();
}

Status ModelManager::pin(const std::string& id, Pin how) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  LATENT_TRY(const auto entries, list());
  LATENT_TRY(const ModelEntry entry, pick(entries, id));
  if (how == Pin::Keep) {
    writer.state.pinned.insert(entry.id);
  } else {
    writer.state.pinned.erase(entry.id);
  }
  return writer.save();
}

Result<VerifiedModel> ModelManager::verify(const std::string& id, Run run,
                                           const RunControl& control) const {
  LATENT_TRY(const ModelEntry entry, find(id));
  LATENT_TRY(auto package, models::Package::judge(entry.path, setup_.limits, control));
  if (package.manifest().id != id) {
    return fail(
        ErrorCode::Corrupt, entry.path,
        quoted(entry.path) + " is the package '" + package.manifest().id + "' under another name");
  }
  if (entry.origin && entry.origin->sha256 != package.sha256()) {
    return fail(ErrorCode::Corrupt, entry.path,
                "model package " + quoted(entry.path) +
                    " is not the file that was installed; import it anew if "
                    "the change is yours");
  }
  VerifiedModel verified{.id = id,
                         .version = package.manifest().version,
                         .sha256 = package.sha256(),
                         .files = package.files().size(),
                         .report = {}};
  if (auto made = models::read_local_int8(setup_.store, id)) {
    package.use_local_int8(*std::move(made));
  } else if (made.error().code != ErrorCode::NotFound) {
    return tl::make_unexpected(std::move(made).error());
  }
  if (run == Run::Goldens) {
    LATENT_TRY(verified.report, check_package(package, setup_.check, control));
  }
  return verified;
}

ModelSetup standard_model_setup() { return model_setup(standard_places()); }

ModelSetup model_setup(const Places& places) {
  ModelSetup setup;
  setup.store = places.store;
  setup.built_in = places.built_in;
  setup.policy_file = places.policy_file();
  setup.check.run_golden = [](const models::Network& network, const infer::EngineRequest& request) {
    return infer::check_golden(network, request);
  };
  setup.check.open_graph = infer::open_tensor_session;
  setup.check.try_tile = [](const models::Network& network, Size tile,
                            const infer::EngineRequest& request) {
    return infer::try_one_tile(network, tile, request);
  };
  setup.check.request.device = "cpu";
  setup.check.request.precision = infer::Precision::F32;
  return setup;
}

}  // namespace latent::app
