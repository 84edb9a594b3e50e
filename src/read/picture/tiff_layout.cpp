// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/tiff_layout.h"

#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "base/path.h"
#include "read/exif_facts.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

constexpr int kMostPages = 256;

template <class T>
T tag_or(TIFF* tiff, std::uint32_t tag, T otherwise) {
  T value = otherwise;
  return TIFFGetFieldDefaulted(tiff, tag, &value) == 1 ? value : otherwise;
}

bool is_full_page(TIFF* tiff) {
  const auto kind = tag_or<std::uint32_t>(tiff, TIFFTAG_SUBFILETYPE, 0);
  const auto old_kind = tag_or<std::uint16_t>(tiff, TIFFTAG_OSUBFILETYPE, 0);
  return (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) == 0 &&
         old_kind != OFILETYPE_REDUCEDIMAGE;
}

bool is_mask(TIFF* tiff) {
  return (tag_or<std::uint32_t>(tiff, TIFFTAG_SUBFILETYPE, 0) & FILETYPE_MASK) != 0;
}

struct Pages {
  int first = -1;
  int count = 0;
  int masks = 0;        ///< what belongs to another page: transparency, infrared of a scanner
  bool broken = false;  ///< the list of pages breaks off
};

Result<Pages> find_pages(TiffSession& session) {
  Pages pages;
  for (int index = 0; index < kMostPages; ++index) {
    pages.masks += is_mask(session.handle()) ? 1 : 0;
    if (is_full_page(session.handle())) {
      if (pages.first < 0) pages.first = index;
      ++pages.count;
    }
    if (TIFFReadDirectory(session.handle()) == 0) break;
  }
  pages.broken = session.complained();
  if (pages.first < 0 && pages.broken) {
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: its pages cannot be found (libtiff: " +
                    session.message() + "); copy it again");
  }
  pages.first = std::max(pages.first, 0);
  return pages;
}

tl::unexpected<Error> unsupported(const std::string& what) {
  return fail(ErrorCode::Unsupported, what + "; convert it to RGB first");
}

/// A tag that is lost has its default for libtiff, which makes another picture of the same bytes.
Status judge_lost_tags(const TiffSession& session, TiffHeader& header) {
  constexpr std::array<std::string_view, 12> kNeeded{
      "BitsPerSample", "SampleFormat",        "SamplesPerPixel",           "ColorMap",
      "ExtraSamples",  "PlanarConfiguration", "PhotometricInterpretation", "Predictor",
      "FillOrder",     "RowsPerStrip",        "YCbCrSubsampling",          "ReferenceBlackWhite"};
  for (const std::string& tag : session.lost_tags()) {
    if (std::ranges::find(kNeeded, tag) != kNeeded.end()) {
      return fail(ErrorCode::Corrupt, "is cut short or damaged: its header lacks " +
                                          printable(tag) +
                                          ", which should say how its pixels are "
                                          "to be read; copy it again");
    }
    header.warnings.push_back("the tag " + printable(tag) +
                              " is damaged or lies outside the file and was left out");
  }
  return {};
}

/// Where colour stands in planes of its own, libtiff puts it together only if every pixel has its
/// own.
Status judge_chroma(TIFF* tiff, const TiffLayout& layout) {
  std::uint16_t across = 2;
  std::uint16_t down = 2;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_YCBCRSUBSAMPLING, &across, &down);
  if (!layout.planar || (across == 1 && down == 1)) return {};
  return unsupported(fmt::format(
      "holds YCbCr colours in separate planes, with one colour for {} x {} pixels", across, down));
}

/// The colour model; sets colours, palette, inverted and how YCbCr is delivered.
Status judge_colours(TIFF* tiff, TiffHeader& header) {
  TiffLayout& layout = header.layout;
  std::uint16_t model = layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &model) != 1) {
    header.warnings.emplace_back(
        "its header names no colour model; it was taken for " +
        std::string(model == PHOTOMETRIC_RGB ? "RGB" : "grey with black at 0"));
  }
  header.facts.colours = 3;
  switch (model) {
    case PHOTOMETRIC_MINISWHITE:
      layout.inverted = true;
      [[fallthrough]];
    case PHOTOMETRIC_MINISBLACK:
      header.facts.colours = 1;
      return {};
    case PHOTOMETRIC_RGB:
      return {};
    case PHOTOMETRIC_PALETTE:
      layout.palette = true;
      return {};
    case PHOTOMETRIC_YCBCR:
      layout.jpeg_to_rgb = layout.compression == COMPRESSION_JPEG && !layout.planar;
      layout.by_libtiff = !layout.jpeg_to_rgb;
      return judge_chroma(tiff, layout);
    case PHOTOMETRIC_SEPARATED:
      return unsupported("holds CMYK or other inks");
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
      return unsupported("holds Lab colours");
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      return unsupported("holds LogLuv colours");
    default:
      return unsupported(
          fmt::format("has a colour model (PhotometricInterpretation {}) that is "
                      "not taken",
                      model));
  }
}

Status judge_alpha(TIFF* tiff, TiffHeader& header) {
  const int stored_colours = header.layout.palette ? 1 : header.facts.colours;
  const int extra = header.layout.samples - stored_colours;
  if (extra < 0) {
    return fail(ErrorCode::Corrupt,
                fmt::format("is damaged: its header promises {} colours and {} samples a pixel",
                            stored_colours, header.layout.samples));
  }
  if (extra > 1 || (extra == 1 && (header.layout.palette || header.layout.by_libtiff))) {
    return fail(ErrorCode::Unsupported,
                fmt::format("has {} channels beside its colours, and one of alpha is all that is "
                            "taken; flatten it first",
                            extra));
  }
  header.facts.alpha = extra == 1;
  std::uint16_t count = 0;
  std::uint16_t* kinds = nullptr;
  if (extra == 0) return {};
  if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &kinds) != 1 || count < 1) kinds = nullptr;
  const std::uint16_t kind = kinds != nullptr ? kinds[0] : std::uint16_t{EXTRASAMPLE_UNSPECIFIED};
  header.alpha_associated = kind == EXTRASAMPLE_ASSOCALPHA;
  if (kind == EXTRASAMPLE_UNSPECIFIED) {
    header.warnings.emplace_back(
        "its header does not say what the last channel is; it was taken for alpha");
  }
  return {};
}

/// Whether the samples are not such as the layout makes something of: libtiff converts 8 bits only,
/// numbers of colours are no floats, and nobody knows the white of floats that count down.
bool samples_misfit(const TiffLayout& layout) {
  const StoredSample stored = layout.stored;
  if (layout.by_libtiff || layout.jpeg_to_rgb) return stored.bits != 8;
  return stored.is_float ? layout.palette || layout.inverted : layout.palette && stored.bits > 16;
}

Status judge_samples(TIFF* tiff, TiffHeader& header) {
  TiffLayout& layout = header.layout;
  const auto format = tag_or<std::uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  if (format == SAMPLEFORMAT_INT) {
    return fail(ErrorCode::Unsupported,
                "holds signed integers, whose white nobody knows; convert it to unsigned integers "
                "or floats first");
  }
  if (format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP) {
    return fail(ErrorCode::Unsupported, "holds complex numbers, which are no picture");
  }
  layout.stored.is_float = format == SAMPLEFORMAT_IEEEFP;
  const auto depth = layout.stored.depth();
  if (!depth || samples_misfit(layout)) {
    return fail(ErrorCode::Unsupported,
                fmt::format("holds {}-bit {}{}, which is not taken; convert it to 8, 16 or 32 bits "
                            "first",
                            layout.stored.bits, layout.stored.is_float ? "floats" : "integers",
                            layout.palette    ? " as numbers of colours"
                            : layout.inverted ? " with white at 0"
                                              : ""));
  }
  header.facts.depth = *depth;
  const int bits = layout.stored.bits;
  if (!layout.stored.is_float && !layout.palette && bits < 16 && bits != 8) {
    header.warnings.push_back(
        fmt::format("its {}-bit samples were widened to {} bits", bits, bits < 8 ? 8 : 16));
  }
  return {};
}

/// The colours of a palette; 8 bits where its 16 hold no more.
Status read_palette(TIFF* tiff, TiffHeader& header) {
  if (!header.layout.palette) return {};
  std::array<std::uint16_t*, 3> maps{};
  if (TIFFGetField(tiff, TIFFTAG_COLORMAP, &maps[0], &maps[1], &maps[2]) != 1) {
    return fail(ErrorCode::Corrupt,
                "is damaged: its pixels are numbers of colours, but it lists "
                "no colours");
  }
  const std::size_t count = std::size_t{1} << static_cast<unsigned>(header.layout.stored.bits);
  bool below_256 = true;
  bool doubled = true;  // both bytes alike, or the lower one 0
  bool shifted = true;
  for (std::size_t c = 0; c < maps.size(); ++c) {
    auto& colours = header.layout.colours[c];
    colours.assign(maps[c], maps[c] + count);
    for (const std::uint16_t value : colours) {
      below_256 = below_256 && value < 256;
      doubled = doubled && value % 257 == 0;
      shifted = shifted && value % 256 == 0;
    }
  }
  if (!below_256 && !doubled && !shifted) {
    header.facts.depth = SampleDepth::U16;
    return {};
  }
  header.facts.depth = SampleDepth::U8;
  if (below_256) return {};  // as old programs wrote them
  for (auto& colours : header.layout.colours) {
    for (std::uint16_t& value : colours) value = static_cast<std::uint16_t>(value >> 8U);
  }
  return {};
}

Status judge_blocks(TIFF* tiff, TiffHeader& header) {
  TiffLayout& layout = header.layout;
  const Size size = header.facts.size;
  layout.tiled = TIFFIsTiled(tiff) != 0;
  std::uint32_t width = static_cast<std::uint32_t>(size.width);
  std::uint32_t height = static_cast<std::uint32_t>(size.height);
  if (layout.tiled) {
    width = tag_or<std::uint32_t>(tiff, TIFFTAG_TILEWIDTH, 0);
    height = tag_or<std::uint32_t>(tiff, TIFFTAG_TILELENGTH, 0);
  } else {
    height = std::min(height, tag_or<std::uint32_t>(tiff, TIFFTAG_ROWSPERSTRIP, height));
  }
  constexpr std::uint32_t kMostSide = 1U << 20U;
  if (width == 0 || height == 0 || width > kMostSide || height > kMostSide) {
    return fail(
        ErrorCode::Corrupt,
        fmt::format("is damaged: its header promises tiles of {} x {} pixels", width, height));
  }
  layout.block = {static_cast<int>(width), static_cast<int>(height)};
  return {};
}

void read_extras(TIFF* tiff, TiffHeader& header, const Limits& limits) {
  std::uint16_t orientation = 0;  // not defaulted: what is absent may stand elsewhere
  if (TIFFGetField(tiff, TIFFTAG_ORIENTATION, &orientation) == 1) {
    header.orientation = sound_orientation(orientation);
  }
  const auto unit = tag_or<std::uint16_t>(tiff, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  const double scale = unit == RESUNIT_CENTIMETER ? 2.54 : unit == RESUNIT_INCH ? 1 : 0;
  const double x = tag_or<float>(tiff, TIFFTAG_XRESOLUTION, 0) * scale;
  const double y = tag_or<float>(tiff, TIFFTAG_YRESOLUTION, 0) * scale;
  if (x > 0 && y > 0 && std::isfinite(x) && std::isfinite(y)) header.resolution = {x, y};
  std::uint32_t count = 0;
  const std::uint8_t* icc = nullptr;
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &count, &icc) != 1 || icc == nullptr) return;
  if (count > limits.max_metadata_bytes) {
    header.warnings.emplace_back(
        "the embedded colour profile is larger than any that is read and was left out");
    return;
  }
  header.icc.assign(icc, icc + count);
}

Status judge_compression(const TiffLayout& layout) {
  if (TIFFIsCODECConfigured(static_cast<std::uint16_t>(layout.compression)) != 0) return {};
  return fail(ErrorCode::Unsupported,
              fmt::format("is compressed in a way (method {}) that this libtiff does not know; "
                          "save it with another compression",
                          layout.compression));
}

}  // namespace

Result<TiffHeader> read_tiff_header(TiffSession& session, const Limits& limits) {
  TiffHeader header;
  LATENT_TRY(const Pages pages, find_pages(session));
  header.layout.page = pages.first;
  LATENT_CHECK(select_tiff_page(session, header.layout));
  LATENT_CHECK(judge_lost_tags(session, header));
  TIFF* tiff = session.handle();
  const auto width = tag_or<std::uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
  const auto height = tag_or<std::uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
  LATENT_CHECK(check_picture_size(width, height, limits));
  header.facts.format = "TIFF";
  header.facts.size = {static_cast<int>(width), static_cast<int>(height)};
  TiffLayout& layout = header.layout;
  layout.samples = tag_or<std::uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  layout.stored.bits = tag_or<std::uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  layout.compression = tag_or<std::uint16_t>(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  layout.old_jpeg = layout.compression == COMPRESSION_OJPEG;
  layout.planar = layout.samples > 1 &&
                  tag_or<std::uint16_t>(tiff, TIFFTAG_PLANARCONFIG, 1) == PLANARCONFIG_SEPARATE;
  LATENT_CHECK(judge_compression(layout));
  LATENT_CHECK(judge_colours(tiff, header));
  if (layout.jpeg_to_rgb) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  LATENT_CHECK(judge_alpha(tiff, header));
  LATENT_CHECK(judge_samples(tiff, header));
  LATENT_CHECK(read_palette(tiff, header));
  LATENT_CHECK(judge_blocks(tiff, header));
  read_extras(tiff, header, limits);
  if (pages.count > 1) {
    header.warnings.push_back(fmt::format("it has {}{} pages; the first was read",
                                          pages.count >= kMostPages ? "at least " : "",
                                          pages.count));
  }
  if (pages.masks > 0) {
    header.warnings.push_back(
        fmt::format("it has {} page{} that belong{} to another one (a mask, or infrared of a "
                    "scanner), which {} not read",
                    pages.masks, pages.masks == 1 ? "" : "s", pages.masks == 1 ? "s" : "",
                    pages.masks == 1 ? "was" : "were"));
  }
  if (pages.broken) {
    header.warnings.emplace_back("its list of pages is damaged; the first was read");
  }
  return header;
}

Status select_tiff_page(TiffSession& session, const TiffLayout& layout) {
  TIFF* tiff = session.handle();
  session.forget_messages();
  if (TIFFSetDirectory(tiff, static_cast<tdir_t>(layout.page)) != 1) {
    return fail(ErrorCode::Corrupt, "is cut short or damaged: libtiff cannot read its header (" +
                                        session.message() + "); copy it again");
  }
  if (layout.jpeg_to_rgb) TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  return {};
}

}  // namespace latent::read
