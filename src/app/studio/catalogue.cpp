// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/catalogue.h"

#include <chrono>
#include <cstdlib>
#include <utility>

#include "app/standard_paths.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

FileFacts facts_of(const Statement& row, int at) {
  FileFacts facts;
  facts.stamp = {row.integer(at), row.integer(at + 1)};
  const auto kind = row.integer(at + 2);
  facts.kind = kind >= 0 && kind <= 2 ? static_cast<FileKind>(kind) : FileKind::Unreadable;
  facts.denoisable_raw = row.integer(at + 3) != 0;
  facts.format = row.text(at + 4);
  facts.camera = row.text(at + 5);
  facts.iso = row.real(at + 6);
  facts.size = {static_cast<int>(row.integer(at + 7)), static_cast<int>(row.integer(at + 8))};
  facts.orientation = static_cast<int>(row.integer(at + 9));
  facts.rating = static_cast<int>(row.integer(at + 10));
  facts.label = row.text(at + 11);
  facts.done = row.text(at + 12);
  facts.problem = row.text(at + 13);
  facts.noise = row.real(at + 14);
  facts.noise_confidence = row.real(at + 15);
  return facts;
}

}  // namespace

Schema Catalogue::schema() {
  return {"the catalogue",
          "CREATE TABLE files(path TEXT PRIMARY KEY, folder TEXT NOT NULL, size INTEGER,"
          " modified INTEGER, kind INTEGER, denoisable INTEGER, format TEXT, camera TEXT, iso REAL,"
          " width INTEGER, height INTEGER, orientation INTEGER, rating INTEGER, label TEXT,"
          " done TEXT, problem TEXT, noise REAL, confidence REAL) WITHOUT ROWID;"
          "CREATE INDEX files_by_folder ON files(folder);"
          "CREATE TABLE folders(path TEXT PRIMARY KEY, opened INTEGER) WITHOUT ROWID;",
          {}};
}

Result<Catalogue> Catalogue::open(const fs::path& file, std::vector<std::string>* notices) {
  LATENT_TRY(Database database, Database::open(file, schema(), notices));
  return Catalogue(std::move(database));
}

Result<std::vector<CatalogueFile>> Catalogue::files_in(const fs::path& folder) const {
  const std::scoped_lock lock(*mutex_);
  LATENT_TRY(Statement rows,
             database_.prepare("SELECT path, size, modified, kind, denoisable, format, camera, iso,"
                               " width, height, orientation, rating, label, done, problem, noise,"
                               " confidence FROM files WHERE folder=? ORDER BY path"));
  rows.put(folder.native());
  std::vector<CatalogueFile> files;
  while (true) {
    LATENT_TRY(const bool row, rows.step());
    if (!row) return files;
    files.push_back({rows.text(0), facts_of(rows, 1)});
  }
}

Status Catalogue::put(const std::vector<CatalogueFile>& files) const {
  const std::scoped_lock lock(*mutex_);
  Transaction transaction(database_);
  LATENT_TRY(Statement row,
             database_.prepare("INSERT OR REPLACE INTO files VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
                               ",?,?)"));
  for (const auto& [path, facts] : files) {
    row.put(path.native()).put(path.parent_path().native());
    row.put(facts.stamp.size).put(facts.stamp.modified_ns);
    row.put(static_cast<std::int64_t>(facts.kind)).put(std::int64_t{facts.denoisable_raw});
    row.put(facts.format).put(facts.camera).put(facts.iso);
    row.put(std::int64_t{facts.size.width}).put(std::int64_t{facts.size.height});
    row.put(std::int64_t{facts.orientation}).put(std::int64_t{facts.rating}).put(facts.label);
    row.put(facts.done).put(facts.problem).put(facts.noise).put(facts.noise_confidence);
    LATENT_CHECK(row.run());
  }
  return transaction.commit();
}

Status Catalogue::forget(const std::vector<fs::path>& files) const {
  const std::scoped_lock lock(*mutex_);
  Transaction transaction(database_);
  LATENT_TRY(Statement row, database_.prepare("DELETE FROM files WHERE path=?"));
  for (const fs::path& file : files) {
    row.put(file.native());
    LATENT_CHECK(row.run());
  }
  return transaction.commit();
}

Result<std::vector<fs::path>> Catalogue::folders() const {
  const std::scoped_lock lock(*mutex_);
  LATENT_TRY(Statement rows, database_.prepare("SELECT path FROM folders ORDER BY opened DESC"));
  std::vector<fs::path> folders;
  while (true) {
    LATENT_TRY(const bool row, rows.step());
    if (!row) return folders;
    folders.emplace_back(rows.text(0));
  }
}

Status Catalogue::remember_folder(const fs::path& folder) const {
  const std::scoped_lock lock(*mutex_);
  LATENT_TRY(Statement row, database_.prepare("INSERT OR REPLACE INTO folders VALUES(?,?)"));
  return row.put(folder.native()).put(now_ms()).run();
}

Status Catalogue::forget_folder(const fs::path& folder) const {
  const std::scoped_lock lock(*mutex_);
  LATENT_TRY(Statement row, database_.prepare("DELETE FROM folders WHERE path=?"));
  return row.put(folder.native()).run();
}

fs::path studio_folder() {
  const char* own = std::getenv("LATENT_STUDIO_DIR");
  if (own != nullptr && own[0] != '\0') return own;
  const fs::path models = models_store_folder();
  return models.empty() ? fs::path{} : models.parent_path() / "studio";
}

}  // namespace latent::app
