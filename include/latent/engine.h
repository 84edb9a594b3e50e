// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "latent/export.h"

LATENT_NAMESPACE_BEGIN

enum class EngineKind : std::uint8_t {
  Auto,  ///< OpenVINO, or ONNX Runtime for devices that it alone has
  OpenVino,
  OnnxRuntime
};

/// The arithmetic of the network. Auto: the fastest that passes its proof on this machine and loses
/// no more than Engine::max_loss. Best: the faster of f32 and bf16. Whatever is not f32 on the
/// processor is proved against the model's own test data before it is used.
enum class Precision : std::uint8_t { Auto, F32, Bf16, F16, Int8, Best };

/// What runs the networks.
struct Engine {
  EngineKind kind = EngineKind::Auto;
  std::string device = "auto";  ///< auto, cpu, gpu, gpu.1, npu, cuda, ...: DeviceInfo::device
  Precision precision = Precision::Auto;
  int threads = 0;             ///< of the processor; 0: all there are
  double start_seconds = 600;  ///< for compiling a network, and for its first tile; 0: any time
  std::filesystem::path onnxruntime;  ///< an ONNX Runtime library of your own; empty: found
  double max_loss = 0.1;  ///< most dB (PSNR) that int8 may lose to be taken by Precision::Auto
  /// Plug-ins of ONNX Runtime (execution provider libraries) whose devices `device` may name.
  std::vector<std::filesystem::path> onnxruntime_plugins = {};

  friend bool operator==(const Engine&, const Engine&) = default;
};

/// What a file that is read may ask for (docs/limits.md). A refusal (Failure::Code::TooLarge) names
/// the limit that would allow the file by the name of its command-line option: `--limit-megapixels
/// 700` is `megapixels = 700` here.
struct Limits {
  std::int64_t megapixels = 600;         ///< of a picture, 1 to 100,000
  int side = 65'000;                     ///< of a picture, in pixels, up to 1,000,000
  std::int64_t memory_megabytes = 0;     ///< half for samples, half for tiles; 0: the machine's own
  std::int64_t metadata_megabytes = 64;  ///< of a file, 1 to 1,000
};

/// An engine of this build, and whether it can be used on this machine.
struct EngineInfo {
  EngineKind engine = EngineKind::OpenVino;
  bool usable = false;
  std::string version;
  std::string problem;  ///< one sentence where it is not usable
};

/// A device that an engine offers.
struct DeviceInfo {
  EngineKind engine = EngineKind::OpenVino;
  std::string device;  ///< the word for Engine::device
  std::string name;    ///< as its maker calls it
  std::string driver;
  std::vector<Precision> precisions;
  Precision automatic = Precision::F32;  ///< what Precision::Best becomes where nothing is measured
};

/// A plug-in of ONNX Runtime that was asked for (Engine::onnxruntime_plugins).
struct PluginInfo {
  std::filesystem::path file;
  bool usable = false;  ///< it was loaded, and has a device
  std::string problem;  ///< one sentence where it is not
};

struct Devices {
  std::vector<EngineInfo> engines;
  std::vector<DeviceInfo> devices;  ///< those of plug-ins last
  std::vector<PluginInfo> plugins = {};
};

/// The engines and devices of this machine. Loads the engines, opens no device. Never fails: an
/// engine that cannot be used says why.
///
/// Threads  any.
[[nodiscard]] LATENT_API Devices list_devices();

/// The same with the ONNX Runtime and the plug-ins that `engine` names. Plug-ins are loaded by a
/// process of their own: one that crashes or hangs says so, after Engine::start_seconds or a minute.
///
/// Threads  any.
[[nodiscard]] LATENT_API Devices list_devices(const Engine& engine);

/// "openvino", "bf16": the words of the command line and of jobs.
[[nodiscard]] LATENT_API const char* name(EngineKind kind);
[[nodiscard]] LATENT_API const char* name(Precision precision);

LATENT_NAMESPACE_END
