// SPDX-License-Identifier: GPL-3.0-or-later
#include "tiny_dng.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>

#include "tiny_ljpeg.h"

namespace latent::read::test {

namespace {

using Directory = std::map<std::uint16_t, Field>;

template <class T>
Field plain(std::uint16_t type, const std::vector<T>& values) {
  Field field{type, static_cast<std::uint32_t>(values.size()), sizeof(T), {}};
  for (const T value : values) {
    if constexpr (sizeof(T) == 8) {
      field.values.push_back(std::bit_cast<std::uint64_t>(value));
    } else {
      field.values.push_back(static_cast<std::uint64_t>(value));
    }
  }
  return field;
}

class Writer {
 public:
  explicit Writer(bool big_endian) : big_endian_(big_endian) {}

  std::vector<std::uint8_t> out;

  void number(std::uint64_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::size_t shift = 8 * (big_endian_ ? bytes - 1 - i : i);
      out.push_back(static_cast<std::uint8_t>(value >> shift));
    }
  }
  void number_at(std::size_t at, std::uint64_t value, std::size_t bytes) {
    Writer piece(big_endian_);
    piece.number(value, bytes);
    std::ranges::copy(piece.out, out.begin() + static_cast<std::ptrdiff_t>(at));
  }
  void values(const Field& field) {
    for (const std::uint64_t value : field.values) number(value, field.unit);
  }

  /// Appends a directory and its values; returns its offset. The next one is none.
  std::uint32_t directory(const Directory& fields) {
    if (out.size() % 2 != 0) out.push_back(0);
    const auto offset = static_cast<std::uint32_t>(out.size());
    number(fields.size(), 2);
    std::size_t entry = out.size();
    out.resize(out.size() + 12 * fields.size() + 4);
    for (const auto& [tag, field] : fields) {
      number_at(entry, tag, 2);
      number_at(entry + 2, field.type, 2);
      number_at(entry + 4, field.count, 4);
      Writer data(big_endian_);
      data.values(field);
      if (data.out.size() <= 4) {
        std::ranges::copy(data.out, out.begin() + static_cast<std::ptrdiff_t>(entry) + 8);
      } else {
        if (out.size() % 2 != 0) out.push_back(0);
        number_at(entry + 8, out.size(), 4);
        out.insert(out.end(), data.out.begin(), data.out.end());
      }
      entry += 12;
    }
    return offset;
  }

 private:
  bool big_endian_;
};

/// Samples of a block, edges repeated where it passes the picture.
template <class T>
std::vector<T> block_samples(const TinyDng& dng, const std::vector<T>& all, const Rect& block) {
  std::vector<T> samples;
  for (int y = block.y; y < block.bottom(); ++y) {
    for (int x = block.x; x < block.right(); ++x) {
      const int row = std::min(y, dng.size.height - 1);
      const int column = std::min(x, dng.size.width - 1);
      for (int c = 0; c < dng.planes; ++c) {
        samples.push_back(
            all[static_cast<std::size_t>((row * dng.size.width + column) * dng.planes + c)]);
      }
    }
  }
  return samples;
}

/// A float32 cut down to fewer bits; what does not fit loses its last ones.
std::uint32_t narrowed(float value, int bits) {
  const auto wide = std::bit_cast<std::uint32_t>(value);
  if (bits == 32) return wide;
  const unsigned fraction_bits = bits == 24 ? 16 : 10;
  const int bias = bits == 24 ? 63 : 15;
  const std::uint32_t sign = wide >> 31U << static_cast<unsigned>(bits - 1);
  const std::uint32_t fraction = wide & 0x7FFFFFU;
  const std::uint32_t top = bits == 24 ? 127U : 31U;
  if (!std::isfinite(value)) {
    return sign | top << fraction_bits | (fraction != 0 ? 1U << (fraction_bits - 1) : 0U);
  }
  if (value == 0) return sign;
  const int exponent = static_cast<int>(wide >> 23U & 255U) - 127 + bias;
  if (exponent > 0) {
    return sign | static_cast<std::uint32_t>(exponent) << fraction_bits |
           fraction >> (23 - fraction_bits);
  }
  const int lost = 23 - static_cast<int>(fraction_bits) + 1 - exponent;
  return sign | (lost > 24 ? 0U : (fraction | 1U << 23U) >> static_cast<unsigned>(lost));
}

/// One row as the predictor for floats stores it: most significant bytes of all samples first, then
/// as differences.
void predict_floats(std::vector<std::uint8_t>& row, std::size_t unit, std::size_t step) {
  const std::vector<std::uint8_t> before = row;
  const std::size_t samples = row.size() / unit;
  for (std::size_t i = 0; i < samples; ++i) {
    for (std::size_t byte = 0; byte < unit; ++byte) {
      row[byte * samples + i] = before[i * unit + byte];
    }
  }
  for (std::size_t i = row.size(); i-- > step;) {
    row[i] = static_cast<std::uint8_t>(row[i] - row[i - step]);
  }
}

/// The same of integers, in any byte order of the file.
std::vector<std::uint16_t> predict_integers(const std::vector<std::uint16_t>& samples,
                                            std::size_t row, std::size_t step) {
  std::vector<std::uint16_t> result = samples;
  for (std::size_t i = samples.size(); i-- > 0;) {
    if (i % row >= step) result[i] = static_cast<std::uint16_t>(samples[i] - samples[i - step]);
  }
  return result;
}

std::size_t step_of(int predictor) {
  switch (predictor) {
    case 34892:
    case 34894:
      return 2;
    case 34893:
    case 34895:
      return 4;
    default:
      return 1;
  }
}

std::vector<std::uint8_t> deflated(const std::vector<std::uint8_t>& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::vector<std::uint8_t> packed(size);
  compress(packed.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()));
  packed.resize(size);
  return packed;
}

std::vector<std::uint8_t> float_bytes(const TinyDng& dng, const Rect& block) {
  const auto values = block_samples(dng, dng.floats, block);
  const auto unit = static_cast<std::size_t>(dng.bits / 8);
  const bool predicted = dng.deflate > 1;
  const auto row = static_cast<std::size_t>(block.width * dng.planes);
  std::vector<std::uint8_t> bytes;
  for (std::size_t first = 0; first < values.size(); first += row) {
    Writer writer(predicted || dng.big_endian);
    for (std::size_t i = 0; i < row; ++i) {
      writer.number(narrowed(values[first + i], dng.bits), unit);
    }
    if (predicted) {
      predict_floats(writer.out, unit, step_of(dng.deflate) * static_cast<std::size_t>(dng.planes));
    }
    bytes.insert(bytes.end(), writer.out.begin(), writer.out.end());
  }
  return bytes;
}

void pack(Writer& writer, const std::vector<std::uint16_t>& samples, int width, int bits) {
  if (bits == 16 || bits == 8) {
    for (const std::uint16_t sample : samples) {
      writer.number(sample, static_cast<std::size_t>(bits / 8));
    }
    return;
  }
  for (std::size_t row = 0; row < samples.size(); row += static_cast<std::size_t>(width)) {
    std::uint64_t pending = 0;
    int count = 0;
    for (int x = 0; x < width; ++x) {
      pending = pending << static_cast<unsigned>(bits) | samples[row + static_cast<std::size_t>(x)];
      for (count += bits; count >= 8; count -= 8) {
        writer.out.push_back(
            static_cast<std::uint8_t>(pending >> static_cast<unsigned>(count - 8)));
      }
    }
    if (count > 0) {
      writer.out.push_back(static_cast<std::uint8_t>(pending << static_cast<unsigned>(8 - count)));
    }
  }
}

void put_blocks(Writer& writer, const TinyDng& dng, Directory& raw) {
  const bool tiled = dng.tile.width > 0;
  const Size block = tiled                    ? dng.tile
                     : dng.rows_per_strip > 0 ? Size{dng.size.width, dng.rows_per_strip}
                                              : dng.size;
  std::vector<std::uint32_t> offsets;
  std::vector<std::uint32_t> counts;
  for (int y = 0; y < dng.size.height; y += block.height) {
    for (int x = 0; x < dng.size.width; x += block.width) {
      const int rows = tiled ? block.height : std::min(block.height, dng.size.height - y);
      const Rect area{x, y, block.width, rows};
      if (writer.out.size() % 2 != 0) writer.out.push_back(0);
      offsets.push_back(static_cast<std::uint32_t>(writer.out.size()));
      if (!dng.floats.empty()) {
        std::vector<std::uint8_t> bytes = float_bytes(dng, area);
        if (dng.deflate > 0) bytes = deflated(bytes);
        writer.out.insert(writer.out.end(), bytes.begin(), bytes.end());
        counts.push_back(static_cast<std::uint32_t>(writer.out.size()) - offsets.back());
        continue;
      }
      auto samples = block_samples(dng, dng.samples, area);
      if (dng.deflate > 0) {
        const auto row = static_cast<std::size_t>(block.width * dng.planes);
        const auto step = step_of(dng.deflate) * static_cast<std::size_t>(dng.planes);
        if (dng.deflate > 1) samples = predict_integers(samples, row, step);
        Writer plain(dng.big_endian);
        pack(plain, samples, block.width * dng.planes, dng.bits);
        const auto bytes = deflated(plain.out);
        writer.out.insert(writer.out.end(), bytes.begin(), bytes.end());
      } else if (dng.lossless_jpeg) {
        const int halves = block.width % 2 == 0 ? 2 : 1;
        const auto stream =
            encode_ljpeg(samples, {block.width / halves, rows, halves, 16, 1, false});
        writer.out.insert(writer.out.end(), stream.begin(), stream.end());
      } else {
        pack(writer, samples, block.width * dng.planes, dng.bits);
      }
      counts.push_back(static_cast<std::uint32_t>(writer.out.size()) - offsets.back());
    }
  }
  if (tiled) {
    raw[322] = longs({static_cast<std::uint32_t>(block.width)});
    raw[323] = longs({static_cast<std::uint32_t>(block.height)});
  } else {
    raw[278] = longs({static_cast<std::uint32_t>(block.height)});
  }
  raw[tiled ? 324 : 273] = longs(offsets);
  raw[tiled ? 325 : 279] = longs(counts);
}

Directory raw_directory(const TinyDng& dng) {
  const auto u16 = [](int value) { return static_cast<std::uint16_t>(value); };
  const auto u32 = [](int value) { return static_cast<std::uint32_t>(value); };
  Directory raw;
  raw[254] = longs({0});
  raw[256] = longs({u32(dng.size.width)});
  raw[257] = longs({u32(dng.size.height)});
  raw[258] =
      shorts(std::vector<std::uint16_t>(static_cast<std::size_t>(dng.planes), u16(dng.bits)));
  raw[259] = shorts({u16(dng.lossless_jpeg ? 7 : dng.deflate > 0 ? 8 : 1)});
  if (dng.deflate > 1) raw[317] = shorts({u16(dng.deflate)});
  if (!dng.floats.empty()) raw[339] = shorts({3});
  raw[262] = shorts({u16(dng.cfa.empty() ? 34892 : 32803)});
  raw[277] = shorts({u16(dng.planes)});
  if (!dng.cfa.empty()) {
    raw[33421] = shorts({u16(dng.cfa_period.height), u16(dng.cfa_period.width)});
    raw[33422] = bytes_field(dng.cfa);
    raw[50710] = bytes_field({0, 1, 2});
  }
  raw[50713] = shorts({u16(dng.black_period.height), u16(dng.black_period.width)});
  raw[50714] = rationals(dng.black);
  raw[50717] = longs({static_cast<std::uint32_t>(dng.white)});
  const Rect whole{0, 0, dng.size.width, dng.size.height};
  const Rect active = dng.active.value_or(whole);
  if (dng.active) {
    raw[50829] = longs({u32(active.y), u32(active.x), u32(active.bottom()), u32(active.right())});
  }
  if (dng.crop) {
    raw[50719] = rationals({double(dng.crop->x - active.x), double(dng.crop->y - active.y)});
    raw[50720] = rationals({double(dng.crop->width), double(dng.crop->height)});
  }
  if (!dng.linearisation.empty()) raw[50712] = shorts(dng.linearisation);
  return raw;
}

Directory first_directory(const TinyDng& dng) {
  Directory first;
  first[271] = ascii("Latent");
  first[272] = ascii("Tiny One");
  first[274] = shorts({static_cast<std::uint16_t>(dng.orientation)});
  first[50706] = bytes_field({1, 4, 0, 0});
  first[50707] = bytes_field({1, 1, 0, 0});
  first[50708] = ascii("Latent Tiny One");
  first[50721] = rationals({.9020, -.2890, -.0715, -.4535, 1.2436, .2348, -.0934, .1919, .7086});
  first[50728] = rationals({.5, 1, .8});
  first[50778] = shorts({21});
  return first;
}

/// Goes when the program ends.
struct ScratchFolder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("latent_read_" + std::to_string(::getpid()));
  ScratchFolder() { std::filesystem::create_directories(path); }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() { std::filesystem::remove_all(path); }
};

void replace(Directory& into, const Directory& from) {
  for (const auto& [tag, field] : from) into[tag] = field;
}

}  // namespace

Field bytes_field(const std::vector<std::uint8_t>& values, std::uint16_t type) {
  return plain(type, values);
}
Field shorts(const std::vector<std::uint16_t>& values) { return plain(3, values); }
Field longs(const std::vector<std::uint32_t>& values) { return plain(4, values); }
Field doubles(const std::vector<double>& values) { return plain(12, values); }

Field rationals(const std::vector<double>& values) {
  Field field{10, static_cast<std::uint32_t>(values.size()), 4, {}};
  for (const double value : values) {
    const auto numerator = static_cast<std::int32_t>(std::lround(value * 10000));
    field.values.push_back(std::bit_cast<std::uint32_t>(numerator));
    field.values.push_back(10000);
  }
  return field;
}

Field ascii(const std::string& text) {
  std::vector<std::uint8_t> bytes(text.begin(), text.end());
  bytes.push_back(0);
  return plain(2, bytes);
}

std::vector<std::uint8_t> TinyDng::encode() const {
  Writer writer(big_endian);
  const char mark = big_endian ? 'M' : 'I';
  writer.out = {static_cast<std::uint8_t>(mark), static_cast<std::uint8_t>(mark)};
  writer.number(42, 2);
  writer.number(0, 4);
  Directory raw = raw_directory(*this);
  Directory first = first_directory(*this);
  put_blocks(writer, *this, raw);
  replace(raw, raw_tags);
  replace(first, first_tags);
  std::uint32_t offset = 0;
  if (raw_in_sub_ifd) {
    first[254] = longs({1});
    first[330] = longs({writer.directory(raw)});
    offset = writer.directory(first);
  } else {
    raw.merge(first);
    offset = writer.directory(raw);
  }
  writer.number_at(4, offset, 4);
  return writer.out;
}

std::vector<std::uint16_t> busy_samples(Size size, std::uint16_t low, std::uint16_t high) {
  std::vector<std::uint16_t> samples;
  std::uint32_t state = 12345;
  for (std::int64_t i = 0; i < size.area(); ++i) {
    state = state * 1664525U + 1013904223U;
    samples.push_back(static_cast<std::uint16_t>(low + (state >> 8U) % (high - low)));
  }
  return samples;
}

std::filesystem::path write_file(const std::string& name, const std::vector<std::uint8_t>& bytes) {
  static const ScratchFolder scratch;
  const auto path = scratch.path / name;
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::filesystem::path write_dng(const std::string& name, const TinyDng& dng) {
  return write_file(name, dng.encode());
}

}  // namespace latent::read::test
