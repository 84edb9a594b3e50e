// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/caged/serve.h"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "base/frames.h"
#include "base/threads.h"
#include "read/caged/answers.h"
#include "read/caged/requests.h"
#include "read/opened_file.h"

namespace latent::read {

namespace {

class Server {
 public:
  Server(int socket, int shared, const ByteSource& source)
      : socket_(socket), shared_(shared), source_(source) {}

  Status answer(const Frame& frame) {
    WireReader words(frame.bytes, Limits{}, [](std::uint64_t, std::span<std::byte>) -> Status {
      return fail(ErrorCode::Internal, "a question has no pixels");
    });
    switch (static_cast<Ask>(frame.kind)) {
      case Ask::Open:
        return open(words);
      case Ask::Call:
        return call(words);
      case Ask::Copy:
        return copy(words);
      case Ask::Release:
        kept_.reset();
        return {};
    }
    return fail(ErrorCode::Internal, "no such request");
  }

 private:
  Status tell(Tell kind, const WireWriter& words) {
    return send_frame(socket_, static_cast<std::uint8_t>(kind), words.bytes());
  }

  Status tell_failure(Error error) {
    WireWriter words;
    words(error);
    return tell(Tell::Failure, words);
  }

  Status open(WireReader& words) {
    std::string name;
    Limits limits;
    words(name, limits);
    LATENT_CHECK(words.end());
    const auto opened = run_safely([&]() -> Status {
      LATENT_TRY(file_, opened_here(source_, name, limits));
      return {};
    });
    if (!opened) return tell_failure(opened.error());
    WireWriter answer;
    answer(file_->facts(), file_->is_of_kind());
    return tell(Tell::Answer, answer);
  }

  /// Answers with what `work` gives, which stays until it is released.
  template <class Work>
  Status give(const Work& work) {
    using Answer = decltype(work());
    std::optional<Answer> found;
    const auto done = run_safely([&] { found.emplace(work()); });
    if (!done) return tell_failure(done.error());
    if (!*found) return tell_failure(found->error());
    auto value = std::make_shared<typename Answer::value_type>(std::move(**found));
    kept_ = value;
    WireWriter words;
    words(file_->facts(), *value);
    return tell(Tell::Answer, words);
  }

  RunControl control() {
    RunControl control;
    control.on_progress = [this](double fraction) {
      WireWriter words;
      words(fraction);
      // One that is gone is noticed when the answer is sent.
      (void)tell(Tell::Progress, words);
    };
    return control;
  }

  Status call(WireReader& words) {
    Question question{};
    RenderOptions options;
    int longest_side_px = 0;
    words.choice(question, Question::Described);
    words(options, longest_side_px);
    LATENT_CHECK(words.end());
    if (file_ == nullptr) return fail(ErrorCode::Internal, "no file is open");
    if (std::holds_alternative<PictureFacts>(file_->facts()) && question < Question::Picture) {
      return tell_failure({ErrorCode::Internal, "is no raw file", __FILE__, __LINE__});
    }
    OpenedFile& file = *file_;
    switch (question) {
      case Question::DevelopedFacts:
        return give([&] { return file.developed_facts(); });
      case Question::Mosaic:
        return give([&] { return file.mosaic(control()); });
      case Question::Linear:
        return give([&] { return file.linear(control()); });
      case Question::ExactFloats:
        return give([&] { return file.exact_floats(control()); });
      case Question::Demosaiced:
        return give([&] { return file.demosaiced(control()); });
      case Question::Rendering8:
        return give([&] { return file.rendering_8(options); });
      case Question::Rendering16:
        return give([&] { return file.rendering_16(options); });
      case Question::EmbeddedPreview:
        return give([&] { return file.embedded_preview(); });
      case Question::Picture:
        return give([&] { return file.picture(control()); });
      case Question::SmallJpeg:
        return give([&] { return file.small_jpeg(longest_side_px); });
      case Question::Metadata:
        return give([&] { return Result<metadata::Metadata>(file.metadata()); });
      case Question::Described:
        return give(
            [&] { return Result<std::vector<metadata::DescribedField>>(file.described()); });
    }
    return {};
  }

  Status copy(WireReader& words) {
    std::uint64_t address = 0;
    std::uint64_t count = 0;
    words(address, count);
    LATENT_CHECK(words.end());
    // NOLINTNEXTLINE(performance-no-int-to-ptr): an address that this process has named
    const auto* from = reinterpret_cast<const std::uint8_t*>(address);
    for (std::uint64_t done = 0; done < count;) {
      const ssize_t written =
          ::pwrite(shared_, from + done, count - done, static_cast<off_t>(done));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return fail(ErrorCode::Io, "the shared memory is full");
      done += static_cast<std::uint64_t>(written);
    }
    return tell(Tell::Answer, WireWriter());
  }

  int socket_;
  int shared_;
  const ByteSource& source_;
  std::unique_ptr<OpenedFile> file_;
  std::shared_ptr<void> kept_;  ///< what the last answer has the addresses of
};

}  // namespace

Status serve(int socket, int shared, const ByteSource& source) {
  Server server(socket, shared, source);
  for (;;) {
    const auto frame = receive_frame(socket, kMostQuestionBytes);
    if (!frame) return {};  // the program has no more questions, or is gone
    LATENT_CHECK(server.answer(*frame));
  }
}

}  // namespace latent::read
