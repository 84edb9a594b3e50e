// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace latent::app {

/// One SQL statement with its values; step() walks its rows.
///
/// Threads  one at a time.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// The next value, in the order of the question marks.
  Statement& put(std::int64_t value);
  Statement& put(double value);
  Statement& put(std::string_view value);

  /// Whether there is a row. Errors   Io  the disk is full or the file is damaged.
  [[nodiscard]] Result<bool> step();
  /// step() for what gives no row.
  [[nodiscard]] Status run();
  /// Ready for other values.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;

 private:
  sqlite3_stmt* statement_;
  int next_ = 0;
};

/// What a database of ours must look like.
struct Schema {
  std::string what;    ///< "the catalogue", to begin sentences with
  std::string create;  ///< SQL of the newest version
  /// SQL that makes version i + 2 of version i + 1; the newest version is one more than there are.
  std::vector<std::string> upgrades;

  [[nodiscard]] int version() const { return static_cast<int>(upgrades.size()) + 1; }
};

/// A SQLite file of our own: write-ahead log, checked when it is opened.
///
/// Threads  one at a time; several objects, also of several programs, may have one file open.
class Database {
 public:
  /// Opens or makes the file.
  ///
  /// A damaged file, or one of a newer version, is moved aside ("name.damaged-1", never removed)
  /// and made anew; before an upgrade the old file is copied ("name.version-1"). `notices` gets a
  /// sentence for each such case.
  ///
  /// Errors   Io  it can neither be opened nor made.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& file,
                                             const Schema& schema,
                                             std::vector<std::string>* notices = nullptr);
  ~Database();
  Database(Database&& other) noexcept;
  Database& operator=(Database&& other) noexcept;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Errors   Internal  the SQL is wrong; Io.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql) const;
  /// Statements without values, one after the other.
  [[nodiscard]] Status run(const std::string& sql) const;
  [[nodiscard]] std::int64_t last_id() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  [[nodiscard]] static Result<Database> attempt(const std::filesystem::path& file);
  [[nodiscard]] Status check() const;
  [[nodiscard]] Status bring_up(const std::filesystem::path& file, const Schema& schema,
                                std::vector<std::string>* notices) const;

  sqlite3* handle_ = nullptr;
};

/// Everything between its birth and commit() happens, or nothing of it.
class Transaction {
 public:
  explicit Transaction(const Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  [[nodiscard]] Status commit();

 private:
  const Database& database_;
  bool open_ = false;
};

}  // namespace latent::app
