// SPDX-License-Identifier: GPL-3.0-or-later
// Writes one picture of every kind into a folder, for programs of others to look at:
//
//   write_picture_samples FOLDER
//
// Channel c of pixel (x, y) is (101 x + 59 y + 7 + 23 c) modulo 251, as it is in 8 bits, times 257
// in 16, divided by 250 in float; tests/interop/test_picture_files.py knows the same rule.
#include <cstdio>
#include <filesystem>
#include <string>

#include "metadata_fixture.h"
#include "picture_fixture.h"

namespace latent::write {
namespace {

constexpr Size kSize{700, 530};

template <class Sample>
Image<Sample> pattern(int channels) {
  auto picture = Image<Sample>::create(kSize, channels).value();
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      for (int c = 0; c < channels; ++c) {
        const int value = (101 * x + 59 * y + 7 + 23 * c) % 251;
        if constexpr (std::is_same_v<Sample, float>) {
          picture.view().at(x, y, c) = static_cast<float>(value) / 250.0F;
        } else {
          picture.view().at(x, y, c) =
              static_cast<Sample>(sizeof(Sample) == 2 ? value * 257 : value);
        }
      }
    }
  }
  return picture;
}

template <class Sample>
Status write_one(const std::filesystem::path& path, int channels, TiffCompression compression) {
  const auto picture = pattern<Sample>(channels);
  PictureHeader header;
  header.size = kSize;
  header.alpha = channels % 2 == 0;
  header.colours = channels - (header.alpha ? 1 : 0);
  header.alpha_associated = std::is_same_v<Sample, float>;
  header.depth = depth_of<Sample>();
  header.icc = header.colours == 1             ? grey_icc()
               : std::is_same_v<Sample, float> ? rec2020_icc(1.0)
                                               : srgb_icc();
  header.resolution = {300, 300};
  header.metadata = full_metadata();
  header.metadata.maker_note = canon_note(1200);
  header.provenance = denoised();
  PictureWriterOptions options;
  options.overwrite = Overwrite::Replace;
  options.compression = compression;
  options.threads = 2;
  const bool tiles = path.filename().native().starts_with("tiles");
  options.pieces = tiles ? TiffPieces::Tiles : TiffPieces::Strips;
  LATENT_TRY(const PictureFormat format, picture_format_of(path));
  LATENT_TRY(auto writer, PictureWriter::create(path, format, std::move(header), options));
  LATENT_CHECK(writer.write_rows(picture.view()));
  return writer.finish();
}

Status write_all(const std::filesystem::path& folder) {
  constexpr auto kDeflate = TiffCompression::Deflate;
  const bool jxl = picture_format_of("a.jxl").has_value();
  for (const int channels : {1, 2, 3, 4}) {
    const std::string n = std::to_string(channels);
    for (const auto& [name, compression] : {std::pair{"deflate", kDeflate},
                                            {"zstd", TiffCompression::Zstd},
                                            {"none", TiffCompression::None},
                                            {"tiles", kDeflate}}) {
      const auto path = [&](const char* depth) {
        return folder / (std::string(name) + "-" + depth + "-" + n + ".tif");
      };
      LATENT_CHECK(write_one<std::uint8_t>(path("u8"), channels, compression));
      LATENT_CHECK(write_one<std::uint16_t>(path("u16"), channels, compression));
      LATENT_CHECK(write_one<float>(path("f32"), channels, compression));
    }
    LATENT_CHECK(write_one<std::uint8_t>(folder / ("png-u8-" + n + ".png"), channels, kDeflate));
    LATENT_CHECK(write_one<std::uint16_t>(folder / ("png-u16-" + n + ".png"), channels, kDeflate));
    LATENT_CHECK(write_one<std::uint8_t>(folder / ("jpg-u8-" + n + ".jpg"), channels, kDeflate));
    LATENT_CHECK(write_one<float>(folder / ("exr-f32-" + n + ".exr"), channels, kDeflate));
    if (jxl) {
      LATENT_CHECK(
          write_one<std::uint16_t>(folder / ("jxl-u16-" + n + ".jxl"), channels, kDeflate));
    }
  }
  return {};
}

}  // namespace
}  // namespace latent::write

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: write_picture_samples FOLDER\n");
    return 2;
  }
  const auto status = latent::write::write_all(arguments[1]);
  if (!status) std::fprintf(stderr, "%s\n", status.error().sentence.c_str());
  return status ? 0 : 1;
}
