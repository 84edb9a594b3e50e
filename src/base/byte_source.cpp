// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/open_descriptor.h"
#include "base/path.h"

namespace latent {

namespace fs = std::filesystem;

namespace {

/// What a file is known by again.
struct Identity {
  dev_t device = 0;
  ino_t number = 0;
  std::int64_t size = 0;
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;

  [[nodiscard]] bool same_content(const Identity& other) const {
    return size == other.size && modified_s == other.modified_s && modified_ns == other.modified_ns;
  }
};

Identity identity_of(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec};
}

tl::unexpected<Error> changed() {
  return fail(ErrorCode::Io,
              "was changed while it was read; run it again when nothing writes to it");
}

class FileBytes final : public ByteSource {
 public:
  FileBytes(Descriptor descriptor, const struct stat& facts, fs::path path)
      : descriptor_(std::move(descriptor)), identity_(identity_of(facts)), path_(std::move(path)) {}

  [[nodiscard]] std::uint64_t size() const override {
    return static_cast<std::uint64_t>(identity_.size);
  }

  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    LATENT_CHECK(check_extent(offset, out.size()));
    while (!out.empty()) {
      const ssize_t count =
          ::pread(descriptor_.number(), out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(ErrorCode::Io, "cannot be read to its end; check the disk");
      if (count == 0) return changed();
      out = out.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }

  [[nodiscard]] Status unchanged() const override {
    struct stat facts {};
    if (::fstat(descriptor_.number(), &facts) != 0) {
      return fail(ErrorCode::Io, "cannot be looked at any more; check the disk");
    }
    if (!identity_of(facts).same_content(identity_)) return changed();
    // Another file under its name. One that was moved away or deleted is still whole here. Some
    // network file systems give a file new numbers, so these alone say nothing.
    if (::stat(path_.c_str(), &facts) != 0) return {};
    const Identity there = identity_of(facts);
    const bool other = there.device != identity_.device || there.number != identity_.number;
    if (other && !there.same_content(identity_)) return changed();
    return {};
  }

 protected:
  [[nodiscard]] Result<WholeBytes> mapped() const override {
    const auto length = static_cast<std::size_t>(identity_.size);
    void* start = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor_.number(), 0);
    if (start == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
      return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    }
    const std::shared_ptr<const void> owner(
        start, [length](const void* from) { ::munmap(const_cast<void*>(from), length); });
    return WholeBytes(owner, {static_cast<const std::uint8_t*>(start), length});
  }

 private:
  Descriptor descriptor_;
  Identity identity_;
  fs::path path_;  ///< absolute
};

tl::unexpected<Error> cannot_be_opened(const fs::path& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return fail(ErrorCode::NotFound, path, quoted(path) + " does not exist; check the name");
  }
  return fail(ErrorCode::Io, path,
              quoted(path) + " cannot be opened (" + std::generic_category().message(error) +
                  "); check its permissions");
}

/// Nothing but a file may be opened: opening a device may set something off.
Status check_type(const fs::path& path, const struct stat& facts) {
  if (S_ISREG(facts.st_mode)) return {};
  if (S_ISDIR(facts.st_mode)) {
    return fail(ErrorCode::Usage, path,
                quoted(path) + " is a folder; name the files that are in it");
  }
  return fail(ErrorCode::Usage, path, quoted(path) + " is a device or a pipe; name a file");
}

}  // namespace

Status ByteSource::check_extent(std::uint64_t offset, std::uint64_t count) const {
  if (offset > size() || count > size() - offset) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("is cut short or damaged: its header points to byte {}, but it has only "
                    "{}; copy it from the card again",
                    offset + count, size()));
  }
  return {};
}

Result<WholeBytes> ByteSource::whole() const {
  constexpr std::uint64_t kMostCopied = std::uint64_t{256} << 20U;
  if (!in_memory().empty()) return WholeBytes(in_memory());
  if (size() > kMostCopied) return mapped();
  const auto length = static_cast<std::size_t>(size());
  if (length == 0) return WholeBytes(std::span<const std::uint8_t>());
  // Pages of its own: once glibc has freed a block of this size, it takes later large blocks from
  // its heap, where they leave holes (33 MiB more at the peak of a raw file of 24 MP).
  void* start = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) {  // NOLINT(performance-no-int-to-ptr): the system's own constant
    return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  }
  const std::shared_ptr<const void> owner(
      start, [length](const void* from) { ::munmap(const_cast<void*>(from), length); });
  const std::span bytes(static_cast<std::uint8_t*>(start), length);
  LATENT_CHECK(read_at(0, bytes));
  return WholeBytes(owner, bytes);
}

Result<WholeBytes> ByteSource::mapped() const {
  return fail(ErrorCode::TooLarge, "cannot be read: it is too large to be held in memory");
}

Status MemoryBytes::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  LATENT_CHECK(check_extent(offset, out.size()));
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return {};
}

Result<std::unique_ptr<ByteSource>> open_bytes(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return cannot_be_opened(path, errno);
  LATENT_CHECK(check_type(path, facts));
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!descriptor.good()) return cannot_be_opened(path, errno);
  if (::fstat(descriptor.number(), &facts) != 0) return cannot_be_opened(path, errno);
  LATENT_CHECK(check_type(path, facts));  // another one may have taken its place
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  return std::make_unique<FileBytes>(std::move(descriptor), facts,
                                     error ? path : std::move(absolute));
}

int descriptor_of(const ByteSource& source) {
  const auto* file = dynamic_cast<const FileBytes*>(&source);
  return file != nullptr ? file->descriptor() : -1;
}

Result<std::unique_ptr<ByteSource>> bytes_of(Descriptor descriptor) {
  struct stat facts {};
  if (::fstat(descriptor.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::Io, "is no file");
  }
  return std::make_unique<FileBytes>(std::move(descriptor), facts, fs::path());
}

}  // namespace latent
