// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "read/mask/dtdata.h"
#include "read/mask/mask_file.h"
#include "read/mask/pfm.h"
#include "read/mask/sha1.h"
#include "write/mask/mask_file.h"
#include "write/picture/picture.h"

namespace latent::read {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

void put_float(Bytes& bytes, float value, bool big_endian = false) {
  Bytes four(sizeof value);
  std::memcpy(four.data(), &value, sizeof value);
  if (big_endian) std::reverse(four.begin(), four.end());
  bytes.insert(bytes.end(), four.begin(), four.end());
}

Result<Image<float>> pfm_of(const Bytes& bytes) {
  const MemoryBytes source(bytes);
  return read_pfm(source, {});
}

TEST(Pfm, HasItsLastRowFirst) {
  for (const bool big_endian : {false, true}) {
    Bytes bytes = bytes_of(std::string("Pf\n2 2\n") + (big_endian ? "1.0\n" : "-1.0\n"));
    for (const float value : {3.0F, 4.0F, 1.0F, 2.0F}) put_float(bytes, value, big_endian);
    const auto image = pfm_of(bytes);
    ASSERT_TRUE(image) << image.error().sentence;
    EXPECT_EQ(image->view().at(0, 0), 1);
    EXPECT_EQ(image->view().at(1, 0), 2);
    EXPECT_EQ(image->view().at(0, 1), 3);
  }
}

TEST(Pfm, RefusesWhatIsNone) {
  EXPECT_EQ(pfm_of(bytes_of("")).error().code, ErrorCode::Corrupt);
  for (const char* text :
       {"P5\n2 2\n-1.0\n", "Pf\n2\n", "Pf\n2 x\n-1\n", "Pf\n2 2\n0\n", "Pf\n2 2\nnan\n",
        "Pf\n2 2\n-1.0\nabc", "\rPf\n1 1\n-1.0\n1234", "Pf 2 2 -1", "Pf\n0 2\n-1\n"}) {
    const auto image = pfm_of(bytes_of(text));
    ASSERT_FALSE(image) << text;
    EXPECT_EQ(image.error().code, ErrorCode::Corrupt) << text;
  }
  EXPECT_EQ(pfm_of(bytes_of("Pf\n70000 70000\n-1.0\n")).error().code, ErrorCode::TooLarge);
}

class MaskFiles : public testing::Test {
 protected:
  MaskFiles() : folder_(std::filesystem::path(testing::TempDir()) / "latent_mask_files") {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~MaskFiles() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path at(const char* name) const { return folder_ / name; }

  static Image<float> ramp() {
    auto mask = Image<float>::create({37, 23}).value();
    for (int y = 0; y < 23; ++y) {
      for (int x = 0; x < 37; ++x) {
        mask.view().at(x, y) = static_cast<float>(x + 37 * y) / static_cast<float>(37 * 23 - 1);
      }
    }
    return mask;
  }

  std::filesystem::path folder_;
};

TEST_F(MaskFiles, ComeBackAsTheyWere) {
  const auto mask = ramp();
  struct Case {
    const char* name;
    write::MaskFormat format;
    float tolerance;
  };
  for (const Case& one : {Case{"8.png", write::MaskFormat::Png8, 0.5F / 255},
                          Case{"16.png", write::MaskFormat::Png16, 0.5F / 65535},
                          Case{"16.tif", write::MaskFormat::Tiff16, 0.5F / 65535},
                          Case{"float.tif", write::MaskFormat::TiffFloat, 0},
                          Case{"float.pfm", write::MaskFormat::Pfm, 0}}) {
    SCOPED_TRACE(one.name);
    const auto written = write::write_mask(at(one.name), mask.view(), one.format);
    ASSERT_TRUE(written) << written.error().sentence;
    const auto read = read_mask_file(at(one.name));
    ASSERT_TRUE(read) << read.error().sentence;
    ASSERT_EQ(read->size(), mask.size());
    for (int y = 0; y < 23; ++y) {
      for (int x = 0; x < 37; ++x) {
        ASSERT_NEAR(read->view().at(x, y), mask.view().at(x, y), one.tolerance + 1e-7F);
      }
    }
    EXPECT_EQ(write::write_mask(at(one.name), mask.view(), one.format).error().code,
              ErrorCode::Usage);
  }
}

TEST_F(MaskFiles, AreBroughtBetweenZeroAndOne) {
  auto mask = Image<float>::create({4, 1}).value();
  mask.view().at(0, 0) = std::nanf("");
  mask.view().at(1, 0) = -2;
  mask.view().at(2, 0) = 7;
  mask.view().at(3, 0) = 0.25F;
  for (const char* name : {"a.pfm", "a.png"}) {
    const auto format =
        std::strcmp(name, "a.pfm") == 0 ? write::MaskFormat::Pfm : write::MaskFormat::Png16;
    ASSERT_TRUE(write::write_mask(at(name), mask.view(), format));
    const auto read = read_mask_file(at(name)).value();
    EXPECT_EQ(read.view().at(0, 0), 0);
    EXPECT_EQ(read.view().at(1, 0), 0);
    EXPECT_EQ(read.view().at(2, 0), 1);
    EXPECT_NEAR(read.view().at(3, 0), 0.25F, 1e-5);
  }
}

TEST_F(MaskFiles, TakeTheMeanOfThreeColours) {
  auto picture = Image<std::uint8_t>::create({2, 1}, 3).value();
  const std::uint8_t values[] = {255, 255, 255, 0, 51, 102};
  std::copy(std::begin(values), std::end(values), picture.view().row(0).begin());
  ASSERT_TRUE(write::write_png(at("rgb.png"), picture.view()));
  const auto read = read_mask_file(at("rgb.png")).value();
  EXPECT_FLOAT_EQ(read.view().at(0, 0), 1);
  EXPECT_NEAR(read.view().at(1, 0), 0.2F, 1e-6);
}

TEST_F(MaskFiles, NameTheFileThatIsNone) {
  std::ofstream(at("broken.pfm")) << "Pf\n9 9\n-1.0\nshort";
  const auto read = read_mask_file(at("broken.pfm"));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().sentence.find("broken.pfm' ends before"), std::string::npos);
  EXPECT_EQ(read_mask_file(at("none.png")).error().code, ErrorCode::NotFound);
}

TEST(Sha1, IsThatOfTheStandardsExamples) {
  EXPECT_EQ(sha1_hex(bytes_of("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex(bytes_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(sha1_hex({}), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

/// A zip as darktable makes it.
class Zip {
 public:
  void add(const std::string& name, const Bytes& content, bool deflated) {
    Bytes packed = content;
    if (deflated) {
      z_stream stream{};
      deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
      packed.resize(deflateBound(&stream, static_cast<uLong>(content.size())));
      stream.next_in = const_cast<Bytef*>(content.data());
      stream.avail_in = static_cast<uInt>(content.size());
      stream.next_out = packed.data();
      stream.avail_out = static_cast<uInt>(packed.size());
      deflate(&stream, Z_FINISH);
      packed.resize(stream.total_out);
      deflateEnd(&stream);
    }
    Bytes facts;
    const auto crc =
        static_cast<std::uint32_t>(crc32(0, content.data(), static_cast<uInt>(content.size())));
    put(facts, 20, 2);
    put(facts, 0, 2);
    put(facts, deflated ? 8 : 0, 2);
    put(facts, 0, 4);
    put(facts, crc, 4);
    put(facts, static_cast<std::uint32_t>(packed.size()), 4);
    put(facts, static_cast<std::uint32_t>(content.size()), 4);
    put(facts, static_cast<std::uint32_t>(name.size()), 2);
    put(facts, 0, 2);
    put(directory_, 0x02014B50, 4);
    put(directory_, 20, 2);
    append(directory_, facts);
    directory_.resize(directory_.size() + 10);
    put(directory_, static_cast<std::uint32_t>(bytes_.size()), 4);
    append(directory_, bytes_of(name));
    put(bytes_, 0x04034B50, 4);
    append(bytes_, facts);
    append(bytes_, bytes_of(name));
    append(bytes_, packed);
    ++count_;
  }
  [[nodiscard]] Bytes done() const {
    Bytes bytes = bytes_;
    append(bytes, directory_);
    put(bytes, 0x06054B50, 4);
    put(bytes, 0, 4);
    put(bytes, count_, 2);
    put(bytes, count_, 2);
    put(bytes, static_cast<std::uint32_t>(directory_.size()), 4);
    put(bytes, static_cast<std::uint32_t>(bytes_.size()), 4);
    put(bytes, 0, 2);
    return bytes;
  }

 private:
  static void put(Bytes& bytes, std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
      value >>= 8U;
    }
  }
  static void append(Bytes& bytes, const Bytes& more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  Bytes bytes_;
  Bytes directory_;
  std::uint32_t count_ = 0;
};

class DtdataTest : public MaskFiles {
 protected:
  [[nodiscard]] Bytes png() const {
    const auto path = at("mask.png");
    std::filesystem::remove(path);
    EXPECT_TRUE(write::write_mask(path, ramp().view(), write::MaskFormat::Png8));
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

TEST_F(DtdataTest, GivesItsMasksBeforeDepthMaps) {
  const Bytes content = png();
  for (const bool deflated : {false, true}) {
    Zip zip;
    zip.add("depth-" + sha1_hex(content) + ".png", content, deflated);
    zip.add("version", bytes_of("1"), false);
    zip.add("something-new", bytes_of("?"), deflated);
    zip.add("mask-" + sha1_hex(content) + ".png", content, deflated);
    const Bytes bytes = zip.done();
    const MemoryBytes source(bytes);
    const auto data = Dtdata::open(source, {});
    ASSERT_TRUE(data) << data.error().sentence;
    ASSERT_EQ(data->entries().size(), 2U);
    EXPECT_TRUE(data->entries()[0].name.starts_with("mask-"));
    const auto mask = data->coverage(data->entries()[0]);
    ASSERT_TRUE(mask) << mask.error().sentence;
    EXPECT_NEAR(mask->view().at(36, 22), 1, 1e-6);
    EXPECT_NEAR(mask->view().at(0, 11), ramp().view().at(0, 11), 0.5 / 255 + 1e-6);
  }
}

TEST_F(DtdataTest, RefusesWhatIsDamagedOrOfAnotherVersion) {
  const Bytes content = png();
  const auto code = [&](const std::string& version, const std::string& name, std::size_t spoilt) {
    Zip zip;
    zip.add("version", bytes_of(version), false);
    zip.add(name, content, false);
    Bytes bytes = zip.done();
    if (spoilt > 0) bytes[spoilt] ^= 1U;
    const MemoryBytes source(bytes);
    const auto data = Dtdata::open(source, {});
    if (!data) return std::string(error_code_name(data.error().code));
    const auto mask = data->coverage(data->entries().at(0));
    return std::string(mask ? "read" : error_code_name(mask.error().code));
  };
  const std::string name = "mask-" + sha1_hex(content) + ".png";
  EXPECT_EQ(code("1", name, 0), "read");
  EXPECT_EQ(code("2", name, 0), "unsupported");
  EXPECT_EQ(code("1", "mask-0000000000000000000000000000000000000000.png", 0), "corrupt");
  EXPECT_EQ(code("1", name, 200), "corrupt");  // a byte of the PNG
  Zip zip;
  zip.add(name, content, false);
  Bytes bytes = zip.done();
  EXPECT_EQ(Dtdata::open(MemoryBytes(bytes), {}).error().code, ErrorCode::Corrupt);
  bytes.resize(bytes.size() - 9);
  EXPECT_EQ(Dtdata::open(MemoryBytes(bytes), {}).error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::read
