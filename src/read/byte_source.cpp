// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace latent::read {

namespace {

class FileBytes final : public ByteSource {
 public:
  FileBytes(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  ~FileBytes() override { ::close(descriptor_); }

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    LATENT_CHECK(check_extent(offset, out.size()));
    while (!out.empty()) {
      const ssize_t count =
          ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return fail(ErrorCode::Io, "cannot be read to its end; check the disk");
      out = out.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return {};
  }

 private:
  int descriptor_;
  std::uint64_t size_;
};

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

Status MemoryBytes::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  LATENT_CHECK(check_extent(offset, out.size()));
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
  return {};
}

Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::Io, "cannot be opened (" + std::generic_category().message(errno) +
                                   "); check its permissions");
  }
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) {
    ::close(descriptor);
    return fail(ErrorCode::Io, "cannot be looked at; check the disk");
  }
  return std::make_unique<FileBytes>(descriptor, static_cast<std::uint64_t>(facts.st_size));
}

}  // namespace latent::read
