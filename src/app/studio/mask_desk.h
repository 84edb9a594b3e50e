// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "app/studio/mask_edit.h"
#include "app/studio/mask_look.h"
#include "app/studio/preview_desk.h"
#include "image/geometry.h"
#include "infer/engine.h"
#include "tasks/erase.h"

namespace latent::app {

/// With what masks are made: ids of packages, empty for those that are enabled (for objects the
/// built-in selector where none is).
struct MaskMeans {
  std::string model;
  std::string depth_model;
  infer::EngineRequest engine;
};

/// A mask that was made.
struct MaskFound {
  std::uint64_t number = 0;  ///< of what was asked
  SharedPixels overlay;      ///< as mask_look(), not turned
  double share = 0;          ///< of the photograph that it covers
  double seconds = 0;        ///< that the answer took, without encoding
  std::string by;            ///< id of the network; empty: none was used
};

/// Makes masks of the photograph that is worked on, shows and writes them, on a thread of its own.
/// A new question ends the answer to the one before. What costs time is done once for a photograph:
/// it is encoded when objects are first looked for, its depth is found when it is first asked for.
///
/// Threads  functions from any; callbacks come from the desk's own, and none after the destructor.
class MaskDesk {
 public:
  struct Callbacks {
    /// What is under way: "opening", "encoding", "finding", "depth", "dust", "writing"; empty:
    /// nothing.
    std::function<void(const std::filesystem::path&, const std::string&)> busy;
    std::function<void(const std::filesystem::path&, const MaskFound&)> found;
    /// One sentence; of a question (its number) or of an order (0).
    std::function<void(const std::filesystem::path&, std::uint64_t, const std::string&)> problem;
    std::function<void(const std::filesystem::path&, const std::filesystem::path& file)> written;
    std::function<void(const std::filesystem::path&, const tasks::FoundSpots&)> dust = {};
  };

  explicit MaskDesk(Callbacks callbacks);
  ~MaskDesk();
  MaskDesk(const MaskDesk&) = delete;
  MaskDesk& operator=(const MaskDesk&) = delete;

  /// Another photograph; empty: none, and what was kept of the last one is given back.
  void open(const std::filesystem::path& photograph, const MaskMeans& means);
  /// Encodes the photograph before somebody clicks.
  void prepare();
  void ask(MaskState state, MaskStyle style, std::uint64_t number);
  /// Looks for shadows of dust, as `latent erase --spots` does.
  void find_dust();
  /// Writes the mask that was asked for last, once it is made; the ending says in which form
  /// (MaskTarget), .json its prompts. What is there is replaced; an edit (.xmp) is added to.
  void write(const std::filesystem::path& target);

  /// Longest side of what is laid over the photograph.
  static constexpr int kLookSide = 2048;

 private:
  struct Open;
  struct Question {
    MaskState state;
    MaskStyle style = MaskStyle::Tint;
    std::uint64_t number = 0;
  };
  struct Wish {
    std::filesystem::path photograph;
    MaskMeans means;
    std::uint64_t photograph_number = 0;
    std::stop_token photograph_stop;  ///< stops when another photograph comes
    bool prepare = false;
    bool dust = false;
    std::optional<Question> question;
    std::deque<std::filesystem::path> orders;
  };

  void run(const std::stop_token& stop);
  void open_now(Open& open, const Wish& wish);
  void answer(Open& open, const Question& question, const std::stop_token& stop);
  void look_for_dust(Open& open);
  [[nodiscard]] Status make(Open& open, const MaskState& state, const std::stop_token& stop);
  [[nodiscard]] Status encode(Open& open);
  [[nodiscard]] Status find_objects(Open& open, const MaskState& state,
                                    const std::stop_token& stop);
  [[nodiscard]] Status paint(Open& open, const MaskState& state) const;
  [[nodiscard]] Status by_depth(Open& open, const MaskState& state, const std::stop_token& stop);
  [[nodiscard]] Status write_now(Open& open, const std::filesystem::path& target);

  Callbacks callbacks_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  Wish wish_;
  bool changed_ = false;
  std::stop_source current_;     ///< of the question that is answered
  std::stop_source photograph_;  ///< of all that is made of the photograph
  std::jthread thread_;          ///< last: it uses the others
};

}  // namespace latent::app
