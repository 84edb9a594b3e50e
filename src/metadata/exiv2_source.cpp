// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/exiv2_source.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exiv2/exiv2.hpp>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>

namespace latent::metadata {

namespace {

/// A ByteSource as Exiv2 wants to see it. As with its own, reading past the end sets eof().
class SourceIo final : public Exiv2::BasicIo {
 public:
  explicit SourceIo(const ByteSource& source) : source_(source) {}

  int open() override {
    position_ = 0;
    eof_ = false;
    return 0;
  }
  int close() override { return munmap(); }
  bool isopen() const override { return true; }
  int error() const override { return failed_ ? 1 : 0; }
  bool eof() const override { return eof_; }
  long tell() const override { return static_cast<long>(position_); }
  std::size_t size() const override { return static_cast<std::size_t>(source_.size()); }
  std::string path() const override { return "source"; }

  Exiv2::DataBuf read(long wanted) override {
    // Wishes are not trusted: nothing is allocated that the file does not hold.
    const auto available = static_cast<long>(
        std::min<std::uint64_t>(left(), std::numeric_limits<std::int32_t>::max()));
    Exiv2::DataBuf buffer(std::clamp(wanted, 0L, available));
    buffer.size_ = read(buffer.pData_, buffer.size_);
    if (wanted > available) eof_ = true;
    return buffer;
  }

  long read(Exiv2::byte* to, long wanted) override {
    const auto asked = static_cast<std::uint64_t>(std::max(wanted, 0L));
    const auto count = static_cast<std::size_t>(std::min(left(), asked));
    if (!source_.read_at(position_, {to, count})) {
      failed_ = true;
      return 0;
    }
    position_ += count;
    if (static_cast<long>(count) < wanted) eof_ = true;
    return static_cast<long>(count);
  }

  int getb() override {
    Exiv2::byte value = 0;
    return read(&value, 1) == 1 ? value : EOF;
  }

  int seek(long offset, Position from) override {
    const auto base = from == beg ? 0L : from == cur ? tell() : static_cast<long>(source_.size());
    long target = 0;
    if (__builtin_add_overflow(base, offset, &target) || target < 0) return 1;
    // Exiv2's own end short of what lies behind a file, and say so.
    const bool inside = static_cast<std::uint64_t>(target) <= source_.size();
    position_ = inside ? static_cast<std::uint64_t>(target) : source_.size();
    eof_ = !inside;
    return inside ? 0 : 1;
  }

  Exiv2::byte* mmap(bool writeable) override {
    if (writeable) throw std::runtime_error("it is opened for reading only");
    auto whole = source_.whole();
    if (!whole) throw std::runtime_error(whole.error().sentence);
    whole_ = *std::move(whole);
    return const_cast<Exiv2::byte*>(whole_->bytes().data());  // which it reads only
  }
  int munmap() override {
    whole_.reset();
    return 0;
  }

  // Nothing is written.
  long write(const Exiv2::byte* /*data*/, long /*count*/) override { return 0; }
  long write(BasicIo& /*from*/) override { return 0; }
  int putb(Exiv2::byte /*value*/) override { return EOF; }
  void transfer(BasicIo& /*from*/) override {
    throw std::runtime_error("it is opened for reading only");
  }

 private:
  [[nodiscard]] std::uint64_t left() const { return source_.size() - position_; }

  const ByteSource& source_;
  std::uint64_t position_ = 0;
  bool eof_ = false;
  bool failed_ = false;
  std::optional<WholeBytes> whole_;
};

}  // namespace

std::unique_ptr<Exiv2::Image> open_exiv2(const ByteSource& source) {
  auto image = Exiv2::ImageFactory::open(Exiv2::BasicIo::AutoPtr(new SourceIo(source)));
  if (image.get() == nullptr) {
    throw std::runtime_error("The file contains data of an unknown image type");
  }
  return std::unique_ptr<Exiv2::Image>(image.release());
}

}  // namespace latent::metadata
