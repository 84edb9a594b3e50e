// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_render.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "app/output_name.h"
#include "base/path.h"
#include "base/small_file.h"
#include "base/text.h"
#include "mask/darktable_text.h"
#include "mask/rasterise.h"
#include "read/mask/dtdata.h"

namespace latent::app {

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

Result<MaskFrame> frame_of(const MaskRenderJob& job) {
  const std::filesystem::path& photograph = job.target.photograph;
  if (photograph.empty() == !job.size) {
    return fail(ErrorCode::Usage,
                "a path has no size of its own: give --photo FILE, or --size WxH of the "
                "photograph, not turned");
  }
  if (job.size) {
    LATENT_CHECK(check_dimensions(job.size->width, job.size->height, job.limits));
    return MaskFrame{*job.size, {*job.size, {0, 0}}};
  }
  LATENT_TRY(const auto opened, read::Photograph::open(photograph, job.limits));
  return mask_frame_of(opened);
}

Result<MaskRendered> render_edit(const MaskRenderJob& job, const RunControl& control) {
  LATENT_TRY(const MaskFrame frame, frame_of(job));
  LATENT_TRY(const std::string text, read_small_file(job.edit, job.limits.max_metadata_bytes));
  const auto edit = metadata::read_darktable_edit(text);
  if (!edit) {
    return fail(edit.error().code, job.edit, quoted(job.edit) + " " + edit.error().sentence);
  }
  const auto forms = edit->current_forms();
  MaskRendered rendered;
  const auto form = chosen(forms, job.mask, rendered.notices);
  if (!form) return about(job.edit, form.error());
  auto shape = mask::shape_of_form(forms, form->id, frame.frame);
  if (!shape) return about(job.edit, shape.error());
  rendered.name = form->name;
  rendered.size = frame.mask;
  std::ranges::move(shape->notices, std::back_inserter(rendered.notices));
  LATENT_TRY(const auto drawn, mask::rasterise(shape->shape, frame.mask, control));
  LATENT_CHECK(write_mask_picture(job.target, drawn.view()));
  return rendered;
}

Result<MaskRendered> render_dtdata(const MaskRenderJob& job) {
  LATENT_TRY(const auto source, open_bytes(job.edit));
  const auto data = read::Dtdata::open(*source, job.limits);
  const auto told = [&](const Error& error) {
    return fail(error.code, job.edit, quoted(job.edit) + " " + error.sentence);
  };
  if (!data) return told(data.error());
  const auto& entries = data->entries();
  auto entry = entries.begin();
  if (!job.mask.empty()) entry = std::ranges::find(entries, job.mask, &read::DtdataEntry::name);
  if (entry == entries.end()) {
    return fail(
        ErrorCode::NotFound, job.edit,
        quoted(job.edit) + (job.mask.empty() ? " holds no mask"
                                             : " holds no entry called " + printable(job.mask)));
  }
  const auto mask = data->coverage(*entry);
  if (!mask) return told(mask.error());
  MaskRendered rendered{entry->name, mask->size(), {}};
  if (entries.size() > 1 && job.mask.empty()) {
    rendered.notices.push_back(
        fmt::format("the first of {} pictures was taken; --mask takes another", entries.size()));
  }
  LATENT_CHECK(write_mask_picture(job.target, mask->view()));
  return rendered;
}

}  // namespace

Result<MaskRendered> render_mask(const MaskRenderJob& job, const RunControl& control) {
  if (wants_path(job.target.file)) {
    return fail(ErrorCode::Usage, job.target.file,
                quoted(job.target.file) +
                    " would hold a path; a rendered mask is a picture: name "
                    "it .png, .tif or .pfm");
  }
  LATENT_CHECK(check_mask_target(job.target, job.limits));
  LATENT_CHECK(check_is_not_source(job.target.file, job.edit));
  const bool dtdata = lower_case(job.edit.extension().native()) == ".dtdata";
  return dtdata ? render_dtdata(job) : render_edit(job, control);
}

}  // namespace latent::app
