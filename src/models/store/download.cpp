// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include "base/hash.h"
#include "base/partial_file.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/answer_head.h"
#include "models/manifest/fields.h"
#include "models/store/files.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxNoteBytes = 16'384;
constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kNotFound = 404;
constexpr long kRangeNotSatisfiable = 416;
constexpr auto kFirstPause = std::chrono::milliseconds(200);

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// Once, and for the whole process.
void start_library() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)started;
}

std::string url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

/// One request and what is done with its answer. `accept` is asked once, when the body begins.
struct Exchange {
  Exchange(const NetworkRules& network_rules, const RunControl& run_control)
      : rules(&network_rules), control(&run_control) {}

  const NetworkRules* rules;
  const RunControl* control;
  AnswerHead head;
  std::function<Status(const AnswerHead&)> accept;
  std::function<Status(std::span<const char>)> body;
  std::function<void(std::uint64_t)> progress;
  std::uint64_t received = 0;
  bool accepted = false;
  std::optional<Error> refused;

  bool hold(const Status& status) {
    if (!status) refused = status.error();
    return status.has_value();
  }
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* target) {
  take_head_line(static_cast<Exchange*>(target)->head, {data, size * count});
  return size * count;
}

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* target) {
  auto& exchange = *static_cast<Exchange*>(target);
  const std::size_t bytes = size * count;
  if (exchange.head.status != kOk && exchange.head.status != kPartialContent) return bytes;
  if (!exchange.accepted) {
    exchange.accepted = true;
    if (!exchange.hold(exchange.accept(exchange.head))) return 0;
  }
  if (!exchange.hold(exchange.body({data, bytes}))) return 0;
  exchange.received += bytes;
  exchange.progress(exchange.received);
  return bytes;
}

int on_progress(void* target, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*up_total*/,
                curl_off_t /*up_now*/) {
  auto& exchange = *static_cast<Exchange*>(target);
  return exchange.hold(exchange.control->check()) ? 0 : 1;
}

void set_options(CURL* handle, const std::string& url, Exchange& exchange,
                 const curl_slist* headers, long seconds_left) {
  const NetworkRules& rules = *exchange.rules;
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, rules.redirects);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, rules.connect_s);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 2L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, rules.stall_s);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT, seconds_left);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "latent");
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  if (!rules.ca_file.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO, rules.ca_file.c_str());
  if (!rules.proxy.empty()) curl_easy_setopt(handle, CURLOPT_PROXY, rules.proxy.c_str());
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
}

/// How an attempt ended: `error` where it failed, and whether another may do better.
struct Ending {
  std::optional<Error> error;
  bool may_retry = false;
};

Ending ended(ErrorCode code, const std::string& url, const std::string& problem, bool may_retry) {
  return {fail(code, "'" + printable(url) + "' " + problem).value(), may_retry};
}

Ending ending_of(CURLcode code, const std::string& url, const Exchange& exchange,
                 const char* detail) {
  if (exchange.refused) return {exchange.refused, false};
  const NetworkRules& rules = *exchange.rules;
  switch (code) {
    case CURLE_OK:
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ended(ErrorCode::Io, url, "leads to an address that is not https, which is refused",
                   false);
    case CURLE_TOO_MANY_REDIRECTS:
      return ended(ErrorCode::Io, url,
                   fmt::format("was redirected more than {} times", rules.redirects), false);
    case CURLE_OPERATION_TIMEDOUT:
      return ended(
          ErrorCode::Io, url,
          fmt::format("is too slow: nothing came for {} s, or it was not done in {} s; try "
                      "again to go on",
                      rules.stall_s, rules.overall_s),
          false);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return ended(ErrorCode::Io, url,
                   fmt::format("cannot be trusted: its certificate is not valid here ({})",
                               printable(detail)),
                   false);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return ended(ErrorCode::Io, url, fmt::format("cannot be reached ({})", printable(detail)),
                   false);
    default:
      return ended(ErrorCode::Io, url,
                   fmt::format("was cut off ({})",
                               printable(*detail == '\0' ? curl_easy_strerror(code) : detail)),
                   true);
  }
  const long status = exchange.head.status;
  if (status == kOk || status == kPartialContent) return {};
  if (status == kNotFound) return ended(ErrorCode::NotFound, url, "is not there (404)", false);
  return ended(ErrorCode::Io, url, fmt::format("was refused by the server ({})", status),
               status >= 500);
}

Ending perform(const std::string& url, Exchange& exchange, const std::vector<std::string>& lines,
               long seconds_left) {
  start_library();
  const std::unique_ptr<CURL, FreeEasy> handle(curl_easy_init());
  if (!handle) return ended(ErrorCode::Io, url, "cannot be asked for: no memory", false);
  std::unique_ptr<curl_slist, FreeList> headers;
  for (const std::string& line : lines) {
    headers.reset(curl_slist_append(headers.release(), line.c_str()));
  }
  std::array<char, CURL_ERROR_SIZE> detail{};
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, detail.data());
  set_options(handle.get(), url, exchange, headers.get(), seconds_left);
  const CURLcode code = curl_easy_perform(handle.get());
  return ending_of(code, url, exchange, detail.data());
}

/// What a file that is not whole yet was begun from.
struct Note {
  std::string url;
  std::string validator;  ///< a strong ETag, or the date of the last change
};

fs::path note_path(const fs::path& partial) {
  fs::path path = partial;
  path += ".json";
  return path;
}

std::optional<Note> read_note(const fs::path& partial) {
  const auto text = read_small_file(note_path(partial), kMaxNoteBytes);
  const auto json = text ? parse_json(*text, "note", kMaxNoteBytes) : Result<Json>(Json{});
  if (!text || !json) return std::nullopt;
  std::string fault;
  Fields fields(*json, "", fault);
  Note note{fields.text("url"), fields.text("validator")};
  if (!fault.empty()) return std::nullopt;
  return note;
}

void forget(const fs::path& partial) {
  std::error_code ignored;
  fs::remove(partial, ignored);
  fs::remove(note_path(partial), ignored);
}

/// Puts a file together from one answer or several.
class Assembly {
 public:
  Assembly(const FileRequest& request, const NetworkRules& rules, const RunControl& control)
      : request_(request), rules_(rules), control_(control) {}

  Status run() {
    const auto deadline = Clock::now() + std::chrono::seconds(rules_.overall_s);
    auto pause = kFirstPause;
    for (int attempt = 1;; ++attempt) {
      const auto left = std::chrono::duration_cast<std::chrono::seconds>(deadline - Clock::now());
      const Ending ending = once(std::max<long>(1, left.count()));
      if (!ending.error) return {};
      if (!ending.may_retry || attempt >= rules_.attempts || Clock::now() + pause > deadline) {
        return tl::make_unexpected(*ending.error);
      }
      std::this_thread::sleep_for(pause);
      pause *= 2;
      LATENT_CHECK(control_.check());
    }
  }

  /// Whether anything was there before the first request.
  [[nodiscard]] bool resumed() const { return resumed_; }

 private:
  [[nodiscard]] std::uint64_t most() const {
    return request_.size != 0 ? request_.size : request_.most;
  }

  Ending once(long seconds_left) {
    std::vector<std::string> lines;
    have_ = ready_bytes(lines);
    if (request_.size != 0 && have_ == request_.size) return {};
    Exchange exchange(rules_, control_);
    exchange.accept = [&](const AnswerHead& head) { return begin(head); };
    exchange.body = [&](std::span<const char> bytes) { return append(bytes); };
    exchange.progress = [&](std::uint64_t) {
      if (most() != 0) control_.report(static_cast<double>(have_) / static_cast<double>(most()));
    };
    Ending ending = perform(request_.url, exchange, lines, seconds_left);
    const Status closed = close();
    if (!ending.error && !closed) ending = {closed.error(), false};
    if (exchange.head.status == kRangeNotSatisfiable) {
      forget(request_.partial);
      ending.may_retry = true;
    }
    return ending;
  }

  /// How much of the file is there and fits the note beside it; asks for the rest.
  std::uint64_t ready_bytes(std::vector<std::string>& lines) {
    const auto mark = mark_of(request_.partial);
    const auto note = read_note(request_.partial);
    if (!mark || mark->bytes == 0 || !note || note->url != request_.url || mark->bytes > most()) {
      forget(request_.partial);
      return 0;
    }
    resumed_ = true;
    lines.push_back(fmt::format("Range: bytes={}-", mark->bytes));
    if (!note->validator.empty()) lines.push_back("If-Range: " + note->validator);
    return mark->bytes;
  }

  Status begin(const AnswerHead& head) {
    const bool goes_on = head.status == kPartialContent && head.range_start == have_;
    if (head.status == kPartialContent && !goes_on) {
      return fail(ErrorCode::Io, "'" + printable(request_.url) +
                                     "' sent another part of the file than was asked for");
    }
    if (!goes_on) have_ = 0;
    if (head.length && have_ + *head.length > most()) return too_large();
    if (request_.size != 0 && head.length && have_ + *head.length != request_.size) {
      forget(request_.partial);
      return fail(ErrorCode::Corrupt,
                  fmt::format("'{}' has {} bytes where the index says {}", printable(request_.url),
                              have_ + *head.length, request_.size));
    }
    const FileAccess access = FileAccess::of(request_.partial.parent_path());
    auto file = PartialFile::open(request_.partial,
                                  goes_on ? PartialFile::Begin::AtItsEnd : PartialFile::Begin::Anew,
                                  access);
    if (!file) return no_write(file.error());
    file_ = *std::move(file);
    if (goes_on) return {};
    const bool strong = !head.etag.empty() && !head.etag.starts_with("W/");
    const std::string note = dump_json(
        Json::Object{{"url", request_.url}, {"validator", strong ? head.etag : head.modified}});
    return replace_file(note_path(request_.partial), {note}, access);
  }

  Status append(std::span<const char> bytes) {
    if (bytes.size() > most() - have_) return too_large();
    const Status written = file_->append(bytes);
    if (!written) return no_write(written.error());
    have_ += bytes.size();
    return {};
  }

  Status close() {
    if (!file_) return {};
    const Status closed = file_->close();
    file_.reset();
    return closed ? closed : no_write(closed.error());
  }

  Status too_large() {
    forget(request_.partial);
    return fail(ErrorCode::TooLarge,
                fmt::format("'{}' is larger than the {} bytes that {}", printable(request_.url),
                            most(), request_.size != 0 ? "the index says" : "a package may have"));
  }

  [[nodiscard]] static tl::unexpected<Error> no_write(const Error& error) {
    return fail(error.code, error.subject,
                error.sentence + "; make room or choose another --models-dir");
  }

  const FileRequest& request_;
  const NetworkRules& rules_;
  const RunControl& control_;
  std::optional<PartialFile> file_;
  std::uint64_t have_ = 0;
  bool resumed_ = false;
};

Status hold_to_request(const FileRequest& request) {
  LATENT_TRY(const FileMark mark, mark_of(request.partial));
  if (request.size != 0 && mark.bytes != request.size) {
    return fail(ErrorCode::Corrupt, fmt::format("'{}' has {} bytes where the index says {}",
                                                printable(request.url), mark.bytes, request.size));
  }
  LATENT_TRY(const std::string sha256, sha256_file(request.partial));
  if (sha256 == request.sha256) return {};
  return fail(ErrorCode::Corrupt, "'" + printable(request.url) +
                                      "' is not the file whose SHA-256 the index gives; nothing "
                                      "was installed");
}

}  // namespace

Result<std::string> resolve_url(const std::string& base, const std::string& reference) {
  start_library();
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      (!reference.empty() &&
       curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK)) {
    return fail(ErrorCode::Usage, "'" + printable(reference.empty() ? base : reference) +
                                      "' is no address that begins with https://");
  }
  std::string whole = url_part(url.get(), CURLUPART_URL);
  if (url_part(url.get(), CURLUPART_SCHEME) != "https") {
    return fail(ErrorCode::Usage,
                "'" + printable(whole) + "' is not https, and nothing else is asked for models");
  }
  if (!url_part(url.get(), CURLUPART_USER).empty() ||
      !url_part(url.get(), CURLUPART_PASSWORD).empty()) {
    return fail(ErrorCode::Usage, "an address with a user or password in it is refused");
  }
  return whole;
}

Status fetch_file(const FileRequest& request, const NetworkRules& rules,
                  const RunControl& control) {
  LATENT_TRY([[maybe_unused]] const std::string url, resolve_url(request.url, ""));
  LATENT_ENSURE(request.size != 0 || request.most != 0);
  for (int round = 0;; ++round) {
    Assembly assembly(request, rules, control);
    LATENT_CHECK(assembly.run());
    auto verdict = hold_to_request(request);
    if (verdict) return verdict;
    forget(request.partial);
    // What was there before may have been of an older file with the same name: once from the start.
    if (!assembly.resumed() || round > 0) return verdict;
  }
}

Result<std::string> fetch_text(const std::string& url, std::size_t max_bytes,
                               const NetworkRules& rules, const RunControl& control) {
  LATENT_TRY([[maybe_unused]] const std::string whole, resolve_url(url, ""));
  auto pause = kFirstPause;
  for (int attempt = 1;; ++attempt) {
    std::string text;
    Exchange exchange(rules, control);
    exchange.accept = [](const AnswerHead&) { return Status{}; };
    exchange.progress = [](std::uint64_t) {};
    exchange.body = [&](std::span<const char> bytes) -> Status {
      if (bytes.size() > max_bytes - text.size()) {
        return fail(ErrorCode::TooLarge, fmt::format("'{}' is larger than the {} bytes it may have",
                                                     printable(url), max_bytes));
      }
      text.append(bytes.data(), bytes.size());
      return {};
    };
    const Ending ending = perform(url, exchange, {}, std::min(rules.overall_s, 60L));
    if (!ending.error) return text;
    if (!ending.may_retry || attempt >= rules.attempts) return tl::make_unexpected(*ending.error);
    std::this_thread::sleep_for(pause);
    pause *= 2;
    LATENT_CHECK(control.check());
  }
}

}  // namespace latent::models
