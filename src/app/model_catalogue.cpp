// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <system_error>

#include "app/model_manager.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/store/download.h"
#include "models/trust/minisign.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using models::LatentIndex;
using models::Repository;

constexpr std::size_t kMaxIndexBytes = std::size_t{8} << 20U;
constexpr std::size_t kMaxReleasesBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxSignatureBytes = 16'384;

std::string hash_of(const std::string& text) { return sha256_hex(std::as_bytes(std::span(text))); }

/// "owner/name" as GitHub has it.
bool is_github_name(const std::string& url) {
  const auto slash = url.find('/');
  if (slash == std::string::npos) return false;
  const auto plain = [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." &&
           part.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
               "0123456789._-") == std::string_view::npos;
  };
  return plain(std::string_view(url).substr(0, slash)) &&
         plain(std::string_view(url).substr(slash + 1));
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

/// Where darktable's repositories keep their files.
struct DarktablePlaces {
  std::string releases_index;
  std::string downloads;  ///< "<this>/<tag>/<asset>"
};

DarktablePlaces places_of(const Repository& repository) {
  if (is_github_name(repository.url)) {
    return {"https://raw.githubusercontent.com/" + repository.url + "/HEAD/releases-index.json",
            "https://github.com/" + repository.url + "/releases/download"};
  }
  const std::string base = without_slash(repository.url);
  return {base + "/releases-index.json", base + "/releases/download"};
}

Result<LatentIndex> ask_darktable(Repository& repository, const std::string& version,
                                  const models::NetworkRules& rules, const Limits& limits,
                                  const RunControl& control) {
  const DarktablePlaces places = places_of(repository);
  LATENT_TRY(const std::string text,
             models::fetch_text(places.releases_index, kMaxReleasesBytes, rules, control));
  LATENT_TRY(const auto releases, models::parse_releases_index(text));
  const auto release = releases.find(version);
  if (release == releases.end()) {
    return fail(ErrorCode::NotFound, "the repository '" + repository.name +
                                         "' has no release for darktable " + printable(version) +
                                         "; ask for another with --darktable-version");
  }
  const std::string base = places.downloads + "/" + release->second + "/";
  LATENT_TRY(const std::string versions,
             models::fetch_text(base + "versions.json", kMaxIndexBytes, rules, control));
  LatentIndex index{.name = repository.name, .serial = 1, .date = models::now_utc(), .offers = {}};
  LATENT_TRY(index.offers, models::parse_versions(versions, limits));
  for (models::Offer& offer : index.offers) offer.url = base + offer.url;
  return index;
}

/// Rollback: an index may not be older than one that was seen, nor another one of the same serial.
Status hold_serial(const Repository& repository, const LatentIndex& index,
                   const std::string& sha256) {
  if (index.serial < repository.serial) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("Latent refuses the index of the repository '{}': its serial number is {}, and "
                    "an earlier index had {}",
                    repository.name, index.serial, repository.serial));
  }
  if (index.serial == repository.serial && sha256 != repository.index_sha256) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("Latent refuses the index of the repository '{}': it has changed, but not "
                    "its serial number {}",
                    repository.name, index.serial));
  }
  return {};
}

Result<LatentIndex> ask_latent(Repository& repository, const models::NetworkRules& rules,
                               const Limits& limits, const RunControl& control) {
  const std::string url = without_slash(repository.url) + "/latent-index.json";
  LATENT_TRY(const models::MinisignKey key, models::parse_minisign_key(repository.key));
  LATENT_TRY(const std::string text, models::fetch_text(url, kMaxIndexBytes, rules, control));
  LATENT_TRY(const std::string signature,
             models::fetch_text(url + ".minisig", kMaxSignatureBytes, rules, control));
  LATENT_TRY([[maybe_unused]] const std::string comment,
             models::verify_minisign(text, signature, key,
                                     "the index of the repository '" + repository.name + "'"));
  LATENT_TRY(LatentIndex index, models::parse_latent_index(text, limits));
  const std::string sha256 = hash_of(text);
  LATENT_CHECK(hold_serial(repository, index, sha256));
  for (models::Offer& offer : index.offers) {
    LATENT_TRY(offer.url, models::resolve_url(url, offer.url));
  }
  repository.serial = index.serial;
  repository.index_sha256 = sha256;
  return index;
}

/// By what the index says. Of a package whose index says nothing but a licence the rest is judged
/// when it is here.
std::vector<std::string> objections_of(const models::Policy& policy, const models::Offer& offer) {
  const models::TrustFacts& trust = offer.trust;
  if (models::says_more_than_licence(trust)) return models::objections(policy, trust);
  models::Policy licence_only;
  if (!trust.weights_licence.empty()) licence_only.licences = policy.licences;
  return models::objections(licence_only, trust);
}

tl::unexpected<Error> no_repository(const std::string& name) {
  return fail(ErrorCode::NotFound,
              "there is no repository '" + printable(name) + "'; see latent models catalogue list");
}

}  // namespace

fs::path ModelManager::catalogue_file(const std::string& repository) const {
  if (setup_.store.empty()) return {};
  return setup_.store / "catalogue" / (repository + ".json");
}

Result<LatentIndex> ModelManager::ask(Repository& repository, const RunControl& control) const {
  return repository.key.empty() ? ask_darktable(repository, setup_.darktable_version,
                                                setup_.network, setup_.limits, control)
                                : ask_latent(repository, setup_.network, setup_.limits, control);
}

Result<ModelManager::Problems> ModelManager::refresh_locked(models::StoreWriter& writer,
                                                            const std::string& name,
                                                            const RunControl& control) const {
  std::error_code code;
  fs::create_directories(setup_.store / "catalogue", code);
  Problems problems;
  bool any = false;
  for (Repository& repository : writer.state.repositories) {
    if (!name.empty() && repository.name != name) continue;
    any = true;
    const Repository before = repository;
    const auto index = ask(repository, control);
    LATENT_CHECK(control.check());
    if (!index) {
      problems.emplace(repository.name, index.error().sentence);
      continue;
    }
    // The serial first: an index that was used and then forgotten could be rolled back.
    if (!(before == repository)) LATENT_CHECK(writer.save());
    LATENT_CHECK(replace_file(catalogue_file(repository.name), {models::dump_offers(*index)},
                              FileAccess::of(setup_.store)));
  }
  if (!name.empty() && !any) return no_repository(name);
  return problems;
}

Result<std::vector<std::string>> ModelManager::refresh(const std::string& name,
                                                       const RunControl& control) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, control));
  LATENT_TRY(const Problems problems, refresh_locked(writer, name, control));
  std::vector<std::string> sentences;
  for (const auto& [repository, sentence] : problems) sentences.push_back(sentence);
  return sentences;
}

Result<std::vector<CatalogueEntry>> ModelManager::catalogue() const {
  LATENT_TRY(const models::StoreState state, store_.state());
  LATENT_TRY(const models::Policy rules, policy());
  LATENT_TRY(const auto installed, list());
  std::vector<CatalogueEntry> entries;
  for (const Repository& repository : state.repositories) {
    const auto text = read_small_file(catalogue_file(repository.name), 2 * kMaxIndexBytes);
    if (!text) continue;  // never asked
    auto index = models::parse_offers(*text, setup_.limits);
    if (!index) continue;  // to be asked again
    for (models::Offer& offer : index->offers) {
      CatalogueEntry entry{.offer = std::move(offer),
                           .repository = repository.name,
                           .installed_version = "",
                           .objections = {}};
      entry.objections = objections_of(rules, entry.offer);
      for (const ModelEntry& model : installed) {
        if (model.id == entry.offer.id) entry.installed_version = model.facts.version;
      }
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

/// A repository that did not answer as it should offers nothing, whatever it offered before.
Result<CatalogueEntry> ModelManager::offered(const std::string& id, const std::string& repository,
                                             const Problems& problems) const {
  LATENT_TRY(const auto entries, catalogue());
  for (const CatalogueEntry& entry : entries) {
    if (entry.offer.id == id && !problems.contains(entry.repository) &&
        (repository.empty() || entry.repository == repository)) {
      return entry;
    }
  }
  for (const auto& [name, sentence] : problems) {
    if (repository.empty() || repository == name) return fail(ErrorCode::Io, sentence);
  }
  return fail(ErrorCode::NotFound, repository.empty()
                                       ? "no repository offers the model '" + printable(id) + "'"
                                       : "the repository '" + printable(repository) +
                                             "' does not offer the model '" + printable(id) + "'");
}

Result<std::vector<Repository>> ModelManager::repositories() const {
  LATENT_TRY(models::StoreState state, store_.state());
  return std::move(state.repositories);
}

Status ModelManager::add_repository(Repository repository) const {
  if (!models::is_repository_name(repository.name)) {
    return fail(ErrorCode::Usage, "'" + printable(repository.name) +
                                      "' cannot be the name of a repository; use 1 to 64 of the "
                                      "characters a-z 0-9 . _ -");
  }
  if (!repository.key.empty() || !is_github_name(repository.url)) {
    LATENT_TRY(repository.url, models::resolve_url(repository.url, ""));
  }
  if (!repository.key.empty()) {
    LATENT_TRY([[maybe_unused]] const auto key, models::parse_minisign_key(repository.key));
  }
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  auto& known = writer.state.repositories;
  if (std::ranges::count(known, repository.name, &Repository::name) > 0) {
    return fail(ErrorCode::Usage, "there is already a repository named '" + repository.name +
                                      "'; choose another name, or remove that one first");
  }
  repository.serial = 0;
  known.push_back(std::move(repository));
  return writer.save();
}

Status ModelManager::remove_repository(const std::string& name) const {
  LATENT_TRY(auto writer, store_.lock(setup_.lock_wait, {}));
  auto& known = writer.state.repositories;
  const auto found = std::ranges::find(known, name, &Repository::name);
  if (found == known.end()) return no_repository(name);
  known.erase(found);
  LATENT_CHECK(writer.save());
  std::error_code ignored;
  fs::remove(catalogue_file(name), ignored);
  return {};
}

}  // namespace latent::app
