// SPDX-License-Identifier: GPL-3.0-or-later
#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfIO.h>
#include <ImfOpaqueAttribute.h>
#include <ImfOutputFile.h>
#include <ImfStandardAttributes.h>
#include <ImfThreading.h>
#include <ImfVersion.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <stdexcept>

#include "base/path.h"
#include "metadata/exr_windows.h"
#include "metadata/tiff_fields.h"
#include "write/exif_blocks.h"
#include "write/icc_facts.h"
#include "write/picture/picture_encoder.h"

namespace latent::write {

namespace tag = metadata::tag;

namespace {

/// A fifth less work than the library's 4 for files 1 % larger.
constexpr int kZipLevel = 1;
constexpr int kLinesInBlock = 16;  ///< that ZIP compresses together

/// The library writes through exceptions; what went wrong with the file is kept.
class Stream : public Imf::OStream {
 public:
  explicit Stream(SafeFile& file) : OStream("picture"), file_(file) {}

  void write(const char bytes[], int count) override {
    const auto size = static_cast<std::size_t>(count);
    auto status = file_.write_at(position_, {reinterpret_cast<const std::uint8_t*>(bytes), size});
    if (!status) {
      if (!error_) error_ = std::move(status).error();
      throw std::runtime_error("write error");
    }
    position_ += size;
  }
  std::uint64_t tellp() override { return position_; }
  void seekp(std::uint64_t position) override { position_ = position; }

  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  SafeFile& file_;
  std::uint64_t position_ = 0;
  std::optional<Error> error_;
};

bool is_a(const metadata::Field& field, std::uint16_t tag, metadata::TiffType type) {
  return field.tag == tag && field.type == static_cast<std::uint16_t>(type);
}

/// A number of EXIF, or nothing.
std::optional<double> rational(const std::vector<metadata::Field>& fields, std::uint16_t tag,
                               std::size_t index = 0) {
  for (const metadata::Field& field : fields) {
    if (!is_a(field, tag, metadata::TiffType::Rational) || index >= field.count) continue;
    std::array<std::uint32_t, 2> fraction{};
    if (field.bytes.size() < (index + 1) * sizeof(fraction)) return std::nullopt;
    std::memcpy(fraction.data(), field.bytes.data() + index * sizeof(fraction), sizeof(fraction));
    if (fraction[1] == 0) return std::nullopt;
    return static_cast<double>(fraction[0]) / fraction[1];
  }
  return std::nullopt;
}

std::string text(const std::vector<metadata::Field>& fields, std::uint16_t tag) {
  for (const metadata::Field& field : fields) {
    if (!is_a(field, tag, metadata::TiffType::Ascii)) continue;
    const std::string all(field.bytes.begin(), field.bytes.end());
    return all.substr(0, all.find('\0'));
  }
  return {};
}

/// Degrees, negative where the reference letter says so.
std::optional<double> position(const std::vector<metadata::Field>& gps, std::uint16_t reference,
                               char negative) {
  const auto value = static_cast<std::uint16_t>(reference + 1);
  const auto degrees = rational(gps, value, 0);
  const auto minutes = rational(gps, value, 1);
  const auto seconds = rational(gps, value, 2);
  if (!degrees) return std::nullopt;
  const double angle = *degrees + minutes.value_or(0) / 60 + seconds.value_or(0) / 3600;
  const std::string letter = text(gps, reference);
  return !letter.empty() && letter[0] == negative ? -angle : angle;
}

void add_exposure(const metadata::Metadata& source, Imf::Header& header) {
  if (const auto seconds = rational(source.photo, tag::kExposureTime)) {
    Imf::addExpTime(header, static_cast<float>(*seconds));
  }
  if (const auto aperture = rational(source.photo, tag::kFNumber)) {
    Imf::addAperture(header, static_cast<float>(*aperture));
  }
  for (const metadata::Field& field : source.photo) {
    std::uint16_t iso = 0;
    const bool is_speed = is_a(field, tag::kIsoSpeedRatings, metadata::TiffType::Short);
    if (!is_speed || field.bytes.size() < 2) continue;
    std::memcpy(&iso, field.bytes.data(), sizeof(iso));
    Imf::addIsoSpeed(header, static_cast<float>(iso));
  }
  const std::string date = text(source.photo, tag::kDateTimeOriginal);
  if (!date.empty()) Imf::addCapDate(header, date);
}

void add_place(const metadata::Metadata& source, Imf::Header& header) {
  constexpr std::uint16_t kLatitudeRef = 1;
  constexpr std::uint16_t kLongitudeRef = 3;
  constexpr std::uint16_t kAltitudeRef = 5;
  constexpr std::uint16_t kAltitude = 6;
  if (const auto latitude = position(source.gps, kLatitudeRef, 'S')) {
    Imf::addLatitude(header, static_cast<float>(*latitude));
  }
  if (const auto longitude = position(source.gps, kLongitudeRef, 'W')) {
    Imf::addLongitude(header, static_cast<float>(*longitude));
  }
  if (const auto metres = rational(source.gps, kAltitude)) {
    // EXIF 3.0 added 2 and 3, from the sea; 0 and 1 may count from the ellipsoid since.
    const bool below_sea =
        std::any_of(source.gps.begin(), source.gps.end(), [](const metadata::Field& field) {
          return is_a(field, kAltitudeRef, metadata::TiffType::Byte) && !field.bytes.empty() &&
                 (field.bytes.front() == 1 || field.bytes.front() == 3);
        });
    Imf::addAltitude(header, static_cast<float>(below_sea ? -*metres : *metres));
  }
}

void add_author(const metadata::Metadata& source, Imf::Header& header) {
  const std::string owner = source.image_text(tag::kCopyright);
  const std::string artist = source.image_text(tag::kArtist);
  const std::string comments = source.image_text(tag::kImageDescription);
  if (!owner.empty() || !artist.empty()) Imf::addOwner(header, owner.empty() ? artist : owner);
  if (!comments.empty()) Imf::addComments(header, comments);
}

/// Whether every field of a directory is one of these.
bool are_among(const std::vector<metadata::Field>& fields,
               std::initializer_list<std::uint16_t> known) {
  return std::all_of(fields.begin(), fields.end(), [&](const metadata::Field& field) {
    return std::find(known.begin(), known.end(), field.tag) != known.end();
  });
}

/// Whether attributes say all of the EXIF, or what it says is of the file or has a notice of its
/// own.
bool attributes_hold(const metadata::Metadata& source) {
  const std::string owner = source.image_text(tag::kCopyright);
  const std::string artist = source.image_text(tag::kArtist);
  const bool one_author = owner.empty() || artist.empty() || owner == artist;
  return one_author && source.interop.empty() && !source.maker_note &&
         are_among(source.image,
                   {tag::kCopyright, tag::kArtist, tag::kImageDescription, tag::kOrientation,
                    tag::kSoftware, tag::kXResolution, tag::kYResolution, tag::kResolutionUnit}) &&
         are_among(source.photo, {tag::kExposureTime, tag::kFNumber, tag::kIsoSpeedRatings,
                                  tag::kDateTimeOriginal, tag::kExifVersion, tag::kColorSpace}) &&
         are_among(source.gps, {0, 1, 2, 3, 4, 5, 6});
}

class ExrEncoder : public PictureEncoder {
 public:
  explicit ExrEncoder(EncoderJob& job) : job_(job), stream_(job.file) {}

  Status begin() override;
  Status write_row(std::span<const std::uint8_t> samples) override;
  Status finish() override;

 private:
  /// Runs a step of the library, which throws.
  template <class Step>
  [[nodiscard]] Status attempt(Step step) {
    try {
      step();
    } catch (const std::exception& error) {
      if (stream_.error()) return tl::make_unexpected(*stream_.error());
      return fail(ErrorCode::Internal,
                  std::string("the OpenEXR file cannot be made: ") + printable(error.what()));
    }
    return {};
  }
  [[nodiscard]] Imf::Header file_header(const std::string& xmp);
  void add_colours(Imf::Header& header);
  void add_carried(Imf::Header& header) const;
  void name_what_is_dropped();
  void flush();

  EncoderJob& job_;
  Stream stream_;
  std::optional<Imf::OutputFile> file_;
  Image<float> band_;
  Imath::V2i corner_{0, 0};  ///< of the data window
  int first_row_ = 0;
  int rows_in_band_ = 0;
};

void ExrEncoder::add_colours(Imf::Header& header) {
  if (job_.header.icc.empty() || job_.header.colours == 1) return;
  const auto stated =
      metadata::exr_floats(job_.header.metadata.exr, "chromaticities", "chromaticities", 8);
  if (!stated.empty()) {  // of the source, whose colours these are, in its own numbers
    const auto at = [&](std::size_t i) { return Imath::V2f(stated[2 * i], stated[2 * i + 1]); };
    Imf::addChromaticities(header, {at(0), at(1), at(2), at(3)});
    return;
  }
  const auto found = icc_facts(job_.header.icc).chromaticities;
  if (!found) {
    job_.warnings.emplace_back(
        "the colour profile was left out: OpenEXR can only say what the primaries are, and this "
        "profile is not made of them");
    return;
  }
  const auto point = [](const std::array<double, 2>& xy) {
    return Imath::V2f(static_cast<float>(xy[0]), static_cast<float>(xy[1]));
  };
  Imf::addChromaticities(
      header, {point(found->red), point(found->green), point(found->blue), point(found->white)});
}

/// An attribute of any type, its bytes as they stood in the source.
class StoredValue final : public Imf::IStream {
 public:
  explicit StoredValue(const std::vector<std::uint8_t>& bytes) : IStream("value"), bytes_(bytes) {}
  bool read(char to[], int count) override {
    if (count < 0 || static_cast<std::size_t>(count) > bytes_.size() - at_) {
      throw std::runtime_error("early end of a value");
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(at_), count, to);
    at_ += static_cast<std::size_t>(count);
    return at_ < bytes_.size();
  }
  std::uint64_t tellg() override { return at_; }
  void seekg(std::uint64_t position) override {
    at_ = std::min<std::size_t>(position, bytes_.size());
  }

 private:
  const std::vector<std::uint8_t>& bytes_;
  std::size_t at_ = 0;
};

/// What no field says; of what the writer says itself its own counts.
void ExrEncoder::add_carried(Imf::Header& header) const {
  for (const metadata::ExrAttribute& attribute : job_.header.metadata.exr) {
    if (attribute.name.empty() || header.find(attribute.name.c_str()) != header.end()) continue;
    if (attribute.name == "chromaticities" && job_.header.colours == 3) continue;
    StoredValue stored(attribute.value);
    Imf::OpaqueAttribute value(attribute.type.c_str());
    value.readValueFrom(stored, static_cast<int>(attribute.value.size()), Imf::EXR_VERSION);
    header.insert(attribute.name.c_str(), value);
  }
}

/// The windows of the source where they fit the picture; else the picture alone.
struct Windows {
  Imath::Box2i display, data;
};

Windows windows_of(const PictureHeader& header) {
  const auto& attributes = header.metadata.exr;
  const auto data = metadata::exr_box(attributes, "dataWindow");
  const auto display = metadata::exr_box(attributes, "displayWindow");
  const auto as_box = [](const metadata::ExrBox& box) {
    return Imath::Box2i({box.min[0], box.min[1]}, {box.max[0], box.max[1]});
  };
  const Imath::Box2i alone({0, 0}, {header.size.width - 1, header.size.height - 1});
  if (!data || !display) return {alone, alone};
  const bool fits = data->max[0] - data->min[0] + 1 == header.size.width &&
                    data->max[1] - data->min[1] + 1 == header.size.height;
  return fits ? Windows{as_box(*display), as_box(*data)} : Windows{alone, alone};
}

Imf::Header ExrEncoder::file_header(const std::string& xmp) {
  const PictureHeader& header = job_.header;
  const auto& carried = header.metadata.exr;
  const Resolution& dots = header.resolution;
  const bool dense = dots.x > 0 && dots.y > 0;
  const auto stated = metadata::exr_floats(carried, "pixelAspectRatio", "float", 1);
  const auto centre = metadata::exr_floats(carried, "screenWindowCenter", "v2f", 2);
  const auto width = metadata::exr_floats(carried, "screenWindowWidth", "float", 1);
  const float aspect = !stated.empty() && stated[0] >= 1e-6F && stated[0] <= 1e6F ? stated[0]
                       : dense ? static_cast<float>(dots.y / dots.x)
                               : 1.0F;
  const Windows windows = windows_of(header);
  corner_ = windows.data.min;
  Imf::Header out(windows.display, windows.data, aspect,
                  centre.empty() ? Imath::V2f(0, 0) : Imath::V2f(centre[0], centre[1]),
                  width.empty() || width[0] < 0 ? 1.0F : width[0], Imf::INCREASING_Y,
                  Imf::ZIP_COMPRESSION);
  out.zipCompressionLevel() = kZipLevel;
  if (dense) Imf::addXDensity(out, static_cast<float>(dots.x));
  const Imf::Channel channel(Imf::FLOAT);
  if (header.colours == 1) {
    out.channels().insert("Y", channel);
  } else {
    for (const char* name : {"R", "G", "B"}) out.channels().insert(name, channel);
  }
  if (header.alpha) out.channels().insert("A", channel);
  add_colours(out);
  add_exposure(header.metadata, out);
  add_place(header.metadata, out);
  add_author(header.metadata, out);
  if (!xmp.empty()) out.insert("xmp", Imf::StringAttribute(xmp));
  add_carried(out);
  return out;
}

void ExrEncoder::name_what_is_dropped() {
  const auto& source = job_.header.metadata;
  if (!attributes_hold(source)) {
    job_.warnings.emplace_back(
        "EXIF was left out, but for date, exposure, position, author and description: OpenEXR has "
        "no place for it");
  }
  if (!source.iptc.empty()) {
    job_.warnings.emplace_back("IPTC was left out: OpenEXR has no place for it");
  }
  if (job_.header.orientation != 1) {
    job_.warnings.emplace_back(
        "the orientation stands in XMP only: OpenEXR has none, so that most programs show the "
        "picture as it was stored");
  }
  if (job_.header.alpha && !job_.header.alpha_associated) {
    job_.warnings.emplace_back("colours were multiplied by alpha, as OpenEXR has them");
  }
}

Status ExrEncoder::begin() {
  const PictureHeader& header = job_.header;
  const int threads = std::max(1, job_.options.threads);
  name_what_is_dropped();
  LATENT_TRY(const std::string xmp, xmp_block(header));
  // Two blocks a thread, so that none waits for another.
  const int rows = std::min(header.size.height, 2 * threads * kLinesInBlock);
  LATENT_TRY(band_, Image<float>::create({header.size.width, rows}, channels_of(header),
                                         no_limits_of_pixels()));
  return attempt([&] {
    // The library's threads are shared by all its files of this process.
    if (threads > 1 && Imf::globalThreadCount() < threads) Imf::setGlobalThreadCount(threads);
    file_.emplace(stream_, file_header(xmp), threads > 1 ? threads : 0);
  });
}

Status ExrEncoder::write_row(std::span<const std::uint8_t> samples) {
  const PictureHeader& header = job_.header;
  const auto row = band_.view().row(rows_in_band_);
  std::memcpy(row.data(), samples.data(), samples.size());
  if (header.alpha && !header.alpha_associated) {
    const auto colours = static_cast<std::size_t>(header.colours);
    for (std::size_t x = 0; x + colours < row.size(); x += colours + 1) {
      for (std::size_t c = 0; c < colours; ++c) row[x + c] *= row[x + colours];
    }
  }
  ++rows_in_band_;
  if (rows_in_band_ < band_.height()) return {};
  return attempt([this] { flush(); });
}

void ExrEncoder::flush() {
  if (rows_in_band_ == 0) return;
  const int channels = band_.channels();
  const std::size_t pixel = sizeof(float) * static_cast<std::size_t>(channels);
  const std::size_t stride = pixel * static_cast<std::size_t>(band_.width());
  const Imath::Box2i window(
      {corner_.x, corner_.y + first_row_},
      {corner_.x + band_.width() - 1, corner_.y + first_row_ + rows_in_band_ - 1});
  const std::array<const char*, 4> names{job_.header.colours == 1 ? "Y" : "R",
                                         job_.header.colours == 1 ? "A" : "G", "B", "A"};
  Imf::FrameBuffer frame;
  for (int channel = 0; channel < channels; ++channel) {
    frame.insert(
        names[static_cast<std::size_t>(channel)],
        Imf::Slice::Make(Imf::FLOAT, band_.view().data() + channel, window, pixel, stride));
  }
  file_->setFrameBuffer(frame);
  file_->writePixels(rows_in_band_);
  first_row_ += rows_in_band_;
  rows_in_band_ = 0;
}

Status ExrEncoder::finish() {
  LATENT_CHECK(attempt([this] { flush(); }));
  file_.reset();  // writes the table of lines; does not throw
  if (stream_.error()) return tl::make_unexpected(*stream_.error());
  return {};
}

}  // namespace

std::unique_ptr<PictureEncoder> exr_encoder(EncoderJob& job) {
  return std::make_unique<ExrEncoder>(job);
}

}  // namespace latent::write
