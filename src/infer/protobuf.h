// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// The wire format of Protocol Buffers, as far as an ONNX needs it: for the .cpp files that look
// into one. Lengths are held against what is there; nothing is copied.
namespace latent::infer::protobuf {

using Bytes = std::span<const std::byte>;

/// One field of a message: a number or a piece of bytes.
struct Field {
  std::uint32_t number = 0;
  std::uint64_t value = 0;
  Bytes bytes;
  Bytes whole;  ///< as it stands in the message, with number and length
};

/// Walks the fields of one message.
class Message {
 public:
  explicit Message(Bytes bytes) : rest_(bytes) {}

  /// The next field; nothing at the end or where the message is damaged.
  std::optional<Field> next() {
    const Bytes begin = rest_;
    auto field = read();
    if (field) field->whole = begin.first(begin.size() - rest_.size());
    return field;
  }

  [[nodiscard]] bool is_damaged() const { return damaged_; }

 private:
  std::optional<Field> read() {
    if (rest_.empty()) return std::nullopt;
    const auto key = varint();
    if (!key || (*key >> 3U) == 0 || (*key >> 3U) > 536'870'911U) return damaged();
    Field field;
    field.number = static_cast<std::uint32_t>(*key >> 3U);
    switch (*key & 7U) {
      case 0: {
        const auto value = varint();
        if (!value) return damaged();
        field.value = *value;
        return field;
      }
      case 1:
        return piece(field, 8);
      case 2: {
        const auto length = varint();
        return length ? piece(field, *length) : damaged();
      }
      case 5:
        return piece(field, 4);
      default:
        return damaged();
    }
  }

  std::optional<Field> damaged() {
    damaged_ = true;
    rest_ = {};
    return std::nullopt;
  }

  std::optional<Field> piece(Field field, std::uint64_t length) {
    if (length > rest_.size()) return damaged();
    field.bytes = rest_.first(static_cast<std::size_t>(length));
    rest_ = rest_.subspan(static_cast<std::size_t>(length));
    return field;
  }

  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = std::to_integer<std::uint64_t>(rest_.front());
      rest_ = rest_.subspan(1);
      value |= (byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    return std::nullopt;
  }

  Bytes rest_;
  bool damaged_ = false;
};

/// A name in a message, at most 4096 characters of it.
[[nodiscard]] inline std::string text_of(Bytes bytes) {
  constexpr std::size_t kMost = 4096;
  return {reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kMost)};
}

/// Calls take(field) for every field of a message; an error of it ends the walk.
///
/// Errors   Corrupt  no message, or damaged; the sentence is a predicate.
template <class Take>
[[nodiscard]] Status walk(Bytes bytes, const Take& take) {
  Message message(bytes);
  while (const auto field = message.next()) {
    LATENT_CHECK(take(*field));
  }
  if (message.is_damaged()) return fail(ErrorCode::Corrupt, "is no ONNX network, or damaged");
  return {};
}

/// Writes the fields of a message.
class Writer {
 public:
  void number(std::uint32_t field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
  }
  void piece(std::uint32_t field, Bytes bytes) {
    varint(field << 3U | 2U);
    varint(bytes.size());
    whole(bytes);
  }
  void text(std::uint32_t field, std::string_view text) {
    piece(field, std::as_bytes(std::span(text)));
  }
  /// Fields as they stood in another message.
  void whole(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  [[nodiscard]] const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value > 0x7FU; value >>= 7U) {
      bytes_.push_back(static_cast<std::byte>((value & 0x7FU) | 0x80U));
    }
    bytes_.push_back(static_cast<std::byte>(value));
  }
  std::vector<std::byte> bytes_;
};

}  // namespace latent::infer::protobuf
