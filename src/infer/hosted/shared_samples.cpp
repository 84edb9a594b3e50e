// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/hosted/shared_samples.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace latent::infer {
namespace {

constexpr std::size_t kPiece = std::size_t{2} << 20U;

}  // namespace

SharedSamples SharedSamples::make() {
  SharedSamples made;
#ifdef __linux__
  made.file_ = Descriptor(::memfd_create("latent-samples", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (made.good() && ::fcntl(made.number(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) made.file_ = {};
#endif
  return made;
}

SharedSamples SharedSamples::given(int number) {
  SharedSamples found;
  struct stat facts {};
  if (::fstat(number, &facts) == 0 && S_ISREG(facts.st_mode)) found.file_ = Descriptor(number);
  return found;
}

SharedSamples::SharedSamples(SharedSamples&& other) noexcept
    : file_(std::move(other.file_)),
      data_(std::exchange(other.data_, nullptr)),
      mapped_(std::exchange(other.mapped_, 0)) {}

SharedSamples& SharedSamples::operator=(SharedSamples&& other) noexcept {
  if (this != &other) {
    unmap();
    file_ = std::move(other.file_);
    data_ = std::exchange(other.data_, nullptr);
    mapped_ = std::exchange(other.mapped_, 0);
  }
  return *this;
}

std::size_t SharedSamples::size() const {
  struct stat facts {};
  return good() && ::fstat(number(), &facts) == 0 ? static_cast<std::size_t>(facts.st_size) : 0;
}

bool SharedSamples::map(std::size_t size) {
  unmap();
  void* place = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, number(), 0);
  if (place == MAP_FAILED) return false;
  data_ = static_cast<std::byte*>(place);
  mapped_ = size;
  return true;
}

std::span<std::byte> SharedSamples::first(std::size_t bytes) {
  if (bytes <= mapped_) return {data_, bytes};
  if (!good()) return {};
  const std::size_t wanted = (bytes + kPiece - 1) / kPiece * kPiece;
  const std::size_t there = size();
  if (there < wanted && ::ftruncate(number(), static_cast<off_t>(wanted)) != 0) return {};
  if (!map(std::max(there, wanted))) return {};
  return {data_, bytes};
}

std::span<const std::byte> SharedSamples::written(std::size_t bytes) {
  if (bytes <= mapped_) return {data_, bytes};
  const std::size_t there = size();
  if (there < bytes || !map(there)) return {};
  return {data_, bytes};
}

void SharedSamples::unmap() {
  if (data_ != nullptr) ::munmap(data_, mapped_);
  data_ = nullptr;
  mapped_ = 0;
}

}  // namespace latent::infer
