// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/patience.h"
#include "base/result.h"
#include "image/geometry.h"
#include "image/tensor.h"
#include "models/store/package.h"

namespace latent::infer {

enum class EngineKind : std::uint8_t { Auto, OpenVino, OnnxRuntime };
/// Auto and Best are questions, not answers: Auto takes the fastest that passes its proof and loses
/// no more than EngineRequest::most_loss_db, Best the fastest of those that keep the network as it
/// is.
enum class Precision : std::uint8_t { Auto, Best, F32, Bf16, Int8, F16 };

/// "openvino"; the words of the command line and of JSON.
[[nodiscard]] const char* engine_name(EngineKind engine);
[[nodiscard]] const char* precision_name(Precision precision);
/// Errors   Usage  a word that is none of them; the sentence lists them.
[[nodiscard]] Result<EngineKind> parse_engine(std::string_view word);
[[nodiscard]] Result<Precision> parse_precision(std::string_view word);

class Session;
struct EngineRequest;

/// create_session(), or what stands in its place: a test, or who looks at what goes through.
using SessionFactory = std::function<Result<std::unique_ptr<Session>>(
    const models::Network&, Size tile, const EngineRequest&)>;

/// What the user asked for.
struct EngineRequest {
  EngineKind engine =
      EngineKind::Auto;         ///< Auto: OpenVINO, or ONNX Runtime for devices it alone has
  std::string device = "auto";  ///< auto, cpu, gpu, gpu.1, npu, cuda, migraphx, coreml, ...
  Precision precision = Precision::Auto;
  /// PSNR in dB that a network in 8-bit integers may lose to be taken by Precision::Auto, as the
  /// manifest states it (models::Int8Variant::loss_db).
  double most_loss_db = 0.1;
  /// What a network in 8-bit integers leaves in float is computed in: Precision::F32, or Auto as the
  /// device prefers. Settled by measurement where the processor is asked for.
  Precision rest = Precision::Auto;
  int threads = 0;                    ///< of the processor; 0: all
  int streams = 0;                    ///< tiles computed at once on the processor; 0: one
  std::filesystem::path cache_dir;    ///< compiled models and verdicts; empty: none kept
  std::filesystem::path ort_library;  ///< ONNX Runtime to load; empty: as find_ort_library()
  /// Plug-ins of ONNX Runtime (execution providers) whose devices may be asked for by their words;
  /// empty: as find_ort_plugins(). They are loaded by a process of their own (decision 87).
  std::vector<std::filesystem::path> ort_plugins = {};
  bool anew = false;           ///< what the cache holds of this network is not used but replaced
  double start_seconds = 600;  ///< for compiling a network, and for its first tile; 0: no limit
  std::stop_token stop;        ///< ends compiling and proving
  SessionFactory factory;      ///< of the sessions that a task opens; empty: create_session()
};

/// How long such a request waits for a network to be compiled.
[[nodiscard]] Patience patience_of(const EngineRequest& request);

/// What a session became.
struct SessionInfo {
  EngineKind engine = EngineKind::OpenVino;
  Precision precision = Precision::F32;
  std::string device;                ///< the word that asks for it again: "cpu", "gpu.0", "cuda"
  std::string device_name;           ///< as the maker calls it
  std::string engine_version;        ///< with the driver's where there is one
  std::string compiled_sha256 = {};  ///< of the compiled network; empty where it cannot be kept
  bool from_cache = false;           ///< the compiled network was read, not made now
};

/// One network, compiled for one device and one static shape.
///
/// Threads  start() and wait() from one thread; cancel() from any.
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  [[nodiscard]] virtual const SessionInfo& info() const = 0;
  [[nodiscard]] virtual TensorShape input_shape() const = 0;
  [[nodiscard]] virtual TensorShape output_shape() const = 0;

  /// Requests that may run at the same time, at least 2.
  [[nodiscard]] virtual int slots() const = 0;

  /// Begins to run `input` into `output`, both of the session's shapes and alive until wait() has
  /// returned. A slot is free before its first start() and after each wait().
  ///
  /// Errors   Internal  a wrong shape or a slot that is busy.
  ///          Device    the device refused.
  [[nodiscard]] virtual Status start(int slot, ConstTensorView input, TensorView output) = 0;

  /// Returns when the request of that slot is done, or was cancelled.
  ///
  /// Errors   Cancelled  cancel() was called.
  ///          Device     the device failed.
  [[nodiscard]] virtual Status wait(int slot) = 0;

  /// Ends the requests under way as soon as the engine can; every later start() is Cancelled, until
  /// resume().
  virtual void cancel() = 0;

  /// Makes a cancelled session of use again, when nothing is under way.
  virtual void resume() = 0;

  /// start() and wait() in slot 0.
  [[nodiscard]] Status run(ConstTensorView input, TensorView output);
};

/// The static input and output of a network for tiles of this size; `tile` is in frame pixels, both
/// sides multiples of the stride. The output covers the tile enlarged by the network's scale.
///
/// Errors   Internal  they are not.
[[nodiscard]] Result<TensorShape> input_shape(const models::NetworkSpec& spec, Size tile);
[[nodiscard]] Result<TensorShape> output_shape(const models::NetworkSpec& spec, Size tile);

/// The file of a network that is computed in some precision.
struct NetworkFile {
  std::span<const std::byte> onnx;
  const std::string& sha256;
};

/// The file for that precision: that in 8-bit integers for Precision::Int8, else the network's own.
///
/// Errors   Unsupported  the package has no such file of this network.
[[nodiscard]] Result<NetworkFile> file_for(const models::Network& network, Precision precision);

/// Compiles a network for the device and precision asked for, without proof and without fallback
/// (open_proved_session() in proof.h has both). Precision::Auto and Best are here what the engine
/// can say without measuring: bf16 where the processor has it, else f32.
///
/// Compiling cannot be stopped: when `request.stop` or `request.start_seconds` end the waiting, it
/// goes on by itself (base/patience.h).
///
/// Errors   NotFound       the engine's library or the device is not there.
///          Unsupported    the engine cannot do that precision on that device; or as judge_onnx()
///                         and file_for().
///          TooLarge       as judge_onnx(); or there is not enough memory.
///          ModelMismatch  the ONNX is not what the manifest says: names, types, shapes.
///          Device         it could not be compiled or started, or not in time.
///          Cancelled
[[nodiscard]] Result<std::unique_ptr<Session>> create_session(const models::Network& network,
                                                              Size tile,
                                                              const EngineRequest& request);

/// judge_onnx() for both kinds of session: a whole sentence, and ModelMismatch where it is no ONNX.
[[nodiscard]] Status check_graph(std::span<const std::byte> onnx);

}  // namespace latent::infer
