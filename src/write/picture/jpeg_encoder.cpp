// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h uses FILE and size_t without including them
#include <optional>
#include <string_view>

#include <jpeglib.h>

#include "base/path.h"
#include "metadata/attached.h"
#include "metadata/extended_xmp.h"
#include "metadata/jpeg_xmp_segments.h"
#include "write/big_endian.h"
#include "write/exif_blocks.h"
#include "write/picture/picture_encoder.h"

namespace latent::write {

namespace {

using namespace std::string_view_literals;

/// What a marker segment can hold beside its own length.
constexpr std::size_t kSegment = 65533;
constexpr std::string_view kExifName = "Exif\0\0"sv;
constexpr std::string_view kXmpName = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr std::string_view kIndexName = "MPF\0"sv;
constexpr std::string_view kPhotoshopName = "Photoshop 3.0\0"sv;

std::vector<std::uint8_t> segment(std::string_view name, std::span<const std::uint8_t> content) {
  std::vector<std::uint8_t> bytes(name.begin(), name.end());
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The segments of an extension: each says its name, its whole size, and where the piece belongs.
std::vector<std::vector<std::uint8_t>> extension_segments(const metadata::SplitXmp& xmp) {
  constexpr std::size_t kPiece =
      kSegment - metadata::kXmpExtensionName.size() - metadata::kXmpExtensionHead;
  std::vector<std::vector<std::uint8_t>> segments;
  for (std::size_t at = 0; at < xmp.extension.size(); at += kPiece) {
    auto bytes = segment(metadata::kXmpExtensionName, bytes_of(xmp.name));
    put_big_endian(bytes, xmp.extension.size());
    put_big_endian(bytes, at);
    const auto piece = bytes_of(std::string_view(xmp.extension).substr(at, kPiece));
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    segments.push_back(std::move(bytes));
  }
  return segments;
}

class JpegEncoder : public PictureEncoder {
 public:
  explicit JpegEncoder(EncoderJob& job) : job_(job) {}
  ~JpegEncoder() override { jpeg_destroy_compress(&codec_); }

  Status begin() override;
  Status write_row(std::span<const std::uint8_t> samples) override;
  Status finish() override;

 private:
  /// libjpeg reports faults by a callback that must not return. First comes the library's part, so
  /// that its pointer to it is one to the whole.
  struct Trap {
    jpeg_error_mgr manager;
    std::jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
  };
  struct Sink {
    jpeg_destination_mgr manager;
    JpegEncoder* encoder;
  };

  static void on_error(j_common_ptr codec);
  static void on_message(j_common_ptr) {}
  static void on_begin(j_compress_ptr codec);
  static boolean on_full(j_compress_ptr codec);
  static void on_end(j_compress_ptr codec);

  /// Runs a step that libjpeg may jump out of. Nothing in it may have a destructor.
  template <class Step>
  [[nodiscard]] Status guarded(Step step) {
    if (setjmp(trap_.escape) != 0) return fault();
    step();
    return {};
  }
  [[nodiscard]] Status fault();
  [[nodiscard]] Status prepare_segments();
  [[nodiscard]] Status prepare_xmp();
  void prepare_comments();
  void prepare_photoshop();
  void write_index();
  [[nodiscard]] Status write_attached();
  void empty_buffer(std::size_t bytes);
  void configure();
  void write_segments();

  EncoderJob& job_;
  jpeg_compress_struct codec_{};
  Trap trap_{};
  Sink sink_{};
  std::array<std::uint8_t, std::size_t{1} << 16U> buffer_{};
  std::optional<Error> error_;  ///< of the file, kept until libjpeg has given up
  std::vector<std::uint8_t> exif_;
  std::vector<std::uint8_t> xmp_;
  std::vector<std::vector<std::uint8_t>> xmp_extension_;  ///< segments
  std::vector<std::uint8_t> iptc_;                        ///< and what Photoshop keeps beside it
  std::vector<std::uint8_t> index_;                       ///< of MPF
  std::uint64_t index_at_ = 0;  ///< where its TIFF structure begins in the file
  std::vector<std::vector<std::uint8_t>> comments_;
  std::vector<std::uint8_t> row_;  ///< without alpha
};

void JpegEncoder::on_error(j_common_ptr codec) {
  auto* trap = reinterpret_cast<Trap*>(codec->err);
  codec->err->format_message(codec, trap->message);
  std::longjmp(trap->escape, 1);
}

void JpegEncoder::on_begin(j_compress_ptr codec) {
  auto* self = reinterpret_cast<Sink*>(codec->dest)->encoder;
  codec->dest->next_output_byte = self->buffer_.data();
  codec->dest->free_in_buffer = self->buffer_.size();
}

/// Writes the buffer; a fault of the file ends the library's work.
void JpegEncoder::empty_buffer(std::size_t bytes) {
  {
    auto status = job_.file.write({buffer_.data(), bytes});
    if (status) return;
    error_ = std::move(status).error();
  }
  std::longjmp(trap_.escape, 1);
}

boolean JpegEncoder::on_full(j_compress_ptr codec) {
  auto* self = reinterpret_cast<Sink*>(codec->dest)->encoder;
  self->empty_buffer(self->buffer_.size());
  on_begin(codec);
  return TRUE;
}

void JpegEncoder::on_end(j_compress_ptr codec) {
  auto* self = reinterpret_cast<Sink*>(codec->dest)->encoder;
  self->empty_buffer(self->buffer_.size() - codec->dest->free_in_buffer);
}

Status JpegEncoder::fault() {
  if (error_) return tl::make_unexpected(*error_);
  return fail(ErrorCode::Internal, "the JPEG cannot be made: " + printable(trap_.message));
}

/// What is larger than a segment has the rest in an extension.
Status JpegEncoder::prepare_xmp() {
  constexpr std::size_t kLargest = kSegment - kXmpName.size();
  LATENT_TRY(std::string xmp, xmp_block(job_.header));
  if (xmp.size() > kLargest) {
    auto split = metadata::split_xmp(xmp, kLargest);
    if (!split) {
      job_.warnings.push_back(
          "XMP was left out: it is larger than the 64 kB that JPEG allows and " +
          split.error().sentence);
      return {};
    }
    xmp_extension_ = extension_segments(*split);
    xmp = std::move(split->packet);
  }
  if (!xmp.empty()) xmp_ = segment(kXmpName, bytes_of(xmp));
  return {};
}

void JpegEncoder::prepare_comments() {
  for (const metadata::TextEntry& entry : job_.header.metadata.texts) {
    if (entry.keyword != metadata::kCommentKeyword) continue;
    if (entry.text.size() <= kSegment) {
      comments_.push_back(segment({}, bytes_of(entry.text)));
    } else {
      job_.warnings.emplace_back(
          "a comment was left out: it is larger than the 64 kB that JPEG allows");
    }
  }
}

/// IPTC and what Photoshop keeps beside it.
void JpegEncoder::prepare_photoshop() {
  const metadata::Metadata& source = job_.header.metadata;
  const auto block = photoshop_block(source);
  if (!block.empty()) iptc_ = segment(kPhotoshopName, block);
  if (iptc_.size() > kSegment && !source.photoshop.empty() && !source.iptc.empty()) {
    iptc_ = segment(kPhotoshopName, iptc_resource(source.iptc));
    job_.warnings.emplace_back(
        "the paths of Photoshop were left out: they are larger than the 64 kB that JPEG allows");
  }
  if (iptc_.size() <= kSegment) return;
  iptc_.clear();
  job_.warnings.push_back(std::string(source.iptc.empty() ? "what Photoshop keeps" : "IPTC") +
                          " was left out: it is larger than the 64 kB that JPEG allows");
}

Status JpegEncoder::prepare_segments() {
  const PictureHeader& header = job_.header;
  const auto exif = exif_block(header, kSegment - kExifName.size(), job_.warnings);
  if (!exif.empty()) exif_ = segment(kExifName, exif);
  LATENT_CHECK(prepare_xmp());
  prepare_comments();
  const auto& attached = header.metadata.attached;
  if (attached && !attached->index.empty()) index_ = segment(kIndexName, attached->index);
  prepare_photoshop();
  if (header.alpha) {
    job_.warnings.emplace_back(header.alpha_associated
                                   ? "alpha was left out: JPEG has none; the colours stay as they "
                                     "are over black"
                                   : "alpha was left out: JPEG has none");
  }
  return {};
}

/// Without optimised Huffman tables: for these libjpeg keeps the whole picture in memory.
void JpegEncoder::configure() {
  constexpr int kFullColourFrom = 90;
  const PictureHeader& header = job_.header;
  codec_.image_width = static_cast<JDIMENSION>(header.size.width);
  codec_.image_height = static_cast<JDIMENSION>(header.size.height);
  codec_.input_components = header.colours;
  codec_.in_color_space = header.colours == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&codec_);
  jpeg_set_quality(&codec_, job_.options.jpeg_quality, TRUE);
  if (header.colours == 3 && job_.options.jpeg_quality >= kFullColourFrom) {
    codec_.comp_info[0].h_samp_factor = 1;
    codec_.comp_info[0].v_samp_factor = 1;
  }
  const Resolution& dots = header.resolution;
  if (dots.x >= 1 && dots.y >= 1 && dots.x <= 65535 && dots.y <= 65535) {
    codec_.density_unit = 1;  // dots per inch
    codec_.X_density = static_cast<UINT16>(std::lround(dots.x));
    codec_.Y_density = static_cast<UINT16>(std::lround(dots.y));
  }
}

/// The index of MPF, whose numbers are known when the picture is written.
void JpegEncoder::write_index() {
  const auto& attached = job_.header.metadata.attached;
  if (!attached || attached->index.empty() || index_.empty()) return;
  constexpr std::size_t kMarkerAndLength = 4;
  index_at_ = job_.file.size() + buffer_.size() - sink_.manager.free_in_buffer + kMarkerAndLength +
              kIndexName.size();
  jpeg_write_marker(&codec_, JPEG_APP0 + 2, index_.data(), static_cast<unsigned>(index_.size()));
}

/// What followed the picture in its source, and where it is.
Status JpegEncoder::write_attached() {
  const auto& attached = job_.header.metadata.attached;
  if (!attached) return {};
  const std::uint64_t picture = job_.file.size();
  LATENT_CHECK(job_.file.write(attached->behind));
  if (index_.empty()) return {};
  return job_.file.write_at(index_at_, metadata::placed_index(*attached, index_at_, picture));
}

void JpegEncoder::write_segments() {
  const auto write = [this](int marker, const std::vector<std::uint8_t>& bytes) {
    if (bytes.empty()) return;
    jpeg_write_marker(&codec_, marker, bytes.data(), static_cast<unsigned>(bytes.size()));
  };
  write(JPEG_APP0 + 1, exif_);
  write(JPEG_APP0 + 1, xmp_);
  for (const auto& piece : xmp_extension_) write(JPEG_APP0 + 1, piece);
  write_index();
  write(JPEG_APP0 + 13, iptc_);
  for (const auto& comment : comments_) write(JPEG_COM, comment);
  const auto& icc = job_.header.icc;
  if (!icc.empty()) {
    jpeg_write_icc_profile(&codec_, icc.data(), static_cast<unsigned>(icc.size()));
  }
}

Status JpegEncoder::begin() {
  constexpr std::size_t kLargestProfile = std::size_t{255} * 65519;
  LATENT_CHECK(prepare_segments());
  if (job_.header.icc.size() > kLargestProfile) {
    return fail(ErrorCode::TooLarge, job_.file.target(),
                "cannot write " + quoted(job_.file.target()) +
                    ": its colour profile is larger than JPEG allows");
  }
  codec_.err = jpeg_std_error(&trap_.manager);
  trap_.manager.error_exit = on_error;
  trap_.manager.output_message = on_message;
  return guarded([this] {
    jpeg_create_compress(&codec_);
    sink_.encoder = this;
    sink_.manager.init_destination = on_begin;
    sink_.manager.empty_output_buffer = on_full;
    sink_.manager.term_destination = on_end;
    codec_.dest = &sink_.manager;
    configure();
    jpeg_start_compress(&codec_, TRUE);
    write_segments();
  });
}

Status JpegEncoder::write_row(std::span<const std::uint8_t> samples) {
  const std::uint8_t* from = samples.data();
  const PictureHeader& header = job_.header;
  if (header.alpha) {
    const auto colours = static_cast<std::size_t>(header.colours);
    row_.resize(samples.size() / (colours + 1) * colours);
    for (std::size_t i = 0; i < row_.size(); ++i) row_[i] = samples[i + i / colours];
    from = row_.data();
  }
  auto* row = const_cast<std::uint8_t*>(from);  // the library's type; it only reads
  return guarded([this, row]() mutable { jpeg_write_scanlines(&codec_, &row, 1); });
}

Status JpegEncoder::finish() {
  LATENT_CHECK(guarded([this] { jpeg_finish_compress(&codec_); }));
  return write_attached();
}

}  // namespace

std::unique_ptr<PictureEncoder> jpeg_encoder(EncoderJob& job) {
  return std::make_unique<JpegEncoder>(job);
}

}  // namespace latent::write
