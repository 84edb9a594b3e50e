// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/file_facts.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <system_error>

#include "base/path.h"
#include "base/small_file.h"
#include "metadata/earlier_work.h"
#include "metadata/marks.h"
#include "read/photograph.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostSidecarBytes = std::size_t{16} << 20U;
constexpr int kFirstTurnedOrientation = 5;  // of EXIF: width and height change places
constexpr double kNoisyIso = 1600;
constexpr double kNoisySteps = 2.5;  // of 255, of a finished picture
constexpr double kSureEnough = 0.35;
constexpr std::int64_t kSmallPixels = 2'500'000;

Size upright(Size size, int orientation) {
  return orientation >= kFirstTurnedOrientation ? Size{size.height, size.width} : size;
}

std::string sensor_words(const read::RawFacts& raw) {
  switch (raw.sensor) {
    case SensorClass::Bayer:
      return "Bayer";
    case SensorClass::XTrans:
      return "X-Trans";
    case SensorClass::Mono:
      return "monochrome";
    default:
      return raw.opens_as_linear ? "linear raw" : "raw";
  }
}

void fill_described(const read::Photograph& photograph, FileFacts& facts) {
  for (const auto& field : photograph.described()) {
    if (field.name == "Model") facts.camera = field.value;
    if (field.name == "ISO") {
      std::from_chars(field.value.data(), field.value.data() + field.value.size(), facts.iso);
    }
  }
}

void fill(const read::Photograph& photograph, FileFacts& facts) {
  facts.orientation = photograph.orientation();
  if (const auto* raw = photograph.raw_facts()) {
    facts.kind = FileKind::Raw;
    facts.denoisable_raw = raw->opens_as_mosaic || raw->opens_as_linear;
    facts.format = sensor_words(*raw);
    facts.camera = printable(raw->camera.model);
    facts.iso = raw->camera.iso;
    facts.size = upright(raw->crop.size(), facts.orientation);
    if (!facts.denoisable_raw) facts.problem = raw->obstacle;
  } else {
    const auto& picture = std::get<read::PictureFacts>(photograph.facts());
    facts.kind = FileKind::Picture;
    facts.format = picture.format;
    facts.size = upright(picture.size, facts.orientation);
    fill_described(photograph, facts);
  }
  const std::string& xmp = photograph.metadata().xmp;
  const auto works = metadata::earlier_work(xmp);
  if (!works.empty()) facts.done = works.front().task;
  const metadata::Marks marks = metadata::marks_of(xmp);
  facts.rating = marks.rating;
  facts.label = printable(marks.label);
}

/// What a program that sorts wrote beside the file goes before what the camera wrote into it.
void fill_from_sidecar(const fs::path& file, FileFacts& facts) {
  const std::array<fs::path, 2> names{fs::path(file) += ".xmp",
                                      fs::path(file).replace_extension(".xmp")};
  for (const fs::path& name : names) {
    const auto text = read_small_file(name, kMostSidecarBytes);
    if (!text) continue;
    const metadata::Marks marks = metadata::marks_of(*text);
    if (marks.rating != 0) facts.rating = marks.rating;
    if (!marks.label.empty()) facts.label = printable(marks.label);
    return;
  }
}

}  // namespace

Result<FileStamp> stamp_of(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) {
    return fail(ErrorCode::NotFound, file, quoted(file) + " is not there any more");
  }
  constexpr std::int64_t kNanoseconds = 1'000'000'000;
  return FileStamp{found.st_size, found.st_mtim.tv_sec * kNanoseconds + found.st_mtim.tv_nsec};
}

FileFacts look_at(const fs::path& file, const Limits& limits) {
  FileFacts facts;
  const auto stamp = stamp_of(file);
  if (!stamp) {
    facts.problem = stamp.error().sentence;
    return facts;
  }
  facts.stamp = *stamp;
  const auto photograph = read::Photograph::open(file, limits);
  if (!photograph) {
    facts.problem = photograph.error().sentence;
    return facts;
  }
  fill(*photograph, facts);
  fill_from_sidecar(file, facts);
  return facts;
}

namespace {

constexpr std::size_t kPictureEndings = 7;  // the first ones
constexpr std::array<std::string_view, 40> kEndings{
    "jpg", "jpeg", "png", "tif", "tiff", "exr", "jxl", "dng", "nef", "nrw",
    "cr2", "cr3",  "crw", "arw", "srf",  "sr2", "raf", "rw2", "orf", "pef",
    "srw", "x3f",  "iiq", "3fr", "fff",  "erf", "mef", "mos", "mrw", "kdc",
    "dcr", "rwl",  "raw", "gpr", "k25",  "bay", "cap", "dcs", "ori", "ptx"};

/// The place of a file's ending in kEndings, or none.
std::optional<std::size_t> ending_of(const fs::path& file) {
  std::string ending = file.extension().native();
  if (ending.size() < 2 || file.filename().native().starts_with('.')) return std::nullopt;
  std::ranges::transform(ending, ending.begin(), [](unsigned char letter) {
    return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  });
  const auto* found = std::ranges::find(kEndings, std::string_view(ending).substr(1));
  if (found == kEndings.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kEndings.begin());
}

}  // namespace

bool named_like_photograph(const fs::path& file) { return ending_of(file).has_value(); }

FileFacts guessed_facts(const fs::path& file) {
  FileFacts facts;
  const auto ending = ending_of(file);
  facts.denoisable_raw = ending && *ending >= kPictureEndings;
  facts.kind = facts.denoisable_raw ? FileKind::Raw : FileKind::Picture;
  return facts;
}

Suggestion suggestion_for(const FileFacts& facts) {
  Suggestion suggestion;
  const auto noise_words = [&] {
    return facts.noise > 0 ? fmt::format("noise {:.1f} of 255, confidence {}", facts.noise,
                                         facts.noise_confidence >= kSureEnough ? "high" : "low")
                           : std::string{};
  };
  const std::string iso = facts.iso > 0 ? fmt::format("ISO {:.0f}", facts.iso) : "";
  suggestion.reason =
      iso.empty() || facts.noise <= 0 ? iso + noise_words() : iso + ", " + noise_words();
  if (!facts.done.empty()) {
    suggestion.sentence = "A result already: it needs nothing more.";
  } else if (facts.kind == FileKind::Raw && facts.denoisable_raw && facts.iso >= kNoisyIso) {
    suggestion.need = Need::RawDenoise;
    suggestion.sentence = "Noisy: raw denoise will help most here.";
  } else if (facts.kind == FileKind::Picture &&
             ((facts.noise >= kNoisySteps && facts.noise_confidence >= kSureEnough) ||
              (facts.noise <= 0 && facts.iso >= kNoisyIso))) {
    suggestion.need = Need::Denoise;
    suggestion.sentence = "Noisy: denoise will help here.";
  } else if (facts.kind == FileKind::Picture && facts.size.area() > 0 &&
             facts.size.area() < kSmallPixels) {
    suggestion.need = Need::Upscale;
    suggestion.sentence = "Small: enlarge it before printing.";
    suggestion.reason = fmt::format("{} x {}", facts.size.width, facts.size.height);
  } else if (facts.kind == FileKind::Unreadable) {
    suggestion.sentence = facts.problem;
  } else {
    suggestion.sentence = "No noise worth removing.";
  }
  return suggestion;
}

}  // namespace latent::app
