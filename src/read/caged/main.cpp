// SPDX-License-Identifier: GPL-3.0-or-later
// latent-reader SECONDS MEMORY_BYTES: the program in which files are decoded (decision 75). It is
// started by Latent, with a socket, the opened file and shared memory, and by nobody else.
#include <iconv.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <string_view>

#include "base/cage.h"
#include "base/child_process.h"
#include "base/descriptor.h"
#include "base/open_descriptor.h"
#include "base/threads.h"
#include "read/caged/requests.h"
#include "read/caged/serve.h"

namespace {

constexpr int kNotStarted = 2;
constexpr int kFailed = 3;

template <class Number>
bool parsed(const char* text, Number& number) {
  const std::string_view words(text);
  const auto [end, error] = std::from_chars(words.data(), words.data() + words.size(), number);
  return error == std::errc{} && end == words.data() + words.size();
}

bool is_socket(int number) {
  struct stat facts {};
  return ::fstat(number, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

/// What the C library loads when it is asked first: the time zone, and the character sets of EXIF
/// comments. Afterwards nothing can be opened.
void load_what_is_loaded_late() {
  ::tzset();
  constexpr std::array kSets{"UCS-2BE",     "UCS-2LE", "UCS-2",    "UTF-16",     "UTF-16BE",
                             "UTF-16LE",    "UTF-8",   "ASCII",    "ISO-8859-1", "JIS",
                             "ISO-2022-JP", "EUC-JP",  "SHIFT_JIS"};
  for (const char* set : kSets) {
    (void)::iconv_open("UTF-8", set);  // kept open: so what it loaded stays loaded
    (void)::iconv_open(set, "UTF-8");
  }
}

int run(char** argv) {
  unsigned seconds = 0;
  std::size_t memory = 0;
  if (!parsed(argv[1], seconds) || !parsed(argv[2], memory)) return kNotStarted;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) std::signal(signal, SIG_IGN);
  load_what_is_loaded_late();
  const auto threads = static_cast<unsigned>(latent::threads_or_all(0));
  const latent::Cage cage = latent::enter_cage({memory, seconds * threads});
  (void)cage;  // what the kernel lacks is said by the program: latent doctor
  auto source = latent::bytes_of(latent::Descriptor(latent::read::kFileOfReader));
  if (!source) return kFailed;
  const auto served =
      latent::read::serve(latent::ChildProcess::kSocket, latent::read::kSharedOfReader, **source);
  return served ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 || !is_socket(latent::ChildProcess::kSocket)) {
    std::fputs("latent-reader decodes files for Latent, which starts it; it does nothing alone.\n",
               stderr);
    return kNotStarted;
  }
  try {
    return run(argv);
  } catch (...) {
    return kFailed;
  }
}
