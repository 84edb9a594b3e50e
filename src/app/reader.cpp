// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader.h"

#include "base/cage.h"
#include "read/reader.h"

namespace latent::app {

std::string read_files_by(const ReaderChoice& choice) {
  constexpr const char* kLost =
      "a file that is made to exploit a fault of a decoder gets all rights of your account, and "
      "one that crashes it ends the whole run";
  if (!choice.sandbox) {
    read::read_with(std::nullopt);
    return std::string("--no-sandbox: files are decoded in this process; ") + kLost;
  }
  read::Reader reader{read::find_reader()};
  if (reader.program.empty()) {
    read::read_with(std::nullopt);
    return std::string(
               "latent-reader, which decodes files in a process of its own, was not found; ") +
           kLost + "; install Latent again";
  }
  if (choice.most_seconds) reader.most_seconds = *choice.most_seconds;
  read::read_with(reader);
  if (cage_of_this_kernel().closed()) return "";
  return std::string(
      "this kernel has neither landlock nor seccomp: a decoder runs in a process of its own, but a "
      "file that is made to exploit a fault of it gets all rights of your account");
}

std::string reading_words() {
  if (!read::current_reader()) return "in this process, without a sandbox";
  return "in a process of its own (" + cage_of_this_kernel().words() + ")";
}

}  // namespace latent::app
