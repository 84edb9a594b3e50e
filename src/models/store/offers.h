// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "models/trust/trust.h"

namespace latent::models {

/// A package that a repository offers.
struct Offer {
  std::string id;
  std::string name;
  std::string task;
  std::string version;  ///< "X.Y"
  std::string description;
  std::string url;         ///< whole, or relative to the index
  std::string sha256;      ///< of the archive, 64 lower-case hex digits
  std::uint64_t size = 0;  ///< of the archive in bytes; 0: the index does not say
  TrustFacts trust;
};

/// Our signed index: latent-index.json.
struct LatentIndex {
  std::string name;
  std::int64_t serial = 0;  ///< never falls
  std::string date;
  std::vector<Offer> offers;  ///< sorted by id
};

/// Reads latent-index.json, strictly: every key known, typed, in range and there. To be called
/// after its signature was checked; hostile all the same.
///
/// Errors   Corrupt, TooLarge  the sentence names the key.
///          Unsupported        an index newer than this program.
[[nodiscard]] Result<LatentIndex> parse_latent_index(std::string_view text, const Limits& limits);

/// What a refreshed repository offered, as it is kept for later: the same form, with whole
/// addresses, and with sizes that nobody stated as 0.
[[nodiscard]] std::string dump_offers(const LatentIndex& index);
[[nodiscard]] Result<LatentIndex> parse_offers(std::string_view text, const Limits& limits);

/// releases-index.json of a darktable repository: the release for each version of the application.
///
/// Errors   Corrupt      the sentence names the key.
///          Unsupported  a schema that is not 1.
/// Source   compatibility notes, index files of darktable 5.6.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_releases_index(
    std::string_view text);

/// versions.json of a release. Entries without a hash (the oldest form) are left out: nothing is
/// installed without one. Licence as the index says it; what it does not say is not stated.
///
/// Errors   Corrupt      the sentence names the key.
///          Unsupported  a schema that is not 1.
[[nodiscard]] Result<std::vector<Offer>> parse_versions(std::string_view text,
                                                        const Limits& limits);

/// Below 0, 0, above 0 as the version `a` ("X.Y") is older than, the same as or newer than `b`.
[[nodiscard]] int compare_versions(std::string_view a, std::string_view b);

/// A release tag as it may stand in an address: 1 to 128 of A-Z a-z 0-9 . _ -, no "..".
[[nodiscard]] bool is_safe_tag(std::string_view tag);

}  // namespace latent::models
