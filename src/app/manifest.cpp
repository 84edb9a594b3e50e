// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <span>
#include <system_error>
#include <unordered_map>

#include "app/folder_sources.h"
#include "app/name_pattern.h"
#include "app/task_table.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/small_file.h"
#include "base/text.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxJobs = 10'000'000;

std::uint64_t first_bits(const std::string& text) {
  const std::string hex = sha256_hex(std::as_bytes(std::span(text)));
  return std::stoull(hex.substr(0, 16), nullptr, 16);
}

bool is_manifest(const fs::path& path) { return lower_case(path.extension().native()) == ".jsonl"; }

bool is_folder(const fs::path& path) {
  std::error_code unknown;
  return fs::is_directory(path, unknown);
}

Result<std::ifstream> opened(const fs::path& path) {
  std::error_code failed;
  const auto status = fs::status(path, failed);
  if (!fs::exists(status)) {
    return fail(ErrorCode::NotFound, path, quoted(path) + " does not exist; check the name");
  }
  if (!fs::is_regular_file(status)) {
    return fail(ErrorCode::Usage, path, quoted(path) + " is no file; name a manifest (.jsonl)");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::Io, path, quoted(path) + " cannot be read");
  return file;
}

std::string at_line(const fs::path& path, std::size_t line) {
  return fmt::format("{}, line {}", quoted(path), line);
}

/// Reads one line; false at the end of the file.
Result<bool> next_line(std::istream& file, const fs::path& path, std::size_t number,
                       std::string& line) {
  line.clear();
  std::streambuf& buffer = *file.rdbuf();
  for (int byte = buffer.sbumpc(); byte != std::char_traits<char>::eof(); byte = buffer.sbumpc()) {
    if (byte == '\n') return true;
    line.push_back(static_cast<char>(byte));
    if (line.size() > kMaxJobBytes) {
      return fail(ErrorCode::TooLarge, path,
                  fmt::format("{} has more than {} bytes; a line is one job", at_line(path, number),
                              kMaxJobBytes));
    }
  }
  return !line.empty();
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r") == std::string::npos;
}

/// Whether a file lies in a folder or below it.
bool lies_in(const fs::path& file, const fs::path& folder) {
  std::error_code failed;
  const fs::path from = fs::weakly_canonical(folder, failed);
  const fs::path below = fs::weakly_canonical(file, failed).lexically_relative(from);
  return !failed && !below.empty() && *below.begin() != "..";
}

Result<Job> checked(Job job, const std::string& place, const Limits& limits) {
  job.limits = limits;
  job = for_batch(std::move(job));
  if (const auto good = check_job(job); !good) {
    return fail(good.error().code, fmt::format("{}: {}", place, good.error().sentence));
  }
  return job;
}

}  // namespace

/// Finds two jobs whose results would have one name. Within a job the OutputPlan tells them apart.
class Manifest::Names {
 public:
  Status add(const ManifestJob& entry, std::size_t number) {
    const Job& job = entry.job;
    LATENT_TRY(const TaskRow* row, task_row(job.task));
    const fs::path pattern = job.output.file.value_or(job.output.folder.value_or(""));
    if (has_variables(pattern)) return {};  // told apart when they are written
    for (const fs::path& source : job.sources) {
      const fs::path name =
          OutputPlan::usual_name(source, row->suffix(job), job.format, job.output);
      const auto [owner, fresh] =
          owners_.try_emplace(first_bits(name.lexically_normal().native()), number);
      if (fresh || owner->second == number) continue;
      return fail(ErrorCode::Usage, source,
                  fmt::format("{}: the result of {} would be {}, as that of another job (number "
                              "{}); give them other folders, or put both sources into one job",
                              entry.place, quoted(source), quoted(name), owner->second + 1));
    }
    return {};
  }

 private:
  std::unordered_map<std::uint64_t, std::size_t> owners_;
};

Status Manifest::add(Entry entry, const ManifestJob& job, Names& names) {
  if (entries_.size() >= kMaxJobs) {
    return fail(ErrorCode::TooLarge, fmt::format("there are more than {} jobs", kMaxJobs));
  }
  LATENT_CHECK(names.add(job, entries_.size()));
  entry.first = items_;
  entries_.push_back(entry);
  items_ += job.job.sources.size();
  return {};
}

Status Manifest::add_lines(const fs::path& path, Names& names) {
  LATENT_TRY(std::ifstream file, opened(path));
  inputs_.push_back(path);
  std::string line;
  std::uint64_t offset = 0;
  for (std::size_t number = 1;; ++number) {
    LATENT_TRY(const bool more, next_line(file, path, number, line));
    if (!more) return {};
    Entry entry{.input = static_cast<std::uint32_t>(inputs_.size() - 1),
                .line = static_cast<std::uint32_t>(number),
                .offset = offset};
    offset += line.size() + 1;
    if (is_blank(line)) continue;
    const std::string place = at_line(path, number);
    LATENT_TRY(Job job, from_json(line, place, path.parent_path()));
    LATENT_TRY(job, checked(std::move(job), place, limits_));
    LATENT_CHECK(add(entry, {std::move(job), {}, items_, place}, names));
  }
}

Status Manifest::add_file(const fs::path& path, Names& names) {
  inputs_.push_back(path);
  LATENT_TRY(const std::string text, read_small_file(path, kMaxJobBytes));
  LATENT_TRY(Job job, from_json(text, quoted(path), path.parent_path()));
  LATENT_TRY(job, checked(std::move(job), quoted(path), limits_));
  const Entry entry{.input = static_cast<std::uint32_t>(inputs_.size() - 1)};
  return add(entry, {std::move(job), {}, items_, quoted(path)}, names);
}

namespace {

using FilesByFolder =
    std::map<fs::path, std::vector<fs::path>>;  ///< by the folder of their results

Result<FilesByFolder> files_by_folder(const ManifestRequest& request, const TaskRow& row) {
  const Job& pattern = *request.pattern_job;
  const auto& output = pattern.output.folder;
  FilesByFolder found;
  for (const fs::path& input : request.inputs) {
    LATENT_TRY(auto files, gathered({input}, row, Folders::Recursive));
    std::erase_if(files, [&](const fs::path& file) {
      // Results say nothing of themselves: what lies where they go is one.
      if (row.results_by_name && output && lies_in(file, *output)) return true;
      return !request.match.empty() && !matches_name(file, request.match);
    });
    for (fs::path& file : files) {
      fs::path folder = output.value_or(file.parent_path());
      if (output && is_folder(input)) {
        folder /= file.parent_path().lexically_relative(input);
      }
      found[folder.lexically_normal()].push_back(std::move(file));
    }
  }
  return found;
}

}  // namespace

/// A job for each folder with photographs: the output tree mirrors the folders that were named.
Status Manifest::add_found(const ManifestRequest& request, Names& names) {
  const Job& pattern = *request.pattern_job;
  LATENT_TRY(const TaskRow* row, task_row(pattern.task));
  const fs::path& first = request.inputs.front();
  top_ = is_folder(first) ? first : first.parent_path();
  const auto& output = pattern.output.folder;
  if (output && !has_variables(*output)) top_ = *output;
  LATENT_TRY(FilesByFolder found, files_by_folder(request, *row));
  for (auto& [folder, files] : found) {
    Job job = pattern;
    job.sources = std::move(files);
    if (pattern.output.folder) job.output.folder = folder;
    const std::string place = "the folder " + quoted(folder);
    LATENT_TRY(job, checked(std::move(job), place, limits_));
    LATENT_CHECK(add({.offset = made_.size()}, {job, {}, items_, place}, names));
    made_.push_back(std::move(job));
  }
  if (found.empty()) {
    return fail(ErrorCode::Usage, fmt::format("nothing that {} takes was found{}", row->id,
                                              request.match.empty() ? "" : " under --match"));
  }
  return {};
}

Result<Manifest> Manifest::open(const ManifestRequest& request) {
  Manifest manifest;
  manifest.limits_ = request.limits;
  Names names;
  if (request.inputs.empty()) {
    return fail(ErrorCode::Usage, "name a manifest (.jsonl), jobs (.json), or folders");
  }
  if (request.pattern_job) {
    LATENT_CHECK(manifest.add_found(request, names));
    return manifest;
  }
  for (const fs::path& input : request.inputs) {
    if (is_folder(input)) {
      return fail(
          ErrorCode::Usage, input,
          fmt::format("{} is a folder: say what to do with it by --task or --job", quoted(input)));
    }
    LATENT_CHECK(is_manifest(input) ? manifest.add_lines(input, names)
                                    : manifest.add_file(input, names));
  }
  if (manifest.items_ == 0) return fail(ErrorCode::Usage, "the manifest holds no job");
  return manifest;
}

std::size_t Manifest::job_of(std::size_t item) const {
  const auto behind = std::ranges::upper_bound(entries_, item, {}, &Entry::first);
  return static_cast<std::size_t>(behind - entries_.begin()) - 1;
}

Result<ManifestJob> Manifest::job(std::size_t index) const {
  const Entry& entry = entries_[index];
  if (inputs_.empty()) {
    const Job& job = made_[entry.offset];
    return ManifestJob{job, job, entry.first, "a job of the folders"};
  }
  const fs::path& path = inputs_[entry.input];
  const std::string place = entry.line == 0 ? quoted(path) : at_line(path, entry.line);
  std::string line;
  if (entry.line == 0) {
    LATENT_TRY(line, read_small_file(path, kMaxJobBytes));
  } else {
    LATENT_TRY(std::ifstream file, opened(path));
    file.seekg(static_cast<std::streamoff>(entry.offset));
    LATENT_CHECK(next_line(file, path, entry.line, line));
  }
  LATENT_TRY(Job job, from_json(line, place, path.parent_path()));
  LATENT_TRY(job, checked(std::move(job), place, limits_));
  const std::size_t next = index + 1 < entries_.size() ? entries_[index + 1].first : items_;
  if (job.sources.size() != next - entry.first) {
    return fail(ErrorCode::Usage, path, place + " was changed while the batch ran; start it again");
  }
  LATENT_TRY(Job written, from_json(line, place, {}));
  return ManifestJob{std::move(job), for_batch(std::move(written)), entry.first, place};
}

fs::path Manifest::usual_state_folder() const {
  if (!inputs_.empty()) {
    fs::path beside = inputs_.front();
    return beside += ".latent";
  }
  return top_ / ".latent-batch";
}

std::uint64_t item_key(const std::string& settings, const fs::path& source) {
  return first_bits(settings + '\0' + source.lexically_normal().native());
}

Job for_batch(Job job) {
  if (job.output.if_exists == IfExists::NextFreeName) job.output.if_exists = IfExists::Skip;
  return job;
}

}  // namespace latent::app
