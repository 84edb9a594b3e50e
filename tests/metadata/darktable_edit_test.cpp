// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/darktable_edit.h"

#include <gtest/gtest.h>

#include "metadata/xml_tags.h"

namespace latent::metadata {
namespace {

const std::string kBegin = R"(<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:darktable="http://darktable.sf.net/"
   xmp:Rating="2"
   darktable:xmp_version="5"
   darktable:history_end="2">
)";
const std::string kHistory = R"(   <darktable:history>
    <rdf:Seq>
     <rdf:li
      darktable:num="0"
      darktable:operation="exposure"
      darktable:enabled="1"
      darktable:modversion="6"
      darktable:params="00"/>
     <rdf:li
      darktable:num="1"
      darktable:operation="flip"
      darktable:enabled="1"
      darktable:modversion="2"
      darktable:params="ffffffff"/>
    </rdf:Seq>
   </darktable:history>
)";
const std::string kEnd = R"(  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
)";

std::string masks(const std::string& items) {
  return "   <darktable:masks_history>\n    <rdf:Seq>\n" + items +
         "    </rdf:Seq>\n   </darktable:masks_history>\n";
}

std::string one_mask(int step, int id, int version) {
  return "     <rdf:li darktable:mask_num=\"" + std::to_string(step) + "\" darktable:mask_id=\"" +
         std::to_string(id) + "\" darktable:mask_type=\"2\" darktable:mask_name=\"old\" " +
         "darktable:mask_version=\"" + std::to_string(version) +
         "\" darktable:mask_points=\"00\" darktable:mask_nb=\"1\" "
         "darktable:mask_src=\"0000000000000000\"/>\n";
}

std::vector<DarktableForm> new_forms() {
  return {{0, 7, 2, "path & \"co\"", 6, "00ff", 1, ""}, {0, 8, 4, "group", 6, "0000", 2, ""}};
}

/// `after` without the lines that it has more than `before`; empty unless all others are the same.
bool is_only_longer(const std::string& before, const std::string& after) {
  std::size_t same = 0;
  while (same < before.size() && before[same] == after[same]) ++same;
  std::size_t tail = 0;
  while (tail < before.size() - same &&
         before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  return same + tail == before.size();
}

TEST(DarktableEdit, AddsMasksToThoseInForceAndChangesNothingElse) {
  const std::string before =
      kBegin + masks(one_mask(0, 1, 6) + one_mask(5, 2, 6)) + kHistory + kEnd;
  const auto after = add_darktable_forms(before, new_forms());
  ASSERT_TRUE(after) << after.error().sentence;
  EXPECT_TRUE(is_only_longer(before, *after));
  const auto edit = read_darktable_edit(*after).value();
  ASSERT_EQ(edit.forms.size(), 4U);
  const auto current = edit.current_forms();
  ASSERT_EQ(current.size(), 3U);  // the one of step 5 is undone
  EXPECT_EQ(current[0].id, 1);
  EXPECT_EQ(current[1].name, "path & \"co\"");
  EXPECT_EQ(current[1].points, "00ff");
  EXPECT_EQ(current[2].type, 4);
  EXPECT_EQ(edit.history_end, 2);
}

TEST(DarktableEdit, AddsTheFirstMasksToTheLastStepInForce) {
  for (const std::string& empty : {std::string(), masks(""),
                                   std::string("   <darktable:masks_history>\n    <rdf:Seq/>\n   "
                                               "</darktable:masks_history>\n")}) {
    const std::string before = kBegin + empty + kHistory + kEnd;
    const auto after = add_darktable_forms(before, new_forms());
    ASSERT_TRUE(after) << after.error().sentence;
    const auto current = read_darktable_edit(*after)->current_forms();
    ASSERT_EQ(current.size(), 2U);
    EXPECT_EQ(current[0].step, 1);
    EXPECT_NE(after->find(kHistory), std::string::npos);
    EXPECT_TRUE(after->starts_with(kBegin));
  }
}

TEST(DarktableEdit, GivesAnEditWithoutHistoryAStepOfTheMaskManager) {
  const std::string plain =
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
      "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"/></rdf:RDF></x:xmpmeta>";
  const auto after = add_darktable_forms(plain, new_forms());
  ASSERT_TRUE(after) << after.error().sentence;
  const auto edit = read_darktable_edit(*after).value();
  EXPECT_EQ(edit.history_end, 1);
  EXPECT_EQ(edit.steps, std::vector<int>{0});
  EXPECT_EQ(edit.current_forms().size(), 2U);
  EXPECT_NE(after->find("xmp:Rating=\"4\""), std::string::npos);
  EXPECT_NE(after->find("mask_manager"), std::string::npos);
}

TEST(DarktableEdit, IsWrittenAnewAndReadBack) {
  const std::string text = new_darktable_edit(new_forms(), "a & b.tif");
  const auto edit = read_darktable_edit(text).value();
  auto forms = new_forms();
  for (DarktableForm& form : forms) form.source = "0000000000000000";
  EXPECT_EQ(edit.current_forms(), forms);
  EXPECT_NE(text.find("DerivedFrom=\"a &amp; b.tif\""), std::string::npos);
}

TEST(DarktableEdit, TakesAnotherPrefixForDarktablesWords) {
  std::string before = kBegin + masks(one_mask(0, 1, 6)) + kHistory + kEnd;
  for (std::size_t at = 0; (at = before.find("darktable:", at)) != std::string::npos;) {
    before.replace(at, 10, "dt:");
  }
  const std::string declared = "xmlns:darktable=";
  before.replace(before.find(declared), declared.size(), "xmlns:dt=");
  const auto after = add_darktable_forms(before, new_forms());
  ASSERT_TRUE(after) << after.error().sentence;
  EXPECT_EQ(read_darktable_edit(*after)->current_forms().size(), 3U);
}

TEST(DarktableEdit, CutsLongNamesBetweenCharacters) {
  auto forms = new_forms();
  forms[0].name = std::string(126, 'a') + "\xC3\xA4";  // 128 bytes
  const auto after = add_darktable_forms(kBegin + kHistory + kEnd, forms).value();
  EXPECT_EQ(read_darktable_edit(after)->current_forms()[0].name, std::string(126, 'a'));
}

void expect_refused(const std::string& text, ErrorCode code, const std::string& word) {
  const auto after = add_darktable_forms(text, new_forms());
  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().code, code) << after.error().sentence;
  EXPECT_NE(after.error().sentence.find(word), std::string::npos) << after.error().sentence;
}

TEST(DarktableEdit, IsNotTouchedWhereItHasNewerMasksOrIsDamaged) {
  expect_refused(kBegin + masks(one_mask(0, 1, 7)) + kHistory + kEnd, ErrorCode::Unsupported,
                 "version 7");
  expect_refused(kBegin + masks(one_mask(0, 7, 6)) + kHistory + kEnd, ErrorCode::Usage,
                 "the id 7 already");
  expect_refused("", ErrorCode::Corrupt, "XM");
  expect_refused("not XML at all", ErrorCode::Corrupt, "XM");
  expect_refused(kBegin + kHistory, ErrorCode::Corrupt, "XM");
  std::string undone = kBegin + kHistory + kEnd;
  const std::string end = "history_end=\"2\"";
  undone.replace(undone.find(end), end.size(), "history_end=\"0\"");
  expect_refused(undone, ErrorCode::Unsupported, "undone");
  std::string no_number = kBegin + masks(one_mask(0, 1, 6)) + kHistory + kEnd;
  const std::string id = "mask_id=\"1\"";
  no_number.replace(no_number.find(id), id.size(), "mask_id=\"x\"");
  expect_refused(no_number, ErrorCode::Corrupt, "whole number");
}

TEST(DarktableEdit, IsNotTouchedWhereItsPrefixMeansSomethingElse) {
  std::string foreign = kBegin + masks(one_mask(0, 1, 6)) + kHistory + kEnd;
  const std::string space = "http://darktable.sf.net/";
  foreign.replace(foreign.find(space), space.size(), "http://other.example/");
  expect_refused(foreign, ErrorCode::Unsupported, "its prefix means something else");
}

TEST(XmlElements, KnowTheirPlacesAndNamespaces) {
  const std::string text =
      "<?xml?><a xmlns='u'><!-- <b> --><p:c xmlns:p=\"v\" p:d = 'e&gt;' f=''/><![CDATA[<x>]]></a >";
  const auto elements = xml_elements(text).value();
  ASSERT_EQ(elements.size(), 2U);
  EXPECT_TRUE(elements[0].name.is("u", "a"));
  EXPECT_TRUE(elements[1].name.is("v", "c"));
  EXPECT_TRUE(elements[1].is_empty);
  EXPECT_EQ(elements[1].parent, 0);
  const XmlAttribute* attribute = elements[1].attribute("v", "d");
  ASSERT_NE(attribute, nullptr);
  EXPECT_EQ(text.substr(attribute->value_begin, 5), "e&gt;");
  EXPECT_EQ(text.substr(elements[0].close, 5), "</a >");
}

TEST(XmlElements, RefuseWhatIsNotWellFormed) {
  for (const char* text : {"", "<a>", "</a>", "<a></b>", "<a b></a>", "<a b=c></a>", "<a b='></a>",
                           "<a/><b/>", "<a", "<!-- ", "<a b='<'/>", "< a/>"}) {
    const auto elements = xml_elements(text);
    ASSERT_FALSE(elements) << text;
    EXPECT_EQ(elements.error().code, ErrorCode::Corrupt) << text;
  }
  EXPECT_EQ(xml_elements("<!DOCTYPE a><a/>").error().code, ErrorCode::Unsupported);
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "<a>";
  EXPECT_EQ(xml_elements(deep).error().code, ErrorCode::TooLarge);
}

}  // namespace
}  // namespace latent::metadata
