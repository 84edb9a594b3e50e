// SPDX-License-Identifier: GPL-3.0-or-later
// What latent-engine may send, in which code of a plug-in has run: any bytes, then the end.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/descriptor.h"
#include "infer/hosted/wire.h"

using namespace latent;  // NOLINT(google-build-using-namespace): a fuzzer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return 0;
  const Descriptor reader(ends[0]);
  {
    const Descriptor writer(ends[1]);
    if (size > 0 && ::write(writer.number(), data, size) != static_cast<ssize_t>(size)) return 0;
  }
  const auto frame = receive_frame(reader.number(), infer::kMostWords);
  if (!frame) return 0;
  const auto words = infer::words_of(*frame);
  if (!words) return 0;
  (void)infer::error_of_words(*words);
  infer::SharedSamples shared = infer::SharedSamples::make();
  constexpr std::size_t kShared = 4096;
  (void)shared.first(kShared);
  const auto tensors = infer::receive_tensors(reader.number(), shared, *words,
                                              static_cast<std::uint8_t>(infer::Tell::Part), {});
  if (!tensors) return 0;
  for (const infer::NamedTensor& tensor : *tensors) {
    std::size_t count = 1;
    for (const std::int64_t side : tensor.dims) count *= static_cast<std::size_t>(side);
    if (count != tensor.values.size()) std::abort();
  }
  return 0;
}
