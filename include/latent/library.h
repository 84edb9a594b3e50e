// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "latent/engine.h"
#include "latent/export.h"
#include "latent/jobs.h"
#include "latent/masks.h"
#include "latent/models.h"
#include "latent/photograph.h"
#include "latent/result.h"
#include "latent/tasks.h"

LATENT_NAMESPACE_BEGIN

/// "0.1.0"
[[nodiscard]] LATENT_API std::string version();

/// How a Library works. Every folder that is absent is the one that the `latent` program of this
/// user uses, environment variables included (docs/library.md); an empty path means none.
struct LibraryOptions {
  /// Folders of model packages that are looked into first and never changed. Those that came with
  /// the library are looked into after them.
  std::vector<std::filesystem::path> model_folders;
  std::optional<std::filesystem::path> data_folder;    ///< models that the user installed
  std::optional<std::filesystem::path> cache_folder;   ///< compiled networks; empty: none are kept
  std::optional<std::filesystem::path> config_folder;  ///< of policy.toml
  Limits limits;  ///< of everything that is read; settings files are not
  Engine engine;  ///< of jobs and pixels that ask for nothing else
};

/// A photograph that was opened and measured once, of which parts are shown under changing settings.
/// Keeps what was shown last, so that another strength needs no network. Moves; ends with its last
/// use, and may outlive the Library.
///
/// Threads  one call at a time.
class LATENT_API Preview {
 public:
  Preview(Preview&&) noexcept;
  Preview& operator=(Preview&&) noexcept;
  ~Preview();

  [[nodiscard]] int width() const;  ///< of the photograph; a part lies inside
  [[nodiscard]] int height() const;
  [[nodiscard]] std::optional<double> level() const;       ///< of a finished picture, as measured
  [[nodiscard]] std::optional<SensorNoise> noise() const;  ///< of a raw

  /// The pixels that the task writes there, in a fraction of a second for parts up to 512 x 512.
  /// `region` and `model` of the settings are not looked at. To see something else sooner, request
  /// a stop and call again with a new token.
  ///
  /// Errors   Usage  a part outside of the photograph, a value out of range, settings of another
  ///          task, another Upscale::scale; Cancelled; those of the engine.
  [[nodiscard]] Outcome<ShownPart> show(const Region& part, const RawDenoise& settings,
                                        const std::stop_token& stop = {});
  [[nodiscard]] Outcome<ShownPart> show(const Region& part, const Denoise& settings,
                                        const std::stop_token& stop = {});
  [[nodiscard]] Outcome<ShownPart> show(const Region& part, const Upscale& settings,
                                        const std::stop_token& stop = {});

 private:
  friend class Library;
  struct State;
  explicit Preview(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Latent in a program: open one and keep it. It keeps packages that were read and networks that
/// were compiled, so that the second photograph begins at once. Nothing touches the network.
///
/// Threads  any number of threads may call any functions at once. A network is used by one call at a
///          time: calls that run side by side each get their own, which costs its memory and the
///          time to compile it once. Each call uses all processors unless Engine::threads says
///          otherwise, so that one call after the other is fastest for many photographs.
/// Errors   nothing throws. On failure no file is left, and sources are never changed.
class LATENT_API Library {
 public:
  /// Opens no model yet.
  ///
  /// Errors   Usage  limits out of range.
  static Outcome<Library> open(const LibraryOptions& options = {});

  Library(Library&&) noexcept;
  Library& operator=(Library&&) noexcept;
  ~Library();

  /// Does a job, file after file; the FileResult of one that fails says why, and the run continues.
  /// Sources that are results of the task already are skipped, unless the job says `again`.
  ///
  /// Errors   Usage        the job contradicts itself.
  ///          NotFound     no model is enabled, or none has that name.
  ///          Unsupported  the user's policy refuses the model. All of them before any file is touched.
  Outcome<JobResult> run(const Job& job, const ProgressFunction& progress = {},
                         const std::stop_token& stop = {});
  /// Job::from_json(), then run().
  Outcome<JobResult> run(std::string_view job_json, const ProgressFunction& progress = {},
                         const std::stop_token& stop = {});

  /// Does a task to pixels in memory. They are read as a TIFF of them would be, and the result is
  /// what its file would hold: the type of the samples, the channels and the profile are those of
  /// the source.
  ///
  /// Errors   Usage for sizes, channels or a profile that do not fit; Cancelled; those of the model.
  Outcome<Pixels> denoise(const PictureView& picture, const Denoise& settings = {},
                          const ProgressFunction& progress = {}, const std::stop_token& stop = {});
  Outcome<Pixels> upscale(const PictureView& picture, const Upscale& settings = {},
                          const ProgressFunction& progress = {}, const std::stop_token& stop = {});

  /// Removes sensor noise from a mosaic in memory, read as a DNG of it would be. The result is
  /// float32 counts, [height, width], in the levels of the source and not rounded: `latent
  /// rawdenoise` writes these numbers times a power of two, rounded.
  ///
  /// Errors   as denoise(); ModelMismatch where no network was made for this pattern.
  Outcome<Pixels> denoise(const MosaicView& mosaic, const RawDenoise& settings = {},
                          const ProgressFunction& progress = {}, const std::stop_token& stop = {});

  /// Opens a photograph for parts of it to be shown. `settings` says which model, and of an
  /// enlargement its scale; the rest may change with every show().
  ///
  /// Errors   as run(), and those of reading.
  [[nodiscard]] Outcome<Preview> preview(const std::filesystem::path& photograph,
                                         const RawDenoise& settings,
                                         const std::stop_token& stop = {});
  [[nodiscard]] Outcome<Preview> preview(const std::filesystem::path& photograph,
                                         const Denoise& settings, const std::stop_token& stop = {});
  [[nodiscard]] Outcome<Preview> preview(const std::filesystem::path& photograph,
                                         const Upscale& settings, const std::stop_token& stop = {});

  /// Encodes a photograph for masks of its objects, by a network or by the built-in selector.
  ///
  /// `model`   an id or a package's path; "built-in": the selector; empty: the model that is enabled
  ///           for masks, else the selector
  /// Errors   as run(), and those of reading.
  [[nodiscard]] Outcome<MaskSession> masks(const std::filesystem::path& photograph,
                                           const std::string& model = {},
                                           const std::stop_token& stop = {});
  /// The same of a picture in memory, which need not outlive the call.
  [[nodiscard]] Outcome<MaskSession> masks(const PictureView& picture,
                                           const std::string& model = {},
                                           const std::stop_token& stop = {});

  /// What Latent finds in a photograph. Writes nothing.
  ///
  /// Errors   NotFound, Unsupported, Corrupt, TooLarge, Io. A photograph whose headers are readable
  ///          but that a task would refuse is no error: PhotographInfo::refusal says why.
  [[nodiscard]] Outcome<PhotographInfo> info(const std::filesystem::path& photograph) const;

  /// Every model there is, sorted by task and id. `notices`, if it is not null, gets one sentence for
  /// each file of the user's that cannot be used.
  [[nodiscard]] Outcome<std::vector<ModelInfo>> models(
      std::vector<std::string>* notices = nullptr) const;

  /// The model that a task uses where none is named.
  ///
  /// Errors   NotFound  none is enabled; Unsupported  the user's policy refuses it.
  [[nodiscard]] Outcome<ModelInfo> default_model(const std::string& task) const;

  /// Makes a model the one that its task uses, for this user: here and on the command line.
  ///
  /// Errors   NotFound, Unsupported, Io.
  Outcome<Done> enable_model(const std::string& id);

  /// Installs a .dtmodel file among the user's models: judged whole first, its networks run against
  /// the test data that it holds. `accept` is given the licences before anything is installed and
  /// says whether the user wants it; empty: yes. The user's policy is asked in any case.
  ///
  /// Errors   Cancelled  `accept` said no; Unsupported  the policy did; Corrupt, ModelMismatch,
  ///          Device      the package is not what it says.
  Outcome<ModelInfo> install_model(const std::filesystem::path& package,
                                   const std::function<bool(const ModelInfo&)>& accept = {},
                                   const std::stop_token& stop = {});

  /// Errors   NotFound; Unsupported for a model that came with the library.
  Outcome<Done> remove_model(const std::string& id);

  /// Lets go of networks and packages that are kept.
  void clear();

 private:
  struct State;
  explicit Library(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

LATENT_NAMESPACE_END
