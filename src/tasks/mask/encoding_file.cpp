// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/encoding_file.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "base/hash.h"
#include "infer/half.h"

namespace latent::tasks {

using mask::NetTensor;

namespace {

constexpr std::string_view kMagic = "LTENC001";
constexpr std::size_t kKeyDigits = 64;
constexpr std::size_t kHeader = kMagic.size() + 2 * kKeyDigits;
constexpr std::size_t kMostTensors = 8;
constexpr std::size_t kMostDims = 8;
constexpr std::size_t kMostName = 255;
constexpr std::uint64_t kMostBytes = 1'000'000'000;
constexpr int kLevel = 1;  // values of 16 bits hardly shrink more

template <class T>
void put(std::string& bytes, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(value >> (8 * i))));
  }
}

/// Takes pieces off the front of a text; `good` turns false where it ends before.
class Taking {
 public:
  explicit Taking(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] std::string_view piece(std::size_t count) {
    if (count > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const auto found = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return found;
  }

  [[nodiscard]] std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    const auto found = piece(bytes);
    for (std::size_t i = 0; i < found.size(); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(found[i])} << (8 * i);
    }
    return value;
  }

  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::Corrupt, "is no encoding of this photograph");
}

std::string hash_of(std::string_view bytes) { return sha256_hex(std::as_bytes(std::span(bytes))); }

Result<NetTensor> tensor_of(Taking& taking) {
  NetTensor tensor;
  tensor.name = taking.piece(taking.number(1));
  const std::uint64_t dims = taking.number(1);
  if (dims < 1 || dims > kMostDims) return damaged();
  std::uint64_t count = 1;
  for (std::uint64_t i = 0; i < dims; ++i) {
    const std::uint64_t side = taking.number(4);
    if (side < 1 || count > kMostBytes / side) return damaged();
    count *= side;
    tensor.dims.push_back(static_cast<std::int64_t>(side));
  }
  if (!taking.good() || taking.left() / sizeof(std::uint16_t) < count) return damaged();
  const auto bytes = taking.piece(static_cast<std::size_t>(count) * sizeof(std::uint16_t));
  tensor.values.resize(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    const auto low = static_cast<unsigned char>(bytes[2 * i]);
    const auto high = static_cast<unsigned char>(bytes[2 * i + 1]);
    tensor.values[i] = infer::float_of_half(static_cast<std::uint16_t>(low | (high << 8U)));
  }
  return tensor;
}

}  // namespace

Result<std::string> encoding_bytes(std::string_view key, const std::vector<NetTensor>& tensors) {
  LATENT_ENSURE(key.size() == kKeyDigits);
  if (tensors.empty() || tensors.size() > kMostTensors) {
    return fail(ErrorCode::Unsupported, "an encoding of more than 8 tensors is not kept");
  }
  std::string plain;
  put(plain, static_cast<std::uint8_t>(tensors.size()));
  for (const NetTensor& tensor : tensors) {
    if (tensor.dims.empty() || tensor.dims.size() > kMostDims || tensor.name.size() > kMostName) {
      return fail(ErrorCode::Unsupported, "an encoding of such tensors is not kept");
    }
    put(plain, static_cast<std::uint8_t>(tensor.name.size()));
    plain += tensor.name;
    put(plain, static_cast<std::uint8_t>(tensor.dims.size()));
    for (const std::int64_t side : tensor.dims) {
      LATENT_ENSURE(side >= 1 && side <= std::numeric_limits<std::uint32_t>::max());
      put(plain, static_cast<std::uint32_t>(side));
    }
    for (const float value : tensor.values) put(plain, infer::half_of(value));
  }
  std::string packed(ZSTD_compressBound(plain.size()), '\0');
  const std::size_t size =
      ZSTD_compress(packed.data(), packed.size(), plain.data(), plain.size(), kLevel);
  LATENT_ENSURE(ZSTD_isError(size) == 0);
  packed.resize(size);
  return std::string(kMagic) + std::string(key) + hash_of(packed) + packed;
}

Result<std::vector<NetTensor>> encoding_of(std::string_view bytes, std::string_view key) {
  if (bytes.size() <= kHeader || !bytes.starts_with(kMagic)) return damaged();
  if (bytes.substr(kMagic.size(), kKeyDigits) != key) return damaged();
  const std::string_view packed = bytes.substr(kHeader);
  if (bytes.substr(kMagic.size() + kKeyDigits, kKeyDigits) != hash_of(packed)) return damaged();
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size == 0) {
    return damaged();
  }
  if (size > kMostBytes) return fail(ErrorCode::TooLarge, "is an encoding of more than 1 GB");
  std::string plain(static_cast<std::size_t>(size), '\0');
  const std::size_t got = ZSTD_decompress(plain.data(), plain.size(), packed.data(), packed.size());
  if (ZSTD_isError(got) != 0 || got != plain.size()) return damaged();
  Taking taking(plain);
  const std::uint64_t count = taking.number(1);
  if (count < 1 || count > kMostTensors) return damaged();
  std::vector<NetTensor> tensors;
  for (std::uint64_t i = 0; i < count; ++i) {
    LATENT_TRY(auto tensor, tensor_of(taking));
    tensors.push_back(std::move(tensor));
  }
  if (!taking.at_end()) return damaged();
  return tensors;
}

void round_to_half(std::vector<NetTensor>& tensors) {
  for (NetTensor& tensor : tensors) {
    for (float& value : tensor.values) value = infer::float_of_half(infer::half_of(value));
  }
}

}  // namespace latent::tasks
