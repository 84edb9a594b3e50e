// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <stop_token>

#include "cli/output.h"
#include "cli/verbs.h"

namespace latent::cli {

/// Declares a verb whose arguments (`Options`, with a member `batch`) make one job for many files:
/// kDeclare(App&, Options&), kJobOf(const Options&) gives a Result of the job, and
/// kRunJob(job, observer, token) runs it. App is CLI::App, whose header stays out of this one. A
/// job that cannot be made is a usage error.
template <class Options, auto kDeclare, auto kJobOf, auto kRunJob, class App>
void add_batch_verb(App& program, RunVerb& run_verb, const char* name, const char* help) {
  auto options = std::make_shared<Options>();
  App* verb = program.add_subcommand(name, help);
  kDeclare(*verb, *options);
  verb->callback([options, &run_verb] {
    run_verb = [options](const std::stop_token& stop) {
      const auto job = kJobOf(*options);
      if (!job) return usage_error(job.error());
      return options->batch.report(
          [&job](app::BatchObserver& observer, const std::stop_token& token) {
            return kRunJob(*job, observer, token);
          },
          stop);
    };
  });
}

}  // namespace latent::cli
