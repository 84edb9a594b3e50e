// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/thumbnails.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "app/pixels.h"
#include "app/small_picture.h"
#include "base/file_access.h"
#include "base/md5.h"
#include "base/path.h"
#include "base/small_file.h"
#include "metadata/png_texts.h"
#include "read/photograph.h"
#include "write/picture/picture_writer.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostThumbnail = std::size_t{8} << 20U;

struct SizeClass {
  int side;
  const char* folder;
};
constexpr std::array<SizeClass, 4> kSizes{
    {{128, "normal"}, {256, "large"}, {512, "x-large"}, {1024, "xx-large"}}};

const SizeClass& class_of(int longest_side_px) {
  const auto* found = std::ranges::find_if(
      kSizes, [&](const SizeClass& size) { return size.side >= longest_side_px; });
  return found == kSizes.end() ? kSizes.back() : *found;
}

}  // namespace

std::string uri_of(const fs::path& file) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=:@/";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::error_code failed;
  const fs::path whole = fs::absolute(file, failed);
  std::string uri = "file://";
  for (const char letter : (failed ? file : whole).native()) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain =
        (byte < 128 && std::isalnum(byte) != 0) || kPlain.find(letter) != std::string_view::npos;
    if (plain) {
      uri += letter;
    } else {
      uri += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
    }
  }
  return uri;
}

fs::path ThumbnailCache::standard_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache != nullptr && cache[0] == '/') return fs::path(cache) / "thumbnails";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return fs::path(home) / ".cache" / "thumbnails";
  return {};
}

fs::path ThumbnailCache::place(const fs::path& file, int longest_side_px) const {
  const std::string uri = uri_of(file);
  std::string name = md5_hex({reinterpret_cast<const std::uint8_t*>(uri.data()), uri.size()});
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return folder_ / class_of(longest_side_px).folder / (name + ".png");
}

Result<Image<std::uint8_t>> ThumbnailCache::cached(const fs::path& file,
                                                   int longest_side_px) const {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  if (folder_.empty()) return fail(ErrorCode::NotFound, "no thumbnails are kept");
  LATENT_TRY(const FileStamp stamp, stamp_of(file));
  LATENT_TRY(const std::string png, read_small_file(place(file, longest_side_px), kMostThumbnail));
  const std::string wanted = std::to_string(stamp.modified_ns / kNanoseconds);
  const metadata::ReadAt read_at = [&](std::uint64_t at, std::size_t size) {
    const auto part = std::string_view(png).substr(std::min<std::uint64_t>(at, png.size()), size);
    return std::vector<std::uint8_t>(part.begin(), part.end());
  };
  std::vector<std::string> warnings;
  bool same_time = false;
  bool same_file = false;
  for (const auto& entry :
       metadata::png_texts(read_at, Limits{}, warnings, metadata::TextsOf::File)) {
    same_time = same_time || (entry.keyword == "Thumb::MTime" && entry.text == wanted);
    same_file = same_file || (entry.keyword == "Thumb::URI" && entry.text == uri_of(file));
  }
  if (!same_time || !same_file) {
    return fail(ErrorCode::NotFound, "the thumbnail is of another file");
  }
  LATENT_TRY(const auto kept, read::Photograph::open(place(file, longest_side_px)));
  LATENT_TRY(const Picture picture, kept.picture());
  return srgb_pixels(picture);
}

Status ThumbnailCache::keep(const fs::path& file, int longest_side_px,
                            ImageView<const std::uint8_t> pixels) const {
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  const fs::path target = place(file, longest_side_px);
  LATENT_CHECK(make_private_folders(target.parent_path()));
  LATENT_TRY(const FileStamp stamp, stamp_of(file));
  write::PictureHeader header;
  header.size = pixels.size();
  header.depth = SampleDepth::U8;
  header.metadata.texts = {
      {"Thumb::URI", uri_of(file), {}, {}, false},
      {"Thumb::MTime", std::to_string(stamp.modified_ns / kNanoseconds), {}, {}, false},
      {"Software", "Latent", {}, {}, false}};
  write::PictureWriterOptions options;
  options.overwrite = Overwrite::Replace;
  options.access = FileAccess::only_owner();
  LATENT_TRY(auto writer, write::PictureWriter::create(target, write::PictureFormat::Png,
                                                       std::move(header), options));
  LATENT_CHECK(writer.write_rows(pixels));
  return writer.finish();
}

Result<Image<std::uint8_t>> ThumbnailCache::thumbnail(const fs::path& file, int longest_side_px,
                                                      const RunControl& control) const {
  const int side = class_of(longest_side_px).side;
  if (auto kept = cached(file, side)) return kept;
  LATENT_TRY(auto pixels, small_picture(file, side, RawLook::Embedded, {}, control));
  // A thumbnail of a thumbnail helps nobody.
  const bool inside = !folder_.empty() && file.native().starts_with(folder_.native());
  if (!folder_.empty() && !inside) {
    static_cast<void>(keep(file, side, std::as_const(pixels).view()));  // next time it is made anew
  }
  return pixels;
}

}  // namespace latent::app
