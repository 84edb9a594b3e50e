// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "infer/engine.h"
#include "infer/verdict_cache.h"

namespace latent::infer {

/// What the device "auto" becomes where the user named plug-ins of ONNX Runtime: the fastest of the
/// processor and their devices, of those that pass their proof. Measured once for each network,
/// processor and set of plug-ins; inside this room only.
///
/// Threads  one call at a time.
class PluginChoice {
 public:
  /// `subject` names network and tile in the cache.
  PluginChoice(const EngineRequest& request, std::string subject);

  /// Whether `request` leaves the device to Latent and names plug-ins.
  [[nodiscard]] static bool answers(const EngineRequest& request);

  /// The request for that device; "cpu" for the processor.
  [[nodiscard]] EngineRequest on(const std::string& device) const;

  /// The choice of an earlier start.
  [[nodiscard]] std::optional<PrecisionChoice> kept() const;

  /// Remembers what was chosen; `why` says why it is no plug-in's.
  void keep(const SessionInfo& chosen, std::string why) const;

  /// The devices of the plug-ins; `problems` gets a sentence for each that has none.
  [[nodiscard]] std::vector<std::string> devices(std::vector<std::string>& problems) const;

 private:
  EngineRequest request_;
  VerdictCache cache_;
  std::string key_;
};

/// Whether a choice of the cache was made for this device and engine.
[[nodiscard]] bool fits(const PrecisionChoice& kept, const SessionInfo& info);

/// A device of a plug-in that computes in 16 bits unasked is asked for these at once, when it was
/// found to do so before: else the network would be compiled a second time at each start.
class PluginPrecision {
 public:
  /// `subject` names the network in the cache.
  PluginPrecision(const EngineRequest& request, std::string subject);

  /// The request with what was found before.
  [[nodiscard]] EngineRequest as_remembered() const;

  /// Remembers what `info` shows.
  void keep(const SessionInfo& info) const;

 private:
  EngineRequest request_;
  bool applies_;
  VerdictCache cache_;
  std::string key_;
};

/// Seconds of `run()`, a Status: the shorter of two, since the first may pay for what a driver puts off.
template <class Run>
[[nodiscard]] Result<double> pace_of(const Run& run) {
  double best = 0;
  for (int round = 0; round < 2; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    LATENT_CHECK(run());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    best = round == 0 ? took.count() : std::min(best, took.count());
  }
  return best;
}

/// Opens the processor and each device of the plug-ins, and gives the fastest. `open(request)` gives
/// a Result of what has a `session` and `notices`; `pace(session)` a Result of seconds.
///
/// Errors   those of the processor; Cancelled
template <class Open, class Pace>
[[nodiscard]] auto fastest_of_plugins(const PluginChoice& choice, const Open& open,
                                      const Pace& pace) -> decltype(open(choice.on("cpu"))) {
  if (const auto kept = choice.kept()) {
    auto proved = open(choice.on(kept->device));
    if (!proved && proved.error().code == ErrorCode::Cancelled) return proved;
    if (proved && fits(*kept, proved->session->info())) {
      if (!kept->why.empty()) proved->notices.push_back(kept->why);
      return proved;
    }
  }
  auto best = open(choice.on("cpu"));
  if (!best) return best;
  LATENT_TRY(double seconds, pace(*best->session));
  std::vector<std::string> notices;
  std::string why;
  const std::vector<std::string> words = choice.devices(notices);
  bool all_answered = notices.empty();
  for (const std::string& word : words) {
    auto tried = open(choice.on(word));
    const bool there = tried && tried->session->info().device == word;
    auto took = there ? pace(*tried->session) : Result<double>(0.0);
    for (const auto* problem : {tried ? nullptr : &tried.error(), took ? nullptr : &took.error()}) {
      if (problem == nullptr) continue;
      if (problem->code == ErrorCode::Cancelled) return tl::make_unexpected(*problem);
      notices.push_back(problem->sentence);
    }
    if (!there || !took) {
      // It may do better another time: nothing is remembered of it.
      all_answered = false;
      if (tried) notices.insert(notices.end(), tried->notices.begin(), tried->notices.end());
    } else if (*took < seconds) {
      best = std::move(tried);
      seconds = *took;
      why.clear();
    } else if (why.empty()) {
      why = fmt::format("{} is not used: it needs {:.1f} times as long as {}; --device {} insists",
                        word, *took / std::max(seconds, 1e-9), best->session->info().device, word);
    }
  }
  const bool on_processor = best->session->info().device == "cpu";
  if (on_processor && !why.empty()) notices.push_back(why);
  if (all_answered) choice.keep(best->session->info(), on_processor ? why : std::string());
  best->notices.insert(best->notices.end(), notices.begin(), notices.end());
  return best;
}

}  // namespace latent::infer
