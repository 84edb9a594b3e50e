// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/studio/database.h"
#include "app/studio/file_facts.h"

namespace latent::app {

/// What is known of a file, and where it stands.
struct CatalogueFile {
  std::filesystem::path path;
  FileFacts facts;
};

/// What the studio remembers of photographs, so that it need not open them again. Nothing in it is
/// the only copy of anything: without it all is found out anew.
///
/// Threads  any.
class Catalogue {
 public:
  /// As Database::open(): a damaged file is moved aside and begun anew, and `notices` says so.
  [[nodiscard]] static Result<Catalogue> open(const std::filesystem::path& file,
                                              std::vector<std::string>* notices = nullptr);

  /// What is known of the files directly in a folder, by name.
  [[nodiscard]] Result<std::vector<CatalogueFile>> files_in(
      const std::filesystem::path& folder) const;
  /// All in one transaction.
  [[nodiscard]] Status put(const std::vector<CatalogueFile>& files) const;
  [[nodiscard]] Status forget(const std::vector<std::filesystem::path>& files) const;

  /// The folders that were opened, the latest first.
  [[nodiscard]] Result<std::vector<std::filesystem::path>> folders() const;
  [[nodiscard]] Status remember_folder(const std::filesystem::path& folder) const;
  [[nodiscard]] Status forget_folder(const std::filesystem::path& folder) const;

  [[nodiscard]] static Schema schema();

 private:
  explicit Catalogue(Database database) : database_(std::move(database)) {}
  Database database_;
  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();
};

/// $XDG_DATA_HOME/latent/studio, else ~/.local/share/latent/studio; empty: none, nothing is kept.
[[nodiscard]] std::filesystem::path studio_folder();

}  // namespace latent::app
