// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/picture_writer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/text.h"
#include "write/picture/not_held.h"
#include "write/picture/picture_encoder.h"

namespace latent::write {

namespace {

struct FormatFacts {
  const char* name;
  int longest_side_px;
};

/// JPEG: what libjpeg allows; PNG: likewise libpng; JPEG XL: profile "main".
FormatFacts facts_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::Png:
      return {"PNG", 1'000'000};
    case PictureFormat::Jpeg:
      return {"JPEG", 65'500};
    case PictureFormat::Exr:
      return {"OpenEXR", 1 << 24};
    case PictureFormat::Jxl:
      return {"JPEG XL", 1 << 18};
    default:
      return {"TIFF", 1'000'000'000};
  }
}

const char* what_it_holds(PictureFormat format) {
  switch (format) {
    case PictureFormat::Jpeg:
      return "8-bit samples only";
    case PictureFormat::Png:
      return "8-bit and 16-bit samples only";
    default:
      return "32-bit float samples only";
  }
}

/// What JPEG XL may have: its library holds the picture, and more than it once again.
constexpr std::int64_t kMostPixelsInMemory = 600'000'000;

/// Whether the format can hold the picture.
Status check_header(const std::filesystem::path& target, PictureFormat format,
                    const PictureHeader& header) {
  LATENT_ENSURE(header.size.width > 0 && header.size.height > 0);
  LATENT_ENSURE(header.colours == 1 || header.colours == 3);
  LATENT_ENSURE(header.orientation >= 1 && header.orientation <= 8);
  const FormatFacts facts = facts_of(format);
  if (!holds(format, header.depth)) {
    return fail(ErrorCode::Usage, target,
                "cannot write " + quoted(target) + ": " + facts.name + " holds " +
                    what_it_holds(format) + "; choose that depth, or another format such as TIFF");
  }
  return check_size(target, format, header.size);
}

/// Without compression the size of a file is known before it is begun: a disk that cannot hold it
/// is named before hours of work, not after. What is compressed may fit, and is tried.
Status check_room(const std::filesystem::path& target, PictureFormat format,
                  const PictureHeader& header, const PictureWriterOptions& options) {
  if (format != PictureFormat::Tiff || options.compression != TiffCompression::None) return {};
  LATENT_TRY(const std::size_t bytes,
             checked_multiply(row_bytes(header), static_cast<std::size_t>(header.size.height)));
  std::error_code unknown;
  const auto space = std::filesystem::space(folder_of(target), unknown);
  // No file system has no bytes at all: some that are mounted through FUSE do not tell.
  if (unknown || space.capacity == 0 || space.available >= bytes) return {};
  return fail(
      ErrorCode::Io, target,
      "cannot write " + quoted(target) + ": it needs " + std::to_string(bytes / 1'000'000 + 1) +
          " MB without compression, and the disk has " +
          std::to_string(space.available / 1'000'000) + " MB free; make room, or compress it");
}

std::unique_ptr<PictureEncoder> encoder_for(PictureFormat format, EncoderJob& job) {
  switch (format) {
    case PictureFormat::Png:
      return png_encoder(job);
    case PictureFormat::Jpeg:
      return jpeg_encoder(job);
    case PictureFormat::Exr:
      return exr_encoder(job);
    case PictureFormat::Jxl:
      return jxl_encoder(job);
    default:
      return tiff_encoder(job);
  }
}

tl::unexpected<Error> without_jxl(const std::filesystem::path& path) {
  return fail(ErrorCode::Unsupported, path,
              "cannot write " + quoted(path) +
                  ": this build was made without JPEG XL; choose another format such as TIFF");
}

}  // namespace

Result<PictureFormat> picture_format_of(const std::filesystem::path& path) {
  constexpr std::array<std::pair<std::string_view, PictureFormat>, 7> kEndings{{
      {".tif", PictureFormat::Tiff},
      {".tiff", PictureFormat::Tiff},
      {".png", PictureFormat::Png},
      {".jpg", PictureFormat::Jpeg},
      {".jpeg", PictureFormat::Jpeg},
      {".exr", PictureFormat::Exr},
      {".jxl", PictureFormat::Jxl},
  }};
  const std::string ending = lower_case(path.extension().native());
  const auto found = std::find_if(kEndings.begin(), kEndings.end(),
                                  [&](const auto& known) { return known.first == ending; });
  if (found == kEndings.end()) {
    return fail(ErrorCode::Usage, path,
                quoted(path) +
                    " has no ending that says which format to write; choose .tif, "
                    ".tiff, .png, .jpg, .jpeg, .exr or .jxl");
  }
  if (found->second == PictureFormat::Jxl && !jxl_is_there()) return without_jxl(path);
  return found->second;
}

Status check_size(const std::filesystem::path& target, PictureFormat format, Size size) {
  const FormatFacts facts = facts_of(format);
  const std::string sides =
      std::to_string(size.width) + " x " + std::to_string(size.height) + " pixels";
  if (std::max(size.width, size.height) > facts.longest_side_px) {
    return fail(ErrorCode::TooLarge, target,
                "cannot write " + quoted(target) + ": of " + sides + " a side is longer than the " +
                    std::to_string(facts.longest_side_px) + " that " + facts.name +
                    " holds; choose another format such as TIFF");
  }
  if (format == PictureFormat::Jxl && size.area() > kMostPixelsInMemory) {
    return fail(ErrorCode::TooLarge, target,
                "cannot write " + quoted(target) + ": " + sides +
                    " would stand in memory as a whole, which JPEG XL needs "
                    "and is given for 600 megapixels at most; choose another "
                    "format such as TIFF");
  }
  return {};
}

bool holds(PictureFormat format, SampleDepth depth) {
  switch (format) {
    case PictureFormat::Jpeg:
      return depth == SampleDepth::U8;
    case PictureFormat::Png:
      return depth != SampleDepth::F32;
    case PictureFormat::Exr:
      return depth == SampleDepth::F32;
    default:
      return true;
  }
}

class PictureWriter::Job {
 public:
  explicit Job(EncoderJob job) : job_(std::move(job)) {}

  Status begin(PictureFormat format) {
    encoder_ = encoder_for(format, job_);
    if (encoder_ == nullptr) return without_jxl(job_.file.target());
    return encoder_->begin();
  }

  template <class Sample>
  Status write_rows(ImageView<const Sample> rows, SampleDepth depth) {
    const PictureHeader& header = job_.header;
    LATENT_ENSURE(!complete_ && depth == header.depth);
    LATENT_ENSURE(rows.width() == header.size.width && rows.channels() == channels_of(header));
    LATENT_ENSURE(rows.height() <= header.size.height - rows_taken_);
    for (int y = 0; y < rows.height(); ++y) {
      const auto row = rows.row(y);
      LATENT_CHECK(encoder_->write_row(
          {reinterpret_cast<const std::uint8_t*>(row.data()), row.size_bytes()}));
      ++rows_taken_;
    }
    return {};
  }

  Status finish() {
    LATENT_ENSURE(!complete_ && rows_taken_ == job_.header.size.height);
    LATENT_CHECK(encoder_->finish());
    encoder_.reset();
    complete_ = true;
    return job_.file.commit();
  }

  Status finish_as(const std::filesystem::path& target) {
    LATENT_ENSURE(complete_);
    return job_.file.commit_as(target);
  }

  [[nodiscard]] const std::vector<std::string>& warnings() const { return job_.warnings; }

 private:
  EncoderJob job_;
  std::unique_ptr<PictureEncoder> encoder_;  // after job_, which it refers to
  int rows_taken_ = 0;
  bool complete_ = false;
};

PictureWriter::PictureWriter(std::unique_ptr<Job> job) : job_(std::move(job)) {}
PictureWriter::~PictureWriter() = default;
PictureWriter::PictureWriter(PictureWriter&&) noexcept = default;
PictureWriter& PictureWriter::operator=(PictureWriter&&) noexcept = default;

Result<PictureWriter> PictureWriter::create(const std::filesystem::path& target,
                                            PictureFormat format, PictureHeader header,
                                            const PictureWriterOptions& options) {
  LATENT_ENSURE(options.jpeg_quality >= 1 && options.jpeg_quality <= 100);
  LATENT_CHECK(check_header(target, format, header));
  LATENT_CHECK(check_room(target, format, header, options));
  LATENT_TRY(auto file,
             SafeFile::create(target, {.overwrite = options.overwrite, .access = options.access}));
  EncoderJob encoder_job{std::move(header), options, std::move(file), {}};
  drop_what_is_not_held(format, facts_of(format).name, encoder_job);
  auto job = std::make_unique<Job>(std::move(encoder_job));
  LATENT_CHECK(job->begin(format));
  return PictureWriter(std::move(job));
}

Status PictureWriter::write_rows(ImageView<const std::uint8_t> rows) {
  return job_->write_rows(rows, SampleDepth::U8);
}
Status PictureWriter::write_rows(ImageView<const std::uint16_t> rows) {
  return job_->write_rows(rows, SampleDepth::U16);
}
Status PictureWriter::write_rows(ImageView<const float> rows) {
  return job_->write_rows(rows, SampleDepth::F32);
}

Status PictureWriter::finish() { return job_->finish(); }

Status PictureWriter::finish_as(const std::filesystem::path& target) {
  return job_->finish_as(target);
}

const std::vector<std::string>& PictureWriter::warnings() const { return job_->warnings(); }

}  // namespace latent::write
