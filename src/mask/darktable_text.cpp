// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask/darktable_text.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace latent::mask {

namespace {

constexpr std::size_t kMostBytes = std::size_t{32} << 20U;
constexpr std::size_t kPackedFrom = 100;
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

Result<std::vector<std::uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::Corrupt, "has half a byte at its end");
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return fail(ErrorCode::Corrupt, "holds what is no hexadecimal digit");
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

Result<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char letter : text) {
    const auto value = kBase64.find(letter);
    if (value == std::string_view::npos) {
      return fail(ErrorCode::Corrupt, "holds what is no letter of base64");
    }
    held = held << 6U | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> bits & 0xFFU));
  }
  return bytes;
}

Result<std::vector<std::uint8_t>> unpacked(const std::vector<std::uint8_t>& packed) {
  std::vector<std::uint8_t> bytes;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return fail(ErrorCode::TooLarge, "cannot be unpacked");
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK && bytes.size() <= kMostBytes) {
    std::array<std::uint8_t, 16384> piece{};
    stream.next_out = piece.data();
    stream.avail_out = piece.size();
    state = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = piece.size() - stream.avail_out;
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(made));
    if (made == 0 && state == Z_OK) break;
  }
  inflateEnd(&stream);
  if (bytes.size() > kMostBytes) return fail(ErrorCode::TooLarge, "unpacks to more than 32 MiB");
  if (state != Z_STREAM_END) return fail(ErrorCode::Corrupt, "is a damaged zlib stream");
  return bytes;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t held = 0;
    for (std::size_t j = 0; j < 3; ++j) held = held << 8U | (j < count ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= count ? kBase64[held >> (18 - 6 * j) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace

Result<std::vector<std::uint8_t>> decode_darktable_text(std::string_view text) {
  constexpr std::size_t kHead = 4;  // "gz" and two digits
  if (text.size() > 4 * kMostBytes) return fail(ErrorCode::TooLarge, "is longer than 128 MiB");
  if (!text.starts_with("gz")) {
    if (text.size() > 2 * kMostBytes) return fail(ErrorCode::TooLarge, "holds more than 32 MiB");
    return from_hex(text);
  }
  const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
  if (text.size() < kHead || !is_digit(text[2]) || !is_digit(text[3])) {
    return fail(ErrorCode::Corrupt, "begins with gz and not with two digits after it");
  }
  LATENT_TRY(const auto packed, from_base64(text.substr(kHead)));
  return unpacked(packed);
}

std::string encode_darktable_text(std::span<const std::uint8_t> bytes) {
  if (bytes.size() <= kPackedFrom) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const std::uint8_t byte : bytes) {
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    }
    return text;
  }
  auto size = compressBound(static_cast<uLong>(bytes.size()));
  std::vector<std::uint8_t> packed(size);
  compress(packed.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()));
  packed.resize(size);
  const std::size_t factor = std::min<std::size_t>(bytes.size() / packed.size() + 1, 99);
  return "gz" + std::string(factor < 10 ? "0" : "") + std::to_string(factor) + base64(packed);
}

}  // namespace latent::mask
