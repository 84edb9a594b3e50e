// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/job.h"
#include "app/model_defaults.h"
#include "app/model_manager.h"
#include "app/task_rows.h"
#include "app/warm_models.h"
#include "base/result.h"
#include "facade/requests.h"
#include "latent/library.h"

namespace latent::v0 {

/// What a Library is made of. Nothing in it changes but `warm`, which guards itself.
struct Library::State {
  app::Places places;
  latent::Limits limits;
  Engine engine;
  app::WarmModels warm;

  [[nodiscard]] app::Workplace workplace() { return {places, &warm}; }
  [[nodiscard]] app::ModelManager models() const {
    app::ModelSetup setup = app::model_setup(places);
    setup.limits = limits;
    return app::ModelManager(std::move(setup));
  }

  /// The job with this library's limits, and its engine where it asks for none.
  ///
  /// Errors   Usage  as facade::put_engine().
  [[nodiscard]] Result<app::Job> here(app::Job job) const {
    job.limits = limits;
    if (facade::asks_for_no_engine(job)) LATENT_CHECK(facade::put_engine(job, engine));
    return job;
  }

  /// What runs networks that no job asks for.
  ///
  /// Errors   Usage  as facade::put_engine().
  [[nodiscard]] Result<infer::EngineRequest> engine_request(const std::stop_token& stop) const {
    LATENT_TRY(app::Job job, facade::job_of(Denoise{}));
    LATENT_CHECK(facade::put_engine(job, engine));
    infer::EngineRequest request = app::engine_of(job, places);
    request.stop = stop;
    return request;
  }
};

}  // namespace latent::v0
