// SPDX-License-Identifier: GPL-3.0-or-later
#include <png.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "write/exif_blocks.h"
#include "write/picture/alpha.h"
#include "write/picture/picture_encoder.h"

namespace latent::write {

namespace {

/// Runs only, as in TileCoder, after one fixed filter: average for 16 bits, Paeth for 8, where it
/// saves 8 %. The library's own choice of filters takes more time than the compression.
constexpr int kLevel = 1;
constexpr int kRunsOnly = 3;  // Z_RLE

constexpr const char* kXmpKeyword = "XML:com.adobe.xmp";
constexpr const char* kIptcKeyword = "Raw profile type iptc";

/// IPTC as ImageMagick began to put it into PNG and as ExifTool and Exiv2 read it: a line feed, its
/// name, its size, and the Photoshop resource in hexadecimal lines.
std::string hexadecimal_profile(const std::vector<std::uint8_t>& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  constexpr std::size_t kBytesInLine = 36;
  std::string size = std::to_string(bytes.size());
  std::string text = "\niptc\n" + std::string(size.size() < 8 ? 8 - size.size() : 0, ' ') + size;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % kBytesInLine == 0) text += '\n';
    text += kDigits[bytes[i] >> 4U];
    text += kDigits[bytes[i] & 15U];
  }
  return text + "\n";
}

/// A text as a chunk holds it.
struct Chunk {
  std::string keyword, text, language, translated_keyword;
  int compression = PNG_TEXT_COMPRESSION_NONE;
};

/// UTF-8 in Latin-1; nothing where that has no such letter.
std::optional<std::string> latin1_of(const std::string& utf8) {
  std::string text;
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<std::uint8_t>(utf8[i]);
    if (lead < 0x80) {
      text += utf8[i];
      continue;
    }
    if (lead > 0xC3 || i + 1 == utf8.size()) return std::nullopt;  // beyond U+00FF
    const auto next = static_cast<std::uint8_t>(utf8[++i]);
    text += static_cast<char>((lead & 3U) << 6U | (next & 0x3FU));
  }
  return text;
}

/// As plain text where Latin-1 holds it, which every reader knows; long ones are compressed.
Chunk chunk_of(const metadata::TextEntry& entry) {
  constexpr std::size_t kLong = 1024;
  const bool packed = entry.text.size() > kLong;
  const auto plain = latin1_of(entry.text);
  if (plain && entry.language.empty() && entry.translated_keyword.empty()) {
    return {entry.keyword,
            *plain,
            {},
            {},
            packed ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE};
  }
  return {entry.keyword, entry.text, entry.language, entry.translated_keyword,
          packed ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE};
}

class PngEncoder : public PictureEncoder {
 public:
  explicit PngEncoder(EncoderJob& job) : job_(job) {}
  ~PngEncoder() override { png_destroy_write_struct(&png_, &info_); }

  Status begin() override;
  Status write_row(std::span<const std::uint8_t> samples) override;
  Status finish() override;

 private:
  static void on_write(png_structp png, png_bytep bytes, std::size_t size);
  static void on_flush(png_structp) {}
  /// The library would print before it jumps.
  static void on_error(png_structp png, png_const_charp) { png_longjmp(png, 1); }
  static void on_warning(png_structp, png_const_charp) {}

  /// Runs a step that libpng may jump out of. Nothing in it may have a destructor.
  template <class Step>
  [[nodiscard]] Status guarded(Step step) {
    if (setjmp(png_jmpbuf(png_)) != 0) return fault();
    step();
    return {};
  }
  [[nodiscard]] Status fault();
  void set_picture();
  void set_profile();
  void set_resolution();
  void prepare_texts();
  void add_text(Chunk& chunk);

  EncoderJob& job_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::optional<Error> error_;  ///< of the file, kept until libpng has given up
  std::vector<std::uint8_t> exif_;
  std::vector<Chunk> texts_;            ///< XMP and IPTC among them
  std::vector<std::uint8_t> straight_;  ///< a row with its alpha unassociated
};

void PngEncoder::on_write(png_structp png, png_bytep bytes, std::size_t size) {
  auto* self = static_cast<PngEncoder*>(png_get_io_ptr(png));
  {
    auto status = self->job_.file.write({bytes, size});
    if (status) return;
    self->error_ = std::move(status).error();
  }
  png_error(png, "write error");
}

Status PngEncoder::fault() {
  if (error_) return tl::make_unexpected(*error_);
  return fail(ErrorCode::Internal, "the PNG cannot be made");
}

void PngEncoder::set_picture() {
  const PictureHeader& header = job_.header;
  const int colour_type =
      (header.colours == 3 ? PNG_COLOR_MASK_COLOR : 0) | (header.alpha ? PNG_COLOR_MASK_ALPHA : 0);
  const bool deep = header.depth == SampleDepth::U16;
  png_set_write_fn(png_, this, on_write, on_flush);
  png_set_compression_level(png_, kLevel);
  png_set_compression_strategy(png_, kRunsOnly);
  png_set_filter(png_, PNG_FILTER_TYPE_BASE, deep ? PNG_FILTER_AVG : PNG_FILTER_PAETH);
  png_set_IHDR(png_, info_, static_cast<png_uint_32>(header.size.width),
               static_cast<png_uint_32>(header.size.height), deep ? 16 : 8, colour_type,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
}

void PngEncoder::set_profile() {
  const auto& icc = job_.header.icc;
  if (icc.empty()) {
    png_set_sRGB(png_, info_, PNG_sRGB_INTENT_RELATIVE);
    return;
  }
  png_set_option(png_, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
  png_set_benign_errors(png_, 1);
  png_set_iCCP(png_, info_, "ICC profile", PNG_COMPRESSION_TYPE_BASE, icc.data(),
               static_cast<png_uint_32>(icc.size()));
}

void PngEncoder::set_resolution() {
  constexpr double kInchesInMetre = 1 / 0.0254;
  const Resolution& dots = job_.header.resolution;
  if (!(dots.x > 0) || !(dots.y > 0) || dots.x > 1e7 || dots.y > 1e7) return;
  png_set_pHYs(png_, info_, static_cast<png_uint_32>(std::lround(dots.x * kInchesInMetre)),
               static_cast<png_uint_32>(std::lround(dots.y * kInchesInMetre)),
               PNG_RESOLUTION_METER);
}

/// Without the name of the program that wrote the source, which did not write this file: it stands
/// in latent:SourceSoftware.
void PngEncoder::prepare_texts() {
  const auto& source = job_.header.metadata;
  for (const metadata::TextEntry& entry : source.texts) {
    if (entry.keyword == "Software" && job_.header.provenance) continue;
    texts_.push_back(chunk_of(entry));
  }
  if (!source.iptc.empty()) {
    texts_.push_back({kIptcKeyword,
                      hexadecimal_profile(iptc_resource(source.iptc)),
                      {},
                      {},
                      PNG_TEXT_COMPRESSION_zTXt});
  }
}

void PngEncoder::add_text(Chunk& chunk) {
  png_text entry{};  // the library copies
  entry.compression = chunk.compression;
  entry.key = chunk.keyword.data();
  entry.text = chunk.text.data();
  entry.text_length = chunk.text.size();
  entry.itxt_length = chunk.text.size();
  entry.lang = chunk.language.data();
  entry.lang_key = chunk.translated_keyword.data();
  png_set_text(png_, info_, &entry, 1);
}

Status PngEncoder::begin() {
  constexpr std::size_t kLargestChunk = 0x7fffffff;
  constexpr std::size_t kLargestExif = std::size_t{16} << 20U;
  const PictureHeader& header = job_.header;
  exif_ = exif_block(header, kLargestExif, job_.warnings);
  LATENT_TRY(const std::string xmp, xmp_block(header));
  LATENT_ENSURE(xmp.size() < kLargestChunk && header.icc.size() < kLargestChunk);
  if (!xmp.empty()) texts_.push_back({kXmpKeyword, xmp, {}, {}, PNG_ITXT_COMPRESSION_NONE});
  prepare_texts();

  png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, on_error, on_warning);
  if (png_ != nullptr) info_ = png_create_info_struct(png_);
  if (info_ == nullptr) return fail(ErrorCode::TooLarge, "not enough memory for a PNG");
  LATENT_CHECK(guarded([this] {
    set_picture();
    set_profile();
    set_resolution();
    if (!exif_.empty()) {
      png_set_eXIf_1(png_, info_, static_cast<png_uint_32>(exif_.size()), exif_.data());
    }
    for (Chunk& chunk : texts_) add_text(chunk);
    png_write_info(png_, info_);
    if (std::endian::native == std::endian::little) png_set_swap(png_);
  }));
  if (!header.icc.empty() && png_get_valid(png_, info_, PNG_INFO_iCCP) == 0) {
    job_.warnings.emplace_back(
        "the colour profile was left out: PNG does not take it for pictures of these channels");
  }
  if (header.alpha && header.alpha_associated) {
    job_.warnings.emplace_back("colours were divided by alpha, as PNG has them");
  }
  return {};
}

Status PngEncoder::write_row(std::span<const std::uint8_t> samples) {
  const PictureHeader& header = job_.header;
  if (header.alpha && header.alpha_associated) {
    straight_ = unassociated(samples, channels_of(header), header.depth);
    samples = straight_;
  }
  const std::uint8_t* row = samples.data();
  return guarded([this, row] { png_write_row(png_, row); });
}

Status PngEncoder::finish() {
  return guarded([this] { png_write_end(png_, nullptr); });
}

}  // namespace

std::unique_ptr<PictureEncoder> png_encoder(EncoderJob& job) {
  return std::make_unique<PngEncoder>(job);
}

}  // namespace latent::write
