// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <system_error>

#include "app/model_manager.h"
#include "app/model_policy.h"
#include "base/path.h"
#include "models/manifest/checkpoint.h"
#include "models/store/pack.h"
#include "models/store/package.h"
#include "models/store/package_source.h"

namespace latent::app {

namespace fs = std::filesystem;

/// A package that lies in quarantine, not judged yet.
struct ModelManager::Arrival {
  fs::path file;
  std::string id;         ///< that it must have; empty: any
  models::Origin origin;  ///< kind and source
  const models::Offer* offer = nullptr;
};

namespace {

void step(const InstallOptions& options, const std::string& what) {
  if (options.on_step) options.on_step(what);
}

Status ask_user(const InstallOptions& options, const ModelQuestion& question) {
  if (!options.consent) return {};
  LATENT_TRY(const bool wanted, options.consent(question));
  if (wanted) return {};
  return fail(ErrorCode::Cancelled, "'" + printable(question.id) + "' was not installed");
}

/// What the index promised of a package, against what came.
Status hold_to_offer(const models::Offer& offer, const models::Package& package) {
  const auto wrong = [&](const std::string& problem) {
    return fail(ErrorCode::Corrupt, "the package of '" + printable(offer.id) + "' " + problem);
  };
  if (package.manifest().version != offer.version) {
    return wrong("is of version " + package.manifest().version + " where the index says " +
                 offer.version);
  }
  if (!offer.task.empty() && package.manifest().task != offer.task) {
    return wrong("is for the task '" + printable(package.manifest().task) +
                 "' where the index says '" + printable(offer.task) + "'");
  }
  if (package.sha256() != offer.sha256)
    return wrong("does not have the SHA-256 that the index gives");
  return {};
}

std::string version_of(const std::vector<ModelEntry>& entries, const std::string& id) {
  for (const ModelEntry& entry : entries) {
    if (entry.id == id && !entry.built_in) return entry.facts.version;
  }
  return "";
}

/// The first model of a task that has none becomes the one it uses.
bool enable_if_first(models::StoreState& state, const std::vector<ModelEntry>& entries,
                     const std::string& id, const std::string& task) {
  for (const ModelEntry& entry : entries) {
    if (entry.facts.task == task && entry.enabled) return entry.id == id;
  }
  if (const auto chosen = state.enabled.find(task);
      chosen != state.enabled.end() && chosen->second.empty()) {
    return false;  // the user wants none
  }
  state.enabled[task] = id;
  return true;
}

models::Origin origin_from(const std::string& kind, const std::string& source) {
  models::Origin origin;
  origin.kind = kind;
  origin.source = source;
  return origin;
}

bool came_from_repository(const ModelEntry& entry) {
  return entry.origin && entry.origin->kind == "repository";
}

fs::path in_folder(const fs::path& folder, const std::string& id) {
  std::error_code code;
  fs::path archive = folder / (id + ".dtmodel");
  if (fs::exists(archive, code)) return archive;
  return fs::exists(folder / id / "config.json", code) ? folder / id : fs::path{};
}

}  // namespace

Result<InstalledModel> ModelManager::settle(models::StoreWriter& writer, const Arrival& arrival,
                                            const InstallOptions& options,
                                            const RunControl& control) const {
  step(options, "checking");
  LATENT_TRY(const auto package, models::Package::judge(arrival.file, setup_.limits, control));
  const models::Manifest& manifest = package.manifest();
  if (!arrival.id.empty() && manifest.id != arrival.id) {
    return fail(ErrorCode::Corrupt, "the package from '" + printable(arrival.origin.source) +
                                        "' is '" + manifest.id + "' where '" +
                                        printable(arrival.id) + "' was wanted");
  }
  if (arrival.offer != nullptr) LATENT_CHECK(hold_to_offer(*arrival.offer, package));
  const models::TrustFacts trust = models::trust_of(manifest);
  LATENT_TRY(const models::Policy rules, policy());
  LATENT_CHECK(hold_to_policy(rules, manifest.id, trust));
  if (arrival.offer == nullptr || !(arrival.offer->trust == trust)) {
    LATENT_TRY(const models::FileMark mark, models::mark_of(arrival.file));
    LATENT_CHECK(ask_user(
        options, {manifest.id, manifest.version, arrival.origin.source, mark.bytes, trust, true}));
  }
  step(options, "trying");
  LATENT_TRY(CheckReport report, check_package(package, setup_.check, control));
  models::checkpoint("package-judged");
  LATENT_TRY(const auto entries, list());
  InstalledModel installed{
      .id = manifest.id,
      .version = manifest.version,
      .previous_version = version_of(entries, manifest.id),
      .task = manifest.task,
      .enabled = enable_if_first(writer.state, entries, manifest.id, manifest.task),
      .trust = trust,
      .report = std::move(report)};
  if (options.pin) writer.state.pinned.insert(manifest.id);
  models::Origin origin = arrival.origin;
  origin.version = manifest.version;
  origin.sha256 = package.sha256();
  origin.when = models::now_utc();
  LATENT_CHECK(control.check());
  LATENT_CHECK(writer.replace(manifest.id, arrival.file, std::move(origin)));
  return installed;
}

Result<InstalledModel> ModelManager::install_offer(models::StoreWriter& writer,
                                                   const CatalogueEntry& entry,
                                                   const InstallOptions& options,
                                                   const RunControl& control) const {
  const models::Offer& offer = entry.offer;
  if (!entry.objections.empty()) return refused_by_policy(offer.id, entry.objections);
  if (models::says_more_than_licence(offer.trust)) {  // else the package is asked for the rest
    LATENT_CHECK(ask_user(
        options, {offer.id, offer.version, entry.repository, offer.size, offer.trust, false}));
  }
  LATENT_CHECK(models::require_space(setup_.store, offer.size));
  step(options, "downloading");
  models::FileRequest request{.url = offer.url,
                              .sha256 = offer.sha256,
                              .size = offer.size,
                              .most = setup_.limits.max_package_bytes,
                              .partial = writer.partial_folder() / (offer.sha256 + ".part")};
  LATENT_CHECK(models::fetch_file(request, setup_.network, control));
  models::checkpoint("package-downloaded");
  Arrival arrival{.file = writer.quarantine_path(".dtmodel"),
                  .id = offer.id,
                  .origin = origin_from("repository", entry.repository),
                  .offer = &offer};
  LATENT_CHECK(models::rename_path(request.partial, arrival.file));
  std::error_code ignored;
  fs::remove(request.partial.string() + ".json", ignored);
  return settle(writer, arrival, options, control);
}

Result<InstalledModel> ModelManager::install_path(models::StoreWriter& writer, const fs::path& path,
                                                  const std::string& id, const std::string& kind,
                                                  const InstallOptions& options,
                                                  const RunControl& control) const {
  std::error_code code;
  Arrival arrival{.file = writer.quarantine_path(".dtmodel"),
                  .id = id,
                  .origin = origin_from(kind, displayed(fs::absolute(path, code)))};
  step(options, "copying");
  if (fs::is_directory(path, code)) {
    LATENT_CHECK(models::pack_folder(path, arrival.file, setup_.limits, control));
  } else if (fs::is_regular_file(path, code)) {
    const auto size = fs::file_size(path, code);
    if (code || size > setup_.limits.max_package_bytes) {
      return fail(ErrorCode::TooLarge, path,
                  quoted(path) + " is larger than " + models::most_of_a_package(setup_.limits));
    }
    LATENT_CHECK(models::require_space(setup_.store, size));
    LATENT_CHECK(models::copy_file(path, arrival.file, control));
  } else {
    return fail(ErrorCode::NotFound, path, "there is no model package " + quoted(path));
  }
  models::checkpoint("package-copied");
  auto installed = settle(writer, arrival, options, control);
  if (installed) return installed;
  // The user knows the file by its own name, not by the copy's.
  Error error = installed.error();
  const std::string copy = quoted(arrival.file);
  for (auto at = error.sentence.find(copy); at != std::string::npos;
       at = error.sentence.find(copy, at + 1)) {
    error.sentence.replace(at, copy.size(), quoted(path));
  }
  return tl::make_unexpected(std::move(error));
}

Result<InstalledModel> ModelManager::import_package(const fs::path& path,
                                                    const InstallOptions& options,
                                                    const RunControl& control) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, control));
  std::error_code code;
  const char* kind = fs::is_directory(path, code) ? "folder" : "file";
  return install_path(writer, path, "", kind, options, control);
}

Result<InstalledModel> ModelManager::install(const std::string& id, const InstallOptions& options,
                                             const RunControl& control) const {
  if (!models::is_safe_id(id)) {
    return fail(ErrorCode::Usage, "'" + printable(id) +
                                      "' cannot be the id of a model; to install a file, "
                                      "use latent models import");
  }
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, control));
  const auto& known = writer.state.repositories;
  const bool named = std::ranges::count(known, options.from, &models::Repository::name) > 0;
  std::error_code code;
  if (!options.from.empty() && !named) {
    if (fs::is_regular_file(options.from, code)) {
      return install_path(writer, options.from, id, "file", options, control);
    }
    if (fs::is_directory(options.from, code)) {
      const fs::path found = in_folder(options.from, id);
      if (!found.empty()) return install_path(writer, found, id, "folder", options, control);
      return fail(ErrorCode::NotFound, fs::path(options.from),
                  quoted(fs::path(options.from)) + " holds no package '" + printable(id) + "'");
    }
    return fail(ErrorCode::NotFound, "'" + printable(options.from) +
                                         "' is no repository, folder or file; see latent models "
                                         "catalogue list");
  }
  step(options, "asking");
  LATENT_TRY(const auto problems, refresh_locked(writer, options.from, control));
  LATENT_TRY(const CatalogueEntry entry, offered(id, options.from, problems));
  return install_offer(writer, entry, options, control);
}

Result<std::optional<InstalledModel>> ModelManager::update_one(models::StoreWriter& writer,
                                                               const ModelEntry& entry,
                                                               const Problems& problems,
                                                               const InstallOptions& options,
                                                               const RunControl& control) const {
  if (!came_from_repository(entry)) {
    return fail(ErrorCode::Unsupported, "it did not come from a repository");
  }
  if (entry.changed) return fail(ErrorCode::Corrupt, "it is not the file that was installed");
  LATENT_TRY(const CatalogueEntry newest, offered(entry.id, entry.origin->source, problems));
  if (models::compare_versions(newest.offer.version, entry.facts.version) <= 0) return std::nullopt;
  return install_offer(writer, newest, options, control);
}

Result<std::vector<UpdatedModel>> ModelManager::update(const std::vector<std::string>& ids,
                                                       const InstallOptions& options,
                                                       const RunControl& control) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, control));
  LATENT_TRY(const auto entries, list());
  for (const std::string& id : ids) LATENT_CHECK(pick(entries, id));
  step(options, "asking");
  LATENT_TRY(const auto problems, refresh_locked(writer, "", control));
  std::vector<UpdatedModel> results;
  for (const ModelEntry& entry : entries) {
    const bool wanted = ids.empty() ? came_from_repository(entry) && !entry.pinned
                                    : std::ranges::count(ids, entry.id) > 0;
    if (!wanted) continue;
    auto updated = update_one(writer, entry, problems, options, control);
    UpdatedModel result{.id = entry.id, .installed = {}, .problem = ""};
    if (updated) {
      result.installed = *std::move(updated);
    } else if (updated.error().code == ErrorCode::Cancelled && control.stop_requested()) {
      return tl::make_unexpected(std::move(updated).error());
    } else {
      result.problem = updated.error().sentence;
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace latent::app
