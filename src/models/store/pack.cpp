// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/pack.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <optional>
#include <system_error>

#include "base/path.h"
#include "base/safe_file.h"
#include "models/store/package.h"
#include "models/store/package_source.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr std::time_t kDate = 315'532'800;  // 1980-01-01, the first that zip knows

struct FreeArchive {
  void operator()(archive* handle) const { archive_write_free(handle); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

/// Writes the files of a walk into a zip.
class Writer : public EntrySink {
 public:
  Writer(fs::path folder, SafeFile& file, std::string top, const RunControl& control)
      : folder_(std::move(folder)),
        file_(file),
        top_(std::move(top)),
        control_(control),
        zip_(archive_write_new()) {}

  Status open() {
    if (!zip_) return fail(ErrorCode::TooLarge, "not enough memory to write a package");
    archive_write_set_format_zip(zip_.get());
    archive_write_zip_set_compression_deflate(zip_.get());
    archive_write_set_bytes_in_last_block(zip_.get(), 1);  // nothing is appended to fill a block
    if (archive_write_open(zip_.get(), this, nullptr, on_bytes, nullptr) != ARCHIVE_OK) {
      return problem();
    }
    return {};
  }

  Status begin(const std::string& name) override {
    std::error_code code;
    const auto size = fs::file_size(folder_ / name, code);
    if (code)
      return fail(ErrorCode::Io, folder_ / name, quoted(folder_ / name) + " cannot be read");
    const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), (top_ + "/" + name).c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_mtime(entry.get(), kDate, 0);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    return archive_write_header(zip_.get(), entry.get()) == ARCHIVE_OK ? Status{} : problem();
  }

  Status piece(std::span<const std::byte> bytes) override {
    LATENT_CHECK(control_.check());
    const auto written = archive_write_data(zip_.get(), bytes.data(), bytes.size());
    if (written != static_cast<la_ssize_t>(bytes.size())) return problem();
    return {};
  }

  Status end() override { return {}; }

  Status close() { return archive_write_close(zip_.get()) == ARCHIVE_OK ? Status{} : problem(); }

 private:
  static la_ssize_t on_bytes(archive* /*zip*/, void* writer, const void* bytes, std::size_t count) {
    auto& self = *static_cast<Writer*>(writer);
    const Status status = self.file_.write({static_cast<const char*>(bytes), count});
    if (status) return static_cast<la_ssize_t>(count);
    self.failed_ = status.error();
    return -1;
  }

  Status problem() {
    if (failed_) return tl::make_unexpected(*failed_);
    const char* why = zip_ ? archive_error_string(zip_.get()) : nullptr;
    return fail(ErrorCode::Io, file_.target(),
                quoted(file_.target()) + " cannot be written (" +
                    printable(why == nullptr ? "a file changed while it was read" : why) + ")");
  }

  fs::path folder_;
  SafeFile& file_;
  std::optional<Error> failed_;
  std::string top_;
  const RunControl& control_;
  std::unique_ptr<archive, FreeArchive> zip_;
};

Status write_archive(const fs::path& folder, SafeFile& file, const Limits& limits,
                     const RunControl& control) {
  LATENT_TRY(const Manifest manifest, peek_manifest(folder, limits));
  Writer writer(folder, file, manifest.id, control);
  LATENT_CHECK(writer.open());
  LATENT_TRY([[maybe_unused]] const std::string top, walk_package(folder, limits, writer));
  return writer.close();
}

/// Judges the archive as import would. What is wrong with it is wrong with the folder.
Status judge(const SafeFile& file, const fs::path& folder, const Limits& limits,
             const RunControl& control) {
  const auto package = Package::judge(file.readable_path(), limits, control);
  if (package) return {};
  Error error = package.error();
  const std::string name = quoted(file.readable_path());
  const auto at = error.sentence.find(name);
  if (at != std::string::npos) error.sentence.replace(at, name.size(), quoted(folder));
  return tl::make_unexpected(std::move(error));
}

}  // namespace

Status pack_folder(const fs::path& folder, const fs::path& target, const Limits& limits,
                   const RunControl& control) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return fail(ErrorCode::NotFound, folder, "there is no folder " + quoted(folder) + " to pack");
  }
  if (fs::exists(fs::symlink_status(target, ignored))) {
    return fail(ErrorCode::Io, target,
                quoted(target) + " is there already; move it or choose another name");
  }
  LATENT_TRY(SafeFile file, SafeFile::create(target, {}));
  LATENT_CHECK(write_archive(folder, file, limits, control));
  LATENT_CHECK(judge(file, folder, limits, control));
  return file.commit();
}

}  // namespace latent::models
