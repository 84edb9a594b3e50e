// SPDX-License-Identifier: GPL-3.0-or-later
// A raw picture of any areas, levels, colours and tags: written or refused. What is written our
// reader opens with every sample, unless the samples contradict the levels.
#include "write/dng/dng.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "any_metadata.h"
#include "fuzz_limits.h"
#include "read/photograph.h"
#include "scratch.h"

namespace {

using namespace latent;

Rect any_rect(FuzzedDataProvider& input) {
  return {input.ConsumeIntegralInRange(-2, 20), input.ConsumeIntegralInRange(-2, 20),
          input.ConsumeIntegralInRange(-1, 70), input.ConsumeIntegralInRange(-1, 50)};
}

CfaPattern any_cfa(FuzzedDataProvider& input) {
  const Size period{input.ConsumeIntegralInRange(1, 6), input.ConsumeIntegralInRange(1, 6)};
  std::vector<CfaColour> colours(static_cast<std::size_t>(period.area()));
  for (CfaColour& colour : colours) {
    colour = input.PickValueInArray(
        {CfaColour::Red, CfaColour::Green, CfaColour::Blue, CfaColour::Green2});
  }
  return CfaPattern::create(period, colours).value_or(CfaPattern{});
}

SensorLevels any_levels(FuzzedDataProvider& input) {
  SensorLevels levels;
  levels.black.period = {input.ConsumeIntegralInRange(1, 3), input.ConsumeIntegralInRange(1, 3)};
  levels.black.counts.assign(static_cast<std::size_t>(levels.black.period.area()),
                             input.ConsumeFloatingPointInRange<float>(-10, 1000));
  levels.black.counts.back() = input.ConsumeFloatingPoint<float>();
  for (float& white : levels.white) white = input.ConsumeFloatingPointInRange<float>(0, 70'000);
  return levels;
}

std::vector<double> any_matrix(FuzzedDataProvider& input) {
  std::vector<double> matrix(input.ConsumeBool() ? 9 : 0);
  for (double& each : matrix) each = input.ConsumeFloatingPoint<double>();
  return matrix;
}

CameraFacts any_camera(FuzzedDataProvider& input) {
  CameraFacts camera;
  camera.make = fuzz::any_text(input, 20);
  camera.model = fuzz::any_text(input, 20);
  camera.unique_model = fuzz::any_text(input, 20);
  for (double& each : camera.as_shot_wb) each = input.ConsumeFloatingPoint<double>();
  camera.as_shot_wb_known = input.ConsumeBool();
  for (int left = input.ConsumeIntegralInRange(0, 2); left > 0; --left) {
    camera.calibrations.push_back({input.ConsumeIntegralInRange(0, 255), any_matrix(input),
                                   any_matrix(input), any_matrix(input)});
  }
  camera.baseline_exposure_ev = input.ConsumeFloatingPoint<double>();
  return camera;
}

std::vector<CarriedTag> any_tags(FuzzedDataProvider& input) {
  std::vector<CarriedTag> tags;
  for (auto& field : fuzz::any_fields(input)) {
    tags.push_back({field.tag, field.type, field.count, input.ConsumeBool(), std::move(field.bytes),
                    input.ConsumeBool()});
  }
  return tags;
}

write::DngHeader any_header(FuzzedDataProvider& input) {
  write::DngHeader header;
  header.buffer = {input.ConsumeIntegralInRange(1, 64), input.ConsumeIntegralInRange(1, 48)};
  header.active = {0, 0, header.buffer.width, header.buffer.height};
  if (input.ConsumeBool()) header.active = any_rect(input);
  header.crop = input.ConsumeBool() ? any_rect(input) : header.active;
  header.sensor = input.PickValueInArray(
      {SensorClass::Bayer, SensorClass::XTrans, SensorClass::Mono, SensorClass::LinearRgb});
  header.cfa = any_cfa(input);
  header.levels = any_levels(input);
  header.orientation = input.ConsumeIntegralInRange<Orientation>(1, 8);
  header.pixel_aspect = input.ConsumeFloatingPoint<double>();
  header.camera = any_camera(input);
  header.carried_tags = any_tags(input);
  header.metadata = fuzz::any_metadata(input);
  if (input.ConsumeBool()) header.provenance = fuzz::any_provenance(input);
  header.original_file_name = fuzz::any_text(input, 20);
  return header;
}

Image<std::uint16_t> any_samples(FuzzedDataProvider& input, Size size, int channels) {
  auto picture = Image<std::uint16_t>::create(size, channels).value();
  const auto bytes = input.ConsumeRemainingBytes<std::uint8_t>();
  for (int y = 0; y < size.height; ++y) {
    for (auto& sample : picture.view().row(y)) {
      const auto at = static_cast<std::size_t>(&sample - picture.view().data());
      sample = bytes.empty() ? std::uint16_t{1000}
                             : static_cast<std::uint16_t>(bytes[at % bytes.size()] * 64U);
    }
  }
  return picture;
}

void compare(const std::filesystem::path& path, const Image<std::uint16_t>& written) {
  const auto photograph = read::Photograph::open(path, fuzz::small_limits());
  if (!photograph) return;
  const auto mosaic = photograph->mosaic();
  if (!mosaic || written.channels() != 1) return;
  if (mosaic->samples.size() != written.size()) std::abort();
  const auto count = static_cast<std::size_t>(written.size().area());
  if (std::memcmp(mosaic->samples.view().data(), written.view().data(),
                  count * sizeof(std::uint16_t)) != 0) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const write::DngHeader header = any_header(input);
  write::DngOptions options;
  options.overwrite = Overwrite::Replace;
  if (input.ConsumeBool()) options.compression = write::DngCompression::None;
  if (input.ConsumeBool()) options.container = write::DngContainer::BigTiff;
  const bool preview = input.ConsumeBool();
  const auto samples =
      any_samples(input, header.buffer, header.sensor == SensorClass::LinearRgb ? 3 : 1);
  const auto path = fuzz::scratch().folder() / "out.dng";
  auto writer = write::DngWriter::create(path, header, options);
  if (!writer) {
    if (writer.error().sentence.empty()) std::abort();
    return 0;
  }
  const int half = (header.buffer.height + 1) / 2;
  for (int y = 0; y < header.buffer.height; y += half) {
    const int rows = std::min(half, header.buffer.height - y);
    if (!writer->write_rows(samples.view().crop({0, y, header.buffer.width, rows}))) std::abort();
  }
  auto small = Image<std::uint8_t>::create({9, 7}, 3).value();
  const ImageView<const std::uint8_t> shown = small.view();
  if (!writer->finish(preview ? shown : ImageView<const std::uint8_t>{})) return 0;
  compare(path, samples);
  return 0;
}
