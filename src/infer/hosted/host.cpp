// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <system_error>
#include <utility>

#include "base/hash.h"
#include "base/path.h"
#include "base/program_place.h"
#include "infer/hosted/hosted.h"
#include "infer/hosted/wire.h"
#include "infer/ort_library.h"
#include "infer/ort_providers.h"

namespace latent::infer {

using models::Json;

namespace {

namespace fs = std::filesystem;

/// For loading a plug-in and listing its devices, which takes a tenth of a second.
constexpr double kMostLoadSeconds = 60;
/// Of the plug-in's SHA-256, in a device's driver.
constexpr std::size_t kHashDigits = 16;

Result<fs::path> find_engine_program() {
  fs::path program = private_program("latent-engine", "LATENT_ENGINE");
  if (!program.empty()) return program;
  return fail(ErrorCode::NotFound,
              "latent-engine, which runs plug-ins of ONNX Runtime, was not found; install Latent "
              "again");
}

FrameWait wait_for(const std::stop_token& stop, double seconds) {
  FrameWait wait{stop, std::nullopt};
  if (seconds > 0) {
    wait.until = std::chrono::steady_clock::now() +
                 std::chrono::milliseconds(std::llround(std::min(seconds, 3.2e7) * 1000));
  }
  return wait;
}

double load_seconds(const EngineRequest& request) {
  return request.start_seconds > 0 ? std::min(request.start_seconds, kMostLoadSeconds)
                                   : kMostLoadSeconds;
}

/// Whatever keeps a plug-in from being loaded, its devices are not there.
Error not_there(Error error) {
  if (error.code != ErrorCode::Cancelled) error.code = ErrorCode::NotFound;
  return error;
}

}  // namespace

Result<EngineHost> EngineHost::start(const fs::path& plugin, const EngineRequest& request) {
  LATENT_TRY(const fs::path program, find_engine_program());
  std::error_code code;
  const fs::path whole = fs::absolute(plugin, code);
  SharedSamples shared = SharedSamples::make();
  const int number = shared.number();
  auto child = ChildProcess::start(
      program, {}, shared.good() ? std::span<const int>(&number, 1) : std::span<const int>());
  if (!child) {
    return fail(ErrorCode::NotFound, child.error().sentence + "; install Latent again");
  }
  EngineHost host(code ? plugin : whole, std::move(shared), *std::move(child));
  if (const Status loaded = host.load(request); !loaded) {
    return tl::make_unexpected(not_there(loaded.error()));
  }
  return host;
}

Status EngineHost::load(const EngineRequest& request) {
  LATENT_TRY(const fs::path library, find_ort_library(request.ort_library));
  const double seconds = load_seconds(request);
  const Status sent = send_words(
      child_.socket(), Ask::Load,
      Json::Object{{"library", Json(library.native())}, {"plugin", Json(plugin_.native())}});
  constexpr const char* kDoing = "while it was loaded";
  if (!sent) return tl::make_unexpected(why(sent.error(), kDoing, seconds));
  LATENT_TRY(const Json::Object words, answer(wait_for(request.stop, seconds), kDoing, seconds));
  version_ = printable(models::text_at(words, "version"));
  LATENT_TRY(const std::string hash, sha256_file(plugin_));
  const auto found = words.find("devices");
  const auto* list = found == words.end() ? nullptr : found->second.as_array();
  if (list == nullptr) return fail(ErrorCode::Internal, "latent-engine told no devices");
  for (const Json& entry : *list) {
    const auto* device = entry.as_object();
    if (device == nullptr) continue;
    devices_.push_back({printable(models::text_at(*device, "word")),
                        printable(models::text_at(*device, "name")),
                        fmt::format("ONNX Runtime {}, {}, plug-in {}", version_,
                                    printable(models::text_at(*device, "provider")),
                                    hash.substr(0, kHashDigits))});
  }
  return {};
}

Error EngineHost::why(const Error& error, const char* doing, double seconds) {
  if (error.code == ErrorCode::Internal) return error;
  const std::string how = [&] {
    const std::scoped_lock lock(*sending_);
    gone_ = true;
    return child_.end();
  }();
  if (error.code == ErrorCode::Cancelled) return error;
  const std::string name = "the plug-in " + quoted(plugin_);
  if (error.code == ErrorCode::Device) {
    return fail(ErrorCode::Device, plugin_,
                fmt::format("{} did not answer within {:g} seconds {}, and was stopped; it runs in "
                            "a process of its own, so nothing else is lost",
                            name, seconds, doing))
        .value();
  }
  return fail(ErrorCode::Device, plugin_,
              fmt::format("{} crashed {}: its process {}; nothing else is lost, another version of "
                          "the plug-in or of the driver may do better",
                          name, doing, how))
      .value();
}

Result<Json::Object> EngineHost::answer(const FrameWait& wait, const char* doing, double seconds) {
  const auto frame = receive_frame(child_.socket(), kMostWords, wait);
  if (!frame) return tl::make_unexpected(why(frame.error(), doing, seconds));
  LATENT_TRY(Json::Object words, words_of(*frame));
  if (frame->kind == static_cast<std::uint8_t>(Tell::Answer)) return words;
  return tl::make_unexpected(error_of_words(words));
}

Status EngineHost::open(const Json& words, const std::vector<std::byte>& onnx,
                        const EngineRequest& request) {
  constexpr const char* kDoing = "while it compiled the network";
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(onnx.data());
  Status sent = send_words(child_.socket(), Ask::Open, words);
  if (sent) {
    sent = send_frame(child_.socket(), static_cast<std::uint8_t>(Ask::Part), {bytes, onnx.size()});
  }
  if (!sent) return tl::make_unexpected(why(sent.error(), kDoing, request.start_seconds));
  LATENT_CHECK(
      answer(wait_for(request.stop, request.start_seconds), kDoing, request.start_seconds));
  return {};
}

Result<std::vector<NamedTensor>> EngineHost::run(const std::vector<const NamedTensor*>& inputs,
                                                 const std::stop_token& stop) {
  constexpr const char* kDoing = "while it computed";
  const Status sent = [&] {
    const std::scoped_lock lock(*sending_);
    return send_tensors(child_.socket(), shared_, static_cast<std::uint8_t>(Ask::Run),
                        static_cast<std::uint8_t>(Ask::Part), inputs);
  }();
  if (!sent) return tl::make_unexpected(why(sent.error(), kDoing, 0));
  LATENT_TRY(const Json::Object words, answer({stop, std::nullopt}, kDoing, 0));
  auto found = receive_tensors(child_.socket(), shared_, words,
                               static_cast<std::uint8_t>(Tell::Part), {stop, std::nullopt});
  if (!found) return tl::make_unexpected(why(found.error(), kDoing, 0));
  return found;
}

void EngineHost::stop() {
  const std::scoped_lock lock(*sending_);
  if (gone_) return;
  // One that is gone is noticed by who waits for its answer.
  (void)send_words(child_.socket(), Ask::Stop, Json::Object{});
}

Result<std::optional<ChosenHost>> host_of(const EngineRequest& request) {
  const auto plugins = find_ort_plugins(request);
  if (plugins.empty() || request.device == "auto" || request.device == "cpu") return std::nullopt;
  std::optional<Error> problem;
  std::string known;
  for (const fs::path& plugin : plugins) {
    auto host = EngineHost::start(plugin, request);
    if (!host) {
      if (host.error().code == ErrorCode::Cancelled) return tl::make_unexpected(host.error());
      if (!problem) problem = std::move(host).error();
      continue;
    }
    for (std::size_t i = 0; i < host->devices().size(); ++i) {
      const std::string& word = host->devices()[i].word;
      known += (known.empty() ? "" : ", ") + word;
      if (word != request.device && !word.starts_with(request.device + ".")) continue;
      return std::optional<ChosenHost>({*std::move(host), i});
    }
  }
  if (is_ort_device(request.device)) return std::nullopt;
  if (problem) return tl::make_unexpected(*std::move(problem));
  return fail(ErrorCode::NotFound,
              "no plug-in has a device '" + printable(request.device) + "'; " +
                  (known.empty() ? "they found none that they can use: is its driver installed?"
                                 : "they have " + known));
}

void list_plugins(Inventory& inventory, const EngineRequest& request) {
  for (const fs::path& plugin : find_ort_plugins(request)) {
    PluginFacts facts;
    facts.file = plugin;
    const auto host = EngineHost::start(plugin, request);
    if (!host) {
      facts.problem = host.error().sentence;
    } else if (host->devices().empty()) {
      facts.problem = "the plug-in " + quoted(plugin) +
                      " was loaded, and found no device that it can use: is the driver installed?";
    }
    facts.usable = facts.problem.empty();
    inventory.plugins.push_back(facts);
    if (!host) continue;
    for (const HostedDevice& device : host->devices()) {
      DeviceFacts found;
      found.engine = EngineKind::OnnxRuntime;
      found.device = device.word;
      found.name = device.name;
      found.driver = device.driver;
      found.precisions = {Precision::F32, Precision::F16, Precision::Int8};
      inventory.devices.push_back(std::move(found));
    }
  }
}

}  // namespace latent::infer
