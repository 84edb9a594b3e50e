// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/mask/pfm.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace latent::read {

namespace {

struct Header {
  int channels = 1;
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool big_endian = false;
  std::uint64_t samples_at = 0;
};

tl::unexpected<Error> no_header() {
  return fail(ErrorCode::Corrupt,
              "is no portable float map: it does not begin with PF or Pf, two sides and a scale");
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
}

/// The next word, behind blanks; empty where there is none.
std::string_view word(std::string_view text, std::size_t& at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  const std::size_t begin = at;
  while (at < text.size() && !is_blank(text[at])) ++at;
  return text.substr(begin, at - begin);
}

template <class T>
bool number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

Result<Header> header_of(const ByteSource& source) {
  std::array<std::uint8_t, 128> bytes{};
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), source.size()));
  LATENT_CHECK(source.read_at(0, std::span(bytes).first(count)));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), count);
  std::size_t at = 0;
  Header header;
  const std::string_view magic = word(text, at);
  if (magic != "Pf" && magic != "PF") return no_header();
  header.channels = magic == "PF" ? 3 : 1;
  double scale = 0;
  if (!number(word(text, at), header.width) || !number(word(text, at), header.height) ||
      !number(word(text, at), scale) || !std::isfinite(scale) || scale == 0 || at >= count) {
    return no_header();
  }
  header.big_endian = scale > 0;
  header.samples_at = at + 1;  // one blank ends the header
  return header;
}

}  // namespace

bool is_pfm(const ByteSource& source) {
  std::array<std::uint8_t, 3> bytes{};
  if (source.size() < bytes.size() || !source.read_at(0, bytes)) return false;
  return bytes[0] == 'P' && (bytes[1] == 'f' || bytes[1] == 'F') &&
         is_blank(static_cast<char>(bytes[2]));
}

Result<Image<float>> read_pfm(const ByteSource& source, const Limits& limits) {
  if (!is_pfm(source)) return no_header();
  LATENT_TRY(const Header header, header_of(source));
  LATENT_CHECK(check_dimensions(header.width, header.height, limits));
  const auto row = static_cast<std::uint64_t>(header.width) * sizeof(float) *
                   static_cast<std::uint64_t>(header.channels);
  const std::uint64_t needed = row * static_cast<std::uint64_t>(header.height);
  if (source.size() - header.samples_at < needed) {
    return fail(ErrorCode::Corrupt, "ends before its last sample");
  }
  LATENT_TRY(auto image,
             Image<float>::create({static_cast<int>(header.width), static_cast<int>(header.height)},
                                  header.channels, limits));
  std::vector<std::uint8_t> bytes(row);
  for (int y = 0; y < image.height(); ++y) {
    const auto from_below = static_cast<std::uint64_t>(image.height() - 1 - y);
    LATENT_CHECK(source.read_at(header.samples_at + row * from_below, bytes));
    if (header.big_endian != (std::endian::native == std::endian::big)) {
      for (std::size_t i = 0; i < bytes.size(); i += sizeof(float)) {
        std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i),
                     bytes.begin() + static_cast<std::ptrdiff_t>(i + sizeof(float)));
      }
    }
    std::memcpy(image.view().row(y).data(), bytes.data(), bytes.size());
  }
  return image;
}

}  // namespace latent::read
