// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/picture/not_held.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

#include "base/path.h"
#include "metadata/attached.h"
#include "metadata/exr_windows.h"

namespace latent::write {

namespace {

constexpr std::size_t kMostNamed = 8;

/// Collects names for one sentence.
class NameList {
 public:
  void add(const std::string& name) {
    if (++count_ <= kMostNamed) text_ += (text_.empty() ? "" : ", ") + printable(name);
  }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::string text() const {
    return count_ <= kMostNamed ? text_ : text_ + fmt::format(" and {} more", count_ - kMostNamed);
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

/// Whether the format keeps a text as it is.
bool keeps(PictureFormat format, const metadata::TextEntry& entry) {
  return format == PictureFormat::Png ||
         (format == PictureFormat::Jpeg && entry.keyword == metadata::kCommentKeyword);
}

/// Names the texts that the format has no place for and that are not said elsewhere.
void name_texts(PictureFormat format, const char* name, EncoderJob& job) {
  NameList names;
  for (const metadata::TextEntry& entry : job.header.metadata.texts) {
    if (!entry.elsewhere && !keeps(format, entry)) names.add(entry.keyword);
  }
  if (names.empty()) return;
  job.warnings.push_back("text of the source was left out (" + names.text() + "): " + name +
                         " has no place for it");
}

void drop_attached(PictureFormat format, const char* name, EncoderJob& job) {
  metadata::Metadata& source = job.header.metadata;
  if (source.attached && format == PictureFormat::Jpeg) return;
  if (source.attached) {
    job.warnings.push_back(fmt::format(
        "{} behind the picture of the source was left out: {} has no place for it; a JPEG has",
        source.attached->name, name));
    source.attached.reset();
  }
  metadata::forget_attached(source.xmp);
}

/// Attributes that say how the picture stands in its frame, or that are said in another way.
bool is_of_the_frame(std::string_view name) {
  constexpr std::array<std::string_view, 6> kNames{"dataWindow",        "displayWindow",
                                                   "pixelAspectRatio",  "screenWindowCenter",
                                                   "screenWindowWidth", "chromaticities"};
  return std::ranges::find(kNames, name) != kNames.end();
}

void drop_exr(PictureFormat format, const char* name, EncoderJob& job) {
  auto& attributes = job.header.metadata.exr;
  if (attributes.empty() || format == PictureFormat::Exr) return;
  NameList names;
  for (const auto& attribute : attributes) {
    if (!is_of_the_frame(attribute.name)) names.add(attribute.name);
  }
  if (!names.empty()) {
    job.warnings.push_back("attributes of the source were left out: " + names.text());
  }
  if (exr_box(attributes, "dataWindow") != exr_box(attributes, "displayWindow")) {
    job.warnings.push_back(
        fmt::format("the place of the picture in its frame (its data window in its display window) "
                    "was left out: {} has none",
                    name));
  }
  const auto aspect = exr_floats(attributes, "pixelAspectRatio", "float", 1);
  const bool stated = job.header.resolution.x > 0;
  if (!stated && !aspect.empty() && std::abs(aspect[0] - 1) > 1e-3F) {
    job.warnings.push_back(
        fmt::format("its pixels are {:g} times as wide as high, which {} does not say: programs "
                    "show the result with square ones",
                    aspect[0], name));
  }
  attributes.clear();
}

void drop_photoshop(PictureFormat format, const char* name, EncoderJob& job) {
  auto& blocks = job.header.metadata.photoshop;
  if (blocks.empty() || format == PictureFormat::Tiff || format == PictureFormat::Jpeg) return;
  job.warnings.push_back(
      fmt::format("paths of Photoshop were left out: {} has no place for them", name));
  blocks.clear();
}

}  // namespace

void drop_what_is_not_held(PictureFormat format, const char* format_name, EncoderJob& job) {
  name_texts(format, format_name, job);
  drop_attached(format, format_name, job);
  drop_exr(format, format_name, job);
  drop_photoshop(format, format_name, job);
}

}  // namespace latent::write
