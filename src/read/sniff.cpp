// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/sniff.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

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
    Signature{FileKind::Tiff, 0, "II*\0"sv},
    Signature{FileKind::Tiff, 0, "MM\0*"sv},
    Signature{FileKind::Tiff, 0, "II+\0"sv},
    Signature{FileKind::Tiff, 0, "MM\0+"sv},
    Signature{FileKind::Gif, 0, "GIF87a"sv},
    Signature{FileKind::Gif, 0, "GIF89a"sv},
    Signature{FileKind::WebP, 8, "WEBP"sv},
    Signature{FileKind::JpegXl, 0, "\xFF\x0A"sv},
    Signature{FileKind::JpegXl, 4, "JXL \r\n"sv},
    Signature{FileKind::Exr, 0, "\x76\x2F\x31\x01"sv},
    Signature{FileKind::Photoshop, 0, "8BPS\0\1"sv},
    Signature{FileKind::Photoshop, 0, "8BPS\0\2"sv},
    Signature{FileKind::Jpeg2000, 0, "\0\0\0\x0CjP  \r\n\x87\n"sv},
    Signature{FileKind::Jpeg2000, 0, "\xFF\x4F\xFF\x51"sv},
    Signature{FileKind::JpegXr, 0, "II\xBC\1"sv},
    Signature{FileKind::Radiance, 0, "#?RADIANCE"sv},
    Signature{FileKind::Radiance, 0, "#?RGBE"sv},
    Signature{FileKind::Dpx, 0, "SDPX"sv},
    Signature{FileKind::Dpx, 0, "XPDS"sv},
    Signature{FileKind::Dds, 0, "DDS \x7C\0\0\0"sv},
    Signature{FileKind::Qoi, 0, "qoif"sv},
    Signature{FileKind::Fits, 0, "SIMPLE  ="sv},
    Signature{FileKind::Dicom, 128, "DICM"sv},
    Signature{FileKind::Xcf, 0, "gimp xcf "sv},
    Signature{FileKind::Pdf, 0, "%PDF-"sv},
    Signature{FileKind::PostScript, 0, "%!PS"sv},
    Signature{FileKind::PostScript, 0, "\xC5\xD0\xD3\xC6"sv},
    Signature{FileKind::Archive, 0, "PK\x03\x04"sv},
    Signature{FileKind::Archive, 0, "7z\xBC\xAF\x27\x1C"sv},
    Signature{FileKind::Archive, 0, "\x1F\x8B"sv},
    Signature{FileKind::Archive, 0, "Rar!\x1A\x07"sv},
    Signature{FileKind::Archive, 257, "ustar"sv},
    Signature{FileKind::Movie, 8, "AVI LIST"sv},
    Signature{FileKind::Movie, 0, "\x1A\x45\xDF\xA3"sv},  // Matroska, WebM
    Signature{FileKind::Movie, 4, "moov"sv},              // QuickTime of old
    Signature{FileKind::Movie, 4, "wide"sv},
    Signature{FileKind::Movie, 4, "mdat"sv},
    Signature{FileKind::Movie, 0, "\0\0\1\xBA"sv},            // MPEG program stream
    Signature{FileKind::Movie, 0, "\x06\x0E\x2B\x34\x02"sv},  // MXF
};

constexpr const char* kSaveAsTiff = "save it as TIFF or PNG with another program first";

struct Known {
  FileKind kind;
  const char* described;
  const char* helps;
};

constexpr std::array kKnown{
    Known{FileKind::Empty, "an empty file", nullptr},
    Known{FileKind::Text, "a text file", nullptr},
    Known{FileKind::Jpeg, "a JPEG picture", nullptr},
    Known{FileKind::Png, "a PNG picture", nullptr},
    Known{FileKind::JpegXl, "a JPEG XL picture", nullptr},
    Known{FileKind::Exr, "an OpenEXR picture", nullptr},
    Known{FileKind::Tiff, "a TIFF file", nullptr},
    Known{FileKind::Gif, "a GIF picture", kSaveAsTiff},
    Known{FileKind::Bmp, "a BMP picture", kSaveAsTiff},
    Known{FileKind::WebP, "a WebP picture", kSaveAsTiff},
    Known{FileKind::Heif, "an HEIF picture (HEIC)", kSaveAsTiff},
    Known{FileKind::Avif, "an AVIF picture", kSaveAsTiff},
    Known{FileKind::Photoshop, "a Photoshop document (PSD)",
          "flatten it and save it as TIFF in the program that made it"},
    Known{FileKind::Jpeg2000, "a JPEG 2000 picture", kSaveAsTiff},
    Known{FileKind::JpegXr, "a JPEG XR picture", kSaveAsTiff},
    Known{FileKind::NetPbm, "a Netpbm picture (PBM, PGM, PPM or PAM)", kSaveAsTiff},
    Known{FileKind::FloatMap, "a portable float map (PFM)",
          "save it as OpenEXR or as TIFF of 32-bit floats with another program first"},
    Known{FileKind::Targa, "a Targa picture (TGA)", kSaveAsTiff},
    Known{FileKind::Radiance, "a Radiance picture (HDR)",
          "save it as OpenEXR or as TIFF of 32-bit floats with another program first"},
    Known{FileKind::Dpx, "a DPX picture", "save it as OpenEXR or TIFF with another program first"},
    Known{FileKind::Dds, "a DirectDraw texture (DDS)", kSaveAsTiff},
    Known{FileKind::Icon, "a Windows icon", kSaveAsTiff},
    Known{FileKind::Qoi, "a QOI picture", kSaveAsTiff},
    Known{FileKind::Fits, "a FITS file", "save its picture as TIFF with another program first"},
    Known{FileKind::Dicom, "a DICOM file", "save its picture as TIFF with another program first"},
    Known{FileKind::Xcf, "a GIMP document (XCF)", "export it as TIFF from GIMP first"},
    Known{FileKind::Svg, "an SVG drawing",
          "it has no pixels before a drawing program exports it as PNG"},
    Known{FileKind::Pdf, "a PDF document", "export its pictures as TIFF or PNG first"},
    Known{FileKind::PostScript, "a PostScript document",
          "export its pictures as TIFF or PNG first"},
    Known{FileKind::Archive, "an archive", "unpack it first"},
    Known{FileKind::Movie, "a movie", "export single frames as TIFF or PNG first"},
    Known{FileKind::Binary, "a file of unknown kind", nullptr},
};

const Known& known(FileKind kind) {
  const auto* found = std::ranges::find(kKnown, kind, &Known::kind);
  return found == kKnown.end() ? kKnown.back() : *found;
}

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

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

/// Files of the family of MP4 by their brands; Canon's CR3 is a raw file, which LibRaw knows.
std::optional<FileKind> kind_of_brands(std::string_view text) {
  constexpr std::size_t kBrand = 4;
  constexpr std::size_t kBrandsBegin = 8;
  if (text.size() < 12 || text.substr(4, 4) != "ftyp"sv) return std::nullopt;
  const std::size_t size =
      static_cast<unsigned char>(text[3]) + 256U * static_cast<unsigned char>(text[2]);
  const auto brands = text.substr(kBrandsBegin, std::max<std::size_t>(kBrand, size) - kBrandsBegin);
  const auto is_one_of = [](std::string_view brand, auto&... known) {
    return ((brand == known) || ...);
  };
  std::optional<FileKind> found;
  for (std::size_t at = 0; at + kBrand <= brands.size(); at += kBrand) {
    const auto brand = brands.substr(at, kBrand);
    if (at == kBrand) continue;  // the minor version
    if (brand == "crx "sv) return FileKind::Binary;
    if (is_one_of(brand, "avif", "avis")) return FileKind::Avif;
    if (is_one_of(brand, "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2")) {
      found = FileKind::Heif;
    }
  }
  return found.value_or(FileKind::Movie);
}

/// "P6" and a blank, then a number or a comment.
std::optional<FileKind> kind_of_netpbm(std::string_view text) {
  if (text.size() < 4 || text[0] != 'P' || !is_blank(text[2])) return std::nullopt;
  if (text[1] == 'F' || text[1] == 'f') return FileKind::FloatMap;
  if (text[1] < '1' || text[1] > '7') return std::nullopt;
  const auto rest = std::ranges::find_if_not(text.substr(2), is_blank);
  if (rest == text.end()) return std::nullopt;
  const bool header = *rest == '#' || (*rest >= '0' && *rest <= '9') || text[1] == '7';
  return header ? std::optional(FileKind::NetPbm) : std::nullopt;
}

bool is_svg(std::string_view text) {
  const auto begin = std::ranges::find_if_not(text, [](char letter) {
    return is_blank(letter) || letter == '\xEF' || letter == '\xBB' || letter == '\xBF';
  });
  return begin != text.end() && *begin == '<' && text.find("<svg") != std::string_view::npos;
}

/// A list of pictures: how many, then of each its sides, colours, 0, planes and bits.
bool is_icon(std::string_view text) {
  if (!text.starts_with("\0\0\1\0"sv) || text.size() < 22) return false;
  const bool counted = text[4] > 0 && text[5] == 0;
  const bool planes = (text[10] == 0 || text[10] == 1) && text[11] == 0;
  return counted && text[9] == 0 && planes && text[12] >= 0 && text[12] <= 32 && text[13] == 0;
}

/// Targa has no signature at its beginning; what stands there is at least possible.
bool may_be_targa(std::string_view text) {
  constexpr std::size_t kHeader = 18;
  if (text.size() < kHeader) return false;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const bool kind = (byte(2) >= 1 && byte(2) <= 3) || (byte(2) >= 9 && byte(2) <= 11);
  const int bits = byte(16);
  const bool depth = bits == 8 || bits == 15 || bits == 16 || bits == 24 || bits == 32;
  const bool size = (byte(12) != 0 || byte(13) != 0) && (byte(14) != 0 || byte(15) != 0);
  return byte(1) <= 1 && kind && depth && size && (byte(17) & 0xC0U) == 0;
}

/// By its last bytes, or by its name where its first ones do not contradict.
bool is_targa(const ByteSource& source, std::string_view text, std::string_view extension) {
  constexpr auto kFoot = "TRUEVISION-XFILE.\0"sv;
  if (!may_be_targa(text)) return false;
  std::array<std::uint8_t, kFoot.size()> foot{};
  if (source.size() > foot.size() && source.read_at(source.size() - foot.size(), foot) &&
      std::ranges::equal(foot, kFoot, {}, {},
                         [](char letter) { return static_cast<std::uint8_t>(letter); })) {
    return true;
  }
  return extension == ".tga" || extension == ".icb" || extension == ".vda" || extension == ".vst";
}

}  // namespace

const char* described(FileKind kind) { return known(kind).described; }

const char* what_helps(FileKind kind) { return known(kind).helps; }

FileKind kind_of(std::span<const std::uint8_t> first_bytes) {
  if (first_bytes.empty()) return FileKind::Empty;
  const std::string_view text(reinterpret_cast<const char*>(first_bytes.data()),
                              first_bytes.size());
  if (const auto branded = kind_of_brands(text)) return *branded;
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
  if (const auto map = kind_of_netpbm(text)) return *map;
  if (is_icon(text)) return FileKind::Icon;
  if (is_svg(text)) return FileKind::Svg;
  return looks_like_text(first_bytes) ? FileKind::Text : FileKind::Binary;
}

Result<Sniffed> sniff(const ByteSource& source, const std::filesystem::path& name) {
  Sniffed result;
  result.bytes = source.size();
  std::vector<std::uint8_t> bytes(
      static_cast<std::size_t>(std::min<std::uint64_t>(kFirstBytes, source.size())));
  LATENT_CHECK(source.read_at(0, bytes));
  result.kind = kind_of(bytes);
  const std::string extension = lower_case(name.extension().native());
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (result.kind == FileKind::Binary && is_targa(source, text, extension)) {
    result.kind = FileKind::Targa;
  }
  result.named_like_raw = std::ranges::find(kRawExtensions, extension) != kRawExtensions.end();
  return result;
}

}  // namespace latent::read
