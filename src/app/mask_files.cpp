// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_files.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <vector>

#include "app/output_file.h"
#include "app/output_name.h"
#include "base/path.h"
#include "base/small_file.h"
#include "base/text.h"
#include "mask/svg.h"
#include "metadata/darktable_edit.h"
#include "write/mask/mask_file.h"

namespace latent::app {

namespace fs = std::filesystem;

namespace {

std::string ending_of(const fs::path& file) {
  const std::string ending = lower_case(file.extension().native());
  return ending == ".tiff" ? ".tif" : ending;
}

Result<write::MaskFormat> format_of(const MaskTarget& target) {
  const std::string ending = ending_of(target.file);
  const auto refuse = [&](const char* held) {
    return fail(ErrorCode::Usage, target.file,
                fmt::format("{}: {} bits a sample; {}", quoted(target.file), target.bits, held));
  };
  if (ending == ".png") {
    if (target.bits == 32) return refuse("a PNG holds 8 or 16");
    return target.bits == 8 ? write::MaskFormat::Png8 : write::MaskFormat::Png16;
  }
  if (ending == ".tif") {
    if (target.bits == 8) return refuse("a mask in a TIFF has 16, or 32 (float)");
    return target.bits == 32 ? write::MaskFormat::TiffFloat : write::MaskFormat::Tiff16;
  }
  if (target.bits != 0 && target.bits != 32) return refuse("a PFM holds 32 (float)");
  return write::MaskFormat::Pfm;
}

std::size_t most_bytes(const Limits& limits) { return limits.max_metadata_bytes; }

bool may_be_written(const fs::path& file) {
  struct stat facts {};
  return ::stat(file.c_str(), &facts) != 0 || (facts.st_mode & 0222U) != 0;
}

tl::unexpected<Error> about(const fs::path& file, const Error& error) {
  return fail(error.code, file, quoted(file) + " " + error.sentence);
}

/// The text of an edit that is there; nothing where a new one is to be made.
Result<std::optional<std::string>> text_of_edit(const MaskTarget& target, const Limits& limits) {
  std::error_code unknown;
  if (target.overwrite || !fs::exists(target.file, unknown)) return std::nullopt;
  if (!may_be_written(target.file)) {
    return fail(ErrorCode::Io, target.file,
                quoted(target.file) + " is read-only; it was left as it is");
  }
  LATENT_TRY(std::string text, read_small_file(target.file, most_bytes(limits)));
  return text;
}

/// An id for the first of some forms, above all that there are: seconds of the clock, as
/// darktable's.
int first_id(const std::vector<metadata::DarktableForm>& forms) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  constexpr std::int64_t kMost = 2'000'000'000;
  std::int64_t id = std::clamp<std::int64_t>(seconds, 1, kMost);
  for (const auto& form : forms) {
    if (form.id < kMost) id = std::max<std::int64_t>(id, std::int64_t{form.id} + 1);
  }
  return static_cast<int>(id);
}

Status write_edit(const MaskTarget& target, const mask::Shape& shape,
                  const mask::DarktableFrame& frame, const std::string& name,
                  const Limits& limits) {
  LATENT_TRY(const auto old_text, text_of_edit(target, limits));
  metadata::DarktableEdit edit;
  if (old_text) {
    auto read = metadata::read_darktable_edit(*old_text);
    if (!read) return about(target.file, read.error());
    edit = std::move(*read);
  }
  LATENT_TRY(const auto forms, mask::forms_of_shape(shape, name, frame, first_id(edit.forms)));
  std::string text;
  if (old_text) {
    auto added = metadata::add_darktable_forms(*old_text, forms);
    if (!added) return about(target.file, added.error());
    text = std::move(*added);
  } else {
    text = metadata::new_darktable_edit(forms, target.photograph.filename().native());
  }
  SafeFileOptions how;
  how.overwrite = old_text || target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  if (!target.photograph.empty()) how.access = FileAccess::of(target.photograph);
  LATENT_TRY(auto file, SafeFile::create(target.file, how));
  LATENT_CHECK(file.write(std::string_view(text)));
  return file.commit();
}

}  // namespace

bool wants_path(const fs::path& file) {
  const std::string ending = ending_of(file);
  return ending == ".svg" || ending == ".xmp";
}

Status check_mask_target(const MaskTarget& target, const Limits& limits) {
  LATENT_CHECK(check_output_file(target.file, "mask", {"png", "tif", "pfm", "svg", "xmp"}));
  if (!target.photograph.empty()) {
    LATENT_CHECK(check_is_not_source(target.file, target.photograph));
  }
  std::error_code unknown;
  if (ending_of(target.file) == ".xmp") {
    LATENT_TRY(const auto text, text_of_edit(target, limits));
    if (!text) return {};
    metadata::DarktableForm probe;
    const auto edit = metadata::read_darktable_edit(*text);
    if (!edit) return about(target.file, edit.error());
    probe.id = first_id(edit->forms);
    const auto added = metadata::add_darktable_forms(*text, {probe});
    if (!added) return about(target.file, added.error());
    return {};
  }
  if (!target.overwrite && fs::exists(target.file, unknown)) {
    return fail(ErrorCode::Usage, target.file,
                quoted(target.file) + " is there already; --overwrite replaces it");
  }
  if (!wants_path(target.file)) LATENT_CHECK(format_of(target));
  return {};
}

Status write_mask_picture(const MaskTarget& target, ImageView<const float> mask) {
  if (wants_path(target.file)) {
    return fail(ErrorCode::Usage, target.file,
                quoted(target.file) +
                    " would hold a path, and this is a picture of a mask; name "
                    "it .png, .tif or .pfm");
  }
  LATENT_TRY(const auto format, format_of(target));
  write::MaskFileOptions how;
  how.overwrite = target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  if (!target.photograph.empty()) how.access = FileAccess::of(target.photograph);
  return write::write_mask(target.file, mask, format, how);
}

Status write_mask_path(const MaskTarget& target, const mask::Shape& shape,
                       const mask::DarktableFrame& frame, const std::string& name,
                       const Limits& limits) {
  if (ending_of(target.file) == ".xmp") return write_edit(target, shape, frame, name, limits);
  if (ending_of(target.file) != ".svg") {
    return fail(ErrorCode::Usage, target.file,
                quoted(target.file) +
                    " would hold a picture, and this is a path; name it .svg "
                    "or .xmp");
  }
  LATENT_TRY(const std::string text, mask::svg_of(shape, frame.whole));
  SafeFileOptions how;
  how.overwrite = target.overwrite ? Overwrite::Replace : Overwrite::Refuse;
  if (!target.photograph.empty()) how.access = FileAccess::of(target.photograph);
  LATENT_TRY(auto file, SafeFile::create(target.file, how));
  LATENT_CHECK(file.write(std::string_view(text)));
  return file.commit();
}

}  // namespace latent::app
