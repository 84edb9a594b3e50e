// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/store/files.h"

namespace latent::models {

/// Where an installed package came from.
struct Origin {
  std::string kind;    ///< "file", "folder", "repository"
  std::string source;  ///< a path as it can be shown, or a repository's name
  std::string version;
  std::string sha256;  ///< of the archive
  std::string when;    ///< UTC, "2026-05-01T12:00:00Z"
  FileMark mark;       ///< of the archive then: while it is the file's, nothing need be hashed
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// A place on the network that offers packages.
struct Repository {
  std::string name;
  std::string url;  ///< https://... , or "owner/name" on GitHub (darktable's form)
  /// minisign public key of a signed index of ours; empty: darktable's form, whose hashes come from
  /// the same place as its files.
  std::string key;
  std::int64_t serial = 0;   ///< of the newest index seen; an older one is refused
  std::string index_sha256;  ///< of that index: one serial, one text
  friend bool operator==(const Repository&, const Repository&) = default;
};

/// A change of one package that was written down before it was made.
struct Pending {
  std::string id;
  std::uint64_t inode = 0;  ///< that `<id>.dtmodel` has once the change is made; 0: none is there
};

/// What a store knows beside its packages: state.json.
struct StoreState {
  std::map<std::string, std::string> enabled;  ///< task -> id; "" where the user wants none
  std::set<std::string> pinned;                ///< ids that --all does not update
  std::map<std::string, Origin> origins;       ///< by id
  std::vector<Repository> repositories;
  std::optional<Pending> pending;
};

/// The repository that every store knows until it is removed: darktable's.
[[nodiscard]] Repository default_repository();

/// A store that nobody changed yet.
[[nodiscard]] StoreState new_state();

/// Errors   Corrupt, TooLarge  the sentence begins with "state.json" and names the key.
[[nodiscard]] Result<StoreState> parse_state(std::string_view text);
[[nodiscard]] std::string dump_state(const StoreState& state);

/// 1 to 64 of a-z 0-9 . _ -, not beginning with a dot.
[[nodiscard]] bool is_repository_name(std::string_view name);

}  // namespace latent::models
