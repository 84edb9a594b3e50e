// SPDX-License-Identifier: GPL-3.0-or-later
// Included once by a fuzzer of archives: half of its inputs have one entry changed and the archive made
// anew around it, with the right checksum, so that what is inside reaches the reader.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace latent::fuzz {

struct ZipEntry {
  std::string name;
  std::vector<std::uint8_t> content;
};

class Zip {
 public:
  using Bytes = std::vector<std::uint8_t>;

  /// The entries of an archive by their local headers, one after the other; nothing where there are none.
  static std::vector<ZipEntry> entries(std::span<const std::uint8_t> file) {
    std::vector<ZipEntry> found;
    std::size_t at = 0;
    while (at + kLocalBytes <= file.size() && number(file, at, 4) == kLocal &&
           found.size() < kMost) {
      const std::size_t method = number(file, at + 8, 2), packed = number(file, at + 18, 4);
      const std::size_t unpacked = number(file, at + 22, 4), name = number(file, at + 26, 2);
      const std::size_t begin = at + kLocalBytes + name + number(file, at + 28, 2);
      if (begin > file.size() || packed > file.size() - begin || unpacked > kLargest) break;
      const auto names = file.subspan(at + kLocalBytes, name);
      auto content = of(file.subspan(begin, packed), method, unpacked);
      if (!content) break;
      found.push_back({std::string(names.begin(), names.end()), *std::move(content)});
      at = begin + packed;
    }
    return found;
  }

  /// An archive of stored entries.
  static Bytes archive(std::span<const ZipEntry> entries) {
    Bytes file, directory;
    for (const ZipEntry& entry : entries) {
      Bytes facts;
      const auto checksum =
          ::crc32(0, entry.content.data(), static_cast<uInt>(entry.content.size()));
      for (const std::size_t word : {std::size_t{20}, std::size_t{0}, std::size_t{0}})
        put(facts, word, 2);
      put(facts, 0, 4);  // when
      put(facts, checksum, 4);
      put(facts, entry.content.size(), 4);
      put(facts, entry.content.size(), 4);
      put(facts, entry.name.size(), 2);
      put(facts, 0, 2);
      put(directory, kCentral, 4);
      put(directory, 20, 2);
      directory.insert(directory.end(), facts.begin(), facts.end());
      for (const int bytes : {2, 2, 2, 4}) put(directory, 0, bytes);
      put(directory, file.size(), 4);
      directory.insert(directory.end(), entry.name.begin(), entry.name.end());
      put(file, kLocal, 4);
      file.insert(file.end(), facts.begin(), facts.end());
      file.insert(file.end(), entry.name.begin(), entry.name.end());
      file.insert(file.end(), entry.content.begin(), entry.content.end());
    }
    const std::size_t begin = file.size();
    file.insert(file.end(), directory.begin(), directory.end());
    put(file, kEnd, 4);
    put(file, 0, 4);
    put(file, entries.size(), 2);
    put(file, entries.size(), 2);
    put(file, directory.size(), 4);
    put(file, begin, 4);
    put(file, 0, 2);
    return file;
  }

  /// One change: of a content, of a name, or of which entries there are.
  static void change(std::vector<ZipEntry>& entries, std::minstd_rand& chance) {
    ZipEntry& entry = entries[chance() % entries.size()];
    const ZipEntry other = entries[chance() % entries.size()];
    switch (chance() % 6) {
      case 0:
        entries.push_back(other);
        break;
      case 1:
        entry.name = other.name;
        break;
      case 2: {
        Bytes name(entry.name.begin(), entry.name.end());
        name.resize(name.size() + 16);
        name.resize(LLVMFuzzerMutate(name.data(), name.size() - 16, name.size()));
        entry.name.assign(name.begin(), name.end());
        break;
      }
      case 3:
        std::swap(entries.front(), entry);
        break;
      default: {
        const std::size_t size = entry.content.size();
        entry.content.resize(size + kGrowth);
        entry.content.resize(LLVMFuzzerMutate(entry.content.data(), size, size + kGrowth));
      }
    }
  }

 private:
  static constexpr std::size_t kLocalBytes = 30, kMost = 16, kLargest = 65536, kGrowth = 64;
  static constexpr std::size_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50;

  static std::size_t number(std::span<const std::uint8_t> file, std::size_t at, int bytes) {
    std::size_t value = 0;
    for (int i = bytes - 1; i >= 0; --i)
      value = value << 8U | file[at + static_cast<std::size_t>(i)];
    return value;
  }

  static void put(Bytes& file, std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) file.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  static std::optional<Bytes> of(std::span<const std::uint8_t> packed, std::size_t method,
                                 std::size_t size) {
    if (method == 0) return Bytes(packed.begin(), packed.end());
    if (method != 8) return std::nullopt;
    Bytes content(size);
    z_stream stream{};
    if (::inflateInit2(&stream, -15) != Z_OK) return std::nullopt;
    Bytes input(packed.begin(), packed.end());
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = content.data();
    stream.avail_out = static_cast<uInt>(content.size());
    (void)::inflate(&stream, Z_FINISH);
    content.resize(stream.total_out);
    ::inflateEnd(&stream);
    return content;
  }
};

}  // namespace latent::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  std::minstd_rand chance(seed);
  if (chance() % 2 == 0) {
    auto entries = latent::fuzz::Zip::entries({data, size});
    if (!entries.empty()) {
      latent::fuzz::Zip::change(entries, chance);
      const auto made = latent::fuzz::Zip::archive(entries);
      if (made.size() <= max_size) {
        std::ranges::copy(made, data);
        return made.size();
      }
    }
  }
  return LLVMFuzzerMutate(data, size, max_size);
}
