// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/npy_file.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/path.h"
#include "infer/half.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostRank = 32;

struct Header {
  std::string type;
  std::vector<std::int64_t> dims;
  bool c_order = false;
};

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
    if (at == begin || dims.size() == kMostRank) return std::nullopt;
    dims.push_back(side);
  }
}

std::optional<Header> header_of(std::string_view text) {
  Header header;
  const std::string_view type = value_of(text, "'descr'");
  if (!type.starts_with('\'')) return std::nullopt;
  header.type = type.substr(1, type.find('\'', 1) - 1);
  header.c_order = value_of(text, "'fortran_order'").starts_with("False");
  auto dims = dims_of(value_of(text, "'shape'"));
  if (!dims) return std::nullopt;
  header.dims = *std::move(dims);
  return header;
}

template <class T>
bool take(std::span<const std::byte> bytes, std::vector<float>& values) {
  constexpr double kExact = 16'777'216.0;
  bool exact = true;
  for (std::size_t i = 0; i < values.size(); ++i) {
    T element{};
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    values[i] = static_cast<float>(element);
    if constexpr (!std::is_floating_point_v<T>) {
      exact = exact && std::abs(static_cast<double>(element)) <= kExact;
    }
  }
  return exact;
}

struct Reader {
  const char* type;
  std::size_t bytes;
  bool (*take)(std::span<const std::byte>, std::vector<float>&);
};

bool take_half(std::span<const std::byte> bytes, std::vector<float>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t half = 0;
    std::memcpy(&half, bytes.data() + i * sizeof(half), sizeof(half));
    values[i] = infer::float_of_half(half);
  }
  return true;
}

constexpr std::array kReaders{
    Reader{"<f4", 4, take<float>},         Reader{"<f8", 8, take<double>},
    Reader{"<f2", 2, take_half},           Reader{"<i8", 8, take<std::int64_t>},
    Reader{"<i4", 4, take<std::int32_t>},  Reader{"<i2", 2, take<std::int16_t>},
    Reader{"|i1", 1, take<std::int8_t>},   Reader{"|u1", 1, take<std::uint8_t>},
    Reader{"<u2", 2, take<std::uint16_t>}, Reader{"<u4", 4, take<std::uint32_t>},
    Reader{"|b1", 1, take<std::uint8_t>}};

Result<std::vector<std::byte>> bytes_of(const fs::path& path) {
  std::error_code problem;
  const auto size = fs::file_size(path, problem);
  if (problem) return fail(ErrorCode::NotFound, "cannot be read: " + problem.message());
  if (size > Limits{}.max_package_bytes) return fail(ErrorCode::TooLarge, "is larger than 4 GiB");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!stream) return fail(ErrorCode::Io, "cannot be read");
  return bytes;
}

Result<infer::NamedTensor> parse(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto byte_at = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  if (!text.starts_with(kMagic) || text.size() < 12 || byte_at(6) < 1 || byte_at(6) > 3) {
    return fail(ErrorCode::Corrupt, "is no numpy array");
  }
  const std::size_t start = byte_at(6) == 1 ? 10 : 12;
  std::size_t length = byte_at(8) | byte_at(9) << 8U;
  if (byte_at(6) > 1) length |= byte_at(10) << 16U | byte_at(11) << 24U;
  if (length > text.size() - start) return fail(ErrorCode::Corrupt, "is cut short");
  const auto header = header_of(text.substr(start, length));
  if (!header) return fail(ErrorCode::Corrupt, "has a header that cannot be read");
  if (!header->c_order) return fail(ErrorCode::Unsupported, "is not in C order");
  const Reader* reader = nullptr;
  for (const Reader& each : kReaders) {
    if (header->type == each.type) reader = &each;
  }
  if (reader == nullptr) {
    return fail(ErrorCode::Unsupported,
                "holds '" + printable(header->type) + "'; save it as float32 or int64");
  }
  std::size_t count = 1;
  for (const std::int64_t side : header->dims) {
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(side)));
  }
  const auto data = bytes.subspan(start + length);
  LATENT_TRY(const std::size_t expected, checked_multiply(count, reader->bytes));
  if (expected != data.size()) {
    return fail(ErrorCode::Corrupt, "holds " + std::to_string(data.size()) +
                                        " bytes where its shape says " + std::to_string(expected));
  }
  infer::NamedTensor tensor;
  tensor.dims = header->dims;
  tensor.values.resize(count);
  if (!reader->take(data, tensor.values)) {
    return fail(ErrorCode::Unsupported, "holds integers beyond 2^24, which float32 does not");
  }
  return tensor;
}

}  // namespace

Result<infer::NamedTensor> read_npy_file(const fs::path& path, std::string name) {
  auto bytes = bytes_of(path);
  if (!bytes) return fail(bytes.error().code, quoted(path) + " " + bytes.error().message);
  auto tensor = parse(*bytes);
  if (!tensor) return fail(tensor.error().code, quoted(path) + " " + tensor.error().message);
  tensor->name = std::move(name);
  return tensor;
}

Status write_npy_file(const fs::path& path, const infer::NamedTensor& tensor) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const std::int64_t side : tensor.dims) header += std::to_string(side) + ", ";
  header += "), }";
  constexpr std::size_t kPrefix = 10;
  while ((kPrefix + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  fs::path beside = path;
  beside += ".part";
  {
    std::ofstream stream(beside, std::ios::binary);
    const std::array<char, 4> version{1, 0, static_cast<char>(header.size() & 0xFFU),
                                      static_cast<char>(header.size() >> 8U)};
    stream.write(kMagic.data(), static_cast<std::streamsize>(kMagic.size()));
    stream.write(version.data(), version.size());
    stream.write(header.data(), static_cast<std::streamsize>(header.size()));
    stream.write(reinterpret_cast<const char*>(tensor.values.data()),
                 static_cast<std::streamsize>(tensor.values.size() * sizeof(float)));
    stream.close();
    if (!stream) {
      std::error_code ignored;
      fs::remove(beside, ignored);
      return fail(ErrorCode::Io, quoted(path) + " cannot be written");
    }
  }
  std::error_code problem;
  fs::rename(beside, path, problem);
  if (!problem) return {};
  return fail(ErrorCode::Io, quoted(path) + " cannot be written: " + problem.message());
}

}  // namespace latent::app
