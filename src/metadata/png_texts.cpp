// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/png_texts.h"

#include <zlib.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/path.h"
#include "metadata/encoding.h"

namespace latent::metadata {

namespace {

using Bytes = std::vector<std::uint8_t>;
using View = std::span<const std::uint8_t>;

constexpr int kMostChunks =
    1'000'000;  ///< a picture of many megapixels in pieces of 8 kB has these
constexpr std::size_t kMostTexts = 1000;
/// More is no text that anybody wrote, but a chunk that was made to fill memory.
constexpr std::size_t kLongestText = std::size_t{8} << 20U;

std::string text_of(View bytes) { return {bytes.begin(), bytes.end()}; }

/// Undoes deflate, within a budget for all texts together: what does not fit costs as much as what
/// does, so that many of it do not cost more time than one.
class Unpacker {
 public:
  explicit Unpacker(std::size_t budget) : budget_(budget) {}

  /// Nothing of more than `most` bytes, and of damaged data.
  std::optional<Bytes> unpacked(View packed, std::size_t most) {
    constexpr std::size_t kPiece = std::size_t{64} << 10U;
    most = std::min({most, kLongestText, budget_});
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) return std::nullopt;
    stream.next_in = const_cast<Bytef*>(packed.data());  // the library's type; it only reads
    stream.avail_in = static_cast<uInt>(packed.size());
    Bytes out;
    int code = Z_OK;
    while (code == Z_OK && out.size() <= most) {
      const std::size_t had = out.size();
      out.resize(had + kPiece);
      stream.next_out = out.data() + had;
      stream.avail_out = static_cast<uInt>(kPiece);
      code = inflate(&stream, Z_NO_FLUSH);
      out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    budget_ -= std::min(budget_, out.size());
    if (code != Z_STREAM_END || out.size() > most) return std::nullopt;
    return out;
  }

 private:
  std::size_t budget_;
};

/// Takes the bytes before the next zero off the front, and the zero; nothing where there is none.
std::optional<View> take_word(View& bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), 0);
  if (end == bytes.end()) return std::nullopt;
  const auto size = static_cast<std::size_t>(end - bytes.begin());
  const View word = bytes.first(size);
  bytes = bytes.subspan(size + 1);
  return word;
}

/// 1 to 79 printable letters of ASCII, no blank at either end and no two in a row. The format also
/// allows those of Latin-1, which no known keyword has.
bool is_keyword(std::string_view word) {
  if (word.empty() || word.size() > 79 || word.front() == ' ' || word.back() == ' ') return false;
  const bool printable = std::all_of(word.begin(), word.end(),
                                     [](char letter) { return letter >= ' ' && letter <= '~'; });
  return printable && word.find("  ") == std::string_view::npos;
}

bool travels_by_its_own_way(std::string_view keyword) {
  return keyword == "XML:com.adobe.xmp" || keyword.starts_with("Raw profile type ");
}

bool is_of_the_file(std::string_view keyword) {
  return keyword.starts_with("Thumb::") || keyword.starts_with("date:");
}

enum class Kind : std::uint8_t { Plain, Packed, International };

std::optional<Kind> kind_of(View name) {
  if (begins_with(name, "tEXt")) return Kind::Plain;
  if (begins_with(name, "zTXt")) return Kind::Packed;
  if (begins_with(name, "iTXt")) return Kind::International;
  return std::nullopt;
}

/// Reads what stands behind the keyword; false where it is damaged or has more than `most` bytes.
bool read_plain(TextEntry& entry, View rest) {
  entry.text = utf8_of_latin1(text_of(rest));
  return true;
}

bool read_packed(TextEntry& entry, View rest, std::size_t most, Unpacker& unpacker) {
  if (rest.empty() || rest[0] != 0) return false;  // the one way to compress
  const auto bytes = unpacker.unpacked(rest.subspan(1), most);
  if (bytes) entry.text = utf8_of_latin1(text_of(*bytes));
  return bytes.has_value();
}

bool read_international(TextEntry& entry, View rest, std::size_t most, Unpacker& unpacker) {
  if (rest.size() < 2 || rest[0] > 1 || (rest[0] == 1 && rest[1] != 0)) return false;
  const bool packed = rest[0] == 1;
  rest = rest.subspan(2);
  const auto language = take_word(rest);
  const auto translated = language ? take_word(rest) : std::nullopt;
  if (!translated) return false;
  entry.language = text_of(*language);
  entry.translated_keyword = text_of(*translated);
  const auto bytes = packed ? unpacker.unpacked(rest, most) : Bytes(rest.begin(), rest.end());
  if (bytes) entry.text = text_of(*bytes);
  const bool ascii = entry.language.empty() || is_keyword(entry.language);
  return bytes && ascii && is_utf8(entry.text) && is_utf8(entry.translated_keyword);
}

/// Collects entries as long as they fit.
class Collector {
 public:
  Collector(const Limits& limits, TextsOf which)
      : which_(which), room_(limits.max_metadata_bytes), unpacker_(limits.max_metadata_bytes) {}

  [[nodiscard]] std::size_t room() const { return room_; }
  [[nodiscard]] bool dropped() const { return dropped_; }
  void drop() { dropped_ = true; }

  /// The content of a chunk of text.
  void add(Kind kind, View content) {
    View rest = content;
    const auto word = take_word(rest);
    TextEntry entry;
    if (word) entry.keyword = text_of(*word);
    if (travels_by_its_own_way(entry.keyword)) return;
    if (is_of_the_file(entry.keyword) != (which_ == TextsOf::File)) return;
    const bool sound = word && is_keyword(entry.keyword) && read(kind, entry, rest);
    const std::size_t size = entry.text.size() + entry.translated_keyword.size();
    if (!sound || size > room_ || entries_.size() == kMostTexts) return drop();
    entry.text = entry.text.substr(0, entry.text.find('\0'));
    if (entry.text.empty()) return;
    room_ -= size;
    entries_.push_back(std::move(entry));
  }

  [[nodiscard]] std::vector<TextEntry> take() { return std::move(entries_); }

 private:
  [[nodiscard]] bool read(Kind kind, TextEntry& entry, View rest) {
    switch (kind) {
      case Kind::Packed:
        return read_packed(entry, rest, room_, unpacker_);
      case Kind::International:
        return read_international(entry, rest, room_, unpacker_);
      default:
        return read_plain(entry, rest);
    }
  }

  TextsOf which_;
  std::vector<TextEntry> entries_;
  std::size_t room_;
  Unpacker unpacker_;
  bool dropped_ = false;
};

/// The content of a chunk whose name stands at `at`; nothing where its checksum says otherwise.
std::optional<Bytes> content_at(const ReadAt& read_at, std::uint64_t at, std::size_t size) {
  constexpr std::size_t kName = 4;
  constexpr std::size_t kChecksum = 4;
  Bytes bytes = read_at(at, kName + size + kChecksum);
  if (bytes.size() < kName + size + kChecksum) return std::nullopt;
  const auto stored = big_endian(View(bytes).last(kChecksum));
  const auto found = crc32(crc32(0, nullptr, 0), bytes.data(), static_cast<uInt>(kName + size));
  if (stored != found) return std::nullopt;
  bytes.resize(kName + size);
  bytes.erase(bytes.begin(), bytes.begin() + kName);
  return bytes;
}

}  // namespace

std::vector<TextEntry> png_texts(const ReadAt& read_at, const Limits& limits,
                                 std::vector<std::string>& warnings, TextsOf which) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  constexpr std::size_t kHead = 8;      // length and name
  constexpr std::uint64_t kFrame = 12;  // these and the checksum
  if (!begins_with(read_at(0, kSignature.size()), kSignature)) return {};
  Collector texts(limits, which);
  std::uint64_t at = kSignature.size();
  for (int i = 0; i < kMostChunks; ++i) {
    const Bytes head = read_at(at, kHead);
    if (head.size() < kHead) break;
    const std::uint64_t size = big_endian(View(head).first(4));
    if (const auto kind = kind_of(View(head).subspan(4))) {
      const auto content = size <= std::min(texts.room(), kLongestText)
                               ? content_at(read_at, at + 4, static_cast<std::size_t>(size))
                               : std::nullopt;
      if (content) {
        texts.add(*kind, *content);
      } else {
        texts.drop();
      }
    }
    at += kFrame + size;
  }
  if (texts.dropped()) {
    warnings.emplace_back("text of the source that is damaged or too large was left out");
  }
  return texts.take();
}

}  // namespace latent::metadata
