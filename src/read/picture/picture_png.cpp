// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <csetjmp>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/path.h"
#include "read/exif_facts.h"
#include "read/picture/cicp.h"
#include "read/picture/picture_file.h"
#include "read/picture/png_chunks.h"

namespace latent::read {

namespace {

using namespace std::string_view_literals;

/// A colour profile that unpacks to more is none: the largest that `colour` reads has as many.
constexpr std::size_t kMostProfileBytes = std::size_t{16} << 20U;

/// What the callbacks of libpng share. They end in longjmp(), so nothing with a destructor may be
/// alive between them and setjmp(): hence arrays of characters, and an error that is kept apart.
struct Decoder {
  png_structp png = nullptr;
  png_infop info = nullptr;
  const ByteSource* source = nullptr;
  std::uint64_t position = 0;
  bool ran_dry = false;
  bool disk_failed = false;
  bool cancelled = false;
  std::array<char, 200> message{};
  std::array<char, 200> profile_fault{};

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { png_destroy_read_struct(&png, &info, nullptr); }
};

void copy_text(std::array<char, 200>& to, const char* from) {
  std::strncpy(to.data(), from, to.size() - 1);
}

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  copy_text(static_cast<Decoder*>(png_get_error_ptr(png))->message, message);
  png_longjmp(png, 1);
}

void on_warning(png_structp png, png_const_charp message) {
  auto* decoder = static_cast<Decoder*>(png_get_error_ptr(png));
  if (std::string_view(message).starts_with("iCCP")) copy_text(decoder->profile_fault, message);
}

/// False where the bytes are not there; everything that has a destructor ends here.
bool fill(Decoder& decoder, png_bytep to, std::size_t count) {
  const auto status = decoder.source->read_at(decoder.position, {to, count});
  if (!status) {
    decoder.ran_dry = status.error().code == ErrorCode::Corrupt;
    decoder.disk_failed = !decoder.ran_dry;
  }
  decoder.position += count;
  return status.has_value();
}

void on_read(png_structp png, png_bytep to, std::size_t count) {
  if (!fill(*static_cast<Decoder*>(png_get_io_ptr(png)), to, count)) png_error(png, "end of file");
}

tl::unexpected<Error> broken(const Decoder& decoder) {
  if (decoder.disk_failed) return fail(ErrorCode::Io, "cannot be read to its end; check the disk");
  if (decoder.ran_dry) {
    return fail(ErrorCode::Corrupt, "is cut short: it ends before its picture does; copy it again");
  }
  return fail(ErrorCode::Corrupt, "is damaged: its data make no sense (libpng: " +
                                      printable(decoder.message.data()) + "); copy it again");
}

bool read_header(Decoder& decoder) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  png_read_info(decoder.png, decoder.info);
  return true;
}

/// Rows of the picture's own memory, so that interlaced passes find what they add to.
bool read_rows(Decoder& decoder, std::uint8_t* first, std::size_t pitch,
               const RunControl& control) {
  if (setjmp(png_jmpbuf(decoder.png)) != 0) return false;
  const int passes = png_set_interlace_handling(decoder.png);
  png_read_update_info(decoder.png, decoder.info);
  const png_uint_32 height = png_get_image_height(decoder.png, decoder.info);
  constexpr png_uint_32 kRowsBetweenChecks = 64;
  for (int pass = 0; pass < passes; ++pass) {
    for (png_uint_32 y = 0; y < height; ++y) {
      if (y % kRowsBetweenChecks == 0) {
        if (control.stop_requested()) {
          decoder.cancelled = true;
          return false;
        }
        control.report((pass + static_cast<double>(y) / height) / passes);
      }
      png_read_row(decoder.png, first + y * pitch, nullptr);
    }
  }
  png_read_end(decoder.png, nullptr);
  control.report(1);
  return true;
}

/// Chunks that libpng would keep in memory, and of which nothing is asked of it: `metadata` reads
/// text within its limits, eXIf comes from the walk.
void skip_what_is_not_asked(png_structp png) {
  constexpr std::string_view kSkipped =
      "bKGD\0eXIf\0hIST\0iTXt\0oFFs\0pCAL\0sCAL\0sPLT\0tEXt\0tIME\0zTXt\0"sv;
  constexpr std::size_t kNameBytes = 5;  // as libpng wants them
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER,
                              reinterpret_cast<png_const_bytep>(kSkipped.data()),
                              static_cast<int>(kSkipped.size() / kNameBytes));
}

class PngPicture final : public PictureFile {
 public:
  PngPicture(const ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  Status open() {
    chunks_ = read_png_chunks(source_, limits_);
    if (chunks_.outside_before_samples) LATENT_CHECK(chunks_.check());
    decoder_.source = &source_;
    decoder_.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &decoder_, on_error, on_warning);
    if (decoder_.png != nullptr) decoder_.info = png_create_info_struct(decoder_.png);
    if (decoder_.info == nullptr) {
      return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    }
    png_set_read_fn(decoder_.png, &decoder_, on_read);
    // Our own limits are judged below, with a sentence; these are the format's.
    png_set_user_limits(decoder_.png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_chunk_malloc_max(decoder_.png, std::min(limits_.max_metadata_bytes, kMostProfileBytes));
    skip_what_is_not_asked(decoder_.png);
    if (!read_header(decoder_)) return broken(decoder_);
    return judge_header();
  }

  Result<Picture> read(const RunControl& control) override {
    LATENT_CHECK(refuse_hdr());
    LATENT_CHECK(chunks_.check());
    LATENT_CHECK(check_file_holds_picture());
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    if (!palette_) {
      png_set_expand_gray_1_2_4_to_8(decoder_.png);
      png_set_tRNS_to_alpha(decoder_.png);
      if (std::endian::native == std::endian::little) png_set_swap(decoder_.png);
    } else {
      png_set_packing(decoder_.png);
    }
    const auto [first, pitch] = std::visit(
        [](auto& image) {
          const auto row = image.view().row(0);
          return std::pair(reinterpret_cast<std::uint8_t*>(row.data()), row.size_bytes());
        },
        picture.samples);
    if (!read_rows(decoder_, first, pitch, control)) {
      if (decoder_.cancelled) return fail(ErrorCode::Cancelled, "cancelled");
      return broken(decoder_);
    }
    if (palette_) LATENT_CHECK(expand_palette(picture));
    if (bits_ < 8 && !palette_) {
      picture.warnings.push_back(fmt::format("its {}-bit samples were widened to 8 bits", bits_));
    }
    picture.resolution = resolution();
    read_colour(picture);
    return picture;
  }

 private:
  Status judge_header() {
    const png_uint_32 width = png_get_image_width(decoder_.png, decoder_.info);
    const png_uint_32 height = png_get_image_height(decoder_.png, decoder_.info);
    LATENT_CHECK(check_picture_size(width, height, limits_));
    const int type = png_get_color_type(decoder_.png, decoder_.info);
    bits_ = png_get_bit_depth(decoder_.png, decoder_.info);
    palette_ = type == PNG_COLOR_TYPE_PALETTE;
    const bool transparent = png_get_valid(decoder_.png, decoder_.info, PNG_INFO_tRNS) != 0;
    facts_.format = "PNG";
    facts_.size = {static_cast<int>(width), static_cast<int>(height)};
    facts_.colours = palette_ || (type & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
    facts_.alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || transparent;
    facts_.depth = bits_ == 16 ? SampleDepth::U16 : SampleDepth::U8;
    state_orientation(exif_facts(chunks_.exif).orientation);
    cicp_ = parse_cicp(chunks_.cicp);
    return {};
  }

  /// Not when the header is judged: what it says of the picture can still be shown.
  [[nodiscard]] Status refuse_hdr() const {
    const char* name = cicp_ ? hdr_name(*cicp_) : nullptr;
    if (name == nullptr) return {};
    return fail(ErrorCode::Unsupported,
                fmt::format("is a picture of high dynamic range ({}, by its chunk cICP), which "
                            "Latent cannot keep; save it with standard range, or as a linear "
                            "OpenEXR, first",
                            name));
  }

  /// Deflate makes at most 1032 bytes of one; who promises more lies.
  [[nodiscard]] Status check_file_holds_picture() const {
    constexpr std::uint64_t kMostExpansion = 1040;
    const std::uint64_t bytes = png_get_rowbytes(decoder_.png, decoder_.info) *
                                static_cast<std::uint64_t>(facts_.size.height);
    if (bytes / kMostExpansion <= chunks_.sample_bytes) return {};
    return fail(ErrorCode::Corrupt,
                fmt::format("is cut short or damaged: {} bytes cannot hold its {} x {} pixels; "
                            "copy it again",
                            chunks_.sample_bytes, facts_.size.width, facts_.size.height));
  }

  /// The rows hold numbers of colours at their beginning; from the end on they become the colours.
  Status expand_palette(Picture& picture) {
    png_colorp colours = nullptr;
    int count = 0;
    png_get_PLTE(decoder_.png, decoder_.info, &colours, &count);
    png_bytep alphas = nullptr;
    int alpha_count = 0;
    png_get_tRNS(decoder_.png, decoder_.info, &alphas, &alpha_count, nullptr);
    auto& image = std::get<Image<std::uint8_t>>(picture.samples);
    const auto channels = static_cast<std::size_t>(image.channels());
    for (int y = 0; y < image.height(); ++y) {
      const auto row = image.view().row(y);
      for (auto x = static_cast<std::size_t>(image.width()); x-- > 0;) {
        const int number = row[x];
        if (number >= count) {
          return fail(
              ErrorCode::Corrupt,
              fmt::format("is damaged: a pixel has colour {} of a list of {}; copy it again",
                          number, count));
        }
        std::uint8_t* pixel = &row[x * channels];
        pixel[0] = colours[number].red;
        pixel[1] = colours[number].green;
        pixel[2] = colours[number].blue;
        if (channels == 4) pixel[3] = number < alpha_count ? alphas[number] : 255;
      }
    }
    return {};
  }

  [[nodiscard]] Resolution resolution() const {
    constexpr double kMetresPerInch = 0.0254;
    png_uint_32 x = 0;
    png_uint_32 y = 0;
    int unit = PNG_RESOLUTION_UNKNOWN;
    png_get_pHYs(decoder_.png, decoder_.info, &x, &y, &unit);
    if (unit != PNG_RESOLUTION_METER) return {};
    return {x * kMetresPerInch, y * kMetresPerInch};
  }

  /// cICP goes before a profile, and that before sRGB, gAMA and cHRM.
  void read_colour(Picture& picture) {
    if (const auto coded = cicp_ ? profile_of(*cicp_, picture.colours) : std::nullopt) {
      return adopt_profile(picture, {}, *coded, Otherwise::Stated);
    }
    read_profile(picture);
    if (!cicp_ || !cicp_->is_specified()) return;
    const auto taken = colour::Profile::from_icc(picture.icc);
    picture.warnings.push_back(fmt::format(
        "what its chunk cICP says of colours (primaries {}, transfer {}, matrix {}, {} range) is "
        "not known here and was left out; the picture was taken for {}",
        cicp_->primaries, cicp_->transfer, cicp_->matrix, cicp_->full_range ? "full" : "narrow",
        taken ? taken->description() : "sRGB"));
  }

  void read_profile(Picture& picture) {
    png_charp name = nullptr;
    png_bytep icc = nullptr;
    png_uint_32 length = 0;
    int method = 0;
    std::vector<std::uint8_t> embedded;
    if (png_get_iCCP(decoder_.png, decoder_.info, &name, &method, &icc, &length) != 0) {
      embedded.assign(icc, icc + length);
    } else if (decoder_.profile_fault.front() != 0) {
      picture.warnings.push_back("the embedded colour profile is damaged (libpng: " +
                                 printable(decoder_.profile_fault.data()) + ") and was left out");
    }
    std::string doubt;
    const auto stated = stated_profile(picture.colours, doubt);
    adopt_profile(picture, std::move(embedded), stated ? *stated : usual_profile(picture.colours),
                  stated ? Otherwise::Stated : Otherwise::Assumed);
    if (!picture.icc_from_file && !doubt.empty()) picture.warnings.push_back(std::move(doubt));
  }

  /// What sRGB says, or else gAMA and cHRM; `doubt` says what of these was left out.
  [[nodiscard]] std::optional<colour::Profile> stated_profile(int colours,
                                                              std::string& doubt) const {
    constexpr double kUsualGamma = 1 / 2.2;  // written for sRGB by programs that know no sRGB chunk
    int intent = 0;
    double encoding_gamma = 0;
    if (png_get_sRGB(decoder_.png, decoder_.info, &intent) != 0) return usual_profile(colours);
    if (png_get_gAMA(decoder_.png, decoder_.info, &encoding_gamma) == 0) return std::nullopt;
    colour::Primaries primaries{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};
    const bool has_primaries =
        png_get_cHRM(decoder_.png, decoder_.info, &primaries.white[0], &primaries.white[1],
                     &primaries.red[0], &primaries.red[1], &primaries.green[0], &primaries.green[1],
                     &primaries.blue[0], &primaries.blue[1]) != 0;
    const bool srgb_primaries = !has_primaries || (std::abs(primaries.red[0] - 0.64) < 1e-3 &&
                                                   std::abs(primaries.green[1] - 0.60) < 1e-3 &&
                                                   std::abs(primaries.blue[0] - 0.15) < 1e-3);
    const bool usual_gamma = std::abs(encoding_gamma - kUsualGamma) < 1e-3;
    if (usual_gamma && (srgb_primaries || colours == 1)) return usual_profile(colours);
    if (colours == 1) {
      if (encoding_gamma == 1) return linear_profile(1);
      doubt = fmt::format(
          "its gamma of {:.3g} was left out; the picture was taken for grey with the curve of sRGB",
          1 / encoding_gamma);
      return std::nullopt;
    }
    const auto made = colour::Profile::from_primaries(primaries, 1 / encoding_gamma);
    if (made) return *made;
    doubt =
        "its gamma and primaries (gAMA, cHRM) make no sense and were left "
        "out; the picture was taken for sRGB";
    return std::nullopt;
  }

  const ByteSource& source_;
  Limits limits_;
  PngChunks chunks_;
  Decoder decoder_;
  int bits_ = 8;
  bool palette_ = false;
  std::optional<Cicp> cicp_;
};

}  // namespace

OpenedPicture open_png_picture(const ByteSource& source, const Limits& limits) {
  auto picture = std::make_unique<PngPicture>(source, limits);
  LATENT_CHECK(picture->open());
  return picture;
}

}  // namespace latent::read
