// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/dng/dng.h"

#include <array>
#include <limits>
#include <utility>

#include "metadata/tiff_fields.h"
#include "write/dng/dng_main_fields.h"
#include "write/dng/dng_raw_fields.h"
#include "write/dng/sample_writer.h"
#include "write/dng/thumbnail.h"
#include "write/exif_blocks.h"
#include "write/picture/picture.h"
#include "write/tiff_directory.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

constexpr std::uint32_t kHeaderBytes =
    16;  ///< of a BigTIFF; a classic one leaves half of it unused
/// How far into the file a maker note is put to stand where it stood in the source.
constexpr std::uint32_t kLargestNoteOffset = 1U << 20U;
constexpr int kThumbnailSide = 256;
constexpr int kPreviewQuality = 88;  ///< below 90: 4:2:0

/// Columns that are dealt out to the components of a tile's JPEG: see encode_lossless_jpeg().
int jpeg_components(const DngHeader& header) {
  switch (header.sensor) {
    case SensorClass::Mono:
      return 1;
    case SensorClass::Bayer:
      return 2;
    default:
      return 3;
  }
}

/// How the samples are coded: as is asked for, where it can be done.
SampleCoding coding_of(const DngHeader& header, DngCompression compression) {
  if (compression == DngCompression::None) return SampleCoding::Plain;
  const bool jxl = compression != DngCompression::LosslessJpeg && jxl_tiles_are_there() &&
                   samples_per_pixel(header) == 3;
  return jxl ? SampleCoding::Jxl : SampleCoding::LosslessJpeg;
}

TiffFlavour flavour_for(const SampleLayout& layout, DngContainer container) {
  constexpr std::uint64_t kClassicLimit = std::uint64_t{1} << 32U;
  constexpr std::uint64_t kAllTheRest = Limits{}.max_metadata_bytes * 2;
  const bool fits = SampleWriter::largest_size(layout) + kAllTheRest < kClassicLimit;
  return fits && container == DngContainer::AsNeeded ? TiffFlavour::Classic : TiffFlavour::Big;
}

}  // namespace

class DngWriter::Job {
 public:
  Job(SafeFile file, SampleWriter samples, DngHeader header, TiffFlavour flavour)
      : file_(std::move(file)),
        samples_(std::move(samples)),
        header_(std::move(header)),
        flavour_(flavour) {}

  Status begin();
  Status write_rows(ImageView<const std::uint16_t> rows) {
    return samples_.write_rows(rows, file_);
  }
  Status write_rows(ImageView<const float> rows) { return samples_.write_rows(rows, file_); }
  Status finish(ImageView<const std::uint8_t> preview);
  Status commit_as(const std::filesystem::path& target) {
    LATENT_ENSURE(complete_);
    return file_.commit_as(target);
  }
  void set_noise(const NoiseModel& noise) { header_.noise = noise; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Place {
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
  };
  Result<Place> append(std::span<const std::uint8_t> bytes);
  Result<std::uint64_t> append(const TiffDirectory& directory);
  Result<std::uint64_t> append_preview(ImageView<const std::uint8_t> preview);
  Status set_thumbnail(ImageView<const std::uint8_t> preview, TiffDirectory& main);
  Status set_exif(TiffDirectory& main);
  Status write_directories(ImageView<const std::uint8_t> preview);

  SafeFile file_;
  SampleWriter samples_;
  DngHeader header_;
  TiffFlavour flavour_;
  bool note_in_place_ = false;
  bool complete_ = false;
  std::vector<std::string> warnings_;
};

/// Leaves room for the header, and puts the maker note where its own offsets expect it.
Status DngWriter::Job::begin() {
  LATENT_CHECK(file_.write(std::array<std::uint8_t, kHeaderBytes>{}));
  const auto& note = header_.metadata.maker_note;
  note_in_place_ =
      note && note_place(*note, kHeaderBytes, kLargestNoteOffset) == NotePlace::WhereItStood;
  if (!note_in_place_) return {};
  LATENT_CHECK(file_.write(std::vector<std::uint8_t>(note->source_offset - kHeaderBytes)));
  LATENT_CHECK(file_.write(note->bytes));
  if (file_.size() % 2 != 0) LATENT_CHECK(file_.write(std::array<std::uint8_t, 1>{}));
  return {};
}

Result<DngWriter::Job::Place> DngWriter::Job::append(std::span<const std::uint8_t> bytes) {
  if (file_.size() % 2 != 0) LATENT_CHECK(file_.write(std::array<std::uint8_t, 1>{}));
  const Place place{file_.size(), bytes.size()};
  LATENT_CHECK(file_.write(bytes));
  return place;
}

Result<std::uint64_t> DngWriter::Job::append(const TiffDirectory& directory) {
  const std::uint64_t position = file_.size() + file_.size() % 2;
  LATENT_TRY(const Place place, append(directory.serialise(position, flavour_)));
  return place.offset;
}

Result<std::uint64_t> DngWriter::Job::append_preview(ImageView<const std::uint8_t> preview) {
  PictureOptions options;
  options.jpeg_quality = kPreviewQuality;
  LATENT_TRY(const auto jpeg, encode_jpeg(preview, options));
  LATENT_TRY(const Place place, append(jpeg));
  TiffDirectory directory;
  directory.set_long(tag::kNewSubfileType, std::uint32_t{1});
  directory.set_long(tag::kImageWidth, static_cast<std::uint32_t>(preview.width()));
  directory.set_long(tag::kImageLength, static_cast<std::uint32_t>(preview.height()));
  directory.set_short(tag::kBitsPerSample, std::array<std::uint16_t, 3>{8, 8, 8});
  directory.set_short(tag::kCompression, 7);
  directory.set_short(tag::kPhotometricInterpretation, 6);  // YCbCr
  directory.set_short(tag::kSamplesPerPixel, 3);
  directory.set_short(tag::kPlanarConfiguration, 1);
  directory.set_long(tag::kRowsPerStrip, static_cast<std::uint32_t>(preview.height()));
  directory.set_offset(tag::kStripOffsets, place.offset);
  directory.set_offset(tag::kStripByteCounts, place.bytes);
  directory.set_short(tag::kYcbcrSubSampling, std::array<std::uint16_t, 2>{2, 2});
  directory.set_short(tag::kYcbcrPositioning, 1);  // centred, as JPEG has it
  directory.set_rational(tag::kReferenceBlackWhite,
                         std::array{0.0, 255.0, 128.0, 255.0, 128.0, 255.0});
  directory.set_ascii(tag::kPreviewApplicationName, "Latent");
  if (header_.provenance) {
    directory.set_ascii(tag::kPreviewApplicationVersion, header_.provenance->latent_version);
  }
  directory.set_long(tag::kPreviewColorSpace, std::uint32_t{2});  // sRGB
  return append(directory);
}

Status DngWriter::Job::set_thumbnail(ImageView<const std::uint8_t> preview, TiffDirectory& main) {
  LATENT_TRY(const auto small, thumbnail(preview, kThumbnailSide));
  const auto view = small.view();
  LATENT_TRY(const Place place,
             append({view.data(), view.row(0).size() * static_cast<std::size_t>(view.height())}));
  main.set_long(tag::kNewSubfileType, std::uint32_t{1});
  main.set_long(tag::kImageWidth, static_cast<std::uint32_t>(view.width()));
  main.set_long(tag::kImageLength, static_cast<std::uint32_t>(view.height()));
  main.set_short(tag::kBitsPerSample, std::array<std::uint16_t, 3>{8, 8, 8});
  main.set_short(tag::kCompression, 1);
  main.set_short(tag::kPhotometricInterpretation, 2);  // RGB
  main.set_short(tag::kSamplesPerPixel, 3);
  main.set_short(tag::kPlanarConfiguration, 1);
  main.set_long(tag::kRowsPerStrip, static_cast<std::uint32_t>(view.height()));
  main.set_offset(tag::kStripOffsets, place.offset);
  main.set_offset(tag::kStripByteCounts, place.bytes);
  return {};
}

Status DngWriter::Job::set_exif(TiffDirectory& main) {
  TiffDirectory photo = photo_directory(header_, warnings_);
  const TiffDirectory interop = plain_directory(header_.metadata.interop, warnings_);
  const TiffDirectory gps = plain_directory(header_.metadata.gps, warnings_);
  if (!interop.empty()) {
    LATENT_TRY(const std::uint64_t position, append(interop));
    photo.set_offset(tag::kInteropIfd, position);
  }
  const auto& note = header_.metadata.maker_note;
  if (note_in_place_) {
    photo.set_elsewhere(tag::kMakerNote, TiffType::Undefined, note->bytes.size(),
                        note->source_offset);
  } else if (note && !main.contains(tag::kDngPrivateData)) {
    main.set_byte(tag::kDngPrivateData, private_maker_note(*note));
  }
  if (!photo.empty()) {
    LATENT_TRY(const std::uint64_t position, append(photo));
    main.set_offset(tag::kExifIfd, position);
  }
  if (!gps.empty()) {
    LATENT_TRY(const std::uint64_t position, append(gps));
    main.set_offset(tag::kGpsIfd, position);
  }
  return {};
}

/// With a preview, IFD 0 is the thumbnail and the raw picture its first SubIFD, as readers expect;
/// without, IFD 0 is the raw picture.
Status DngWriter::Job::write_directories(ImageView<const std::uint8_t> preview) {
  TiffDirectory main;
  TiffDirectory below;
  const bool previewed = !preview.empty();
  TiffDirectory& raw = previewed ? below : main;
  set_carried_fields(header_, main, raw, warnings_);
  set_raw_fields(header_, raw);
  samples_.set_fields(raw);
  LATENT_CHECK(set_main_fields(header_, raw, main, warnings_));
  if (previewed) {
    LATENT_ENSURE(preview.channels() == 3);
    LATENT_CHECK(set_thumbnail(preview, main));
    LATENT_TRY(const std::uint64_t preview_position, append_preview(preview));
    LATENT_TRY(const std::uint64_t raw_position, append(raw));
    main.set_offsets(tag::kSubIfds, {raw_position, preview_position});
  }
  LATENT_CHECK(set_exif(main));
  LATENT_TRY(const std::uint64_t first, append(main));
  if (flavour_ == TiffFlavour::Classic &&
      file_.size() > std::numeric_limits<std::uint32_t>::max()) {
    return fail(ErrorCode::Internal, "the DNG grew beyond 4 GiB, which was not foreseen");
  }
  return file_.write_at(0, tiff_header(first, flavour_));
}

Status DngWriter::Job::finish(ImageView<const std::uint8_t> preview) {
  LATENT_ENSURE(!complete_);
  LATENT_CHECK(samples_.finish(file_));
  LATENT_CHECK(write_directories(preview));
  complete_ = true;
  return file_.commit();
}

DngWriter::DngWriter(std::unique_ptr<Job> job) : job_(std::move(job)) {}
DngWriter::~DngWriter() = default;
DngWriter::DngWriter(DngWriter&&) noexcept = default;
DngWriter& DngWriter::operator=(DngWriter&&) noexcept = default;

Result<DngWriter> DngWriter::create(const std::filesystem::path& target, DngHeader header,
                                    const DngOptions& options) {
  LATENT_CHECK(check_header(header));
  SampleLayout layout;
  layout.size = header.buffer;
  layout.channels = samples_per_pixel(header);
  layout.coding = coding_of(header, options.compression);
  layout.jxl = options.compression == DngCompression::Jxl ? kJxlUnseen : kJxlLossless;
  layout.components = jpeg_components(header);
  layout.floats = header.floats;
  layout.threads = options.threads;
  LATENT_TRY(auto samples, SampleWriter::create(layout));
  LATENT_TRY(auto file,
             SafeFile::create(target, {.overwrite = options.overwrite, .access = options.access}));
  auto job = std::make_unique<Job>(std::move(file), std::move(samples), std::move(header),
                                   flavour_for(layout, options.container));
  LATENT_CHECK(job->begin());
  return DngWriter(std::move(job));
}

Status DngWriter::write_rows(ImageView<const std::uint16_t> rows) { return job_->write_rows(rows); }
Status DngWriter::write_rows(ImageView<const float> rows) { return job_->write_rows(rows); }

void DngWriter::set_noise(const NoiseModel& noise) { job_->set_noise(noise); }

Status DngWriter::finish(ImageView<const std::uint8_t> preview) { return job_->finish(preview); }

Status DngWriter::finish_as(const std::filesystem::path& target) { return job_->commit_as(target); }

const std::vector<std::string>& DngWriter::warnings() const { return job_->warnings(); }

}  // namespace latent::write
