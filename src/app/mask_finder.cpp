// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_finder.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "base/safe_file.h"

namespace latent::app {

namespace fs = std::filesystem;

bool is_built_in(const std::string& model) { return model == "built-in" || model == "builtin"; }

namespace {

/// Said once to each user, because a classical selector is weak and a network is not.
constexpr const char* kHint =
    "found by the built-in selector; a network needs far fewer clicks: latent models install "
    "mask-object-sam21-small gets SAM 2.1 (weights Apache-2.0; trained on SA-V, CC BY 4.0, and "
    "SA-1B, for research only)";

Result<MaskFinder> opened(const models::Package& package, const MaskJob& job) {
  tasks::MaskNetworkOptions options;
  options.engine = job.engine;
  options.compat = job.compat;
  options.encodings = job.encodings;
  MaskFinder finder;
  finder.model = printable(package.manifest().id);
  LATENT_TRY(finder.network, tasks::open_mask_network(package, options));
  return finder;
}

}  // namespace

std::string network_hint() {
  const fs::path folder = standard_places().cache;
  if (folder.empty()) return kHint;
  const fs::path note = folder / "mask-hint";
  std::error_code unimportant;
  if (fs::exists(note, unimportant)) return {};
  fs::create_directories(folder, unimportant);
  (void)replace_file(note, {"said\n"});
  return kHint;
}

Result<MaskFinder> mask_finder(const MaskJob& job, std::vector<std::string>& notices,
                               const Workplace& at) {
  if (!job.automatic.empty()) {
    if (is_built_in(job.model)) {
      return fail(ErrorCode::Usage,
                  "the built-in selector needs clicks; --auto is for models of the task mask-ai-" +
                      job.automatic);
    }
    LATENT_TRY(const auto package,
               open_model_for("mask-ai-" + job.automatic, job.model, &notices, at));
    return opened(package, job);
  }
  const auto built_in = [&]() -> Result<MaskFinder> {
    if (job.compat == mask::NetCompat::None) return MaskFinder{};
    return fail(
        ErrorCode::Usage,
        "--compat is for networks that darktable has, too, and the built-in selector is none; "
        "name one with --model, or leave --compat out");
  };
  if (is_built_in(job.model)) return built_in();
  auto package = open_model_for("mask", job.model, &notices, at);
  if (package) return opened(*package, job);
  if (!job.model.empty()) return tl::make_unexpected(std::move(package).error());
  LATENT_TRY(MaskFinder finder, built_in());
  if (package.error().code == ErrorCode::NotFound) {
    finder.nothing_enabled = true;
    return finder;
  }
  notices.push_back(package.error().sentence + "; the built-in selector is used");
  return finder;
}

}  // namespace latent::app
