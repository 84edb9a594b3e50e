// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batch_report.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <system_error>
#include <unordered_map>

#include "app/batch_run.h"
#include "app/small_picture.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "models/manifest/json.h"

namespace latent::app {

namespace fs = std::filesystem;
using models::Json;
using Outcome = ItemRecord::Outcome;

namespace {

constexpr int kPictureSide = 320;

/// What the journals say of each item, the last word and how often it was done.
struct LastWord {
  ItemRecord record;
  std::size_t done = 0;
};

void take(std::unordered_map<std::uint64_t, LastWord>& words, const ItemRecord& record) {
  LastWord& word = words[record.key];
  const bool first = word.record.key != record.key;
  if (record.outcome == Outcome::Done) ++word.done;
  const auto rank = [](Outcome outcome) {
    return outcome == Outcome::Done ? 2 : outcome == Outcome::Skipped ? 1 : 0;
  };
  if (first || rank(record.outcome) >= rank(word.record.outcome)) word.record = record;
}

void count(BatchReport& report, const ItemRecord& record) {
  switch (record.outcome) {
    case Outcome::Done:
      ++report.done;
      break;
    case Outcome::Skipped:
      ++report.skipped;
      break;
    case Outcome::Failed:
      ++report.failed;
      break;
  }
  report.bytes += record.bytes;
  report.seconds += record.seconds;
}

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe.push_back(letter);
    }
  }
  return safe;
}

Json json_of(const BatchReport& report) {
  const auto number = [](std::size_t count) { return static_cast<std::int64_t>(count); };
  Json::Array items;
  for (const ItemRecord& record : report.records) {
    const auto json = models::parse_json(to_line(record), "a record", 1U << 20U);
    if (json) items.push_back(*json);
  }
  return Json::Object{{"latent_batch_report", std::int64_t{1}},
                      {"items", number(report.items)},
                      {"done", number(report.done)},
                      {"skipped", number(report.skipped)},
                      {"failed", number(report.failed)},
                      {"open", number(report.open)},
                      {"done_twice", number(report.doubled)},
                      {"bytes", static_cast<std::int64_t>(report.bytes)},
                      {"seconds", report.seconds},
                      {"records", std::move(items)}};
}

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Latent: report of a batch</title>
<style>
body { font-family: sans-serif; margin: 2em; max-width: 75em }
table { border-collapse: collapse } td, th { text-align: left; padding: .2em .8em; vertical-align: top }
tr:nth-child(even) { background: #f3f3f3 } .failed { color: #a00000 }
figure { display: inline-block; margin: .5em } figure img { height: 10em } figcaption { font-size: 80% }
</style></head><body>
<h1>Report of a batch</h1>
)";

std::string pictures_of(const BatchReport& report, const ReportFiles& files,
                        const std::stop_token& stop) {
  std::string html;
  std::size_t made = 0;
  for (const ItemRecord& record : report.records) {
    if (made >= files.pictures || stop.stop_requested()) break;
    if (record.outcome != Outcome::Done) continue;
    const std::string before = fmt::format("pictures/{:016x}_before.jpg", record.key);
    const std::string after = fmt::format("pictures/{:016x}_after.jpg", record.key);
    if (!write_small_picture(record.source, files.folder / before, kPictureSide, files.limits) ||
        !write_small_picture(record.output, files.folder / after, kPictureSide, files.limits)) {
      continue;
    }
    ++made;
    html += fmt::format(
        "<figure><img src=\"{}\" alt=\"before\"> <img src=\"{}\" alt=\"after\">"
        "<figcaption>{}</figcaption></figure>\n",
        before, after, escaped(fs::path(record.output).filename().native()));
  }
  if (html.empty()) return "";
  return fmt::format("<h2>Before and after</h2>\n<p>The first {} pairs.</p>\n", made) + html;
}

std::string table_of(const BatchReport& report, Outcome outcome, const char* title) {
  std::string rows;
  for (const ItemRecord& record : report.records) {
    if (record.outcome != outcome) continue;
    const std::string& what = outcome == Outcome::Done ? record.output : record.message;
    rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{:.1f} s</td></tr>\n",
                        escaped(record.source), escaped(what), record.seconds);
  }
  if (rows.empty()) return "";
  return fmt::format("<h2{}>{}</h2>\n<table>\n{}</table>\n",
                     outcome == Outcome::Failed ? " class=\"failed\"" : "", title, rows);
}

std::string html_of(const BatchReport& report, const std::string& pictures) {
  std::string html = kHead;
  html += fmt::format(
      "<p>{} items: <b>{} done</b>, {} skipped, {} failed, {} open. Results: {:.1f} MB. Time of "
      "all "
      "items together: {:.0f} s.</p>\n",
      report.items, report.done, report.skipped, report.failed, report.open,
      static_cast<double>(report.bytes) / 1e6, report.seconds);
  html += table_of(report, Outcome::Failed, "Failed");
  html += pictures;
  html += table_of(report, Outcome::Skipped, "Skipped");
  html += table_of(report, Outcome::Done, "Done");
  return html + "</body></html>\n";
}

}  // namespace

Result<BatchReport> report_on(const Manifest& manifest, const fs::path& state) {
  std::unordered_map<std::uint64_t, LastWord> words;
  JournalFacts facts;
  LATENT_TRY(const auto journals, journals_in(state));
  for (const fs::path& path : journals) {
    LATENT_CHECK(read_journal(path, facts, [&](const ItemRecord& each) { take(words, each); }));
  }
  BatchReport report;
  report.items = manifest.items();
  for (std::size_t index = 0; index < manifest.jobs(); ++index) {
    LATENT_TRY(const ManifestJob entry, manifest.job(index));
    const std::string settings = settings_text(entry.written);
    for (const fs::path& source : entry.written.sources) {
      const auto found = words.find(item_key(settings, source));
      if (found == words.end()) {
        ++report.open;
        continue;
      }
      if (found->second.done > 1) ++report.doubled;
      count(report, found->second.record);
      report.records.push_back(found->second.record);
    }
  }
  return report;
}

Status write_report(const BatchReport& report, const ReportFiles& files,
                    const std::stop_token& stop) {
  std::error_code failed;
  fs::create_directories(files.folder / "pictures", failed);
  if (failed) {
    return fail(
        ErrorCode::Io, files.folder,
        fmt::format("the folder {} cannot be made: {}", quoted(files.folder), failed.message()));
  }
  const FileAccess access = FileAccess::of(files.folder);
  LATENT_CHECK(
      replace_file(files.folder / "report.json", {models::dump_json(json_of(report))}, access));
  const std::string pictures = pictures_of(report, files, stop);
  return replace_file(files.folder / "report.html", {html_of(report, pictures)}, access);
}

}  // namespace latent::app
