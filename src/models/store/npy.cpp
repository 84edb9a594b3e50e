// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/npy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string_view>

namespace latent::models {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are read as they lie");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMaxSide = 65'536;
constexpr std::size_t kMaxRank = 32;

/// What follows `'key':` in the header, blanks skipped.
std::string_view value_of(std::string_view header, std::string_view key) {
  const std::size_t found = header.find(key);
  if (found == std::string_view::npos) return {};
  const std::string_view rest = header.substr(found + key.size());
  const std::size_t begin = rest.find_first_not_of(": ");
  return begin == std::string_view::npos ? std::string_view{} : rest.substr(begin);
}

std::optional<std::vector<std::int64_t>> dims_of(std::string_view value) {
  if (!value.starts_with('(')) return std::nullopt;
  std::vector<std::int64_t> dims;
  std::size_t at = 1;
  for (;;) {
    while (at < value.size() && (value[at] == ' ' || value[at] == ',')) ++at;
    if (at >= value.size()) return std::nullopt;
    if (value[at] == ')') return dims;
    std::int64_t side = 0;
    const std::size_t begin = at;
    for (; at < value.size() && value[at] >= '0' && value[at] <= '9'; ++at) {
      side = side * 10 + (value[at] - '0');
      if (side > INT32_MAX) return std::nullopt;
    }
    if (at == begin || dims.size() == kMaxRank) return std::nullopt;
    dims.push_back(side);
  }
}

bool is_tensor(const std::optional<std::vector<std::int64_t>>& dims) {
  return dims && dims->size() == 4 && std::ranges::all_of(*dims, [](std::int64_t side) {
           return side >= 1 && side <= kMaxSide;
         });
}

}  // namespace

Result<NpyParts> split_npy(std::span<const std::byte> bytes, const std::string& what) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  if (!text.starts_with(kMagic) || text.size() < 12 || byte_at(6) < 1 || byte_at(6) > 3) {
    return fail(ErrorCode::Corrupt, what + " is no numpy array");
  }
  const std::size_t start = byte_at(6) == 1 ? 10 : 12;
  std::size_t length = byte_at(8) | byte_at(9) << 8U;
  if (byte_at(6) > 1) length |= byte_at(10) << 16U | byte_at(11) << 24U;
  if (length > text.size() - start) return fail(ErrorCode::Corrupt, what + " is no numpy array");
  const std::string_view header = text.substr(start, length);
  NpyParts parts;
  const std::string_view type = value_of(header, "'descr'");
  if (type.starts_with('\'')) parts.type = type.substr(1, type.find('\'', 1) - 1);
  parts.c_order = value_of(header, "'fortran_order'").starts_with("False");
  parts.dims = dims_of(value_of(header, "'shape'"));
  parts.data = bytes.subspan(start + length);
  return parts;
}

Result<Tensor> parse_npy(std::span<const std::byte> bytes, const std::string& what) {
  LATENT_TRY(const NpyParts parts, split_npy(bytes, what));
  if (parts.type != "<f4") {
    return fail(ErrorCode::Unsupported, what + " is not little-endian float32");
  }
  if (!parts.c_order) return fail(ErrorCode::Unsupported, what + " is not in C order");
  if (!is_tensor(parts.dims)) {
    return fail(ErrorCode::Unsupported, what + " has not four dimensions from 1 to 65536");
  }
  const auto side = [&](std::size_t axis) { return static_cast<int>((*parts.dims)[axis]); };
  const TensorShape shape{side(0), side(1), side(2), side(3)};
  std::size_t count = 1;
  for (const std::int64_t length : *parts.dims) {
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(length)));
  }
  LATENT_TRY(const std::size_t expected, checked_multiply(count, sizeof(float)));
  if (expected != parts.data.size()) {
    return fail(ErrorCode::Corrupt, what + " holds " + std::to_string(parts.data.size()) +
                                        " bytes where its shape says " + std::to_string(expected));
  }
  LATENT_TRY(Tensor tensor, Tensor::create(shape));
  std::memcpy(tensor.view().data, parts.data.data(), expected);
  return tensor;
}

}  // namespace latent::models
