// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/hosted/serve.h"

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "base/child_process.h"
#include "base/threads.h"
#include "infer/hosted/wire.h"
#include "infer/ort_plugin.h"
#include "infer/tensor_ports.h"

namespace latent::infer {
namespace {

using models::Json;

constexpr auto kPart = static_cast<std::uint8_t>(Ask::Part);

models::OptimizationRule rule_of(const std::string& word) {
  models::OptimizationRule rule;
  for (const auto level : {models::GraphOptimization::All, models::GraphOptimization::Basic,
                           models::GraphOptimization::Disabled}) {
    if (word == models::graph_optimization_name(level)) rule.usual = level;
  }
  return rule;
}

class Server {
 public:
  explicit Server(int socket) : socket_(socket) {}

  Status answer(const Frame& frame) {
    LATENT_TRY(const Json::Object words, words_of(frame));
    switch (static_cast<Ask>(frame.kind)) {
      case Ask::Load:
        return tell([&] { return load(words); });
      case Ask::Open: {
        LATENT_TRY(const Frame onnx, receive_frame(socket_, kMostPart));
        if (onnx.kind != kPart) break;
        return tell([&] { return open(words, std::as_bytes(std::span(onnx.bytes))); });
      }
      case Ask::Run: {
        LATENT_TRY(auto tensors, receive_tensors(socket_, shared_, words, kPart, {}));
        return run(std::move(tensors));
      }
      case Ask::Stop:
        if (session_ != nullptr) session_->cancel();
        return {};
      case Ask::Part:
        break;
    }
    return fail(ErrorCode::Internal, "no such request");
  }

 private:
  /// Sends what `work` gives, a Result<Json>.
  template <class Work>
  Status tell(const Work& work) {
    Result<Json> made = Json{};
    const Status ran = run_safely([&] { made = work(); });
    if (!ran) made = tl::make_unexpected(ran.error());
    const std::scoped_lock lock(sending_);
    return made ? send_words(socket_, Tell::Answer, *made)
                : send_words(socket_, Tell::Failure, words_of_error(made.error()));
  }

  Result<Json> load(const Json::Object& words) {
    request_.ort_library = models::text_at(words, "library");
    LATENT_TRY(const OrtLibrary library, load_ort_library(request_.ort_library));
    LATENT_TRY(OrtPlugin plugin, OrtPlugin::load(library, models::text_at(words, "plugin")));
    plugin_.emplace(std::move(plugin));
    Json::Array devices;
    for (const OrtPluginDevice& device : plugin_->devices()) {
      devices.emplace_back(Json::Object{{"word", Json(device.word)},
                                        {"name", Json(device.name)},
                                        {"provider", Json(device.provider)}});
    }
    return Json(
        Json::Object{{"version", Json(library.version)}, {"devices", Json(std::move(devices))}});
  }

  Result<Json> open(const Json::Object& words, std::span<const std::byte> onnx) {
    if (!plugin_) return fail(ErrorCode::Internal, "no plug-in is loaded");
    const OrtPluginTarget target{&*plugin_,
                                 static_cast<std::size_t>(models::number_at(words, "device"))};
    request_.threads = static_cast<int>(models::number_at(words, "threads"));
    request_.start_seconds = 0;  // the other end has the clock
    OnnxSource source;
    source.bytes.assign(onnx.begin(), onnx.end());
    source.optimization = rule_of(models::text_at(words, "optimization"));
    std::map<std::string, std::int64_t> sizes;
    if (const auto found = words.find("sizes"); found != words.end()) {
      for (const auto& [name, size] : *found->second.as_object()) sizes[name] = *size.as_integer();
    }
    LATENT_TRY(GraphPorts ports, read_graph_ports(source.bytes));
    fix_sizes(ports, sizes);
    LATENT_TRY(session_,
               open_onnxruntime_tensors(source, request_, std::move(ports), sizes, target));
    return Json(Json::Object{});
  }

  /// Answers from a thread of its own, so that a Stop is heard meanwhile.
  Status run(std::vector<NamedTensor> tensors) {
    if (session_ == nullptr) return fail(ErrorCode::Internal, "no network is open");
    if (runner_.joinable()) runner_.join();
    session_->resume();
    runner_ = std::thread([this, given = std::move(tensors)] {
      Result<std::vector<NamedTensor>> found = std::vector<NamedTensor>{};
      const Status ran = run_safely([&] { found = session_->run(given); });
      if (!ran) found = tl::make_unexpected(ran.error());
      const std::scoped_lock lock(sending_);
      // An end that is gone is noticed where questions are read.
      if (!found) {
        (void)send_words(socket_, Tell::Failure, words_of_error(found.error()));
        return;
      }
      std::vector<const NamedTensor*> answers;
      for (const NamedTensor& tensor : *found) answers.push_back(&tensor);
      (void)send_tensors(socket_, shared_, static_cast<std::uint8_t>(Tell::Answer),
                         static_cast<std::uint8_t>(Tell::Part), answers);
    });
    return {};
  }

  int socket_;
  SharedSamples shared_ = SharedSamples::given(ChildProcess::kFirstGiven);
  std::mutex sending_;
  EngineRequest request_;
  std::optional<OrtPlugin> plugin_;
  std::unique_ptr<TensorSession> session_;
  std::thread runner_;
};

}  // namespace

Status serve_engine(int socket) {
  // Never destroyed: the process ends at once, whatever a plug-in is doing.
  static Server& server = *new Server(socket);
  for (;;) {
    const auto frame = receive_frame(socket, kMostWords);
    if (!frame) return {};  // there are no more questions, or nobody to ask them
    LATENT_CHECK(server.answer(*frame));
  }
}

}  // namespace latent::infer
