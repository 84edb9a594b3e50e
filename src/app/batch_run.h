// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/batch.h"
#include "app/batch_journal.h"
#include "app/manifest.h"
#include "app/model_defaults.h"
#include "base/result.h"

namespace latent::app {

/// Which items of a manifest a process does.
struct Share {
  enum class Kind : std::uint8_t {
    Whole,  ///< all of them
    Shard,  ///< those whose number leaves `index` when divided by `count`
    Claim   ///< block after block that nobody else has, until none is left
  };
  Kind kind = Kind::Whole;
  std::size_t index = 0;
  std::size_t count = 1;
  std::size_t block = 32;  ///< items of a block

  [[nodiscard]] bool contains(std::size_t item) const {
    return kind != Kind::Shard || item % count == index;
  }
};

struct BatchRequest {
  std::filesystem::path state;  ///< folder of journals and leases, shared by all machines
  Share share;
  int retries = 1;            ///< more attempts at what may pass
  bool retry_failed = false;  ///< also at what failed for good before
  bool skip_done = false;     ///< sources whose content was done with the same settings
  std::chrono::seconds lease_timeout{300};
  std::chrono::seconds wait{0};  ///< for a share that another process has
};

/// How far a process is with its share.
struct BatchProgress {
  std::size_t finished = 0;  ///< by this process, and before it
  std::size_t of = 0;        ///< items of its share
  std::size_t failed = 0;    ///< of those, by this process
  double seconds_left = -1;  ///< negative: not known yet
};

/// Told of a batch as a BatchObserver is, and after each item how far all of it is.
class ManifestObserver : public BatchObserver {
 public:
  virtual void advanced(const BatchProgress& progress) = 0;
  /// Something to know that is no error: a journal that was cut short, a share that another has.
  virtual void notice(const std::string& sentence) = 0;
};

struct ManifestResult {
  BatchResult now;          ///< what this process did
  std::size_t before = 0;   ///< items of its share that were finished already
  std::size_t foreign = 0;  ///< parts that other processes work on
};

/// Does the share of a manifest that is asked for. What the journals in the state folder say is
/// done is not done again, and every item that ends is written there before the next begins: a
/// process that is killed, or a machine that is lost, is taken up again by the same command.
///
/// Errors   Usage  another process does this very share; Io  the state folder cannot be used.
[[nodiscard]] Result<ManifestResult> run_manifest(const Manifest& manifest,
                                                  const BatchRequest& request,
                                                  ManifestObserver& observer,
                                                  const std::stop_token& stop,
                                                  const Workplace& at = {});

/// The journals of a state folder. Errors   Io.
[[nodiscard]] Result<std::vector<std::filesystem::path>> journals_in(
    const std::filesystem::path& state);

}  // namespace latent::app
