// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h uses FILE and size_t without including them
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <jpeglib.h>

#include <jerror.h>

#include "base/path.h"
#include "read/exif_facts.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kWindow = std::size_t{1} << 16U;
constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr int kIccMarker = JPEG_APP0 + 2;
constexpr int kMostScans = 500;  // a progressive file of our own has ten

/// What the callbacks of libjpeg share. They end in longjmp(), so nothing with a destructor may be
/// alive between them and setjmp().
struct Decoder {
  jpeg_decompress_struct codec{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr input{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  int code = 0;  ///< libjpeg's, of what stopped it
  const ByteSource* source = nullptr;
  const RunControl* control = nullptr;
  std::uint64_t position = 0;
  std::uint64_t most_header_bytes = 0;
  bool in_header = true;
  bool end_may_lack = false;  ///< the coding itself tells whether a sample is missing
  bool end_lacks = false;
  std::uint64_t stray_bytes = 0;  ///< between the segments of the header
  bool ran_dry = false;
  bool disk_failed = false;
  bool header_too_long = false;
  bool cancelled = false;
  std::array<JOCTET, kWindow> window{};

  Decoder() = default;
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;
  ~Decoder() { jpeg_destroy_decompress(&codec); }
};

Decoder& decoder_of(j_common_ptr codec) { return *static_cast<Decoder*>(codec->client_data); }

[[noreturn]] void give_up(Decoder& decoder) {
  decoder.code = decoder.errors.msg_code;
  decoder.errors.format_message(reinterpret_cast<j_common_ptr>(&decoder.codec),
                                decoder.message.data());
  std::longjmp(decoder.escape, 1);
}

void on_error(j_common_ptr codec) { give_up(decoder_of(codec)); }

/// libjpeg warns, and invents what is missing. Few of its warnings leave the pixels what they were.
bool is_harmless(Decoder& decoder) {
  constexpr int kEndOfImage = 0xD9;
  const jpeg_error_mgr& errors = decoder.errors;
  switch (errors.msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      // Between the segments of the header they belong to none; whether one that is needed was lost
      // among them is asked afterwards. Behind the last block cameras fill up.
      if (decoder.in_header) {
        decoder.stray_bytes += static_cast<std::uint64_t>(std::max(0, errors.msg_parm.i[0]));
        return true;
      }
      return errors.msg_parm.i[1] == kEndOfImage;
    default:
      return false;
  }
}

void on_message(j_common_ptr codec, int level) {
  Decoder& decoder = decoder_of(codec);
  if (level < 0 && !is_harmless(decoder)) give_up(decoder);
}

void on_output(j_common_ptr) {}

void on_init(j_decompress_ptr) {}

/// False where nothing is left; everything that has a destructor ends here.
bool fill(Decoder& decoder) {
  const std::uint64_t left = decoder.source->size() - decoder.position;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left, kWindow));
  decoder.ran_dry = count == 0;
  if (decoder.ran_dry) return false;
  decoder.disk_failed =
      !decoder.source->read_at(decoder.position, std::span(decoder.window).first(count));
  if (decoder.disk_failed) return false;
  decoder.position += count;
  decoder.header_too_long =
      decoder.in_header && decoder.position > decoder.most_header_bytes + kWindow;
  decoder.input.next_input_byte = decoder.window.data();
  decoder.input.bytes_in_buffer = count;
  return !decoder.header_too_long;
}

/// Puts the end marker there that the file lacks, once. Whether a sample lacks too is for the
/// entropy decoder to say, which warns as soon as it wants a bit that is not there.
bool put_end(Decoder& decoder) {
  constexpr JOCTET kMark = 0xFF;
  constexpr JOCTET kEndOfImage = 0xD9;
  if (!decoder.ran_dry || !decoder.end_may_lack || decoder.end_lacks) return false;
  decoder.end_lacks = true;
  decoder.ran_dry = false;
  decoder.window[0] = kMark;
  decoder.window[1] = kEndOfImage;
  decoder.input.next_input_byte = decoder.window.data();
  decoder.input.bytes_in_buffer = 2;
  return true;
}

boolean on_fill(j_decompress_ptr codec) {
  Decoder& decoder = *static_cast<Decoder*>(codec->client_data);
  if (!fill(decoder) && !put_end(decoder)) give_up(decoder);
  return TRUE;
}

void on_skip(j_decompress_ptr codec, long count) {
  Decoder& decoder = *static_cast<Decoder*>(codec->client_data);
  if (count <= 0) return;
  auto left = static_cast<std::uint64_t>(count);
  const std::uint64_t held = std::min<std::uint64_t>(left, decoder.input.bytes_in_buffer);
  decoder.input.next_input_byte += held;
  decoder.input.bytes_in_buffer -= static_cast<std::size_t>(held);
  left -= held;
  decoder.position += std::min(left, decoder.source->size() - decoder.position);
}

void on_term(j_decompress_ptr) {}

void on_progress(j_common_ptr codec) {
  Decoder& decoder = decoder_of(codec);
  if (decoder.control != nullptr && decoder.control->stop_requested()) {
    decoder.cancelled = true;
    give_up(decoder);
  }
  if (decoder.codec.input_scan_number > kMostScans) {
    decoder.errors.msg_code = JWRN_BOGUS_PROGRESSION;
    give_up(decoder);
  }
}

bool read_header(Decoder& decoder) {
  if (setjmp(decoder.escape) != 0) return false;
  decoder.codec.err = jpeg_std_error(&decoder.errors);
  decoder.codec.client_data = &decoder;
  decoder.errors.error_exit = on_error;
  decoder.errors.emit_message = on_message;
  decoder.errors.output_message = on_output;
  jpeg_create_decompress(&decoder.codec);
  decoder.input.init_source = on_init;
  decoder.input.fill_input_buffer = on_fill;
  decoder.input.skip_input_data = on_skip;
  decoder.input.resync_to_restart = jpeg_resync_to_restart;
  decoder.input.term_source = on_term;
  decoder.codec.src = &decoder.input;
  decoder.progress.progress_monitor = on_progress;
  decoder.codec.progress = &decoder.progress;
  constexpr unsigned kWhole = 0xFFFF;
  jpeg_save_markers(&decoder.codec, kExifMarker, kWhole);
  jpeg_save_markers(&decoder.codec, kIccMarker, kWhole);
  jpeg_read_header(&decoder.codec, TRUE);
  decoder.in_header = false;
  const auto& codec = decoder.codec;
  decoder.end_may_lack = codec.arith_code == FALSE && (codec.progressive_mode != FALSE ||
                                                       codec.comps_in_scan == codec.num_components);
  return true;
}

/// Whether all coefficients came with all their bits, of a file that brings them bit by bit.
bool has_all_bits(const jpeg_decompress_struct& codec) {
  if (codec.progressive_mode == FALSE) return true;
  if (codec.coef_bits == nullptr) return false;
  for (int c = 0; c < codec.num_components; ++c) {
    const int* bits = codec.coef_bits[c];
    if (std::any_of(bits, bits + DCTSIZE2, [](int missing) { return missing != 0; })) return false;
  }
  return true;
}

/// The table of that number, which the file gives: nullptr where there is none, and where no table
/// has such a number.
template <class Table, std::size_t kCount>
const Table* table_of(Table* const (&tables)[kCount], int number) {  // NOLINT(*-avoid-c-arrays)
  return number >= 0 && static_cast<std::size_t>(number) < kCount ? tables[number] : nullptr;
}

/// Where bytes are skipped, a table may stand among them, and libjpeg has a usual one for some.
bool lacks_tables(const jpeg_decompress_struct& codec) {
  for (int c = 0; c < codec.comps_in_scan; ++c) {
    const auto& component = *codec.cur_comp_info[c];
    const bool huffman = codec.arith_code != FALSE || codec.progressive_mode != FALSE ||
                         (table_of(codec.dc_huff_tbl_ptrs, component.dc_tbl_no) != nullptr &&
                          table_of(codec.ac_huff_tbl_ptrs, component.ac_tbl_no) != nullptr);
    if (!huffman || table_of(codec.quant_tbl_ptrs, component.quant_tbl_no) == nullptr) return true;
  }
  return false;
}

bool read_rows(Decoder& decoder, ImageView<std::uint8_t> to) {
  if (setjmp(decoder.escape) != 0) return false;
  auto& codec = decoder.codec;
  codec.out_color_space = to.channels() == 1 ? JCS_GRAYSCALE : JCS_RGB;
  codec.dct_method = JDCT_ISLOW;
  codec.do_fancy_upsampling = TRUE;
  jpeg_start_decompress(&codec);
  constexpr JDIMENSION kRowsBetweenReports = 64;
  while (codec.output_scanline < codec.output_height) {
    if (codec.output_scanline % kRowsBetweenReports == 0) {
      decoder.control->report(static_cast<double>(codec.output_scanline) / codec.output_height);
    }
    JSAMPROW row = to.data() + static_cast<std::ptrdiff_t>(codec.output_scanline) * to.stride();
    jpeg_read_scanlines(&codec, &row, 1);
  }
  const bool whole = !decoder.end_lacks || has_all_bits(codec);
  if (whole) jpeg_finish_decompress(&codec);
  decoder.ran_dry = !whole;
  decoder.control->report(1);
  return whole;
}

tl::unexpected<Error> broken(const Decoder& decoder) {
  if (decoder.cancelled) return fail(ErrorCode::Cancelled, "cancelled");
  if (decoder.disk_failed) return fail(ErrorCode::Io, "cannot be read to its end; check the disk");
  if (decoder.header_too_long) {
    return fail(ErrorCode::TooLarge,
                fmt::format("cannot be read: its header is larger than {} bytes, the limit of "
                            "metadata; a larger --limit-metadata reads on",
                            decoder.most_header_bytes));
  }
  if (decoder.ran_dry || decoder.code == JWRN_HIT_MARKER) {
    return fail(ErrorCode::Corrupt,
                "is cut short or damaged: its picture data break off; copy it again");
  }
  const std::string reason = printable(decoder.message.data());
  switch (decoder.code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
      return fail(ErrorCode::Unsupported,
                  "is a kind of JPEG that is not taken (libjpeg: " + reason +
                      "); save it as an 8-bit baseline or progressive JPEG, or as TIFF");
    case JERR_OUT_OF_MEMORY:
      return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    default:
      return fail(ErrorCode::Corrupt,
                  "is damaged: its data make no sense (libjpeg: " + reason + "); copy it again");
  }
}

std::span<const std::uint8_t> content(const jpeg_marker_struct& marker) {
  return {marker.data, marker.data_length};
}

bool begins_with(std::span<const std::uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::memcmp(bytes.data(), text.data(), text.size()) == 0;
}

/// The pieces of an ICC profile, put together by their numbers; nothing where one is missing or
/// stands there twice.
///
/// Source   ICC.1:2010, annex B.4.
struct EmbeddedIcc {
  std::vector<std::uint8_t> bytes;
  bool damaged = false;
};

EmbeddedIcc embedded_icc(const jpeg_decompress_struct& codec) {
  constexpr auto kName = "ICC_PROFILE\0"sv;
  constexpr std::size_t kHead = kName.size() + 2;  // then the number of the piece and of all
  std::vector<std::span<const std::uint8_t>> pieces;
  std::size_t found = 0;
  for (const auto* marker = codec.marker_list; marker != nullptr; marker = marker->next) {
    const auto bytes = content(*marker);
    if (marker->marker != kIccMarker || !begins_with(bytes, kName) || bytes.size() < kHead)
      continue;
    const std::size_t number = bytes[kName.size()];
    const std::size_t count = bytes[kName.size() + 1];
    if (pieces.empty()) pieces.resize(count);
    if (number < 1 || number > count || count != pieces.size() || !pieces[number - 1].empty() ||
        bytes.size() == kHead) {
      return {{}, true};
    }
    pieces[number - 1] = bytes.subspan(kHead);
    ++found;
  }
  if (found != pieces.size()) return {{}, true};
  EmbeddedIcc icc;
  for (const auto piece : pieces) icc.bytes.insert(icc.bytes.end(), piece.begin(), piece.end());
  return icc;
}

ExifFacts embedded_exif(const jpeg_decompress_struct& codec) {
  constexpr auto kName = "Exif\0\0"sv;
  for (const auto* marker = codec.marker_list; marker != nullptr; marker = marker->next) {
    const auto bytes = content(*marker);
    if (marker->marker == kExifMarker && begins_with(bytes, kName)) {
      return exif_facts(bytes.subspan(kName.size()));
    }
  }
  return {};
}

Status judge_colours(const jpeg_decompress_struct& codec) {
  if (codec.jpeg_color_space == JCS_CMYK || codec.jpeg_color_space == JCS_YCCK ||
      codec.num_components == 4) {
    return fail(ErrorCode::Unsupported, "is a JPEG in CMYK; convert it to RGB first");
  }
  const bool grey = codec.num_components == 1 && codec.jpeg_color_space == JCS_GRAYSCALE;
  const bool colour = codec.num_components == 3 &&
                      (codec.jpeg_color_space == JCS_YCbCr || codec.jpeg_color_space == JCS_RGB);
  if (grey || colour) return {};
  return fail(
      ErrorCode::Unsupported,
      fmt::format("is a JPEG of {} components with unknown colours; convert it to RGB first",
                  codec.num_components));
}

/// Whether the file can hold the blocks of 8 x 8 samples that its header promises. By Huffman codes
/// a block takes two bits at least, one of which a progressive file may save; by arithmetic codes
/// its two decisions (one in a progressive file) take the 32768th part of a bit each.
Status check_file_holds_blocks(const jpeg_decompress_struct& codec, std::uint64_t file_bytes) {
  constexpr std::uint64_t kDecisionsOfABit = 32768;
  std::uint64_t blocks = 0;
  for (int c = 0; c < codec.num_components; ++c) {
    const auto& component = codec.comp_info[c];
    blocks += std::uint64_t{component.width_in_blocks} * component.height_in_blocks;
  }
  const std::uint64_t decisions = codec.progressive_mode != FALSE ? blocks : 2 * blocks;
  const std::uint64_t bits = codec.arith_code != FALSE ? decisions / kDecisionsOfABit : decisions;
  if (bits / 8 <= file_bytes) return {};
  return fail(ErrorCode::Corrupt,
              fmt::format("is cut short or damaged: {} bytes cannot hold its {} x {} pixels; "
                          "copy it again",
                          file_bytes, codec.image_width, codec.image_height));
}

class JpegPicture final : public PictureFile {
 public:
  explicit JpegPicture(const Limits& limits) : limits_(limits) {}

  Status open(const ByteSource& source) {
    decoder_.source = &source;
    decoder_.most_header_bytes = limits_.max_metadata_bytes;
    if (!read_header(decoder_)) return broken(decoder_);
    const auto& codec = decoder_.codec;
    LATENT_CHECK(check_picture_size(codec.image_width, codec.image_height, limits_));
    LATENT_CHECK(judge_colours(codec));
    if (decoder_.stray_bytes > 0 && lacks_tables(codec)) {
      return fail(ErrorCode::Corrupt,
                  fmt::format("is damaged: {} bytes of its header make no sense, and a table that "
                              "its picture needs is not there; copy it again",
                              decoder_.stray_bytes));
    }
    // libjpeg forgets what it saved as soon as the samples are done.
    exif_ = embedded_exif(codec);
    icc_ = embedded_icc(codec);
    facts_.format = "JPEG";
    facts_.size = {static_cast<int>(codec.image_width), static_cast<int>(codec.image_height)};
    facts_.colours = codec.num_components;
    facts_.depth = SampleDepth::U8;
    state_orientation(exif_.orientation);
    return {};
  }

  Result<Picture> read(const RunControl& control) override {
    decoder_.control = &control;
    LATENT_CHECK(check_file_holds_blocks(decoder_.codec, decoder_.source->size()));
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    if (!read_rows(decoder_, std::get<Image<std::uint8_t>>(picture.samples).view())) {
      return broken(decoder_);
    }
    picture.resolution = resolution();
    if (decoder_.stray_bytes > 0) {
      picture.warnings.push_back(fmt::format(
          "{} stray bytes between the segments of its header were skipped", decoder_.stray_bytes));
    }
    if (decoder_.end_lacks) {
      picture.warnings.emplace_back(
          "its end marker is missing; every pixel of the picture was there and was read");
    }
    if (icc_.damaged) {
      picture.warnings.emplace_back("the embedded colour profile is incomplete and was left out");
    }
    const bool adobe = exif_.adobe_rgb && picture.colours == 3;
    adopt_profile(picture, std::move(icc_.bytes),
                  adobe ? colour::Profile::named(colour::NamedProfile::AdobeRgb)
                        : usual_profile(picture.colours),
                  adobe ? Otherwise::Stated : Otherwise::Assumed);
    return picture;
  }

 private:
  /// Of JFIF, or else of EXIF.
  [[nodiscard]] Resolution resolution() const {
    const auto& codec = decoder_.codec;
    constexpr int kPerInch = 1;
    constexpr int kPerCentimetre = 2;
    const double scale = codec.density_unit == kPerCentimetre ? 2.54 : 1;
    const bool stated = codec.saw_JFIF_marker != FALSE &&
                        (codec.density_unit == kPerInch || codec.density_unit == kPerCentimetre) &&
                        codec.X_density > 0 && codec.Y_density > 0;
    if (!stated) return exif_.resolution;
    return {codec.X_density * scale, codec.Y_density * scale};
  }

  Limits limits_;
  Decoder decoder_;
  ExifFacts exif_;
  EmbeddedIcc icc_;
};

}  // namespace

OpenedPicture open_jpeg_picture(const ByteSource& source, const Limits& limits) {
  auto picture = std::make_unique<JpegPicture>(limits);
  LATENT_CHECK(picture->open(source));
  return picture;
}

}  // namespace latent::read
