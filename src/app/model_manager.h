// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/model_check.h"
#include "app/standard_paths.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/run_control.h"
#include "models/manifest/facts.h"
#include "models/store/download.h"
#include "models/store/offers.h"
#include "models/store/store.h"
#include "models/trust/trust.h"

namespace latent::app {

/// Where a ModelManager works and by which rules.
struct ModelSetup {
  std::filesystem::path store;                  ///< the user's models
  std::vector<std::filesystem::path> built_in;  ///< folders of packages that ship; never changed
  std::filesystem::path policy_file;
  models::NetworkRules network;
  CheckTools check;
  std::string darktable_version = "5.6.0";  ///< asked for in darktable's repositories
  std::chrono::milliseconds lock_wait = std::chrono::seconds(60);
  Limits limits;
};

/// The user's own folders and the packages of this program (standard_paths.h), and engines to try
/// packages with.
[[nodiscard]] ModelSetup standard_model_setup();

/// The same in other folders.
[[nodiscard]] ModelSetup model_setup(const Places& places);

/// A package as a list shows it.
struct ModelEntry {
  std::string id;
  std::filesystem::path path;
  bool built_in = false;
  bool overrides_built_in = false;  ///< a package of the user's with the id of one that ships
  bool enabled = false;             ///< the one its task uses
  bool pinned = false;
  models::PackageFacts facts;
  std::optional<models::Origin> origin;  ///< of a package that was installed
  bool changed = false;                  ///< it is another file now than the one of `origin`
  std::vector<std::string> objections;   ///< of the policy; empty where it accepts the model
};

/// What the user is asked before a model from elsewhere is installed.
struct ModelQuestion {
  std::string id;
  std::string version;
  std::string source;      ///< a repository's name or a path
  std::uint64_t size = 0;  ///< of the archive; 0: not stated
  models::TrustFacts trust;
  bool from_package = false;  ///< the package is here and says this itself, not only the index
};

/// Gives whether the user wants it.
using ModelConsent = std::function<Result<bool>(const ModelQuestion&)>;

struct InstallOptions {
  std::string from;      ///< repository, folder or file; empty: the first repository that has it
  ModelConsent consent;  ///< empty: not asked
  bool pin = false;
  /// Called when a new step begins: "downloading", "checking", ...; fractions start anew.
  std::function<void(const std::string&)> on_step;
};

struct InstalledModel {
  std::string id;
  std::string version;
  std::string previous_version;  ///< "" where it is new
  std::string task;
  bool enabled = false;
  models::TrustFacts trust;
  CheckReport report;
};

struct UpdatedModel {
  std::string id;
  std::optional<InstalledModel> installed;  ///< where there was something newer
  std::string problem;                      ///< why it stayed; "" where it is up to date
};

/// An offer and where it comes from.
struct CatalogueEntry {
  models::Offer offer;
  std::string repository;
  std::string installed_version;  ///< "" where it is not
  std::vector<std::string> objections;
};

struct VerifiedModel {
  std::string id;
  std::string version;
  std::string sha256;  ///< of the archive
  std::uint64_t files = 0;
  CheckReport report;
};

/// The user's models: what there is, what is offered, and every change of it. For the command line
/// and the desktop program alike.
///
/// Every change is made under the store's lock, and only after all that can fail has not failed.
/// Nothing touches the network but install(), update() and refresh().
///
/// Threads  const functions from any thread; two managers, also of two programs, do no harm.
class ModelManager {
 public:
  explicit ModelManager(ModelSetup setup) : setup_(std::move(setup)), store_(setup_.store) {}

  [[nodiscard]] const ModelSetup& setup() const { return setup_; }

  /// Every package, sorted by task and id; config.json read (or remembered), nothing judged.
  ///
  /// A state.json that cannot be used is as none; where policy.toml cannot be used, models that
  /// ship are accepted and no others. `notices` gets one sentence for each, which says what helps.
  [[nodiscard]] Result<std::vector<ModelEntry>> list(
      std::vector<std::string>* notices = nullptr) const;

  /// Errors   NotFound  the sentence lists the ids there are.
  [[nodiscard]] Result<ModelEntry> find(const std::string& id) const;

  /// The package that a task uses: what the user enabled, else the one that ships; or where the
  /// user disabled it, an error.
  ///
  /// `notices` as list().
  ///
  /// Errors   NotFound     none is enabled.
  ///          Unsupported  the policy refuses the one that is.
  [[nodiscard]] Result<ModelEntry> enabled(const std::string& task,
                                           std::vector<std::string>* notices = nullptr) const;

  /// Gets a package from a repository, folder or file, judges it whole in quarantine, and puts it
  /// in place of an older one.
  ///
  /// Errors   NotFound     nobody has it.
  ///          Unsupported  the policy refuses it.
  ///          Cancelled    also where consent was not given.
  ///          others as fetch_file(), Package::open() and check_package().
  [[nodiscard]] Result<InstalledModel> install(const std::string& id, const InstallOptions& options,
                                               const RunControl& control) const;

  /// install() of a .dtmodel file or an unpacked folder, whatever its id.
  [[nodiscard]] Result<InstalledModel> import_package(const std::filesystem::path& path,
                                                      const InstallOptions& options,
                                                      const RunControl& control) const;

  /// Brings packages that came from repositories to their newest version; all that are not pinned
  /// where `ids` is empty. One that fails stays as it was, and its result says why.
  ///
  /// Errors   NotFound   no such model, before any is touched.
  ///          Cancelled  by `control`; what was updated before stays.
  [[nodiscard]] Result<std::vector<UpdatedModel>> update(const std::vector<std::string>& ids,
                                                         const InstallOptions& options,
                                                         const RunControl& control) const;

  /// Errors   NotFound; Unsupported for a package that ships.
  [[nodiscard]] Status remove(const std::string& id) const;
  /// Makes it the one its task uses.
  [[nodiscard]] Status enable(const std::string& id) const;
  /// Leaves its task without a model, where it is the one enabled.
  [[nodiscard]] Status disable(const std::string& id) const;
  enum class Pin : std::uint8_t { Keep, Free };
  [[nodiscard]] Status pin(const std::string& id, Pin how) const;

  enum class Run : std::uint8_t { Goldens, Nothing };
  /// Reads a package whole: every hash, and its golden tensors where asked for.
  ///
  /// Errors   NotFound; Corrupt also for an installed package that is not the file that was
  ///          installed; others as Package::judge() and check_package().
  [[nodiscard]] Result<VerifiedModel> verify(const std::string& id, Run run,
                                             const RunControl& control) const;

  [[nodiscard]] Result<std::vector<models::Repository>> repositories() const;
  /// Errors   Usage  a name, address or key that is none, or a name that is taken.
  [[nodiscard]] Status add_repository(models::Repository repository) const;
  [[nodiscard]] Status remove_repository(const std::string& name) const;

  /// Asks repositories (all where `name` is empty) what they have, and keeps it.
  ///
  /// Returns  one sentence for each repository that did not answer as it should.
  [[nodiscard]] Result<std::vector<std::string>> refresh(const std::string& name,
                                                         const RunControl& control) const;

  /// What the repositories offered when they were last asked. No network.
  [[nodiscard]] Result<std::vector<CatalogueEntry>> catalogue() const;

  [[nodiscard]] Result<models::Policy> policy() const;

 private:
  struct Arrival;
  using Problems = std::map<std::string, std::string>;  ///< by repository: one sentence
  [[nodiscard]] static Result<ModelEntry> pick(const std::vector<ModelEntry>& entries,
                                               const std::string& id);
  [[nodiscard]] Result<InstalledModel> settle(models::StoreWriter& writer, const Arrival& arrival,
                                              const InstallOptions& options,
                                              const RunControl& control) const;
  [[nodiscard]] Result<InstalledModel> install_offer(models::StoreWriter& writer,
                                                     const CatalogueEntry& entry,
                                                     const InstallOptions& options,
                                                     const RunControl& control) const;
  [[nodiscard]] Result<InstalledModel> install_path(models::StoreWriter& writer,
                                                    const std::filesystem::path& path,
                                                    const std::string& id, const std::string& kind,
                                                    const InstallOptions& options,
                                                    const RunControl& control) const;
  /// The newer version where there is one.
  [[nodiscard]] Result<std::optional<InstalledModel>> update_one(models::StoreWriter& writer,
                                                                 const ModelEntry& entry,
                                                                 const Problems& problems,
                                                                 const InstallOptions& options,
                                                                 const RunControl& control) const;
  [[nodiscard]] std::string enabled_id(const std::string& task, const models::StoreState& state,
                                       const std::vector<ModelEntry>& entries) const;
  [[nodiscard]] std::filesystem::path catalogue_file(const std::string& repository) const;
  [[nodiscard]] Result<models::LatentIndex> ask(models::Repository& repository,
                                                const RunControl& control) const;
  [[nodiscard]] Result<Problems> refresh_locked(models::StoreWriter& writer,
                                                const std::string& name,
                                                const RunControl& control) const;
  [[nodiscard]] Result<CatalogueEntry> offered(const std::string& id, const std::string& repository,
                                               const Problems& problems) const;

  ModelSetup setup_;
  models::Store store_;
};

}  // namespace latent::app
