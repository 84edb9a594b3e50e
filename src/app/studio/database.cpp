// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <system_error>
#include <utility>

#include "base/file_access.h"
#include "base/path.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr int kWaitMs = 5000;  // for another program that writes

tl::unexpected<Error> trouble(sqlite3* handle) {
  const int code = sqlite3_errcode(handle);
  const std::string message = printable(sqlite3_errmsg(handle));
  if (code == SQLITE_FULL) {
    return fail(ErrorCode::Io, "the disk is full: free some space, then go on");
  }
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
    return fail(ErrorCode::Corrupt, "the file is damaged (" + message + ")");
  }
  return fail(ErrorCode::Io, "SQLite says: " + message);
}

/// The first name of that kind that is free.
fs::path aside(const fs::path& file, const std::string& why) {
  constexpr int kMost = 10'000;
  fs::path name;
  std::error_code unknown;
  for (int i = 1; i < kMost; ++i) {
    name = file;
    name += fmt::format(".{}-{}", why, i);
    if (!fs::exists(fs::symlink_status(name, unknown))) break;
  }
  return name;
}

Result<fs::path> move_aside(const fs::path& file, const std::string& why) {
  const fs::path to = aside(file, why);
  std::error_code failed;
  fs::rename(file, to, failed);
  if (failed) {
    return fail(
        ErrorCode::Io, file,
        fmt::format("{} is damaged and cannot be moved aside: {}", quoted(file), failed.message()));
  }
  for (const char* tail : {"-wal", "-shm"}) {  // they belong to the old file
    std::error_code none;
    fs::rename(fs::path(file) += tail, fs::path(to) += tail, none);
  }
  return to;
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(statement_); }
Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), next_(other.next_) {}

Statement& Statement::put(std::int64_t value) {
  sqlite3_bind_int64(statement_, ++next_, value);
  return *this;
}
Statement& Statement::put(double value) {
  sqlite3_bind_double(statement_, ++next_, value);
  return *this;
}
Statement& Statement::put(std::string_view value) {
  sqlite3_bind_text64(statement_, ++next_, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return trouble(sqlite3_db_handle(statement_));
}

Status Statement::run() {
  LATENT_TRY([[maybe_unused]] const bool row, step());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  next_ = 0;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }
std::string Statement::text(int column) const {
  const auto* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::~Database() { sqlite3_close_v2(handle_); }
Database::Database(Database&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
Database& Database::operator=(Database&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Result<Statement> Database::prepare(std::string_view sql) const {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) !=
      SQLITE_OK) {
    return trouble(handle_);
  }
  return Statement(statement);
}

Status Database::run(const std::string& sql) const {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return trouble(handle_);
  }
  return {};
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }

Result<Database> Database::attempt(const fs::path& file) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      file.c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
      nullptr);
  Database database(handle);
  if (code != SQLITE_OK) return trouble(handle);
  sqlite3_busy_timeout(handle, kWaitMs);
  LATENT_CHECK(
      database.run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                   "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;"));
  return database;
}

Status Database::check() const {
  LATENT_TRY(Statement answer, prepare("PRAGMA quick_check(1)"));
  LATENT_TRY(const bool row, answer.step());
  if (row && answer.text(0) == "ok") return {};
  return fail(ErrorCode::Corrupt, "the file is damaged (" + printable(answer.text(0)) + ")");
}

Status Database::bring_up(const fs::path& file, const Schema& schema,
                          std::vector<std::string>* notices) const {
  Transaction transaction(*this);  // two programs that begin at once
  LATENT_TRY(Statement answer, prepare("PRAGMA user_version"));
  LATENT_TRY([[maybe_unused]] const bool row, answer.step());
  const auto found = static_cast<int>(answer.integer(0));
  answer.reset();
  if (found == schema.version()) return {};
  if (found > schema.version()) {
    return fail(ErrorCode::Unsupported, "the file was made by a newer version of Latent");
  }
  if (found == 0) {
    LATENT_CHECK(run(schema.create));
  } else {
    const fs::path copy = aside(file, fmt::format("version-{}", found));
    std::error_code failed;
    fs::copy_file(file, copy, failed);
    if (failed) return fail(ErrorCode::Io, "no copy can be made before the upgrade");
    if (notices != nullptr) {
      notices->push_back(fmt::format("{} was brought to a new version; the old one is kept as {}",
                                     schema.what, quoted(copy)));
    }
    for (int version = found; version < schema.version(); ++version) {
      LATENT_CHECK(run(schema.upgrades[static_cast<std::size_t>(version) - 1]));
    }
  }
  LATENT_CHECK(run(fmt::format("PRAGMA user_version={}", schema.version())));
  return transaction.commit();
}

Result<Database> Database::open(const fs::path& file, const Schema& schema,
                                std::vector<std::string>* notices) {
  if (file.has_parent_path()) LATENT_CHECK(make_private_folders(file.parent_path()));
  const auto whole = [&]() -> Result<Database> {
    LATENT_TRY(Database database, attempt(file));
    LATENT_CHECK(database.check());
    LATENT_CHECK(database.run("PRAGMA wal_checkpoint(PASSIVE)"));  // so that a copy is whole
    LATENT_CHECK(database.bring_up(file, schema, notices));
    return database;
  };
  auto database = whole();
  if (database) return database;
  const ErrorCode code = database.error().code;
  if (code != ErrorCode::Corrupt && code != ErrorCode::Unsupported) {
    return fail(ErrorCode::Io, file,
                fmt::format("{}, {}, cannot be opened: {}", schema.what, quoted(file),
                            database.error().sentence));
  }
  LATENT_TRY(const fs::path moved,
             move_aside(file, code == ErrorCode::Corrupt ? "damaged" : "newer"));
  if (notices != nullptr) {
    notices->push_back(fmt::format("{} could not be used: {}. It was moved to {} and begun anew",
                                   schema.what, database.error().sentence, quoted(moved)));
  }
  return whole();
}

Transaction::Transaction(const Database& database)
    : database_(database), open_(database.run("BEGIN IMMEDIATE").has_value()) {}
Transaction::~Transaction() {
  if (open_) static_cast<void>(database_.run("ROLLBACK"));
}
Status Transaction::commit() {
  if (!open_) return fail(ErrorCode::Io, "another program keeps the file busy; try again");
  LATENT_CHECK(database_.run("COMMIT"));
  open_ = false;
  return {};
}

}  // namespace latent::app
