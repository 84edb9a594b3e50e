// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/npy_file.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "infer/half.h"
#include "models/store/npy.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie");

constexpr std::string_view kMagic = "\x93NUMPY";
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

/// `what`: the file, quoted.
Result<infer::NamedTensor> parse(std::span<const std::byte> bytes, const std::string& what) {
  LATENT_TRY(const models::NpyParts parts, models::split_npy(bytes, what));
  if (parts.type.empty() || !parts.dims) {
    return fail(ErrorCode::Corrupt, what + " has a header that cannot be read");
  }
  if (!parts.c_order) return fail(ErrorCode::Unsupported, what + " is not in C order");
  const Reader* reader = nullptr;
  for (const Reader& each : kReaders) {
    if (parts.type == each.type) reader = &each;
  }
  if (reader == nullptr) {
    return fail(ErrorCode::Unsupported,
                what + " holds '" + printable(parts.type) + "'; save it as float32 or int64");
  }
  std::size_t count = 1;
  for (const std::int64_t side : *parts.dims) {
    LATENT_TRY(count, checked_multiply(count, static_cast<std::size_t>(side)));
  }
  LATENT_TRY(const std::size_t expected, checked_multiply(count, reader->bytes));
  if (expected != parts.data.size()) {
    return fail(ErrorCode::Corrupt, what + " holds " + std::to_string(parts.data.size()) +
                                        " bytes where its shape says " + std::to_string(expected));
  }
  infer::NamedTensor tensor;
  tensor.dims = *parts.dims;
  tensor.values.resize(count);
  if (!reader->take(parts.data, tensor.values)) {
    return fail(ErrorCode::Unsupported,
                what + " holds integers beyond 2^24, which float32 does not");
  }
  return tensor;
}

}  // namespace

Result<infer::NamedTensor> read_npy_file(const fs::path& path, std::string name) {
  auto bytes = bytes_of(path);
  if (!bytes) return fail(bytes.error().code, path, quoted(path) + " " + bytes.error().sentence);
  LATENT_TRY(infer::NamedTensor tensor, parse(*bytes, quoted(path)));
  tensor.name = std::move(name);
  return tensor;
}

Status write_npy_file(const fs::path& path, const infer::NamedTensor& tensor) {
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
  for (const std::int64_t side : tensor.dims) header += std::to_string(side) + ", ";
  header += "), }";
  constexpr std::size_t kPrefix = 10;
  while ((kPrefix + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  const std::array<char, 4> version{1, 0, static_cast<char>(header.size() & 0xFFU),
                                    static_cast<char>(header.size() >> 8U)};
  return replace_file(
      path,
      {kMagic,
       {version.data(), version.size()},
       header,
       {reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float)}},
      FileAccess{});
}

}  // namespace latent::app
