// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "read/libraw/demosaiced.h"
#include "read/opened_file.h"
#include "read/picture/picture_file.h"
#include "read/picture/picture_raw.h"
#include "read/raw_file.h"
#include "read/sniff.h"

namespace latent::read {

namespace {

tl::unexpected<Error> not_read(const Sniffed& sniffed, const std::string& is_of_kind) {
  if (sniffed.kind == FileKind::Empty) return fail(ErrorCode::Corrupt, "is empty; copy it again");
  const char* helps = what_helps(sniffed.kind);
  return fail(
      ErrorCode::Unsupported,
      is_of_kind + ", which Latent does not read; " +
          (helps != nullptr ? helps : "it reads raw files, TIFF, PNG, JPEG, OpenEXR and JPEG XL"));
}

class OpenedHere final : public OpenedFile {
 public:
  OpenedHere(const ByteSource& source, const Limits& limits) : source_(source), limits_(limits) {}

  Status judge(const std::filesystem::path& name) {
    LATENT_TRY(sniffed_, sniff(source_, name));
    is_of_kind_ = std::string("is ") + described_kind() +
                  (sniffed_.named_like_raw ? " in spite of its name" : "");
    const bool tiff_raw = sniffed_.kind == FileKind::Tiff &&
                          (sniffed_.named_like_raw || is_raw_tiff(source_, limits_));
    if (sniffed_.kind == FileKind::Binary || tiff_raw) return judge_raw();
    LATENT_TRY(picture_, open_finished());
    if (!picture_->states_orientation()) {
      // EXIF in another place may know (PNGs of older programs keep it in text), or XMP (all that
      // OpenEXR has).
      if (const auto stated = metadata().orientation()) picture_->set_orientation(*stated);
    }
    facts_ = picture_->facts();
    return {};
  }

  Result<PictureFacts> developed_facts() override { return read::developed_facts(*raw_); }
  Result<Mosaic> mosaic(const RunControl& control) override {
    return decoded(raw_->mosaic(control));
  }
  Result<LinearRaw> linear(const RunControl& control) override {
    return decoded(raw_->linear(control));
  }
  Result<ExactFloats> exact_floats(const RunControl& control) override {
    return raw_->exact_floats(control);
  }
  Result<LinearRaw> demosaiced(const RunControl& control) override {
    return decoded(demosaic(*raw_, control));
  }
  Result<Image<std::uint8_t>> rendering_8(const RenderOptions& options) override {
    return decoded(render<std::uint8_t>(*raw_, options));
  }
  Result<Image<std::uint16_t>> rendering_16(const RenderOptions& options) override {
    return decoded(render<std::uint16_t>(*raw_, options));
  }
  Result<std::optional<EmbeddedPreview>> embedded_preview() override { return preview_of(*raw_); }

  Result<Picture> picture(const RunControl& control) override {
    LATENT_CHECK(control.check());
    if (raw_) return decoded(develop_picture(*raw_, control));
    std::unique_ptr<PictureFile> file = std::move(picture_);
    if (!file) {
      LATENT_TRY(file, open_finished());
      file->set_orientation(std::get<PictureFacts>(facts_).orientation);
    }
    LATENT_TRY(Picture picture, file->read(control));
    mend_floats(picture);
    return picture;
  }

  Result<SmallJpeg> small_jpeg(int longest_side_px) override {
    LATENT_TRY(const WholeBytes whole, source_.whole());
    return read::small_jpeg(whole.bytes(), longest_side_px, limits_);
  }

  metadata::Metadata metadata() override {
    if (!metadata_) metadata_ = metadata::Metadata::read(source_, limits_);
    return *metadata_;
  }
  std::vector<metadata::DescribedField> described() override { return metadata::describe(source_); }

 private:
  [[nodiscard]] const char* described_kind() const { return read::described(sniffed_.kind); }

  Status judge_raw() {
    LATENT_TRY(RawFile file, RawFile::open(source_, sniffed_, limits_));
    facts_ = file.facts();
    raw_.emplace(std::move(file));
    return {};
  }

  [[nodiscard]] OpenedPicture open_finished() const {
    switch (sniffed_.kind) {
      case FileKind::Tiff:
        return open_tiff_picture(source_, limits_);
      case FileKind::Png:
        return open_png_picture(source_, limits_);
      case FileKind::Jpeg:
        return open_jpeg_picture(source_, limits_);
      case FileKind::Exr:
        return open_exr_picture(source_, limits_);
      case FileKind::JpegXl:
        return open_jxl_picture(source_, limits_);
      default:
        return not_read(sniffed_, is_of_kind_);
    }
  }

  /// Passes on what came of decoding a raw file, which may have found out more of its facts.
  template <class Found>
  Found decoded(Found found) {
    if (found) facts_ = raw_->facts();
    return found;
  }

  const ByteSource& source_;
  Limits limits_;
  Sniffed sniffed_;
  std::optional<RawFile> raw_;
  std::unique_ptr<PictureFile> picture_;  ///< until its samples are read, once
  std::optional<metadata::Metadata> metadata_;
};

}  // namespace

AnyOpenedFile opened_here(const ByteSource& source, const std::filesystem::path& name,
                          const Limits& limits) {
  auto file = std::make_unique<OpenedHere>(source, limits);
  LATENT_CHECK(file->judge(name));
  return file;
}

}  // namespace latent::read
