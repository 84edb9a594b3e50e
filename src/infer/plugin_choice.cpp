// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/plugin_choice.h"

#include <fstream>
#include <thread>

#include "base/hash.h"
#include "base/path.h"
#include "infer/devices.h"
#include "infer/hosted/hosted.h"
#include "infer/proof_steps.h"

namespace latent::infer {
namespace {

/// The processor that a device is compared with: as Linux names it, and its threads.
std::string processor_words() {
  std::string model;
  std::ifstream facts("/proc/cpuinfo");
  for (std::string line; model.empty() && std::getline(facts, line);) {
    if (line.starts_with("model name")) model = line.substr(std::min(line.find(':'), line.size()));
  }
  return fmt::format("{}|{}", printable(model), std::thread::hardware_concurrency());
}

/// SHA-256 of the files; of one that cannot be read nothing: loading it gives the error.
std::string plugin_words(const EngineRequest& request) {
  std::string words;
  for (const auto& file : find_ort_plugins(request)) {
    const auto hash = sha256_file(file);
    words += "|" + (hash ? *hash : std::string());
  }
  return words;
}

}  // namespace

bool fits(const PrecisionChoice& kept, const SessionInfo& info) {
  const std::string device = kept.device.empty() ? "cpu" : kept.device;
  return device == info.device && kept.precision == info.precision &&
         kept.device_name == info.device_name && kept.engine_version == info.engine_version;
}

PluginChoice::PluginChoice(const EngineRequest& request, std::string subject)
    : request_(request), cache_(request.cache_dir) {
  key_ = fmt::format("auto|{}|{}|{}|{}|{}|{}{}", engine_name(request.engine),
                     precision_name(request.precision), request.most_loss_db, request.threads,
                     processor_words(), subject, plugin_words(request));
}

bool PluginChoice::answers(const EngineRequest& request) {
  return request.device == "auto" && request.engine != EngineKind::OpenVino &&
         !find_ort_plugins(request).empty();
}

EngineRequest PluginChoice::on(const std::string& device) const {
  EngineRequest request = request_;
  request.device = device.empty() ? "cpu" : device;
  return request;
}

std::optional<PrecisionChoice> PluginChoice::kept() const {
  return request_.anew ? std::nullopt : cache_.find_choice(key_);
}

void PluginChoice::keep(const SessionInfo& chosen, std::string why) const {
  cache_.store_choice(key_, {chosen.precision, chosen.device_name, chosen.engine_version,
                             Precision::Auto, chosen.device, std::move(why)});
}

std::vector<std::string> PluginChoice::devices(std::vector<std::string>& problems) const {
  Inventory inventory;
  list_plugins(inventory, request_);
  for (const PluginFacts& plugin : inventory.plugins) {
    if (!plugin.usable) problems.push_back(plugin.problem);
  }
  std::vector<std::string> words;
  for (const DeviceFacts& device : inventory.devices) words.push_back(device.device);
  return words;
}

PluginPrecision::PluginPrecision(const EngineRequest& request, std::string subject)
    : request_(request),
      applies_((request.precision == Precision::Auto || request.precision == Precision::Best) &&
               asks_for_plugin(request)),
      cache_(request.cache_dir) {
  if (!applies_) return;
  key_ = fmt::format("plug-in|{}|{}|{}{}", request.device, processor_words(), subject,
                     plugin_words(request));
}

EngineRequest PluginPrecision::as_remembered() const {
  EngineRequest request = request_;
  if (!applies_ || request.anew) return request;
  if (const auto kept = cache_.find_choice(key_)) request.precision = kept->precision;
  return request;
}

void PluginPrecision::keep(const SessionInfo& info) const {
  // What passes as float32 asks for nothing special; and on another tile it may not.
  if (!applies_ || info.device == "cpu" || info.precision != Precision::F16) return;
  cache_.store_choice(
      key_, {info.precision, info.device_name, info.engine_version, Precision::Auto, info.device});
}

}  // namespace latent::infer
