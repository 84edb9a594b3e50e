// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/package_source.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/path.h"
#include "models/manifest/manifest.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = std::size_t{256} << 10U;
constexpr std::size_t kMaxRatio = 200;
constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 20U;

/// Counts entries and bytes against what is allowed.
class Tally {
 public:
  Tally(const fs::path& path, const Limits& limits, std::size_t max_bytes, std::string bound)
      : path_(path), limits_(limits), max_bytes_(max_bytes), bound_(std::move(bound)) {}

  Status entry(const std::string& name) {
    if (++entries_ > limits_.max_package_entries) {
      return fail(ErrorCode::TooLarge, path_,
                  quoted(path_) + " has more than " + std::to_string(limits_.max_package_entries) +
                      " entries, the most that a package may have");
    }
    if (!names_.insert(name).second) {
      return fail(ErrorCode::Corrupt, path_,
                  quoted(path_) + " holds '" + printable(name) + "' twice");
    }
    return {};
  }

  Status bytes(std::size_t count) {
    if (count > max_bytes_ - bytes_) {
      return fail(ErrorCode::TooLarge, path_, quoted(path_) + " unpacks to more than " + bound_);
    }
    bytes_ += count;
    return {};
  }

 private:
  const fs::path& path_;
  const Limits& limits_;
  std::size_t max_bytes_;
  std::string bound_;  ///< in words
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
  std::set<std::string> names_;
};

struct CloseArchive {
  void operator()(archive* handle) const { archive_read_free(handle); }
};
using ArchiveHandle = std::unique_ptr<archive, CloseArchive>;

Error damaged(const fs::path& path, archive* handle) {
  const char* why = archive_error_string(handle);
  return fail(ErrorCode::Corrupt, path,
              quoted(path) + " is damaged or no model package (" +
                  printable(why == nullptr ? "zip" : why) + ")")
      .value();
}

/// What files are that are given as packages by mistake, by their first bytes; empty: unknown.
std::string kind_of(std::string_view begin) {
  using namespace std::string_view_literals;
  struct Kind {
    std::string_view magic;
    std::size_t at;
    const char* words;
  };
  constexpr std::array kKinds{
      Kind{"\x1f\x8b"sv, 0, "a gzip archive"},
      Kind{"\xfd"
           "7zXZ"sv,
           0, "an xz archive"},
      Kind{"BZh"sv, 0, "a bzip2 archive"},
      Kind{"\x28\xb5\x2f\xfd"sv, 0, "a zstd archive"},
      Kind{"7z\xbc\xaf\x27\x1c"sv, 0, "a 7-Zip archive"},
      Kind{"Rar!"sv, 0, "a RAR archive"},
      Kind{"ustar"sv, 257, "a tar archive"},
      Kind{"\x89HDF"sv, 0, "an HDF5 file"},
      Kind{"GGUF"sv, 0, "a GGUF file"},
      Kind{"TFL3"sv, 4, "a TensorFlow Lite network"},
      Kind{"\x80\x02"sv, 0, "a file of Python's pickle, such as PyTorch's weights"},
      Kind{"{\""sv, 8, "a safetensors file of weights"}};
  for (const Kind& kind : kKinds) {
    if (begin.size() > kind.at && begin.substr(kind.at).starts_with(kind.magic)) return kind.words;
  }
  // A ModelProto: ir_version, then one of its other fields.
  const bool onnx = begin.size() > 3 && begin[0] == '\x08' && begin[1] > 0 && begin[1] < 32 &&
                    "\x12\x1a\x22\x28\x32\x3a\x42\x72"sv.find(begin[2]) != std::string_view::npos;
  return onnx ? "an ONNX network" : "";
}

/// Refuses what does not even begin as a zip does: nothing of it is damaged.
Status check_is_zip(const fs::path& path) {
  std::array<char, 512> bytes{};
  std::ifstream stream(path, std::ios::binary);
  stream.read(bytes.data(), bytes.size());
  const std::string_view begin(bytes.data(), static_cast<std::size_t>(stream.gcount()));
  if (begin.empty() || begin.starts_with("PK")) return {};
  const std::string kind = kind_of(begin);
  const bool onnx = kind == "an ONNX network";
  return fail(ErrorCode::Unsupported, path,
              quoted(path) + " is " + (kind.empty() ? "no" : kind + " and no") +
                  " model package: a package (.dtmodel) is a zip, or a folder, with a config.json "
                  "that says what its networks are for" +
                  (onnx ? " and how a picture is cut for them; latent models pack makes one of a "
                          "folder"
                        : ""));
}

Result<ArchiveHandle> open_archive(const fs::path& path) {
  ArchiveHandle handle(archive_read_new());
  if (!handle) return fail(ErrorCode::TooLarge, "not enough memory to open a model package");
  // Only the reader that begins at the central directory: without one an archive was cut off, and a
  // reader that goes on from the front would not notice.
  archive_read_support_format_zip_seekable(handle.get());
  if (archive_read_open_filename(handle.get(), path.c_str(), kPiece) != ARCHIVE_OK) {
    LATENT_CHECK(check_is_zip(path));
    return tl::make_unexpected(damaged(path, handle.get()));
  }
  return handle;
}

/// The name of an entry, split into top folder and the rest ("" for the top folder itself).
struct EntryName {
  std::string top;
  std::string rest;
};

Result<EntryName> name_of(const fs::path& path, archive_entry* entry) {
  const char* raw = archive_entry_pathname_utf8(entry);
  if (raw == nullptr) raw = archive_entry_pathname(entry);
  std::string name = raw == nullptr ? "" : raw;
  const bool folder = archive_entry_filetype(entry) == AE_IFDIR;
  if (folder && name.ends_with('/')) name.pop_back();
  if (!is_safe_entry_name(name)) {
    return fail(ErrorCode::Corrupt, path,
                quoted(path) + " holds an entry with the unsafe name '" + printable(name) + "'");
  }
  if (archive_entry_symlink(entry) != nullptr || archive_entry_hardlink(entry) != nullptr ||
      !(folder || archive_entry_filetype(entry) == AE_IFREG)) {
    return fail(ErrorCode::Corrupt, path,
                quoted(path) + " holds '" + printable(name) + "', which is no ordinary file");
  }
  if (archive_entry_is_encrypted(entry) != 0) {
    return fail(ErrorCode::Corrupt, path, quoted(path) + " is encrypted");
  }
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos && !folder) {
    return fail(ErrorCode::Corrupt, path,
                quoted(path) + " holds '" + printable(name) + "' outside its top folder");
  }
  return EntryName{name.substr(0, slash), slash == std::string::npos ? "" : name.substr(slash + 1)};
}

Status read_entry(const fs::path& path, archive* handle, Tally& tally, EntrySink& sink) {
  std::size_t expected = 0;
  for (;;) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(handle, &data, &size, &offset);
    if (code == ARCHIVE_EOF) return {};
    if (code != ARCHIVE_OK || offset != static_cast<la_int64_t>(expected)) {
      return tl::make_unexpected(damaged(path, handle));
    }
    expected += size;
    LATENT_CHECK(tally.bytes(size));
    LATENT_CHECK(sink.piece({static_cast<const std::byte*>(data), size}));
  }
}

Result<std::string> walk_archive(const fs::path& path, std::size_t archive_bytes,
                                 const Limits& limits, EntrySink& sink) {
  const std::size_t by_ratio = archive_bytes > limits.max_package_bytes / kMaxRatio
                                   ? limits.max_package_bytes
                                   : archive_bytes * kMaxRatio + kAlwaysAllowed;
  const bool ratio_rules = by_ratio < limits.max_package_bytes;
  Tally tally(path, limits, std::min(by_ratio, limits.max_package_bytes),
              ratio_rules ? "200 times its size" : most_of_a_package(limits));
  LATENT_TRY(const ArchiveHandle handle, open_archive(path));
  std::string top;
  for (;;) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(handle.get(), &entry);
    if (code == ARCHIVE_EOF) break;
    if (code != ARCHIVE_OK) return tl::make_unexpected(damaged(path, handle.get()));
    LATENT_TRY(const EntryName name, name_of(path, entry));
    LATENT_CHECK(tally.entry(name.top + "/" + name.rest));
    if (top.empty()) top = name.top;
    if (name.top != top) {
      return fail(ErrorCode::Corrupt, path,
                  quoted(path) + " has a second top folder, '" + printable(name.top) +
                      "' beside '" + printable(top) + "'");
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    LATENT_CHECK(sink.begin(name.rest));
    LATENT_CHECK(read_entry(path, handle.get(), tally, sink));
    LATENT_CHECK(sink.end());
  }
  if (top.empty()) return fail(ErrorCode::Corrupt, path, quoted(path) + " is empty");
  return top;
}

Status read_file(const fs::path& file, Tally& tally, EntrySink& sink) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(ErrorCode::Io, file, quoted(file) + " cannot be opened");
  std::vector<std::byte> buffer(kPiece);
  while (stream) {
    stream.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(kPiece));
    const auto got = static_cast<std::size_t>(stream.gcount());
    LATENT_CHECK(tally.bytes(got));
    LATENT_CHECK(sink.piece(std::span(buffer).first(got)));
  }
  if (stream.bad()) return fail(ErrorCode::Io, file, quoted(file) + " cannot be read to its end");
  return {};
}

/// Files below a folder, sorted, so that what is refused first does not hang on the file system.
Result<std::vector<fs::path>> files_below(const fs::path& folder, Tally& tally) {
  std::vector<fs::path> files;
  std::error_code code;
  fs::recursive_directory_iterator entries(folder, code);
  for (; !code && entries != fs::recursive_directory_iterator(); entries.increment(code)) {
    const fs::path& path = entries->path();
    const std::string name = path.lexically_relative(folder).generic_string();
    LATENT_CHECK(tally.entry(name));
    const auto status = entries->symlink_status(code);
    if (code) break;
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status) || !is_safe_entry_name(name)) {
      return fail(ErrorCode::Corrupt, folder,
                  quoted(folder) + " holds '" + printable(name) + "', which is no ordinary file");
    }
    files.push_back(path);
  }
  if (code)
    return fail(ErrorCode::Io, folder, quoted(folder) + " cannot be read: " + code.message());
  std::ranges::sort(files);
  return files;
}

Result<std::string> walk_folder(const fs::path& folder, const Limits& limits, EntrySink& sink) {
  Tally tally(folder, limits, limits.max_package_bytes, most_of_a_package(limits));
  LATENT_TRY(const auto files, files_below(folder, tally));
  for (const fs::path& file : files) {
    LATENT_CHECK(sink.begin(file.lexically_relative(folder).generic_string()));
    LATENT_CHECK(read_file(file, tally, sink));
    LATENT_CHECK(sink.end());
  }
  const fs::path plain = fs::absolute(folder).lexically_normal();
  return (plain.has_filename() ? plain : plain.parent_path()).filename().string();
}

}  // namespace

std::string most_of_a_package(const Limits& limits) {
  return std::to_string(limits.max_package_bytes >> 20U) + " MiB, the most that a package may have";
}

Result<std::string> walk_package(const fs::path& path, const Limits& limits, EntrySink& sink) {
  std::error_code code;
  const auto status = fs::status(path, code);
  if (!fs::exists(status)) {
    return fail(ErrorCode::NotFound, path, "there is no model package " + quoted(path));
  }
  if (fs::is_directory(status)) return walk_folder(path, limits, sink);
  if (!fs::is_regular_file(status)) {
    return fail(ErrorCode::Corrupt, path, quoted(path) + " is no ordinary file");
  }
  const auto size = fs::file_size(path, code);
  if (code) return fail(ErrorCode::Io, path, quoted(path) + " cannot be read: " + code.message());
  if (size > limits.max_package_bytes) {
    return fail(ErrorCode::TooLarge, path,
                quoted(path) + " is larger than " + most_of_a_package(limits));
  }
  return walk_archive(path, size, limits, sink);
}

}  // namespace latent::models
