// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/caged/opened_there.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "base/child_process.h"
#include "base/descriptor.h"
#include "base/frames.h"
#include "base/open_descriptor.h"
#include "read/caged/answers.h"
#include "read/caged/requests.h"
#include "read/caged/sound.h"

namespace latent::read {

namespace {

/// Three quarters of the machine's memory, or twice what the user allows for a picture.
std::size_t memory_of_reader(const Limits& limits) {
  constexpr std::size_t kOfTheProgram = std::size_t{512} << 20U;
  if (limits.max_memory_bytes != 0) return kOfTheProgram + 2 * limits.max_memory_bytes;
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long bytes = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || bytes <= 0) return 0;
  return kOfTheProgram + static_cast<std::size_t>(pages) / 4 * 3 * static_cast<std::size_t>(bytes);
}

/// Memory that both processes reach, for systems on which one cannot read the other's.
Descriptor shared_memory() {
#ifdef __linux__
  return Descriptor(::memfd_create("latent-pixels", MFD_CLOEXEC));
#else
  return Descriptor(::open("/dev/null", O_RDWR | O_CLOEXEC));
#endif
}

class OpenedThere final : public OpenedFile {
 public:
  OpenedThere(const ByteSource& source, std::filesystem::path name, const Limits& limits,
              Reader reader)
      : source_(source),
        name_(std::move(name)),
        limits_(limits),
        reader_(std::move(reader)),
        shared_(shared_memory()) {}

  /// Starts a reader and has it judge the file, where none is at work.
  Status start() {
    if (child_) return {};
    const std::array given{descriptor_of(source_), shared_.number()};
    const std::vector<std::string> arguments{
        std::to_string(static_cast<long>(std::ceil(reader_.most_seconds))),
        std::to_string(memory_of_reader(limits_))};
    auto child = ChildProcess::start(reader_.program, arguments, given);
    if (!child) {
      return fail(child.error().code, "cannot be read: " + child.error().sentence +
                                          "; install Latent again, or use --no-sandbox");
    }
    child_.emplace(*std::move(child));
    WireWriter words;
    words(name_.filename().string(), limits_);
    LATENT_CHECK(send(Ask::Open, words));
    LATENT_TRY(const Frame frame, receive({}));
    WireReader answer = reader_of(frame);
    answer(facts_, is_of_kind_);
    return judged(answer.end(), [&] { return make_sound(facts_); });
  }

  Result<PictureFacts> developed_facts() override {
    return ask<PictureFacts>(Question::DevelopedFacts);
  }
  Result<Mosaic> mosaic(const RunControl& control) override {
    return ask<Mosaic>(Question::Mosaic, control);
  }
  Result<LinearRaw> linear(const RunControl& control) override {
    return ask<LinearRaw>(Question::Linear, control);
  }
  Result<ExactFloats> exact_floats(const RunControl& control) override {
    return ask<ExactFloats>(Question::ExactFloats, control);
  }
  Result<LinearRaw> demosaiced(const RunControl& control) override {
    return ask<LinearRaw>(Question::Demosaiced, control);
  }
  Result<Image<std::uint8_t>> rendering_8(const RenderOptions& options) override {
    return ask<Image<std::uint8_t>>(Question::Rendering8, {}, options);
  }
  Result<Image<std::uint16_t>> rendering_16(const RenderOptions& options) override {
    return ask<Image<std::uint16_t>>(Question::Rendering16, {}, options);
  }
  Result<std::optional<EmbeddedPreview>> embedded_preview() override {
    return ask<std::optional<EmbeddedPreview>>(Question::EmbeddedPreview);
  }
  Result<Picture> picture(const RunControl& control) override {
    return ask<Picture>(Question::Picture, control);
  }
  Result<SmallJpeg> small_jpeg(int longest_side_px) override {
    return ask<SmallJpeg>(Question::SmallJpeg, {}, {}, longest_side_px);
  }
  metadata::Metadata metadata() override {
    auto found = ask<metadata::Metadata>(Question::Metadata);
    if (found) return *std::move(found);
    metadata::Metadata none;
    none.warnings.push_back("its metadata is not carried on: it " + found.error().sentence);
    return none;
  }
  std::vector<metadata::DescribedField> described() override {
    auto found = ask<std::vector<metadata::DescribedField>>(Question::Described);
    return found ? *std::move(found) : std::vector<metadata::DescribedField>{};
  }

 private:
  template <class Answer>
  Result<Answer> ask(Question question, const RunControl& control = {},
                     const RenderOptions& options = {}, int longest_side_px = 0) {
    LATENT_CHECK(start());
    WireWriter words;
    words.choice(question, Question::Described);
    words(options, longest_side_px);
    LATENT_CHECK(send(Ask::Call, words));
    LATENT_TRY(const Frame frame, receive(control));
    WireReader answer = reader_of(frame);
    FileFacts facts;
    Answer value{};
    answer(facts, value);
    const Status sound = judged(answer.end(), [&] {
      const Status right = make_sound(facts);
      return right ? make_sound(value) : right;
    });
    LATENT_CHECK(sound);
    facts_ = std::move(facts);
    LATENT_CHECK(send(Ask::Release, WireWriter()));
    return value;
  }

  /// What is wrong with an answer ends the reader that gave it.
  template <class Check>
  Status judged(Status status, const Check& check) {
    if (status) status = check();
    if (!status) child_.reset();
    return status;
  }

  WireReader reader_of(const Frame& frame) {
    return {frame.bytes, limits_, [this](std::uint64_t address, std::span<std::byte> out) {
              return fetch(address, out);
            }};
  }

  Status send(Ask kind, const WireWriter& words) {
    if (send_frame(child_->socket(), static_cast<std::uint8_t>(kind), words.bytes())) return {};
    return crashed();
  }

  /// Metadata by its limit, said several times over, and a preview, which is a part of the file.
  [[nodiscard]] std::size_t most_answer_bytes() const {
    constexpr std::size_t kTimes = 4;
    return kAnswerBytes + kTimes * limits_.max_metadata_bytes +
           static_cast<std::size_t>(source_.size());
  }

  /// The next answer; reports progress meanwhile.
  Result<Frame> receive(const RunControl& control) {
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds(std::llround(reader_.most_seconds * 1000));
    for (;;) {
      auto frame = receive_frame(child_->socket(), most_answer_bytes(), {control.stop, until});
      if (!frame) return why_none(frame.error());
      if (frame->kind == static_cast<std::uint8_t>(Tell::Answer)) return frame;
      WireReader words = reader_of(*frame);
      if (frame->kind == static_cast<std::uint8_t>(Tell::Progress)) {
        double fraction = 0;
        words(fraction);
        if (words.end() && fraction >= 0 && fraction <= 1) control.report(fraction);
        continue;
      }
      Error error;
      words(error);
      if (const auto whole = words.end(); !whole) return why_none(whole.error());
      error.file = __FILE__;
      error.line = __LINE__;
      return tl::make_unexpected(std::move(error));
    }
  }

  tl::unexpected<Error> why_none(const Error& error) {
    if (error.code == ErrorCode::Io) return crashed();
    child_.reset();
    if (error.code == ErrorCode::TooLarge) {
      return fail(ErrorCode::Internal, "cannot be read: the reader process answered wrongly");
    }
    if (error.code != ErrorCode::Device) return tl::make_unexpected(error);
    return fail(ErrorCode::TooLarge,
                fmt::format("cannot be read: its decoder was stopped after {:g} seconds; "
                            "--limit-read gives it more time",
                            reader_.most_seconds));
  }

  tl::unexpected<Error> crashed() {
    const std::string how = child_->end();
    child_.reset();
    return fail(ErrorCode::Internal,
                "cannot be read: its decoder " + how +
                    ", in a process of its own, so that nothing else is lost; please report it");
  }

  /// Pixels of the reader: out of its memory, or through the shared file.
  Status fetch(std::uint64_t address, std::span<std::byte> out) {
    const auto direct = child_->read_memory(address, out);
    if (direct || direct.error().code != ErrorCode::Unsupported) return whole(direct);
    const std::uint64_t count = out.size();
    if (::ftruncate(shared_.number(), static_cast<off_t>(count)) != 0) {
      return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
    }
    WireWriter words;
    words(address, count);
    LATENT_CHECK(send(Ask::Copy, words));
    LATENT_TRY(const Frame done, receive({}));
    for (std::size_t at = 0; at < out.size();) {
      const ssize_t got =
          ::pread(shared_.number(), out.data() + at, out.size() - at, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return whole(fail(ErrorCode::Io, "no more"));
      at += static_cast<std::size_t>(got);
    }
    // Given back early; where that fails, it is when the file is closed.
    [[maybe_unused]] const int given_back = ::ftruncate(shared_.number(), 0);
    return {};
  }

  static Status whole(const Status& status) {
    if (status) return {};
    return fail(ErrorCode::Internal, "cannot be read: its decoder ended while it answered");
  }

  const ByteSource& source_;
  std::filesystem::path name_;
  Limits limits_;
  Reader reader_;
  Descriptor shared_;
  std::optional<ChildProcess> child_;
};

}  // namespace

AnyOpenedFile opened_there(const ByteSource& source, const std::filesystem::path& name,
                           const Limits& limits, const Reader& reader) {
  auto file = std::make_unique<OpenedThere>(source, name, limits, reader);
  LATENT_CHECK(file->start());
  return file;
}

}  // namespace latent::read
