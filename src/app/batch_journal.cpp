// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/path.h"
#include "models/manifest/json.h"

namespace latent::app {

namespace fs = std::filesystem;
using models::Json;
using models::number_at;
using models::text_at;
using Outcome = ItemRecord::Outcome;

namespace {

constexpr std::size_t kMaxLine = std::size_t{64} * 1024;
constexpr std::size_t kMaxMessage = 2000;
constexpr std::size_t kKeyDigits = 16;

const char* word_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Done:
      return "done";
    case Outcome::Skipped:
      return "skipped";
    case Outcome::Failed:
      break;
  }
  return "failed";
}

tl::unexpected<Error> no_record() {
  return fail(ErrorCode::Corrupt, "a line of the journal is no record");
}

std::int64_t count_at(const Json::Object& object, std::string_view key) {
  const auto found = object.find(key);
  const std::int64_t* count = found == object.end() ? nullptr : found->second.as_integer();
  return count == nullptr || *count < 0 ? 0 : *count;
}

bool read_key(const std::string& text, std::uint64_t& key) {
  if (text.size() != kKeyDigits ||
      text.find_first_not_of("0123456789abcdef") != std::string::npos) {
    return false;
  }
  key = std::stoull(text, nullptr, 16);
  return true;
}

}  // namespace

bool may_pass(std::string_view code) {
  return code == "io" || code == "device" || code == "internal";
}

std::string to_line(const ItemRecord& record) {
  Json::Object object{{"item", fmt::format("{:016x}", record.key)},
                      {"result", word_of(record.outcome)},
                      {"source", record.source},
                      {"seconds", record.seconds},
                      {"attempt", std::int64_t{record.attempt}}};
  if (!record.output.empty()) object["output"] = record.output;
  if (!record.sha256.empty()) object["sha256"] = record.sha256;
  if (!record.code.empty()) object["code"] = record.code;
  if (!record.message.empty()) object["message"] = record.message.substr(0, kMaxMessage);
  if (record.bytes > 0) object["bytes"] = static_cast<std::int64_t>(record.bytes);
  return models::dump_json_line(object) + "\n";
}

Result<ItemRecord> record_of(std::string_view line) {
  const auto json = models::parse_json(line, "a record", kMaxLine);
  const Json::Object* object = json ? json->as_object() : nullptr;
  if (object == nullptr) return no_record();
  ItemRecord record;
  if (!read_key(text_at(*object, "item"), record.key)) return no_record();
  const std::string result = text_at(*object, "result");
  if (result == "done") record.outcome = Outcome::Done;
  if (result == "skipped") record.outcome = Outcome::Skipped;
  if (result != word_of(record.outcome)) return no_record();
  record.source = text_at(*object, "source");
  record.output = text_at(*object, "output");
  record.sha256 = text_at(*object, "sha256");
  record.code = text_at(*object, "code");
  record.message = text_at(*object, "message");
  record.bytes = static_cast<std::uint64_t>(count_at(*object, "bytes"));
  record.seconds = number_at(*object, "seconds");
  record.attempt = static_cast<int>(std::min<std::int64_t>(count_at(*object, "attempt"), 1000));
  return record;
}

void JournalFacts::add(const ItemRecord& record) {
  Word& word = items[record.key];
  word.attempts = std::max(word.attempts, record.attempt);
  if (word.outcome == Outcome::Done) return;
  if (record.outcome == Outcome::Failed && word.outcome == Outcome::Skipped) return;
  word.outcome = record.outcome;
  word.may_pass = may_pass(record.code);
  if (record.outcome == Outcome::Done && !record.sha256.empty()) {
    contents[record.sha256] = record.output;
  }
}

Status read_journal(const fs::path& path, JournalFacts& facts,
                    const std::function<void(const ItemRecord&)>& each) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::Io, path, quoted(path) + " cannot be read");
  std::string line;
  while (std::getline(file, line)) {
    const bool whole = !file.eof();  // a line without its end was being written
    const auto record = whole ? record_of(line) : no_record();
    if (!record) {
      ++facts.damaged_lines;
      continue;
    }
    facts.add(*record);
    if (each) each(*record);
  }
  return {};
}

Result<Journal> Journal::create(const fs::path& path) {
  Journal journal;
  journal.path_ = path;
  journal.file_ =
      Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666));
  if (!journal.file_.good()) {
    return fail(ErrorCode::Io, path,
                fmt::format("the journal {} cannot be made: {}", quoted(path),
                            std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe)
  }
  return journal;
}

Status Journal::append(const ItemRecord& record) {
  const std::string line = to_line(record);
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t count = ::write(file_.number(), line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      return fail(ErrorCode::Io, path_,
                  fmt::format("the journal {} cannot be written: {}; without it nothing is done, "
                              "because nobody could tell what was",
                              quoted(path_),
                              std::strerror(errno)));  // NOLINT(concurrency-mt-unsafe)
    }
    written += static_cast<std::size_t>(count);
  }
  ::fdatasync(file_.number());
  return {};
}

}  // namespace latent::app
