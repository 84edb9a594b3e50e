// SPDX-License-Identifier: GPL-3.0-or-later
#include <ImfChannelList.h>
#include <ImfFrameBuffer.h>
#include <ImfHeader.h>
#include <ImfIO.h>
#include <ImfInputPart.h>
#include <ImfMultiPartInputFile.h>
#include <ImfPartType.h>
#include <ImfStandardAttributes.h>
#include <ImfVersion.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "base/path.h"
#include "read/picture/exr_layout.h"
#include "read/picture/picture_file.h"

namespace latent::read {

namespace {

/// A ByteSource as OpenEXR wants to see it; an end that comes too soon is thrown, as it expects.
class SourceStream final : public Imf::IStream {
 public:
  explicit SourceStream(const ByteSource& source) : IStream("picture"), source_(source) {}

  bool read(char to[], int count) override {
    if (count < 0) throw std::runtime_error("a negative size");
    const std::span bytes(reinterpret_cast<std::uint8_t*>(to), static_cast<std::size_t>(count));
    if (!source_.read_at(position_, bytes)) throw std::runtime_error("early end of the file");
    position_ += bytes.size();
    return position_ < source_.size();
  }

  std::uint64_t tellg() override { return position_; }
  void seekg(std::uint64_t position) override { position_ = position; }

 private:
  const ByteSource& source_;
  std::uint64_t position_ = 0;
};

/// What OpenEXR threw, to stand between parentheses: one line, no second sentence.
std::string reason(const std::exception& thrown) {
  std::string text = thrown.what();
  std::ranges::replace(text, '\n', ' ');
  for (std::size_t at = text.find(". "); at != std::string::npos; at = text.find(". ")) {
    text[at] = ';';
  }
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return printable(text);
}

/// Runs `work`, in which OpenEXR throws where the file is not what it should be.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::TooLarge, "cannot be read: not enough memory");
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::Corrupt, "is cut short or damaged: OpenEXR cannot read it (" +
                                        reason(thrown) + "); copy it again");
  }
}

/// The channels that become the picture, in its order.
struct Channels {
  std::vector<std::string> names;
  bool whole_numbers = false;  ///< one of them is UINT
  bool others = false;         ///< there are more than these
};

std::string listed(const Imf::ChannelList& channels) {
  std::string names;
  int count = 0;
  constexpr int kMost = 8;
  for (auto it = channels.begin(); it != channels.end() && count < kMost; ++it, ++count) {
    names += (names.empty() ? "" : ", ") + printable(it.name());
  }
  return names;
}

Result<Channels> choose_channels(const Imf::ChannelList& list) {
  Channels chosen;
  const auto has = [&](const char* name) { return list.findChannel(name) != nullptr; };
  if (has("R") && has("G") && has("B")) {
    chosen.names = {"R", "G", "B"};
  } else if (has("Y") && (has("RY") || has("BY"))) {
    return fail(ErrorCode::Unsupported,
                "is an OpenEXR picture with luminance and subsampled chroma; save it with R, G and "
                "B first");
  } else if (has("Y")) {
    chosen.names = {"Y"};
  } else {
    return fail(ErrorCode::Unsupported, "has no channels R, G and B, and no Y, but: " +
                                            listed(list) + "; save it as RGB first");
  }
  if (has("A")) chosen.names.emplace_back("A");
  std::size_t count = 0;
  for (auto it = list.begin(); it != list.end(); ++it) ++count;
  chosen.others = count > chosen.names.size();
  for (const std::string& name : chosen.names) {
    const Imf::Channel* channel = list.findChannel(name.c_str());
    chosen.whole_numbers = chosen.whole_numbers || channel->type == Imf::UINT;
    if (channel->xSampling != 1 || channel->ySampling != 1) {
      return fail(ErrorCode::Unsupported,
                  "has channels of which not every pixel is stored "
                  "(subsampling); save it without first");
    }
  }
  return chosen;
}

Status check_version(const ByteSource& source) {
  std::array<std::uint8_t, 8> head{};
  LATENT_CHECK(source.read_at(0, head));
  constexpr int kNewest = 2;
  if (head[4] == kNewest) return {};
  return fail(
      ErrorCode::Unsupported,
      fmt::format("is an OpenEXR file of version {}, and only version 2 is known", head[4]));
}

class ExrPicture final : public PictureFile {
 public:
  ExrPicture(const ByteSource& source, const Limits& limits)
      : source_(source), limits_(limits), stream_(source) {}

  Status open() {
    LATENT_CHECK(check_version(source_));
    LATENT_TRY(layout_, read_exr_layout(source_, limits_));
    return guarded([&]() -> Status {
      read_first_header();
      if (header_.hasType() && Imf::isDeepData(header_.type())) return deep();
      LATENT_CHECK(judge_window());
      LATENT_TRY(channels_, choose_channels(header_.channels()));
      facts_.format = "OpenEXR";
      facts_.depth = SampleDepth::F32;
      facts_.alpha = channels_.names.back() == "A";
      facts_.colours = channels_.names.front() == "Y" ? 1 : 3;
      return {};
    });
  }

  Result<Picture> read(const RunControl& control) override {
    LATENT_CHECK(check_exr_blocks(source_, layout_));
    LATENT_TRY(Picture picture, blank_picture(facts_, limits_));
    picture.alpha_associated = facts_.alpha;  // by the format's definition
    LATENT_CHECK(guarded([&] { return read_samples(picture, control); }));
    if (channels_.others) {
      picture.warnings.emplace_back("its further channels were left out: " +
                                    listed(header_.channels()) + " are all that it has");
    }
    if (channels_.whole_numbers) {
      picture.warnings.emplace_back(
          "its whole numbers (UINT) were read as floats of the same value");
    }
    if (Imf::hasXDensity(header_)) {
      const double density = Imf::xDensity(header_);
      if (density > 0 && density < 1e6) {
        picture.resolution = {density, density * header_.pixelAspectRatio()};
      }
    }
    const auto stated = stated_colours(picture);
    adopt_profile(picture, {}, stated ? *stated : linear_profile(picture.colours),
                  stated ? Otherwise::Stated : Otherwise::Assumed);
    return picture;
  }

 private:
  static Status deep() {
    return fail(ErrorCode::Unsupported,
                "is a deep OpenEXR picture, with many samples a pixel; flatten it first");
  }

  /// The header alone: what it promises is judged before OpenEXR makes tables for it.
  void read_first_header() {
    std::array<std::uint8_t, 8> head{};
    stream_.seekg(0);
    stream_.read(reinterpret_cast<char*>(head.data()), static_cast<int>(head.size()));
    int version = head[4] | head[5] << 8 | head[6] << 16 | head[7] << 24;
    header_.readFrom(stream_, version);
    stream_.seekg(0);
  }

  Status judge_window() {
    const auto& window = header_.dataWindow();
    const std::int64_t width = std::int64_t{window.max.x} - window.min.x + 1;
    const std::int64_t height = std::int64_t{window.max.y} - window.min.y + 1;
    LATENT_CHECK(check_picture_size(width, height, limits_));
    facts_.size = {static_cast<int>(width), static_cast<int>(height)};
    return {};
  }

  Status read_samples(Picture& picture, const RunControl& control) {
    auto& image = std::get<Image<float>>(picture.samples);
    Imf::MultiPartInputFile file(stream_, 0);
    if (file.parts() > 1) {
      picture.warnings.push_back(fmt::format("it has {} parts; the first was read", file.parts()));
    }
    Imf::InputPart part(file, 0);
    const auto& window = header_.dataWindow();
    if (part.header().dataWindow() != window) throw std::runtime_error("two sizes in one header");
    Imf::FrameBuffer frame;
    const std::size_t pixel = channels_.names.size() * sizeof(float);
    const std::size_t row = pixel * static_cast<std::size_t>(facts_.size.width);
    for (std::size_t c = 0; c < channels_.names.size(); ++c) {
      frame.insert(channels_.names[c],
                   Imf::Slice::Make(Imf::FLOAT, image.view().data() + c, window, pixel, row));
    }
    part.setFrameBuffer(frame);
    constexpr int kRows = 256;  // whole rows of tiles and of compressed blocks, mostly
    for (int y = 0; y < facts_.size.height; y += kRows) {
      LATENT_CHECK(control.check());
      control.report(static_cast<double>(y) / facts_.size.height);
      const int last = std::min(y + kRows, facts_.size.height) - 1;
      part.readPixels(window.min.y + y, window.min.y + last);
    }
    control.report(1);
    return {};
  }

  /// Linear light with the primaries that the header names.
  [[nodiscard]] std::optional<colour::Profile> stated_colours(Picture& picture) const {
    if (picture.colours == 1 || !Imf::hasChromaticities(header_)) return std::nullopt;
    const Imf::Chromaticities& stated = Imf::chromaticities(header_);
    const colour::Primaries primaries{{stated.red.x, stated.red.y},
                                      {stated.green.x, stated.green.y},
                                      {stated.blue.x, stated.blue.y},
                                      {stated.white.x, stated.white.y}};
    const auto made = colour::Profile::from_primaries(primaries, 1);
    if (made) return *made;
    picture.warnings.emplace_back(
        "its chromaticities make no sense and were left out; the picture "
        "was taken for linear with the primaries of sRGB");
    return std::nullopt;
  }

  const ByteSource& source_;
  Limits limits_;
  SourceStream stream_;
  ExrLayout layout_;
  Imf::Header header_;
  Channels channels_;
};

}  // namespace

OpenedPicture open_exr_picture(const ByteSource& source, const Limits& limits) {
  auto picture = std::make_unique<ExrPicture>(source, limits);
  LATENT_CHECK(picture->open());
  return picture;
}

}  // namespace latent::read
