// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "infer/engine.h"

namespace latent::infer {

/// An engine of this build and whether it can be used here.
struct EngineFacts {
  EngineKind engine = EngineKind::OpenVino;
  bool usable = false;
  std::string version;
  std::string library;  ///< path of the loaded library, where it is loaded at run time
  std::string problem;  ///< one sentence where it is not usable
};

/// A device that an engine offers.
struct DeviceFacts {
  EngineKind engine = EngineKind::OpenVino;
  std::string device;  ///< the word for EngineRequest::device
  std::string name;    ///< as the maker calls it
  std::string driver;  ///< engine and driver version: the verdict of a proof hangs on it
  std::vector<Precision> precisions;
  Precision automatic = Precision::F32;  ///< what Precision::Best becomes where nothing is measured
};

/// A plug-in of ONNX Runtime that was asked for.
struct PluginFacts {
  std::filesystem::path file;
  bool usable = false;  ///< it was loaded, and has a device
  std::string problem;  ///< one sentence where it is not
};

struct Inventory {
  std::vector<EngineFacts> engines;
  std::vector<DeviceFacts> devices;
  std::vector<PluginFacts> plugins = {};
};

/// Engines and devices of this machine, those of plug-ins last. Loads both engines, and plug-ins in
/// a process of their own; opens no device, compiles nothing.
///
/// Threads  any. Never fails: what cannot be used says why.
[[nodiscard]] Inventory list_devices(const EngineRequest& request);

}  // namespace latent::infer
