// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/run_control.h"

namespace latent::models {

/// How the network may be used. HTTPS alone, at every redirect; TLS 1.2 or newer.
struct NetworkRules {
  std::filesystem::path ca_file;  ///< certificates to trust; empty: the system's
  std::string proxy;              ///< empty: as https_proxy and no_proxy say
  long connect_s = 20;
  long stall_s = 30;      ///< no more than a byte a second for so long is the end of an attempt
  long overall_s = 7200;  ///< for one file, all attempts together
  long redirects = 5;
  int attempts = 4;  ///< after a cut connection; each goes on where the last one ended
};

/// A file to fetch and hold to what was said of it.
struct FileRequest {
  std::string url;
  std::string sha256;      ///< 64 lower-case hex digits
  std::uint64_t size = 0;  ///< in bytes; 0: nobody said
  std::uint64_t most = 0;  ///< refused beyond, where nobody said
  /// Where it is put together. What is there from an earlier run is gone on with (Range, If-Range);
  /// beside it, with ".json" added, stands what that needs.
  std::filesystem::path partial;
};

/// Fetches a file; when it returns, `partial` is whole, has the size and the hash.
///
/// Errors   Io         no connection, cut too often, too slow, no space, refused by the server;
/// what
///                     came is kept for the next time.
///          Corrupt    another size or hash than said; nothing is kept.
///          TooLarge   more than `size` or `most`.
///          Usage      an address that is not https.
///          Cancelled  what came is kept.
/// Threads  any; one at a time for one `partial`.
[[nodiscard]] Status fetch_file(const FileRequest& request, const NetworkRules& rules,
                                const RunControl& control);

/// Fetches a small text into memory.
///
/// Errors   as fetch_file(); NotFound where the server has no such thing.
[[nodiscard]] Result<std::string> fetch_text(const std::string& url, std::size_t max_bytes,
                                             const NetworkRules& rules, const RunControl& control);

/// The whole address of `reference` as it stands in a document at `base`.
///
/// Errors   Usage  either is no address, or the result is not https or names a user.
[[nodiscard]] Result<std::string> resolve_url(const std::string& base,
                                              const std::string& reference);

}  // namespace latent::models
