// SPDX-License-Identifier: GPL-3.0-or-later
// Included once by a fuzzer of TIFF or DNG files: half of its inputs are changed field by field, which
// changes of single bytes seldom do, because a directory they break is refused before its fields are read.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace latent::fuzz {

/// The directories of a classic TIFF file, as far as they can be walked, to be changed in place.
class TiffFields {
 public:
  explicit TiffFields(std::span<std::uint8_t> file) : file_(file) {
    if (file.size() < 8) return;
    little_ = file[0] == 'I';
    if (!little_ && file[0] != 'M') return;
    std::vector<std::uint64_t> waiting{number(4, 4)};
    while (!waiting.empty() && directories_.size() < kMostDirectories) {
      const std::uint64_t at = waiting.back();
      waiting.pop_back();
      if (at + 2 > file.size() || std::ranges::find(directories_, at) != directories_.end())
        continue;
      const std::uint64_t count = std::min<std::uint64_t>(number(at, 2), kMostFields);
      const std::uint64_t end = at + 2 + count * kFieldBytes;
      if (end + 4 > file.size()) continue;
      directories_.push_back(at);
      nexts_.push_back(end);
      waiting.push_back(number(end, 4));
      for (std::uint64_t field = at + 2; field < end; field += kFieldBytes) {
        fields_.push_back(field);
        const std::uint64_t tag = number(field, 2);
        if (tag == kSubDirectories || tag == kExif || tag == kGps)
          waiting.push_back(number(field + 8, 4));
      }
    }
  }

  [[nodiscard]] bool empty() const { return fields_.empty(); }

  /// One change of one field, or of what it points to.
  void change(std::minstd_rand& chance) {
    const std::uint64_t field = one_of(fields_, chance);
    const std::uint64_t other = one_of(fields_, chance);
    switch (chance() % 9) {
      case 0:
        put(field, 2, chance() % 3 == 0 ? number(other, 2) : one_of(kTags, chance));
        break;
      case 1:
        put(field + 2, 2, chance() % 14);
        break;
      case 2:
        put(field + 4, 4, interesting(number(field + 4, 4), chance));
        break;
      case 3:
        put(field + 8, 4, interesting(number(field + 8, 4), chance));
        break;
      case 4:
        std::swap_ranges(at(field), at(field + kFieldBytes), at(other));
        break;
      case 5:
        std::copy_n(std::vector(at(other), at(other + kFieldBytes)).begin(), kFieldBytes,
                    at(field));
        break;
      case 6:
        put(one_of(nexts_, chance), 4, one_of(directories_, chance));
        break;
      case 7:
        change_bytes(field + 8, 4);
        break;
      default: {
        const std::uint64_t begin = number(field + 8, 4);
        if (begin >= file_.size()) break;
        const std::uint64_t bytes =
            number(field + 4, 4) * kTypeBytes[number(field + 2, 2) % kTypeBytes.size()];
        change_bytes(begin, std::clamp<std::uint64_t>(bytes, 1, file_.size() - begin));
      }
    }
  }

 private:
  static constexpr std::size_t kMostDirectories = 16;
  static constexpr std::uint64_t kMostFields = 100;
  static constexpr std::uint64_t kFieldBytes = 12;
  static constexpr std::uint64_t kSubDirectories = 330, kExif = 34665, kGps = 34853;
  static constexpr std::array<std::uint64_t, 14> kTypeBytes{1, 1, 1, 2, 4, 8, 1,
                                                            1, 2, 4, 8, 4, 8, 4};
  /// Sizes, coding, strips and tiles, colours, levels, areas and opcode lists of DNG.
  static constexpr std::array<std::uint64_t, 40> kTags{
      254,   256,   257,   258,   259,   262,   273,   277,   278,   279,
      284,   317,   322,   323,   324,   325,   330,   338,   339,   700,
      33421, 33422, 34665, 34675, 50706, 50712, 50713, 50714, 50715, 50716,
      50717, 50718, 50719, 50720, 50721, 50829, 50830, 51008, 51009, 51022};

  std::uint8_t* at(std::uint64_t place) { return file_.data() + place; }

  template <class Values>
  static std::uint64_t one_of(const Values& values, std::minstd_rand& chance) {
    return values[chance() % values.size()];
  }

  [[nodiscard]] std::uint64_t number(std::uint64_t place, int bytes) const {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (little_ ? i : bytes - 1 - i);
      value |= static_cast<std::uint64_t>(file_[place + static_cast<std::uint64_t>(i)]) << shift;
    }
    return value;
  }

  void put(std::uint64_t place, int bytes, std::uint64_t value) {
    for (int i = 0; i < bytes; ++i) {
      const int shift = 8 * (little_ ? i : bytes - 1 - i);
      file_[place + static_cast<std::uint64_t>(i)] = static_cast<std::uint8_t>(value >> shift);
    }
  }

  /// Near what it was, at an edge of the file or of a type, or where something else stands.
  std::uint64_t interesting(std::uint64_t was, std::minstd_rand& chance) {
    const std::array<std::uint64_t, 16> values{0,
                                               1,
                                               2,
                                               3,
                                               was - 1,
                                               was + 1,
                                               2 * was,
                                               was / 2,
                                               0xffff,
                                               0x10000,
                                               0x7fffffff,
                                               0xffffffff,
                                               file_.size(),
                                               file_.size() - 1,
                                               one_of(fields_, chance),
                                               number(one_of(fields_, chance) + 8, 4)};
    return one_of(values, chance);
  }

  void change_bytes(std::uint64_t begin, std::uint64_t bytes) {
    std::vector<std::uint8_t> part(at(begin), at(begin + bytes));
    LLVMFuzzerMutate(part.data(), part.size(), part.size());
    std::ranges::copy(part, at(begin));
  }

  std::span<std::uint8_t> file_;
  bool little_ = true;
  std::vector<std::uint64_t> directories_;  ///< where each begins
  std::vector<std::uint64_t> nexts_;        ///< where each says where the next one is
  std::vector<std::uint64_t> fields_;
};

}  // namespace latent::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  std::minstd_rand chance(seed);
  if (chance() % 2 == 0) {
    latent::fuzz::TiffFields fields({data, size});
    if (!fields.empty()) {
      for (auto changes = 1 + chance() % 3; changes > 0; --changes) fields.change(chance);
      return size;
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
