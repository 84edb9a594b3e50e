// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/edit_mask.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "base/path.h"
#include "base/small_file.h"
#include "mask/darktable_text.h"
#include "mask/rasterise.h"
#include "metadata/darktable_edit.h"
#include "read/mask/dtdata.h"

namespace latent::tasks {

namespace {

using metadata::DarktableForm;

tl::unexpected<Error> about(const std::filesystem::path& file, const Error& error) {
  return fail(error.code, file, quoted(file) + ": " + error.sentence);
}

/// Whether some group holds the form.
bool is_member(std::span<const DarktableForm> forms, int id) {
  constexpr int kGroup = 4;
  return std::ranges::any_of(forms, [&](const DarktableForm& form) {
    if ((form.type & kGroup) == 0) return false;
    const auto points = mask::decode_darktable_text(form.points);
    if (!points) return false;
    const auto group = mask::group_of_points(*points, form.version);
    return group &&
           std::ranges::find(group->entries, id, &mask::GroupEntry::form) != group->entries.end();
  });
}

std::string names_of(std::span<const DarktableForm> forms) {
  std::string names;
  for (const DarktableForm& form : forms) {
    names += fmt::format("{}'{}' ({})", names.empty() ? "" : ", ", printable(form.name), form.id);
  }
  return names;
}

Result<DarktableForm> chosen(std::span<const DarktableForm> forms, const std::string& mask,
                             std::vector<std::string>& notices) {
  if (forms.empty()) return fail(ErrorCode::NotFound, "the edit has no masks");
  if (!mask.empty()) {
    for (const DarktableForm& form : forms) {
      if (form.name == mask || std::to_string(form.id) == mask) return form;
    }
    return fail(ErrorCode::NotFound, fmt::format("no mask is called '{}'; there are {}",
                                                 printable(mask), names_of(forms)));
  }
  std::vector<DarktableForm> outer;
  for (const DarktableForm& form : forms) {
    if (!is_member(forms, form.id)) outer.push_back(form);
  }
  if (outer.empty()) return fail(ErrorCode::Corrupt, "its groups of masks hold one another");
  DarktableForm last = outer.back();
  outer.pop_back();
  if (!outer.empty()) {
    notices.push_back("other masks of the edit, which --mask draws: " + names_of(outer));
  }
  return last;
}

}  // namespace

Result<MaskFrame> mask_frame_of(const read::Photograph& photograph) {
  if (const auto* raw = photograph.raw_facts()) {
    return MaskFrame{raw->crop.size(), {raw->buffer, raw->crop.origin()}};
  }
  LATENT_TRY(const auto facts, photograph.picture_facts());
  return MaskFrame{facts.size, {facts.size, {0, 0}}};
}

Result<EditMask> mask_of_edit(const std::filesystem::path& file, const std::string& name,
                              const MaskFrame& frame, const Limits& limits,
                              const RunControl& control) {
  LATENT_TRY(const std::string text, read_small_file(file, limits.max_metadata_bytes));
  const auto edit = metadata::read_darktable_edit(text);
  if (!edit) {
    return fail(edit.error().code, file, quoted(file) + " " + edit.error().sentence);
  }
  const auto forms = edit->current_forms();
  EditMask found;
  const auto form = chosen(forms, name, found.notices);
  if (!form) return about(file, form.error());
  auto shape = mask::shape_of_form(forms, form->id, frame.frame);
  if (!shape) return about(file, shape.error());
  found.name = form->name;
  std::ranges::move(shape->notices, std::back_inserter(found.notices));
  LATENT_TRY(found.mask, mask::rasterise(shape->shape, frame.mask, control));
  return found;
}

Result<EditMask> mask_of_dtdata(const std::filesystem::path& file, const std::string& name,
                                const Limits& limits) {
  LATENT_TRY(const auto source, open_bytes(file));
  const auto data = read::Dtdata::open(*source, limits);
  const auto told = [&](const Error& error) {
    return fail(error.code, file, quoted(file) + " " + error.sentence);
  };
  if (!data) return told(data.error());
  const auto& entries = data->entries();
  auto entry = entries.begin();
  if (!name.empty()) entry = std::ranges::find(entries, name, &read::DtdataEntry::name);
  if (entry == entries.end()) {
    return fail(ErrorCode::NotFound, file,
                quoted(file) + (name.empty() ? " holds no mask"
                                             : " holds no entry called " + printable(name)));
  }
  auto mask = data->coverage(*entry);
  if (!mask) return told(mask.error());
  EditMask found{entry->name, *std::move(mask), {}};
  if (entries.size() > 1 && name.empty()) {
    found.notices.push_back(
        fmt::format("the first of {} pictures was taken; --mask takes another", entries.size()));
  }
  return found;
}

}  // namespace latent::tasks
