// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/photograph.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/byte_source.h"
#include "base/hash.h"
#include "read/libraw/demosaiced.h"
#include "read/named_error.h"
#include "read/picture/picture_file.h"
#include "read/picture/picture_raw.h"
#include "read/raw_file.h"
#include "read/sniff.h"

namespace latent::read {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNeedsRaw = "raw denoise needs the camera's raw file";

/// "is a text file in spite of its name".
std::string is_of_kind(const Sniffed& sniffed) {
  return std::string("is ") + described(sniffed.kind) +
         (sniffed.named_like_raw ? " in spite of its name" : "");
}

tl::unexpected<Error> not_read(const Sniffed& sniffed) {
  if (sniffed.kind == FileKind::Empty) return fail(ErrorCode::Corrupt, "is empty; copy it again");
  const char* helps = what_helps(sniffed.kind);
  return fail(
      ErrorCode::Unsupported,
      is_of_kind(sniffed) + ", which Latent does not read; " +
          (helps != nullptr ? helps : "it reads raw files, TIFF, PNG, JPEG, OpenEXR and JPEG XL"));
}

PhotographKind kind_of_raw(const RawFacts& facts) {
  if (facts.opens_as_mosaic) return PhotographKind::RawMosaic;
  return facts.opens_as_linear ? PhotographKind::RawLinear : PhotographKind::OtherRaw;
}

}  // namespace

struct Photograph::State {
  fs::path path;
  Limits limits;
  std::vector<std::uint8_t> memory;  ///< what `source` reads from, where that is no file
  std::unique_ptr<const ByteSource> source;
  Sniffed sniffed;
  std::variant<RawFacts, PictureFacts> facts;
  std::optional<RawFile> raw;
  std::unique_ptr<PictureFile> picture;  ///< until its samples are read, once
  std::optional<metadata::Metadata> metadata;

  /// Runs `work` over the bytes. What it found counts only while they are what they were; where
  /// they are not, that is why it failed, too.
  template <class Work>
  auto look(Work work) -> decltype(work()) {
    return named(path, [&]() -> decltype(work()) {
      auto found = work();
      if (!found && found.error().code == ErrorCode::Cancelled) return found;
      LATENT_CHECK(source->unchanged());
      return found;
    });
  }

  /// Passes on what came of decoding a raw file, which may have found out more of its facts.
  template <class Found>
  Found decoded(Found found) {
    if (found) facts = raw->facts();
    return found;
  }

  Status judge();
  [[nodiscard]] Status judge_raw();
  [[nodiscard]] OpenedPicture open_finished() const;
  const metadata::Metadata& read_metadata();
  [[nodiscard]] Status refuse_finished(const char* what) const;
};

Status Photograph::State::judge() {
  LATENT_TRY(sniffed, sniff(*source, path));
  const bool tiff_raw =
      sniffed.kind == FileKind::Tiff && (sniffed.named_like_raw || is_raw_tiff(*source, limits));
  if (sniffed.kind == FileKind::Binary || tiff_raw) return judge_raw();
  LATENT_TRY(picture, open_finished());
  if (!picture->states_orientation()) {
    // EXIF in another place may know (PNGs of older programs keep it in text), or XMP (all that
    // OpenEXR has).
    if (const auto stated = read_metadata().orientation()) picture->set_orientation(*stated);
  }
  facts = picture->facts();
  return {};
}

Status Photograph::State::judge_raw() {
  LATENT_TRY(RawFile file, RawFile::open(*source, sniffed, limits));
  facts = file.facts();
  raw.emplace(std::move(file));
  return {};
}

OpenedPicture Photograph::State::open_finished() const {
  switch (sniffed.kind) {
    case FileKind::Tiff:
      return open_tiff_picture(*source, limits);
    case FileKind::Png:
      return open_png_picture(*source, limits);
    case FileKind::Jpeg:
      return open_jpeg_picture(*source, limits);
    case FileKind::Exr:
      return open_exr_picture(*source, limits);
    case FileKind::JpegXl:
      return open_jxl_picture(*source, limits);
    default:
      return not_read(sniffed);
  }
}

const metadata::Metadata& Photograph::State::read_metadata() {
  if (!metadata) metadata = metadata::Metadata::read(*source, limits);
  return *metadata;
}

/// `what` goes on from a semicolon.
Status Photograph::State::refuse_finished(const char* what) const {
  if (raw) return {};
  return fail(ErrorCode::Unsupported, is_of_kind(sniffed) + "; " + what);
}

Photograph::Photograph(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<Photograph> Photograph::open(const fs::path& path, const Limits& limits) {
  LATENT_TRY(auto source, open_bytes(path));
  return open(std::move(source), path, limits);
}

Result<Photograph> Photograph::open(std::unique_ptr<ByteSource> source, const fs::path& path,
                                    const Limits& limits) {
  auto state = std::make_shared<State>();
  state->path = path;
  state->limits = limits;
  state->source = std::move(source);
  LATENT_CHECK(state->look([&] { return state->judge(); }));
  return Photograph(std::move(state));
}

Result<Photograph> Photograph::of(std::vector<std::uint8_t> bytes, const std::string& name,
                                  const Limits& limits) {
  auto state = std::make_shared<State>();
  state->path = name;
  state->limits = limits;
  state->memory = std::move(bytes);
  state->source = std::make_unique<MemoryBytes>(state->memory);
  LATENT_CHECK(state->look([&] { return state->judge(); }));
  return Photograph(std::move(state));
}

const fs::path& Photograph::path() const { return state_->path; }
const Limits& Photograph::limits() const { return state_->limits; }
const std::variant<RawFacts, PictureFacts>& Photograph::facts() const { return state_->facts; }

PhotographKind Photograph::kind() const {
  const RawFacts* raw = raw_facts();
  return raw != nullptr ? kind_of_raw(*raw) : PhotographKind::Picture;
}

Orientation Photograph::orientation() const {
  return std::visit([](const auto& facts) { return facts.orientation; }, state_->facts);
}

Result<PictureFacts> Photograph::picture_facts() const {
  if (const auto* finished = std::get_if<PictureFacts>(&state_->facts)) return *finished;
  return state_->look([&] { return developed_facts(*state_->raw); });
}

Status Photograph::must_be_raw() const {
  return named(state_->path, [&] { return state_->refuse_finished(kNeedsRaw); });
}

Result<Mosaic> Photograph::mosaic(const RunControl& control) const {
  return state_->look([&]() -> Result<Mosaic> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->decoded(state_->raw->mosaic(control));
  });
}

Result<ExactFloats> Photograph::exact_floats(const RunControl& control) const {
  return state_->look([&]() -> Result<ExactFloats> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->raw->exact_floats(control);
  });
}

Result<LinearRaw> Photograph::linear(const RunControl& control) const {
  return state_->look([&]() -> Result<LinearRaw> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->decoded(state_->raw->linear(control));
  });
}

Result<LinearRaw> Photograph::demosaiced(const RunControl& control) const {
  return state_->look([&]() -> Result<LinearRaw> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->decoded(demosaic(*state_->raw, control));
  });
}

Result<Picture> Photograph::picture(const RunControl& control) const {
  return state_->look([&]() -> Result<Picture> {
    LATENT_CHECK(control.check());
    if (state_->raw) return state_->decoded(develop_picture(*state_->raw, control));
    std::unique_ptr<PictureFile> file = std::move(state_->picture);
    if (!file) {
      LATENT_TRY(file, state_->open_finished());
      file->set_orientation(orientation());
    }
    LATENT_TRY(Picture picture, file->read(control));
    mend_floats(picture);
    return picture;
  });
}

template <class T>
Result<Image<T>> Photograph::rendering(const RenderOptions& options) const {
  return state_->look([&]() -> Result<Image<T>> {
    LATENT_CHECK(state_->refuse_finished("only raw files are rendered"));
    return state_->decoded(render<T>(*state_->raw, options));
  });
}

template Result<Image<std::uint8_t>> Photograph::rendering(const RenderOptions&) const;
template Result<Image<std::uint16_t>> Photograph::rendering(const RenderOptions&) const;

Result<std::optional<EmbeddedPreview>> Photograph::embedded_preview() const {
  return state_->look([&]() -> Result<std::optional<EmbeddedPreview>> {
    LATENT_CHECK(state_->refuse_finished("previews are looked for in raw files"));
    return preview_of(*state_->raw);
  });
}

Result<SmallJpeg> Photograph::small_jpeg(int longest_side_px) const {
  return state_->look([&]() -> Result<SmallJpeg> {
    LATENT_TRY(const WholeBytes whole, state_->source->whole());
    return read::small_jpeg(whole.bytes(), longest_side_px, limits());
  });
}

const metadata::Metadata& Photograph::metadata() const { return state_->read_metadata(); }

std::vector<metadata::DescribedField> Photograph::described() const {
  return metadata::describe(*state_->source);
}

Result<std::string> Photograph::sha256() const {
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 20U;
  return state_->look([&]() -> Result<std::string> {
    const ByteSource& source = *state_->source;
    std::vector<std::uint8_t> piece(std::min(kPiece, source.size()));
    Sha256 hash;
    for (std::uint64_t at = 0; at < source.size(); at += piece.size()) {
      piece.resize(std::min(kPiece, source.size() - at));
      LATENT_CHECK(source.read_at(at, piece));
      hash.update(std::as_bytes(std::span(piece)));
    }
    return hash.hex();
  });
}

Status Photograph::unchanged() const {
  return named(state_->path, [&] { return state_->source->unchanged(); });
}

const char* photograph_kind_name(PhotographKind kind) {
  switch (kind) {
    case PhotographKind::RawMosaic:
      return "raw mosaic";
    case PhotographKind::RawLinear:
      return "linear raw";
    case PhotographKind::OtherRaw:
      return "other raw";
    case PhotographKind::Picture:
      return "picture";
  }
  return "picture";
}

}  // namespace latent::read
