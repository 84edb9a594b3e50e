// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_defaults.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "app/model_manager.h"
#include "app/model_policy.h"
#include "app/standard_paths.h"
#include "app/task_table.h"
#include "base/path.h"
#include "models/store/local_int8.h"
#include "models/store/registry.h"

namespace latent::app {

namespace {

/// Whether a package lies in a folder of packages that ship.
bool is_built_in(const std::filesystem::path& package, const Places& places) {
  return std::ranges::any_of(places.built_in, [&](const std::filesystem::path& folder) {
    std::error_code differs;
    return std::filesystem::equivalent(package.parent_path(), folder, differs);
  });
}

void tell(std::vector<std::string>* notices, const std::string& sentence) {
  if (notices == nullptr || std::ranges::find(*notices, sentence) != notices->end()) return;
  notices->push_back(sentence);
}

/// Whether a package that was named is one for the task; one of ours may hold networks for several.
Status check_is_for(const models::Package& package, const std::string& task) {
  const models::Manifest& manifest = package.manifest();
  const bool other_word = (task == "depth" && manifest.task == "mask-depth") ||
                          (task == "erase" && manifest.task == "inpaint");
  if (manifest.task == task || other_word ||
      (manifest.latent && !manifest.latent->networks.empty()))
    return {};
  const bool known = std::ranges::any_of(
      task_table(), [&](const TaskRow& row) { return row.model_task == manifest.task; });
  const std::string advice = known ? "; latent " + manifest.task + " takes it" : "";
  return fail(ErrorCode::ModelMismatch, package.path(),
              "the model '" + printable(manifest.id) + "' is made for the task '" +
                  printable(manifest.task) + "' and not for " + task + advice);
}

/// By id or path; from what is kept, where the file is still the same.
Result<models::Package> open_package(const std::string& id_or_path, const Workplace& at) {
  const models::Registry registry(at.places.model_folders());
  if (at.warm == nullptr) return registry.open(id_or_path);
  return at.warm->package(id_or_path, [&] { return registry.open(id_or_path); });
}

/// With what was made of it in 8-bit integers on this computer.
models::Package with_local_int8(models::Package package, std::vector<std::string>* notices,
                                const Workplace& at) {
  auto made = models::read_local_int8(at.places.store, package.manifest().id);
  if (made) {
    const bool fits = std::ranges::any_of(made->networks, [&](const auto& network) {
      const auto file = package.files().find(network.file);
      return file != package.files().end() && file->second.sha256 == network.f32_sha256;
    });
    if (fits) {
      package.use_local_int8(*std::move(made));
    } else {
      tell(notices, "the int8 network that was made here of '" + printable(made->id) +
                        "' is of another version of the model and is not used; make it anew with: "
                        "latent models quantise " +
                        printable(made->id) + " --calibrate PICTURES");
    }
  } else if (made.error().code != ErrorCode::NotFound) {
    tell(notices, made.error().sentence);
  }
  return package;
}

}  // namespace

Result<models::Package> open_model(const std::string& id_or_path, std::vector<std::string>* notices,
                                   const Workplace& at) {
  const auto policy = read_policy(at.places.policy_file());
  LATENT_TRY(auto package, open_package(id_or_path, at));
  if (!policy) {
    if (!is_built_in(package.path(), at.places)) return tl::make_unexpected(policy.error());
    tell(notices, policy.error().sentence);
    return with_local_int8(std::move(package), notices, at);
  }
  const models::Manifest& manifest = package.manifest();
  LATENT_CHECK(hold_to_policy(*policy, manifest.id, models::trust_of(manifest)));
  return with_local_int8(std::move(package), notices, at);
}

Result<models::Package> open_model_for(const std::string& task, const std::string& asked_for,
                                       std::vector<std::string>* notices, const Workplace& at) {
  if (!asked_for.empty()) {
    LATENT_TRY(auto package, open_model(asked_for, notices, at));
    LATENT_CHECK(check_is_for(package, task));
    return package;
  }
  const ModelManager manager(model_setup(at.places));
  LATENT_TRY(const ModelEntry entry, manager.enabled(task, notices));
  return open_model(entry.path.string(), notices, at);
}

}  // namespace latent::app
