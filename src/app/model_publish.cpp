// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_publish.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "base/hash.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/store/download.h"
#include "models/store/files.h"
#include "models/store/offers_dump.h"
#include "models/store/pack.h"
#include "models/store/package.h"
#include "models/trust/minisign_secret.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using models::Offer;

constexpr std::size_t kMaxIndexBytes = std::size_t{8} << 20U;

/// A package that was judged, and the file or folder that it is.
struct Source {
  fs::path path;
  PublishedModel model;
};

/// Latent's own networks are told noise levels that darktable does not measure.
bool darktable_runs(const models::Manifest& manifest) {
  return !manifest.latent || manifest.latent->networks.empty();
}

Offer offer_of(const models::Package& package) {
  const models::Manifest& manifest = package.manifest();
  Offer offer;
  offer.id = manifest.id;
  offer.name = manifest.name;
  offer.task = manifest.task;
  offer.version = manifest.version;
  offer.description = manifest.description;
  offer.trust = models::trust_of(manifest);
  return offer;
}

Result<std::vector<Source>> judged(const PublishRequest& request, const RunControl& control) {
  std::vector<Source> sources;
  std::map<std::string, fs::path> ids;
  for (const fs::path& path : request.packages) {
    LATENT_TRY(const auto package, models::Package::judge(path, request.limits, control));
    Source source{path, {offer_of(package), darktable_runs(package.manifest())}};
    const auto [known, fresh] = ids.try_emplace(source.model.offer.id, path);
    if (!fresh) {
      return fail(ErrorCode::Usage, path,
                  fmt::format("{} and {} are both the model '{}'; name one of them",
                              quoted(known->second), quoted(path), known->first));
    }
    sources.push_back(std::move(source));
  }
  if (sources.empty()) {
    return fail(ErrorCode::Usage, "name the packages to publish: .dtmodel files or folders");
  }
  return sources;
}

/// The serial of the index that is there; 0 where there is none.
Result<std::int64_t> last_serial(const PublishRequest& request) {
  const fs::path file = request.folder / "latent-index.json";
  const auto text = read_small_file(file, kMaxIndexBytes);
  if (!text && text.error().code == ErrorCode::NotFound) return 0;
  if (!text) return tl::make_unexpected(text.error());
  LATENT_TRY(const auto index, models::parse_latent_index(*text, request.limits));
  return index.serial;
}

Result<std::map<std::string, std::string>> last_releases(const PublishRequest& request) {
  const fs::path file = request.folder / "releases-index.json";
  const auto text = read_small_file(file, kMaxIndexBytes);
  if (!text && text.error().code == ErrorCode::NotFound)
    return std::map<std::string, std::string>{};
  if (!text) return tl::make_unexpected(text.error());
  return models::parse_releases_index(*text);
}

Status check_words(const PublishRequest& request, const std::string& tag) {
  if (!models::is_safe_tag(tag)) {
    return fail(ErrorCode::Usage, fmt::format("'{}' is no tag of a release: 1 to 128 of A-Z a-z "
                                              "0-9 . _ -",
                                              printable(tag)));
  }
  for (const std::string& version : request.darktable_versions) {
    if (!models::is_darktable_version(version)) {
      return fail(
          ErrorCode::Usage,
          fmt::format("'{}' is no version of darktable; write it like 5.8.0", printable(version)));
    }
  }
  if (request.downloads.empty()) return {};
  LATENT_TRY([[maybe_unused]] const std::string url, models::resolve_url(request.downloads, ""));
  return {};
}

/// The hash of what a target holds already; nothing where there is none.
Result<std::optional<std::string>> hash_there(const fs::path& target) {
  auto hash = sha256_file(target);
  if (hash) return std::optional(*std::move(hash));
  if (hash.error().code == ErrorCode::NotFound) return std::optional<std::string>();
  return tl::make_unexpected(hash.error());
}

/// Puts one package into the release and completes its offer. A file that is there already is that
/// very package, or the release may not be changed: somebody may be downloading it.
Status put(Source& source, const fs::path& release, const RunControl& control) {
  Offer& offer = source.model.offer;
  const fs::path target = release / (offer.id + ".dtmodel");
  std::error_code unknown;
  const bool folder = fs::is_directory(source.path, unknown);
  const fs::path made = folder ? release / ("." + offer.id + ".new") : source.path;
  if (folder) {
    fs::remove(made, unknown);  // of a run that was killed
    LATENT_CHECK(models::pack_folder(source.path, made, {}, control));
  }
  LATENT_TRY(offer.sha256, sha256_file(made));
  LATENT_TRY(const auto there, hash_there(target));
  if (there && *there != offer.sha256) {
    if (folder) fs::remove(made, unknown);
    return fail(ErrorCode::Usage, target,
                fmt::format("{} is another package of that name; a release is never changed, so "
                            "give another --tag",
                            quoted(target)));
  }
  if (!there && folder) LATENT_CHECK(models::rename_path(made, target));
  if (!there && !folder) LATENT_CHECK(models::copy_file(made, target, control));
  if (there && folder) fs::remove(made, unknown);
  offer.size = fs::file_size(target, unknown);
  if (unknown) return fail(ErrorCode::Io, target, quoted(target) + " cannot be read");
  return {};
}

Status write_index(const fs::path& path, const std::string& text) {
  return replace_file(path, {text}, FileAccess::of(folder_of(path)));
}

Status write_darktable(const PublishRequest& request, const Published& published,
                       std::map<std::string, std::string> releases) {
  std::vector<Offer> offers;
  for (const PublishedModel& model : published.models) {
    if (model.for_darktable) offers.push_back(model.offer);
  }
  LATENT_CHECK(write_index(published.release / "versions.json", models::dump_versions(offers)));
  for (const std::string& version : request.darktable_versions) releases[version] = published.tag;
  return write_index(request.folder / "releases-index.json", models::dump_releases_index(releases));
}

Status write_signed(const PublishRequest& request, const Published& published,
                    const models::MinisignSecret& secret) {
  models::LatentIndex index{.name = request.name,
                            .serial = published.serial,
                            .date = models::now_utc().substr(0, 10),
                            .offers = {}};
  const std::string downloads = request.downloads.empty() ? "releases/download" : request.downloads;
  for (const PublishedModel& model : published.models) {
    Offer offer = model.offer;
    offer.url = fmt::format("{}/{}/{}.dtmodel", downloads, published.tag, offer.id);
    index.offers.push_back(std::move(offer));
  }
  const std::string text = models::dump_offers(index);
  LATENT_CHECK(models::parse_latent_index(text, request.limits));  // what nobody could read
  LATENT_TRY(
      const std::string signature,
      models::sign_minisign(text, secret,
                            fmt::format("serial {} of {}", index.serial, printable(request.name))));
  // The signature first: between the two an index is refused, never one believed that is not whole.
  LATENT_CHECK(write_index(request.folder / "latent-index.json.minisig", signature));
  return write_index(request.folder / "latent-index.json", text);
}

}  // namespace

Result<Published> publish_models(const PublishRequest& request, const RunControl& control) {
  std::optional<models::MinisignSecret> secret;
  if (!request.secret_key.empty()) {
    LATENT_TRY(secret, models::parse_minisign_secret(request.secret_key, request.password));
  }
  LATENT_TRY(auto sources, judged(request, control));
  LATENT_TRY(const std::int64_t serial, last_serial(request));
  LATENT_TRY(auto releases, last_releases(request));
  Published published;
  published.serial = serial + 1;
  published.tag = request.tag.empty() ? fmt::format("latent-{}", published.serial) : request.tag;
  LATENT_CHECK(check_words(request, published.tag));
  published.release = request.folder / "releases" / "download" / published.tag;
  std::error_code failed;
  fs::create_directories(published.release, failed);
  if (failed) {
    return fail(ErrorCode::Io, published.release,
                fmt::format("the folder {} cannot be made: {}", quoted(published.release),
                            failed.message()));
  }
  for (Source& source : sources) {
    LATENT_CHECK(put(source, published.release, control));
    published.models.push_back(std::move(source.model));
  }
  LATENT_CHECK(write_darktable(request, published, std::move(releases)));
  if (secret) {
    published.public_key = models::public_line(*secret);
    LATENT_CHECK(write_signed(request, published, *secret));
  }
  return published;
}

}  // namespace latent::app
