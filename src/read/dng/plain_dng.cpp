// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/dng/plain_dng.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "metadata/tiff_fields.h"

namespace latent::read {

namespace tag = metadata::tag;

namespace {

constexpr std::uint16_t kByte = 1;
constexpr std::uint16_t kAscii = 2;
constexpr std::uint16_t kShort = 3;
constexpr std::uint16_t kLong = 4;
constexpr std::uint16_t kDouble = 12;
constexpr float kFull = 65535.0F;

template <class T>
void append(std::vector<std::uint8_t>& bytes, T value) {
  const auto raw = std::bit_cast<std::array<std::uint8_t, sizeof(T)>>(value);
  for (const std::uint8_t byte : raw) bytes.push_back(byte);
}

/// One directory of a TIFF file in the byte order of this machine.
class Directory {
 public:
  template <class T>
  void set(std::uint16_t tag, std::uint16_t type, const std::vector<T>& values) {
    std::vector<std::uint8_t> bytes;
    for (const T value : values) append(bytes, value);
    fields_[tag] = {type, static_cast<std::uint32_t>(values.size()), std::move(bytes)};
  }
  void longs(std::uint16_t tag, std::vector<std::uint32_t> values) { set(tag, kLong, values); }
  void shorts(std::uint16_t tag, std::vector<std::uint16_t> values) { set(tag, kShort, values); }
  void numbers(std::uint16_t tag, std::vector<double> values) { set(tag, kDouble, values); }
  void text(std::uint16_t tag, const std::string& value) {
    std::vector<char> letters(value.begin(), value.end());
    letters.push_back(0);
    set(tag, kAscii, letters);
  }
  void carry(const CarriedTag& carried) {
    fields_[carried.tag] = {carried.type, carried.count, carried.bytes};
  }

  /// The file up to the samples, which begin behind it.
  std::vector<std::uint8_t> file() {
    longs(tag::kStripOffsets, {0});
    longs(tag::kStripOffsets, {static_cast<std::uint32_t>(bytes().size())});
    return bytes();
  }

 private:
  struct Field {
    std::uint16_t type = 0;
    std::uint32_t count = 0;
    std::vector<std::uint8_t> bytes;
  };

  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    constexpr std::uint32_t kFirstDirectory = 8;
    const char order = std::endian::native == std::endian::little ? 'I' : 'M';
    std::vector<std::uint8_t> file{static_cast<std::uint8_t>(order),
                                   static_cast<std::uint8_t>(order)};
    append(file, std::uint16_t{42});
    append(file, kFirstDirectory);
    append(file, static_cast<std::uint16_t>(fields_.size()));
    std::vector<std::uint8_t> values;
    const auto behind = static_cast<std::uint32_t>(kFirstDirectory + 2 + 12 * fields_.size() + 4);
    for (const auto& [tag, field] : fields_) {
      append(file, tag);
      append(file, field.type);
      append(file, field.count);
      std::vector<std::uint8_t> inside = field.bytes;
      if (inside.size() > 4) {
        inside.clear();
        append(inside, static_cast<std::uint32_t>(behind + values.size()));
        values.insert(values.end(), field.bytes.begin(), field.bytes.end());
        values.resize((values.size() + 7) / 8 * 8);
      }
      inside.resize(4);
      for (const std::uint8_t byte : inside) file.push_back(byte);
    }
    append(file, std::uint32_t{0});
    file.insert(file.end(), values.begin(), values.end());
    return file;
  }

  std::map<std::uint16_t, Field> fields_;
};

void set_structure(Directory& directory, Size size, int channels) {
  const auto width = static_cast<std::uint32_t>(size.width);
  const auto height = static_cast<std::uint32_t>(size.height);
  const auto planes = static_cast<std::uint16_t>(channels);
  directory.longs(tag::kNewSubfileType, {0});
  directory.longs(tag::kImageWidth, {width});
  directory.longs(tag::kImageLength, {height});
  directory.shorts(tag::kBitsPerSample, std::vector<std::uint16_t>(planes, 16));
  directory.shorts(tag::kCompression, {1});
  directory.shorts(tag::kSamplesPerPixel, {planes});
  directory.longs(tag::kRowsPerStrip, {height});
  directory.longs(tag::kStripByteCounts, {static_cast<std::uint32_t>(size.area() * planes * 2)});
  directory.shorts(tag::kPlanarConfiguration, {1});
  directory.shorts(tag::kOrientation, {1});
  directory.set(tag::kDngVersion, kByte, std::vector<std::uint8_t>{1, 4, 0, 0});
}

void set_camera(Directory& directory, const CameraFacts& camera, double aspect,
                const std::vector<CarriedTag>& carried) {
  directory.text(tag::kMake, camera.make);
  directory.text(tag::kModel, camera.model);
  directory.text(tag::kUniqueCameraModel, camera.unique_model);
  constexpr std::uint16_t kTags[2][3] = {
      {tag::kCalibrationIlluminant1, tag::kColorMatrix1, tag::kCameraCalibration1},
      {tag::kCalibrationIlluminant2, tag::kColorMatrix2, tag::kCameraCalibration2}};
  for (std::size_t i = 0; i < std::min<std::size_t>(2, camera.calibrations.size()); ++i) {
    const ColourCalibration& calibration = camera.calibrations[i];
    const auto& [illuminant, matrix, own] = kTags[i];
    directory.shorts(illuminant, {static_cast<std::uint16_t>(calibration.illuminant)});
    directory.numbers(matrix, calibration.color_matrix);
    if (!calibration.camera_calibration.empty()) {
      directory.numbers(own, calibration.camera_calibration);
    }
  }
  if (camera.as_shot_wb_known) {
    const auto& balance = camera.as_shot_wb;
    directory.numbers(tag::kAsShotNeutral, {1 / balance[0], 1 / balance[1], 1 / balance[2]});
  }
  for (const CarriedTag& each : carried) {
    if (each.tag == tag::kAnalogBalance || each.tag == tag::kAsShotWhiteXy) directory.carry(each);
  }
  if (aspect != 1) directory.numbers(tag::kDefaultScale, {aspect, 1});
}

void set_pattern(Directory& directory, const Mosaic& mosaic) {
  constexpr std::uint16_t kColourFilterArray = 32803;
  constexpr std::uint16_t kLinearRaw = 34892;
  if (mosaic.sensor == SensorClass::Mono) {
    directory.shorts(tag::kPhotometricInterpretation, {kLinearRaw});
    return;
  }
  directory.shorts(tag::kPhotometricInterpretation, {kColourFilterArray});
  const Size period = mosaic.cfa.period();
  directory.shorts(tag::kCfaRepeatPatternDim, {static_cast<std::uint16_t>(period.height),
                                               static_cast<std::uint16_t>(period.width)});
  std::vector<std::uint8_t> sites;
  for (int y = 0; y < period.height; ++y) {
    for (int x = 0; x < period.width; ++x) {
      const CfaColour colour = mosaic.cfa.at(mosaic.active.x + x, mosaic.active.y + y);
      sites.push_back(colour == CfaColour::Green2 ? 1 : static_cast<std::uint8_t>(colour));
    }
  }
  directory.set(tag::kCfaPattern, kByte, sites);
}

void set_levels(Directory& directory, const Mosaic& mosaic) {
  const Rect& active = mosaic.active;
  directory.longs(
      tag::kActiveArea,
      {static_cast<std::uint32_t>(active.y), static_cast<std::uint32_t>(active.x),
       static_cast<std::uint32_t>(active.bottom()), static_cast<std::uint32_t>(active.right())});
  const BlackLevels& black = mosaic.levels.black;
  std::vector<double> counts;
  for (int y = 0; y < black.period.height; ++y) {
    for (int x = 0; x < black.period.width; ++x) {
      counts.push_back(std::max(0.0F, black.at(active.x + x, active.y + y)));
    }
  }
  directory.shorts(tag::kBlackLevelRepeatDim, {static_cast<std::uint16_t>(black.period.height),
                                               static_cast<std::uint16_t>(black.period.width)});
  directory.numbers(tag::kBlackLevel, std::move(counts));
  directory.longs(tag::kWhiteLevel,
                  {static_cast<std::uint32_t>(std::lround(mosaic.levels.white[1]))});
}

/// Black to 0 and white to 65535, by colour.
void spread(LinearRaw& linear) {
  const auto& white = linear.white;
  const bool plain =
      linear.black == std::array<float, 3>{} && white[0] == white[1] && white[1] == white[2];
  if (plain) return;
  std::array<float, 3> scale{};
  for (std::size_t c = 0; c < 3; ++c) scale[c] = kFull / (white[c] - linear.black[c]);
  for (int y = 0; y < linear.samples.height(); ++y) {
    std::uint16_t* sample = linear.samples.view().row(y).data();
    for (int x = 0; x < linear.samples.width(); ++x) {
      for (std::size_t c = 0; c < 3; ++c, ++sample) {
        const float value = (static_cast<float>(*sample) - linear.black[c]) * scale[c] + 0.5F;
        *sample = static_cast<std::uint16_t>(std::clamp(value, 0.0F, kFull));
      }
    }
  }
  linear.black = {0, 0, 0};
  linear.white = {kFull, kFull, kFull};
}

Status check_size(const Image<std::uint16_t>& samples) {
  constexpr std::uint64_t kMostBytes = std::numeric_limits<std::uint32_t>::max() - (1U << 20U);
  const auto bytes = static_cast<std::uint64_t>(samples.size().area()) *
                     static_cast<std::uint64_t>(samples.channels()) * sizeof(std::uint16_t);
  if (bytes <= kMostBytes) return {};
  return fail(ErrorCode::Unsupported,
              "is larger than what LibRaw develops; develop it with a raw developer");
}

}  // namespace

Result<std::unique_ptr<PlainDng>> PlainDng::of(Mosaic&& mosaic) {
  LATENT_CHECK(check_size(mosaic.samples));
  Directory directory;
  set_structure(directory, mosaic.samples.size(), 1);
  set_camera(directory, mosaic.camera, mosaic.pixel_aspect, mosaic.carried_tags);
  set_pattern(directory, mosaic);
  set_levels(directory, mosaic);
  auto plain = std::make_unique<PlainDng>();
  plain->header_ = directory.file();
  plain->samples_ = std::move(mosaic.samples);
  plain->picture_ = plain->samples_.size();
  plain->sample_bytes_ = plain->samples().size();
  return plain;
}

Result<std::unique_ptr<PlainDng>> PlainDng::of(LinearRaw&& linear) {
  constexpr std::uint16_t kLinearRaw = 34892;
  LATENT_CHECK(check_size(linear.samples));
  spread(linear);
  Directory directory;
  set_structure(directory, linear.samples.size(), 3);
  set_camera(directory, linear.camera, linear.pixel_aspect, linear.carried_tags);
  directory.shorts(tag::kPhotometricInterpretation, {kLinearRaw});
  directory.longs(
      tag::kWhiteLevel,
      std::vector<std::uint32_t>(3, static_cast<std::uint32_t>(std::lround(linear.white[0]))));
  auto plain = std::make_unique<PlainDng>();
  plain->header_ = directory.file();
  plain->samples_ = std::move(linear.samples);
  plain->picture_ = plain->samples_.size();
  plain->sample_bytes_ = plain->samples().size();
  return plain;
}

std::span<const std::uint8_t> PlainDng::samples() const {
  if (samples_.empty()) return {};
  const auto view = samples_.view();
  const auto count =
      static_cast<std::size_t>(view.size().area()) * static_cast<std::size_t>(view.channels());
  return {reinterpret_cast<const std::uint8_t*>(view.data()), count * sizeof(std::uint16_t)};
}

Status PlainDng::read_at(std::uint64_t offset, std::span<std::uint8_t> out) const {
  LATENT_CHECK(check_extent(offset, out.size()));
  if (offset < header_.size()) {
    const std::size_t count =
        std::min<std::size_t>(out.size(), header_.size() - static_cast<std::size_t>(offset));
    std::memcpy(out.data(), header_.data() + offset, count);
    out = out.subspan(count);
    offset += count;
  }
  if (out.empty()) return {};
  const auto held = samples();
  if (held.empty()) return fail(ErrorCode::Internal, "was read again after its samples were freed");
  std::memcpy(out.data(), held.data() + (offset - header_.size()), out.size());
  return {};
}

}  // namespace latent::read
