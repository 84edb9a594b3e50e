// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/tiff_session.h"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "base/path.h"

namespace latent::read {

namespace {

/// Warnings of libtiff that leave the pixels what they are. "not terminated" is what it says before
/// it looks whether anything is missing, and then that is an error.
bool is_harmless(std::string_view said) {
  constexpr std::array<std::string_view, 4> kHarmless{
      "Old-style LZW codes", "not terminated with EOI code", "exceeds expected dimensions",
      "extraneous bytes before marker 0xd9"};
  return std::ranges::any_of(kHarmless,
                             [&](std::string_view part) { return said.find(part) != said.npos; });
}

}  // namespace

/// The functions that libtiff calls; each is handed the session.
struct TiffSession::Callbacks {
  static tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
    auto* session = static_cast<TiffSession*>(handle);
    const std::uint64_t size = session->source_.size();
    if (count <= 0 || session->position_ >= size) return 0;
    const std::uint64_t taken =
        std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size - session->position_);
    auto* bytes = static_cast<std::uint8_t*>(to);
    if (!session->source_.read_at(session->position_, {bytes, static_cast<std::size_t>(taken)})) {
      return -1;
    }
    session->position_ += taken;
    return static_cast<tmsize_t>(taken);
  }

  static tmsize_t write(thandle_t, void*, tmsize_t) { return 0; }

  static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    auto* session = static_cast<TiffSession*>(handle);
    const std::uint64_t base = whence == SEEK_CUR   ? session->position_
                               : whence == SEEK_END ? session->source_.size()
                                                    : 0;
    session->position_ = base + offset;
    return session->position_;
  }

  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return static_cast<TiffSession*>(handle)->source_.size(); }

  enum class Weight : std::uint8_t { Error, Warning };

  static void keep(TiffSession& session, Weight weight, const char* format,
                   std::va_list arguments) {
    if (!session.message_.empty()) return;
    std::array<char, 300> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    if (weight == Weight::Warning && is_harmless(text.data())) return;
    session.message_ = text.data();
  }

  /// "IO error during reading of "ColorMap"; tag ignored", and its like.
  static void keep_lost_tag(TiffSession& session, const char* format, std::va_list arguments) {
    constexpr std::size_t kMost = 64;
    std::array<char, 300> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    const std::string_view said(text.data());
    const auto begin = said.find('"');
    if (!said.ends_with("ignored") || begin == said.npos) return;
    const auto end = said.find('"', begin + 1);
    if (end == said.npos || session.lost_tags_.size() >= kMost) return;
    session.lost_tags_.emplace_back(said.substr(begin + 1, end - begin - 1));
  }

  // libtiff goes on to its global handlers, which print, unless these return a positive number.
  static int error(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
    keep(*static_cast<TiffSession*>(user), Weight::Error, format, arguments);
    return 1;
  }

  static int warning(TIFF*, void* user, const char* module, const char* format,
                     std::va_list arguments) {
    auto& session = *static_cast<TiffSession*>(user);
    const std::string_view from = module != nullptr ? module : "";
    const bool of_jpeg_decoder = from == "LibJpeg" || from == "JPEGLib";
    if (!session.decoding_) keep_lost_tag(session, format, arguments);
    if (session.decoding_ && (!session.old_jpeg_ || of_jpeg_decoder)) {
      keep(session, Weight::Warning, format, arguments);
    }
    return 1;
  }
};

Result<std::unique_ptr<TiffSession>> TiffSession::open(const ByteSource& source,
                                                       std::size_t most_bytes) {
  std::unique_ptr<TiffSession> session(new TiffSession(source));
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  if (!options) return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(most_bytes));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), Callbacks::error, session.get());
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), Callbacks::warning, session.get());
  session->handle_ = TIFFClientOpenExt("picture", "rm", session.get(), Callbacks::read,
                                       Callbacks::write, Callbacks::seek, Callbacks::close,
                                       Callbacks::size, nullptr, nullptr, options.get());
  if (session->handle_ == nullptr) {
    return fail(ErrorCode::Corrupt, "is cut short or damaged: libtiff cannot read its header (" +
                                        session->message() + "); copy it again");
  }
  return session;
}

TiffSession::~TiffSession() {
  if (handle_ != nullptr) TIFFClose(handle_);
}

void TiffSession::forget_messages() {
  message_.clear();
  lost_tags_.clear();
}

void TiffSession::begin_decoding(bool old_jpeg) {
  decoding_ = true;
  old_jpeg_ = old_jpeg;
  message_.clear();
}

std::string TiffSession::message() const {
  if (message_.empty()) return "no reason given";
  std::string text = message_;
  // One sentence is what the reader of an error gets.
  std::ranges::replace(text, '\n', ' ');
  for (std::size_t at = text.find(". "); at != std::string::npos; at = text.find(". ")) {
    text[at] = ';';
  }
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return printable(text);
}

}  // namespace latent::read
