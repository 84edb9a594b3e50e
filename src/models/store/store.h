// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/run_control.h"
#include "models/store/registry.h"
#include "models/store/store_state.h"

namespace latent::models {

/// A locked store: the only way to change one. Made by Store::lock(); the lock ends with it.
///
/// Every change is written down in quarantine/state.next before it is made, and made by one rename:
/// after a crash at any step the store is what it was, or what it was to become, also to those who
/// only read it.
///
/// Threads  one at a time.
class StoreWriter {
 public:
  StoreWriter(StoreWriter&&) noexcept;
  StoreWriter& operator=(StoreWriter&&) noexcept;
  ~StoreWriter();

  /// To be changed, then save()d or handed to replace() and remove().
  StoreState state;

  /// A path in quarantine that nothing has yet, ending with `suffix`.
  [[nodiscard]] std::filesystem::path quarantine_path(const std::string& suffix);
  /// The folder of downloads that were not finished, kept from one run to the next.
  [[nodiscard]] std::filesystem::path partial_folder() const;

  /// Puts a judged archive of quarantine in the place of `<id>.dtmodel`, and `state` in the place
  /// of the old one.
  [[nodiscard]] Status replace(const std::string& id, const std::filesystem::path& judged,
                               Origin origin);

  /// Takes `<id>.dtmodel` and the folder `<id>` away, and saves `state`.
  [[nodiscard]] Status remove(const std::string& id);

  /// Saves `state` alone.
  [[nodiscard]] Status save();

 private:
  friend class Store;
  struct Handle;
  StoreWriter(std::filesystem::path folder, std::unique_ptr<Handle> handle);
  [[nodiscard]] Status prepare();
  [[nodiscard]] Status commit();
  [[nodiscard]] Status sweep();

  std::filesystem::path folder_;
  std::unique_ptr<Handle> handle_;
  int next_name_ = 0;
};

/// The folder of a user's models: `<id>.dtmodel` archives as they came, state.json, and what is
/// under way in quarantine/. A package dropped in by hand, also as a folder, is one of them.
/// Without a folder (an empty path) there are no models, and nothing can be changed.
///
/// Threads  const functions from any thread.
class Store {
 public:
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  /// What stands in state.json, or new_state() where there is none. Takes no lock.
  ///
  /// Errors   as read_small_file() and parse_state(); the sentence says that removing it loses no
  ///          model.
  [[nodiscard]] Result<StoreState> state() const;

  /// Archives and folders by id; content not judged. Takes no lock.
  [[nodiscard]] std::vector<PackagePlace> packages() const;

  /// Makes the folder where it is missing, locks it, sweeps what a crash left, and reads the state.
  ///
  /// Errors   Io         the folder cannot be made or written, or another program holds the lock
  ///                     for longer than `wait`.
  ///          Cancelled  a stop was asked for while waiting.
  ///          others     as state().
  [[nodiscard]] Result<StoreWriter> lock(std::chrono::milliseconds wait,
                                         const RunControl& control) const;

  /// The lock, if nobody has it now; for what may be left undone.
  [[nodiscard]] Result<StoreWriter> try_lock() const { return lock({}, {}); }

 private:
  std::filesystem::path folder_;
};

}  // namespace latent::models
