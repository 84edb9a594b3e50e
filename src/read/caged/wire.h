// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

// How values go between this process and the reader: field by field, in the byte order of the
// machine, since both are of one build. `fields(archive, value)` (answers.h) lists the fields of a
// struct once, for both directions.

/// Collects the bytes of values. Pixels stay where they are; their address goes.
class WireWriter {
 public:
  template <class... Values>
  void operator()(const Values&... values) {
    (one(values), ...);
  }
  template <class Enum>
  void choice(const Enum& value, Enum /*last*/) {
    one(static_cast<std::uint8_t>(value));
  }
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  void raw(const void* from, std::size_t count) {
    const auto* first = static_cast<const std::uint8_t*>(from);
    bytes_.insert(bytes_.end(), first, first + count);
  }
  template <class T>
  void one(const T& value) {
    if constexpr (std::is_arithmetic_v<T>) {
      raw(&value, sizeof value);
    } else {
      fields(*this, const_cast<T&>(value));  // it only reads
    }
  }
  void one(const std::string& text) {
    one(std::uint64_t{text.size()});
    raw(text.data(), text.size());
  }
  template <class T>
  void one(const std::vector<T>& values) {
    one(std::uint64_t{values.size()});
    for (const T& value : values) one(value);
  }
  void one(const std::vector<std::uint8_t>& values) {
    one(std::uint64_t{values.size()});
    raw(values.data(), values.size());
  }
  template <class T>
  void one(const std::optional<T>& value) {
    one(value.has_value());
    if (value) one(*value);
  }
  template <class T, std::size_t kCount>
  void one(const std::array<T, kCount>& values) {
    for (const T& value : values) one(value);
  }
  template <class T>
  void one(const Image<T>& image) {
    const ImageView<const T> view = image.view();
    (*this)(view.width(), view.height(), view.channels(),
            static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(view.data())));
  }

  std::vector<std::uint8_t> bytes_;
};

/// Gets pixels from the address that the other process has named.
using FetchPixels = std::function<Status(std::uint64_t address, std::span<std::byte> out)>;

/// Reads values from bytes that nobody vouches for: whatever does not fit is an error, and counts
/// reserve no more memory than there are bytes.
class WireReader {
 public:
  WireReader(std::span<const std::uint8_t> bytes, const Limits& limits, FetchPixels fetch)
      : bytes_(bytes), limits_(limits), fetch_(std::move(fetch)) {}

  template <class... Values>
  void operator()(Values&... values) {
    (one(values), ...);
  }
  /// An enumeration that ends with `last`.
  template <class Enum>
  void choice(Enum& value, Enum last) {
    std::uint8_t number = 0;
    one(number);
    if (number > static_cast<std::uint8_t>(last)) return refuse();
    value = static_cast<Enum>(number);
  }
  /// What was wrong first; nothing may be left over, either.
  [[nodiscard]] Status end() const {
    LATENT_CHECK(status_);
    if (!bytes_.empty()) return damaged();
    return {};
  }
  void refuse() {
    if (status_) status_ = damaged();
  }

 private:
  static tl::unexpected<Error> damaged() {
    return fail(ErrorCode::Internal, "cannot be read: the reader process answered wrongly");
  }
  void raw(void* to, std::size_t count) {
    if (!status_ || count > bytes_.size()) return refuse();
    if (count > 0) std::memcpy(to, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
  }
  std::size_t count_of(std::size_t bytes_each) {
    std::uint64_t count = 0;
    one(count);
    if (count > bytes_.size() / bytes_each) {
      refuse();
      return 0;
    }
    return static_cast<std::size_t>(count);
  }
  template <class T>
  void one(T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      std::uint8_t byte = 0;
      one(byte);
      if (byte > 1) refuse();
      value = byte == 1;
    } else if constexpr (std::is_arithmetic_v<T>) {
      raw(&value, sizeof value);
    } else {
      fields(*this, value);
    }
  }
  void one(std::string& text) {
    text.resize(count_of(1));
    raw(text.data(), text.size());
  }
  template <class T>
  void one(std::vector<T>& values) {
    values.clear();
    const std::size_t count = count_of(1);
    for (std::size_t i = 0; i < count && status_; ++i) one(values.emplace_back());
  }
  void one(std::vector<std::uint8_t>& values) {
    values.resize(count_of(1));
    raw(values.data(), values.size());
  }
  template <class T>
  void one(std::optional<T>& value) {
    bool is_there = false;
    one(is_there);
    value.reset();
    if (is_there && status_) one(value.emplace());
  }
  template <class T, std::size_t kCount>
  void one(std::array<T, kCount>& values) {
    for (T& value : values) one(value);
  }
  template <class T>
  void one(Image<T>& image) {
    constexpr int kMostChannels = 4;
    int width = 0;
    int height = 0;
    int channels = 0;
    std::uint64_t address = 0;
    (*this)(width, height, channels, address);
    if (!status_ || channels < 1 || channels > kMostChannels) return refuse();
    auto made = Image<T>::create({width, height}, channels, limits_);
    if (!made) {
      status_ = fail(made.error().code, "cannot be read: " + made.error().sentence);
      return;
    }
    const ImageView<T> view = made->view();
    const auto samples = std::span(
        view.data(), static_cast<std::size_t>(view.stride()) * static_cast<std::size_t>(height));
    status_ = fetch_(address, std::as_writable_bytes(samples));
    image = *std::move(made);
  }

  std::span<const std::uint8_t> bytes_;
  Limits limits_;
  FetchPixels fetch_;
  Status status_;
};

}  // namespace latent::read
