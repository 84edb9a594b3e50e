// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/descriptor.h"
#include "base/result.h"

namespace latent::app {

/// What became of one item of a batch, or of an attempt at it.
struct ItemRecord {
  enum class Outcome : std::uint8_t { Done, Skipped, Failed };
  std::uint64_t key = 0;  ///< item_key()
  Outcome outcome = Outcome::Failed;
  std::string source;   ///< as displayed
  std::string output;   ///< as displayed; "" where there is none
  std::string sha256;   ///< of the source, where it was computed
  std::string code;     ///< of an error: "corrupt"; of a skip its reason: "exists"
  std::string message;  ///< of an error or skip
  std::uint64_t bytes = 0;
  double seconds = 0;
  int attempt = 1;
};

/// Whether an error of that code may be gone at the next attempt: the disk, the device, a program's
/// own mistake; not what the file itself is.
[[nodiscard]] bool may_pass(std::string_view code);

/// A record as one line of JSON with its end.
[[nodiscard]] std::string to_line(const ItemRecord& record);

/// Reads one line.
///
/// Errors   Corrupt  it is no record.
[[nodiscard]] Result<ItemRecord> record_of(std::string_view line);

/// What the journals of a batch say, the last word on each item; a result counts more than a
/// failure, whatever their order.
struct JournalFacts {
  struct Word {
    ItemRecord::Outcome outcome = ItemRecord::Outcome::Failed;
    bool may_pass = false;  ///< of a failure
    int attempts = 0;
  };
  std::unordered_map<std::uint64_t, Word> items;
  /// By hash of a source and settings: where the result of the same content is (`--skip-done`).
  std::map<std::string, std::string> contents;
  std::size_t damaged_lines = 0;  ///< cut short by a crash; what they told is done again

  void add(const ItemRecord& record);
};

/// Reads one journal; every record also goes to `each`, where that is given.
///
/// Errors   Io.
[[nodiscard]] Status read_journal(const std::filesystem::path& path, JournalFacts& facts,
                                  const std::function<void(const ItemRecord&)>& each = {});

/// A journal that is written: every record is on the disk when append() returns.
class Journal {
 public:
  /// Makes a new file. Errors   Io.
  [[nodiscard]] static Result<Journal> create(const std::filesystem::path& path);
  [[nodiscard]] Status append(const ItemRecord& record);

 private:
  Descriptor file_;
  std::filesystem::path path_;
};

}  // namespace latent::app
