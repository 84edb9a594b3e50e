// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/sniff.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace latent::read {

namespace {

constexpr std::size_t kFirstBytes = 4096;

struct Signature {
  FileKind kind;
  std::size_t offset;
  std::string_view bytes;
};

using namespace std::string_view_literals;

constexpr std::array kSignatures{
    Signature{FileKind::Jpeg, 0, "\xFF\xD8\xFF"sv},
    Signature{FileKind::Png, 0, "\x89PNG\r\n\x1A\n"sv},
    Signature{FileKind::Gif, 0, "GIF8"sv},
    Signature{FileKind::WebP, 8, "WEBP"sv},
    Signature{FileKind::JpegXl, 0, "\xFF\x0A"sv},
    Signature{FileKind::JpegXl, 4, "JXL \r\n"sv},
    Signature{FileKind::Exr, 0, "\x76\x2F\x31\x01"sv},
    Signature{FileKind::Pdf, 0, "%PDF-"sv},
    Signature{FileKind::Archive, 0, "PK\x03\x04"sv},
    Signature{FileKind::Archive, 0, "7z\xBC\xAF\x27\x1C"sv},
    Signature{FileKind::Archive, 0, "\x1F\x8B"sv},
    Signature{FileKind::Heif, 4, "ftypheic"sv},
    Signature{FileKind::Heif, 4, "ftypheix"sv},
    Signature{FileKind::Heif, 4, "ftypmif1"sv},
    Signature{FileKind::Heif, 4, "ftypavif"sv},
    Signature{FileKind::Movie, 4, "ftypmp4"sv},
    Signature{FileKind::Movie, 4, "ftypisom"sv},
    Signature{FileKind::Movie, 4, "ftypqt  "sv},
    Signature{FileKind::Movie, 8, "AVI LIST"sv},
    Signature{FileKind::Tiff, 0, "II*\0"sv},
    Signature{FileKind::Tiff, 0, "MM\0*"sv},
    Signature{FileKind::Tiff, 0, "II+\0"sv},
    Signature{FileKind::Tiff, 0, "MM\0+"sv},
};

constexpr std::array kRawExtensions{
    ".3fr"sv, ".ari"sv, ".arw"sv, ".bay"sv, ".cap"sv, ".cr2"sv, ".cr3"sv, ".crw"sv,
    ".dcr"sv, ".dng"sv, ".erf"sv, ".fff"sv, ".gpr"sv, ".iiq"sv, ".k25"sv, ".kdc"sv,
    ".mdc"sv, ".mef"sv, ".mos"sv, ".mrw"sv, ".nef"sv, ".nrw"sv, ".orf"sv, ".pef"sv,
    ".raf"sv, ".raw"sv, ".rw2"sv, ".rwl"sv, ".sr2"sv, ".srf"sv, ".srw"sv, ".x3f"sv};

/// Text is what has no control character but those that text has; a file of zeros is none.
bool looks_like_text(std::span<const std::uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) {
    return byte >= 0x20 ? byte != 0x7F
                        : byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
  });
}

}  // namespace

const char* described(FileKind kind) {
  switch (kind) {
    case FileKind::Empty:
      return "an empty file";
    case FileKind::Text:
      return "a text file";
    case FileKind::Jpeg:
      return "a JPEG picture";
    case FileKind::Png:
      return "a PNG picture";
    case FileKind::Gif:
      return "a GIF picture";
    case FileKind::Bmp:
      return "a BMP picture";
    case FileKind::WebP:
      return "a WebP picture";
    case FileKind::Heif:
      return "an HEIF picture";
    case FileKind::JpegXl:
      return "a JPEG XL picture";
    case FileKind::Exr:
      return "an OpenEXR picture";
    case FileKind::Pdf:
      return "a PDF document";
    case FileKind::Archive:
      return "an archive";
    case FileKind::Movie:
      return "a movie";
    case FileKind::Tiff:
      return "a TIFF file";
    case FileKind::Binary:
      return "a file of unknown kind";
  }
  return "a file of unknown kind";
}

FileKind kind_of(std::span<const std::uint8_t> first_bytes) {
  if (first_bytes.empty()) return FileKind::Empty;
  const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()),
                              first_bytes.size());
  for (const Signature& signature : kSignatures) {
    if (text.size() >= signature.offset + signature.bytes.size() &&
        text.substr(signature.offset, signature.bytes.size()) == signature.bytes) {
      return signature.kind;
    }
  }
  constexpr std::size_t kBmpReserved = 6;  // four bytes that are zero in every BMP
  if (text.starts_with("BM") && text.size() > kBmpReserved + 4 &&
      text.substr(kBmpReserved, 4) == "\0\0\0\0"sv) {
    return FileKind::Bmp;
  }
  return looks_like_text(first_bytes) ? FileKind::Text : FileKind::Binary;
}

Result<Sniffed> sniff(const ByteSource& source, const std::filesystem::path& name) {
  Sniffed result;
  result.bytes = source.size();
  std::vector<std::uint8_t> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(kFirstBytes, source.size())));
  LATENT_CHECK(source.read_at(0, bytes));
  result.kind = kind_of(bytes);
  std::string extension = name.extension().native();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  result.named_like_raw = std::ranges::find(kRawExtensions, extension) != kRawExtensions.end();
  return result;
}

}  // namespace latent::read
