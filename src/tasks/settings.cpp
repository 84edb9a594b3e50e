// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/settings.h"

namespace latent::tasks {

namespace {

// Written so that NaN fails too.
bool is_share(double value) { return value >= 0.0 && value <= 1.0; }
bool is_level(double value) { return value >= 0.0 && value <= 255.0; }

}  // namespace

Status check(const RawDenoiseSettings& settings) {
  if (!is_share(settings.strength)) {
    return fail(ErrorCode::Usage, "the strength must lie between 0 and 100 percent");
  }
  if (!(settings.noise_scale > 0.0)) {
    return fail(ErrorCode::Usage, "the noise scale must be above 0");
  }
  return {};
}

Status check(const DenoiseSettings& settings) {
  for (const double part : {settings.strength, settings.luma, settings.chroma}) {
    if (!is_share(part)) {
      return fail(ErrorCode::Usage, "strength, luma and chroma must lie between 0 and 100 percent");
    }
  }
  if (settings.level && !is_level(*settings.level)) {
    return fail(ErrorCode::Usage, "the noise level must lie between 0 and 255 (8-bit steps)");
  }
  return {};
}

Status check(const UpscaleSettings& settings) {
  if (!is_share(settings.denoise)) {
    return fail(ErrorCode::Usage, "the strength of denoise must lie between 0 and 100 percent");
  }
  if (!is_level(settings.tolerance)) {
    return fail(ErrorCode::Usage, "the tolerance must lie between 0 and 255 (8-bit steps)");
  }
  return {};
}

Status check(const EraseSettings& settings) {
  if (settings.dilate && !(*settings.dilate >= 0.0 && *settings.dilate <= 500.0)) {
    return fail(ErrorCode::Usage, "a mask may grow by 0 to 500 pixels");
  }
  return {};
}

Status check(const DepthSettings& settings) {
  for (const auto& bound : {settings.near, settings.far}) {
    if (bound && !is_share(*bound)) {
      return fail(ErrorCode::Usage, "near and far must lie between 0 and 100 percent");
    }
  }
  if (settings.near && settings.far && !(*settings.near <= *settings.far)) {
    return fail(ErrorCode::Usage, "near must not lie behind far (0 is the nearest point)");
  }
  if (!is_share(settings.soft) || !is_share(settings.spread)) {
    return fail(ErrorCode::Usage, "soft and spread must lie between 0 and 100 percent");
  }
  if (!settings.point.empty() && (settings.near || settings.far)) {
    return fail(ErrorCode::Usage, "a depth is chosen by a point, or by near and far; not by both");
  }
  return {};
}

Status check(const ObjectMaskSettings& settings) {
  LATENT_CHECK(mask::check_settings(settings.mask));
  const bool typed =
      !settings.boxes.empty() || !settings.clicks.empty() || !settings.not_on.empty();
  if (!settings.automatic.empty()) {
    if (!typed && settings.prompts.empty()) return {};
    return fail(ErrorCode::Usage, "auto finds its object without prompts, clicks and boxes");
  }
  if (!settings.prompts.empty()) return {};
  if (settings.boxes.empty() && settings.clicks.empty()) {
    return fail(
        ErrorCode::Usage,
        settings.not_on.empty()
            ? "nothing says what the mask is of; say it with auto, prompts, clicks or boxes"
            : "not says what stays out of the mask; say with clicks or boxes what is in it");
  }
  return {};
}

Status check_no_compat(models::Compat compat) {
  if (compat == models::Compat::None) return {};
  return fail(
      ErrorCode::Usage,
      "--compat works only with models made for darktable, and this model was made for Latent");
}

}  // namespace latent::tasks
