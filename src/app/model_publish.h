// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "models/store/offers.h"

namespace latent::app {

/// A repository to be written into a folder, for a web server or for GitHub.
struct PublishRequest {
  std::filesystem::path folder;
  std::vector<std::filesystem::path> packages;  ///< .dtmodel files, or unpacked folders
  std::string name;                             ///< of the repository, in the signed index
  std::string tag;                              ///< of the release; empty: "latent-<serial>"
  /// Versions of darktable that shall find this release.
  std::vector<std::string> darktable_versions{"5.6.0", "5.6.1", "5.8.0"};
  /// Where the release's files will be served: "<this>/<tag>/<id>.dtmodel". Empty: from the same
  /// server as the index, at the place where they are written.
  std::string downloads;
  std::string secret_key;  ///< text of a minisign secret key; empty: no signed index
  std::string password;    ///< of the key, where it needs one
  Limits limits;
};

struct PublishedModel {
  models::Offer offer;
  bool for_darktable = false;  ///< in versions.json, too: its networks need nothing of Latent
};

struct Published {
  std::string tag;
  std::int64_t serial = 0;
  std::vector<PublishedModel> models;
  std::string public_key;  ///< "RW...", to add the repository with; empty: not signed
  std::filesystem::path release;
};

/// Writes what darktable's model preferences and `latent models` install from:
///
///     releases-index.json                           which release for which darktable
///     releases/download/<tag>/versions.json         the models of it, with hashes and texts
///     releases/download/<tag>/<id>.dtmodel
///     latent-index.json, latent-index.json.minisig  the same for Latent, signed
///
/// Every package is judged whole before the first file is written. Releases that the folder holds
/// already stay, so that nobody's download breaks; the indexes come last. The serial is one above
/// that of the index in the folder.
///
/// Errors   Usage        no package, two of one id, a tag, version or address that is none, a tag
///                       whose release holds another file of that name; the key, its password.
///          Corrupt      an index in the folder that cannot be read: nothing is replaced.
///          others as Package::judge() and SafeFile; Cancelled.
[[nodiscard]] Result<Published> publish_models(const PublishRequest& request,
                                               const RunControl& control);

}  // namespace latent::app
