// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/npy.h"

#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>

namespace latent::models {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr int kMaxSide = 65'536;

struct Parts {
  std::string_view header;
  std::span<const std::byte> data;
};

std::optional<Parts> split(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!text.starts_with(kMagic) || text.size() < 12) return std::nullopt;
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  const std::size_t version = byte_at(6);
  if (version < 1 || version > 3) return std::nullopt;
  const std::size_t start = version == 1 ? 10 : 12;
  std::size_t length = byte_at(8) | byte_at(9) << 8U;
  if (version > 1) length |= byte_at(10) << 16U | byte_at(11) << 24U;
  if (length > text.size() - start) return std::nullopt;
  return Parts{text.substr(start, length), bytes.subspan(start + length)};
}

/// What follows `'key':` in the header, blanks skipped.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t found = header.find(key);
  if (found == std::string_view::npos) return {};
  std::string_view rest = header.substr(found + key.size());
  const std::size_t begin = rest.find_first_not_of(": ");
  return begin == std::string_view::npos ? std::string_view{} : rest.substr(begin);
}

std::optional<std::array<int, 4>> shape_of(std::string_view value) {
  if (!value.starts_with('(')) return std::nullopt;
  std::array<int, 4> shape{};
  std::size_t position = 1;
  for (int& side : shape) {
    while (position < value.size() && (value[position] == ' ' || value[position] == ','))
      ++position;
    while (position < value.size() && value[position] >= '0' && value[position] <= '9') {
      side = side * 10 + (value[position++] - '0');
      if (side > kMaxSide) return std::nullopt;
    }
    if (side < 1) return std::nullopt;
  }
  while (position < value.size() && (value[position] == ' ' || value[position] == ',')) ++position;
  if (position >= value.size() || value[position] != ')') return std::nullopt;
  return shape;
}

}  // namespace

Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& what) {
  const auto parts = split(bytes);
  if (!parts) return fail(ErrorCode::Corrupt, what + " is no numpy array");
  if (!value_of(parts->header, "'descr'").starts_with("'<f4'")) {
    return fail(ErrorCode::Unsupported, what + " is not little-endian float32");
  }
  if (!value_of(parts->header, "'fortran_order'").starts_with("False")) {
    return fail(ErrorCode::Unsupported, what + " is not in C order");
  }
  const auto sides = shape_of(value_of(parts->header, "'shape'"));
  if (!sides) {
    return fail(ErrorCode::Unsupported, what + " has not four dimensions from 1 to 65536");
  }
  const TensorShape shape{(*sides)[0], (*sides)[1], (*sides)[2], (*sides)[3]};
  std::size_t count = 1;
  for (const int side : *sides) {
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(side)));
  }
  LATENT_TRY(const std::size_t expected, checked_multiply(count, sizeof(float)));
  if (expected != parts->data.size()) {
    return fail(ErrorCode::Corrupt, what + " holds " + std::to_string(parts->data.size()) +
                                        " bytes where its shape says " + std::to_string(expected));
  }
  LATENT_TRY(Tensor tensor, Tensor::create(shape));
  std::memcpy(tensor.view().data, parts->data.data(), expected);
  return tensor;
}

}  // namespace latent::models
