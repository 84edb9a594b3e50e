// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "base/descriptor.h"

namespace latent::infer {

/// Memory that Latent and latent-engine both have, in which the samples of one message lie, so that
/// they do not pass through a socket. It grows as needed and never shrinks: not even a process that
/// went wrong can take it away from the other.
///
/// Threads  one at a time.
class SharedSamples {
 public:
  /// New memory, of no size yet; none where the system has no such thing.
  [[nodiscard]] static SharedSamples make();
  /// What the other process made, under the number that it has here; none where it gave nothing.
  [[nodiscard]] static SharedSamples given(int number);

  SharedSamples() = default;
  SharedSamples(SharedSamples&& other) noexcept;
  SharedSamples& operator=(SharedSamples&& other) noexcept;
  SharedSamples(const SharedSamples&) = delete;
  SharedSamples& operator=(const SharedSamples&) = delete;
  ~SharedSamples() { unmap(); }

  [[nodiscard]] bool good() const { return file_.good(); }
  [[nodiscard]] int number() const { return file_.number(); }

  /// The first `bytes` of it, which grows to hold them; none where memory is refused.
  [[nodiscard]] std::span<std::byte> first(std::size_t bytes);
  /// The same of what the other process has written: none where it is smaller than that.
  [[nodiscard]] std::span<const std::byte> written(std::size_t bytes);

 private:
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool map(std::size_t size);
  void unmap();

  Descriptor file_;
  std::byte* data_ = nullptr;
  std::size_t mapped_ = 0;
};

}  // namespace latent::infer
