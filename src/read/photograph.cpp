// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/photograph.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "base/byte_source.h"
#include "base/hash.h"
#include "base/open_descriptor.h"
#include "read/caged/opened_there.h"
#include "read/named_error.h"
#include "read/opened_file.h"
#include "read/reader.h"

namespace latent::read {

namespace fs = std::filesystem;

namespace {

constexpr const char* kNeedsRaw = "raw denoise needs the camera's raw file";

PhotographKind kind_of_raw(const RawFacts& facts) {
  if (facts.opens_as_mosaic) return PhotographKind::RawMosaic;
  return facts.opens_as_linear ? PhotographKind::RawLinear : PhotographKind::OtherRaw;
}

/// In a cage where there is one, and the bytes are not our own memory.
AnyOpenedFile opened(const ByteSource& source, const fs::path& path, const Limits& limits) {
  const auto reader = current_reader();
  if (!reader || descriptor_of(source) < 0) return opened_here(source, path, limits);
  return opened_there(source, path, limits, *reader);
}

}  // namespace

struct Photograph::State {
  fs::path path;
  Limits limits;
  std::vector<std::uint8_t> memory;  ///< what `source` reads from, where that is no file
  std::unique_ptr<const ByteSource> source;
  std::unique_ptr<OpenedFile> file;
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

  [[nodiscard]] bool is_raw() const { return std::holds_alternative<RawFacts>(file->facts()); }

  Status judge() {
    LATENT_TRY(file, opened(*source, path, limits));
    return {};
  }

  const metadata::Metadata& read_metadata() {
    if (!metadata) metadata = file->metadata();
    return *metadata;
  }

  /// `what` goes on from a semicolon.
  [[nodiscard]] Status refuse_finished(const char* what) const {
    if (is_raw()) return {};
    return fail(ErrorCode::Unsupported, file->is_of_kind() + "; " + what);
  }
};

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
const std::variant<RawFacts, PictureFacts>& Photograph::facts() const {
  return state_->file->facts();
}

PhotographKind Photograph::kind() const {
  const RawFacts* raw = raw_facts();
  return raw != nullptr ? kind_of_raw(*raw) : PhotographKind::Picture;
}

Orientation Photograph::orientation() const {
  return std::visit([](const auto& facts) { return facts.orientation; }, facts());
}

Result<PictureFacts> Photograph::picture_facts() const {
  if (const auto* finished = std::get_if<PictureFacts>(&facts())) return *finished;
  return state_->look([&] { return state_->file->developed_facts(); });
}

Status Photograph::must_be_raw() const {
  return named(state_->path, [&] { return state_->refuse_finished(kNeedsRaw); });
}

Result<Mosaic> Photograph::mosaic(const RunControl& control) const {
  return state_->look([&]() -> Result<Mosaic> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->file->mosaic(control);
  });
}

Result<ExactFloats> Photograph::exact_floats(const RunControl& control) const {
  return state_->look([&]() -> Result<ExactFloats> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->file->exact_floats(control);
  });
}

Result<LinearRaw> Photograph::linear(const RunControl& control) const {
  return state_->look([&]() -> Result<LinearRaw> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->file->linear(control);
  });
}

Result<LinearRaw> Photograph::demosaiced(const RunControl& control) const {
  return state_->look([&]() -> Result<LinearRaw> {
    LATENT_CHECK(state_->refuse_finished(kNeedsRaw));
    return state_->file->demosaiced(control);
  });
}

Result<Picture> Photograph::picture(const RunControl& control) const {
  return state_->look([&]() -> Result<Picture> {
    LATENT_CHECK(control.check());
    return state_->file->picture(control);
  });
}

template <class T>
Result<Image<T>> Photograph::rendering(const RenderOptions& options) const {
  return state_->look([&]() -> Result<Image<T>> {
    LATENT_CHECK(state_->refuse_finished("only raw files are rendered"));
    if constexpr (std::is_same_v<T, std::uint8_t>) {
      return state_->file->rendering_8(options);
    } else {
      return state_->file->rendering_16(options);
    }
  });
}

template Result<Image<std::uint8_t>> Photograph::rendering(const RenderOptions&) const;
template Result<Image<std::uint16_t>> Photograph::rendering(const RenderOptions&) const;

Result<std::optional<EmbeddedPreview>> Photograph::embedded_preview() const {
  return state_->look([&]() -> Result<std::optional<EmbeddedPreview>> {
    LATENT_CHECK(state_->refuse_finished("previews are looked for in raw files"));
    return state_->file->embedded_preview();
  });
}

Result<SmallJpeg> Photograph::small_jpeg(int longest_side_px) const {
  return state_->look(
      [&]() -> Result<SmallJpeg> { return state_->file->small_jpeg(longest_side_px); });
}

const metadata::Metadata& Photograph::metadata() const { return state_->read_metadata(); }

std::vector<metadata::DescribedField> Photograph::described() const {
  return state_->file->described();
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
