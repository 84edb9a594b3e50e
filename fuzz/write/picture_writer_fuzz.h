// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include "any_metadata.h"
#include "fuzz_limits.h"
#include "read/picture/picture_file.h"
#include "scratch.h"
#include "write/picture/picture_writer.h"

namespace latent::fuzz {

inline write::PictureHeader any_picture_header(FuzzedDataProvider& input, SampleDepth depth) {
  write::PictureHeader header;
  header.size = {input.ConsumeIntegralInRange(1, 80), input.ConsumeIntegralInRange(1, 40)};
  header.colours = input.ConsumeBool() ? 3 : 1;
  header.alpha = input.ConsumeBool();
  header.alpha_associated = header.alpha && input.ConsumeBool();
  header.depth = depth;
  if (input.ConsumeBool()) header.icc = any_bytes(input, 300);
  if (input.ConsumeBool()) {
    header.resolution = {input.ConsumeFloatingPoint<double>(),
                         input.ConsumeFloatingPoint<double>()};
  }
  header.orientation = input.ConsumeIntegralInRange<Orientation>(1, 8);
  header.metadata = any_metadata(input);
  if (input.ConsumeBool()) header.provenance = any_provenance(input);
  return header;
}

inline write::PictureWriterOptions any_options(FuzzedDataProvider& input) {
  write::PictureWriterOptions options;
  options.overwrite = Overwrite::Replace;
  options.compression =
      input.PickValueInArray({write::TiffCompression::Deflate, write::TiffCompression::Zstd,
                              write::TiffCompression::None});
  options.pieces = input.ConsumeBool() ? write::TiffPieces::Strips : write::TiffPieces::Tiles;
  options.jpeg_quality = input.ConsumeIntegralInRange(1, 100);
  options.threads = input.ConsumeIntegralInRange(1, 2);
  return options;
}

/// Samples of what is left of the input, which is repeated; a mean one of one value without any.
template <class Sample>
Image<Sample> any_samples(FuzzedDataProvider& input, Size size, int channels) {
  auto picture = Image<Sample>::create(size, channels).value();
  const auto bytes = input.ConsumeRemainingBytes<std::uint8_t>();
  auto* to = reinterpret_cast<std::uint8_t*>(picture.view().data());
  const std::size_t count =
      static_cast<std::size_t>(size.area()) * static_cast<std::size_t>(channels) * sizeof(Sample);
  for (std::size_t i = 0; i < count && !bytes.empty(); ++i) to[i] = bytes[i % bytes.size()];
  return picture;
}

/// Ends the program, saying which promise was broken.
[[noreturn]] inline void broken(const char* promise, const std::string& how = {}) {
  std::fprintf(stderr, "broken: %s: %s\n", promise, how.c_str());
  std::abort();
}

/// How much of a picture a format keeps.
enum class Keeps { Everything, SamplesOfIntegers, Size };

struct WriterUnderTest {
  write::PictureFormat format;
  read::OpenedPicture (*open)(const ByteSource&, const Limits&);
  Keeps keeps;
};

template <class Sample>
void write_and_read(const WriterUnderTest& writer, FuzzedDataProvider& input, SampleDepth depth) {
  const write::PictureHeader header = any_picture_header(input, depth);
  const write::PictureWriterOptions options = any_options(input);
  const int piece = input.ConsumeIntegralInRange(1, 9);
  const int channels = header.colours + (header.alpha ? 1 : 0);
  const auto picture = any_samples<Sample>(input, header.size, channels);
  const auto path = scratch().folder() / "picture";
  auto made = write::PictureWriter::create(path, writer.format, header, options);
  if (!made) return;
  for (int y = 0; y < header.size.height; y += piece) {
    const int rows = std::min(piece, header.size.height - y);
    if (!made->write_rows(picture.view().crop({0, y, header.size.width, rows}))) return;
  }
  if (!made->finish()) return;
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  const MemoryBytes source({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  const auto opened = writer.open(source, small_limits());
  if (!opened) broken("what was written is opened", opened.error().sentence);
  const auto back = (*opened)->read({});
  if (!back) broken("what was written is read", back.error().sentence);
  if (back->size() != header.size) broken("the size is kept");
  // Colours that alpha was multiplied into are divided by it where the format wants them so.
  if (header.alpha_associated || writer.keeps == Keeps::Size ||
      (writer.keeps == Keeps::SamplesOfIntegers && depth == SampleDepth::F32)) {
    return;
  }
  const auto* same = std::get_if<Image<Sample>>(&back->samples);
  if (same == nullptr || same->channels() != channels) broken("depth and channels are kept");
  const auto count =
      static_cast<std::size_t>(header.size.area()) * static_cast<std::size_t>(channels);
  if (std::memcmp(same->view().data(), picture.view().data(), count * sizeof(Sample)) != 0) {
    broken("samples are kept");
  }
}

/// Writes a picture of any size, samples and metadata and reads it back: what a writer calls
/// finished our reader opens, with every sample where the format keeps them.
inline int fuzz_writer(const WriterUnderTest& writer, const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const auto depth = input.PickValueInArray({SampleDepth::U8, SampleDepth::U16, SampleDepth::F32});
  if (depth == SampleDepth::U8) write_and_read<std::uint8_t>(writer, input, depth);
  if (depth == SampleDepth::U16) write_and_read<std::uint16_t>(writer, input, depth);
  if (depth == SampleDepth::F32) write_and_read<float>(writer, input, depth);
  return 0;
}

}  // namespace latent::fuzz
