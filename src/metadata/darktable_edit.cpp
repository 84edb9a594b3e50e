// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/darktable_edit.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <exiv2/exiv2.hpp>
#include <map>
#include <optional>
#include <string_view>

#include "base/path.h"
#include "metadata/exiv2_guard.h"
#include "metadata/xml_tags.h"

namespace latent::metadata {

namespace {

constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr int kNewerMasks = 7;
/// A step of the mask manager, as darktable 4.2 writes it: no parameters, no blending.
constexpr std::string_view kBlending = "gz14eJxjYIAACQYYOOHEgAZY0QVwggZ7CB6pfNoAAE8gGQg=";

using Properties = std::map<std::string, std::string>;

Result<Properties> properties_of(const std::string& xmp) {
  if (xmp.empty()) return fail(ErrorCode::Corrupt, "is empty, and no XMP that can be read");
  const Exiv2Guard guard;
  try {
    Exiv2::XmpData data;
    if (Exiv2::XmpParser::decode(data, xmp) != 0) {
      return fail(ErrorCode::Corrupt, "is no XMP that can be read");
    }
    Properties properties;
    for (const Exiv2::Xmpdatum& datum : data) properties[datum.key()] = datum.toString();
    return properties;
  } catch (const std::exception&) {
    return fail(ErrorCode::Corrupt, "is no XMP that can be read");
  }
}

Result<int> number_in(const std::string& text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || at != end) {
    return fail(ErrorCode::Corrupt,
                "has " + printable(text) + " where darktable has a whole number");
  }
  return value;
}

/// "Xmp.darktable.masks_history[3]/darktable:mask_id" as 3 and mask_id. Inside a list the prefix is
/// the file's own.
std::optional<std::pair<int, std::string>> field_of(const std::string& key,
                                                    const std::string& list) {
  const std::string begin = "Xmp.darktable." + list + "[";
  const auto close = key.find("]/");
  if (!key.starts_with(begin) || close == std::string::npos) return std::nullopt;
  const auto index = number_in(key.substr(begin.size(), close - begin.size()));
  const auto colon = key.find(':', close);
  if (!index || colon == std::string::npos) return std::nullopt;
  return std::pair{*index, key.substr(colon + 1)};
}

Result<DarktableForm> form_of(const Properties& fields) {
  DarktableForm form;
  const auto text = [&](const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
  };
  LATENT_TRY(form.step, number_in(text("mask_num")));
  LATENT_TRY(form.id, number_in(text("mask_id")));
  LATENT_TRY(form.type, number_in(text("mask_type")));
  LATENT_TRY(form.version, number_in(text("mask_version")));
  LATENT_TRY(form.count, number_in(text("mask_nb")));
  form.name = text("mask_name");
  form.points = text("mask_points");
  form.source = text("mask_src");
  return form;
}

/// Letters that a name may have at most in darktable, without a torn character at the end.
std::string short_name(const std::string& name) {
  constexpr std::size_t kMost = 127;
  if (name.size() <= kMost) return name;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  return name.substr(0, end);
}

/// How names are written at a place of the text.
struct Prefixes {
  std::string rdf = "rdf";
  std::string darktable = "darktable";
  std::string declared;  ///< " xmlns:..." for an element of ours
};

std::string item(const DarktableForm& form, int step, const Prefixes& prefixes) {
  const std::string source = form.source.empty() ? "0000000000000000" : form.source;
  std::string text = fmt::format("     <{}:li", prefixes.rdf);
  const auto add = [&](const char* name, const std::string& value) {
    text += fmt::format("\n      {}:{}=\"{}\"", prefixes.darktable, name, xml_escaped(value));
  };
  add("mask_num", std::to_string(step));
  add("mask_id", std::to_string(form.id));
  add("mask_type", std::to_string(form.type));
  add("mask_name", short_name(form.name));
  add("mask_version", std::to_string(form.version));
  add("mask_points", form.points);
  add("mask_nb", std::to_string(form.count));
  add("mask_src", source);
  return text + "/>\n";
}

std::string items(const std::vector<DarktableForm>& forms, int step, const Prefixes& prefixes) {
  std::string text;
  for (const DarktableForm& form : forms) text += item(form, step, prefixes);
  return text;
}

std::string manager_step(const Prefixes& prefixes) {
  std::string text = fmt::format("     <{}:li", prefixes.rdf);
  const auto add = [&](const char* name, std::string_view value) {
    text += fmt::format("\n      {}:{}=\"{}\"", prefixes.darktable, name, value);
  };
  add("num", "0");
  add("operation", "mask_manager");
  add("enabled", "0");
  add("modversion", "2");
  add("params", "00000000");
  add("multi_name", "");
  add("multi_priority", "0");
  add("blendop_version", "11");
  add("blendop_params", kBlending);
  return text + "/>\n";
}

std::string list(const char* name, const std::string& inside, const Prefixes& prefixes) {
  return fmt::format("   <{1}:{2}{4}>\n    <{0}:Seq>\n{3}    </{0}:Seq>\n   </{1}:{2}>\n",
                     prefixes.rdf, prefixes.darktable, name, inside, prefixes.declared);
}

/// One change of a text: at a place, so many letters give way to others.
struct Change {
  std::size_t at = 0;
  std::size_t removed = 0;
  std::string text;
};

/// The text of an XMP, and where in it darktable's lists are.
class Splice {
 public:
  [[nodiscard]] static Result<Splice> of(const std::string& xmp) {
    Splice splice(xmp);
    LATENT_TRY(splice.elements_, xml_elements(xmp));
    LATENT_CHECK(splice.find_description());
    return splice;
  }

  [[nodiscard]] const Prefixes& prefixes() const { return prefixes_; }

  /// Puts items at the end of one of darktable's lists, which is made where it is missing.
  [[nodiscard]] Status append(const char* name, const std::string& text) {
    const auto found = child_of(description_, kDarktableNamespace, name);
    if (!found) {
      into(description_, list(name, text, prefixes_));
      return {};
    }
    const auto sequence = child_of(*found, kRdf, "Seq");
    if (!sequence) {
      return fail(ErrorCode::Corrupt, fmt::format("has a darktable:{} that is no list", name));
    }
    into(*sequence, text);
    return {};
  }

  [[nodiscard]] Status set_history_end(int value) {
    const XmlElement& description = elements_[description_];
    const XmlAttribute* end = description.attribute(kDarktableNamespace, "history_end");
    if (end != nullptr) {
      changes_.push_back({end->value_begin, end->value.size(), std::to_string(value)});
      return {};
    }
    const auto element = child_of(description_, kDarktableNamespace, "history_end");
    if (element) {
      const XmlElement& found = elements_[*element];
      if (found.is_empty) return fail(ErrorCode::Corrupt, "has an empty darktable:history_end");
      changes_.push_back({found.tag_end, found.close - found.tag_end, std::to_string(value)});
      return {};
    }
    into(description_, fmt::format("   <{0}:history_end{1}>{2}</{0}:history_end>\n",
                                   prefixes_.darktable, prefixes_.declared, value));
    return {};
  }

  [[nodiscard]] std::string done() {
    std::ranges::stable_sort(changes_, {}, &Change::at);
    std::string text;
    std::size_t from = 0;
    for (const Change& change : changes_) {
      text += text_.substr(from, change.at - from) + change.text;
      from = change.at + change.removed;
    }
    return text + text_.substr(from);
  }

 private:
  explicit Splice(const std::string& xmp) : text_(xmp) {}

  [[nodiscard]] std::optional<std::size_t> child_of(std::size_t parent, std::string_view space,
                                                    std::string_view name) const {
    for (std::size_t i = parent + 1; i < elements_.size(); ++i) {
      if (elements_[i].begin >= elements_[parent].end) break;
      const bool is_child = elements_[i].parent == static_cast<std::ptrdiff_t>(parent);
      if (is_child && elements_[i].name.is(space, name)) return i;
    }
    return std::nullopt;
  }

  /// The description that has darktable's words, or the first one.
  [[nodiscard]] Status find_description() {
    std::optional<std::size_t> first;
    std::optional<std::size_t> with_words;
    std::optional<std::size_t> with_lists;
    for (std::size_t i = 0; i < elements_.size(); ++i) {
      const XmlElement& element = elements_[i];
      if (!element.name.is(kRdf, "Description") || element.parent < 0 ||
          !elements_[static_cast<std::size_t>(element.parent)].name.is(kRdf, "RDF")) {
        continue;
      }
      if (!first) first = i;
      const bool words = std::ranges::any_of(element.attributes, [](const XmlAttribute& one) {
        return one.name.space == kDarktableNamespace;
      });
      if (words && !with_words) with_words = i;
      const bool lists = child_of(i, kDarktableNamespace, "history").has_value() ||
                         child_of(i, kDarktableNamespace, "masks_history").has_value();
      if (lists && !with_lists) with_lists = i;
    }
    if (!first) return fail(ErrorCode::Corrupt, "has no rdf:Description");
    description_ = with_lists ? *with_lists : with_words ? *with_words : *first;
    const XmlElement& description = elements_[description_];
    prefixes_.rdf = description.name.prefix;
    if (prefixes_.rdf.empty()) {
      return fail(ErrorCode::Unsupported, "names RDF without a prefix, as no program does");
    }
    find_prefix();
    return {};
  }

  /// The prefix of darktable's words that is in force in the description.
  void find_prefix() {
    for (auto at = static_cast<std::ptrdiff_t>(description_); at >= 0;
         at = elements_[static_cast<std::size_t>(at)].parent) {
      for (const XmlAttribute& one : elements_[static_cast<std::size_t>(at)].attributes) {
        if (one.name.prefix == "xmlns" && one.value == kDarktableNamespace) {
          prefixes_.darktable = one.name.local;
          return;
        }
      }
    }
    prefixes_.declared = fmt::format(" xmlns:darktable=\"{}\"", kDarktableNamespace);
  }

  /// Puts text before the end of an element; one that is <empty/> is opened.
  void into(std::size_t index, const std::string& text) {
    const XmlElement& element = elements_[index];
    if (!element.is_empty) {
      // The blanks before the last tag stay before it.
      std::size_t at = element.close;
      while (at > element.tag_end && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
      changes_.push_back({at, 0, text});
      return;
    }
    std::string& opened = opened_[index];
    if (opened.empty()) changes_.push_back({element.tag_end - 2, 2, {}});
    opened += text;
    const std::string name = element.name.prefix.empty()
                                 ? element.name.local
                                 : element.name.prefix + ":" + element.name.local;
    for (Change& change : changes_) {
      if (change.at == element.tag_end - 2 && change.removed == 2) {
        change.text = ">\n" + opened + "    </" + name + ">";
      }
    }
  }

  const std::string& text_;
  std::vector<XmlElement> elements_;
  std::size_t description_ = 0;
  Prefixes prefixes_;
  std::vector<Change> changes_;
  std::map<std::size_t, std::string> opened_;
};

tl::unexpected<Error> not_to_be_spliced() {
  return fail(ErrorCode::Unsupported,
              "is written in a way that no darktable writes (its prefix means something else, or "
              "a list stands twice): nothing can be added without a change to what it says");
}

/// Whether all that the XMP said is still said, and the new forms besides.
Status check_spliced(const std::string& before, const std::string& after, const DarktableEdit& edit,
                     std::size_t more) {
  LATENT_TRY(const Properties old_ones, properties_of(before));
  LATENT_TRY(const Properties new_ones, properties_of(after));
  LATENT_TRY(const DarktableEdit grown, read_darktable_edit(after));
  for (const auto& [key, value] : old_ones) {
    if (key == "Xmp.darktable.history_end" && edit.steps.empty()) continue;
    // An empty list is a property of its own, and none once it has members.
    if (key == "Xmp.darktable.masks_history" || key == "Xmp.darktable.history") continue;
    const auto found = new_ones.find(key);
    if (found == new_ones.end() || found->second != value) return not_to_be_spliced();
  }
  if (grown.forms.size() != edit.forms.size() + more) return not_to_be_spliced();
  return {};
}

}  // namespace

std::vector<DarktableForm> DarktableEdit::current_forms() const {
  int step = -1;
  for (const DarktableForm& form : forms) {
    if (form.step < history_end) step = std::max(step, form.step);
  }
  std::vector<DarktableForm> current;
  for (const DarktableForm& form : forms) {
    if (form.step == step) current.push_back(form);
  }
  return current;
}

bool DarktableEdit::has_newer_masks() const {
  return std::ranges::any_of(forms,
                             [](const DarktableForm& form) { return form.version >= kNewerMasks; });
}

Result<DarktableEdit> read_darktable_edit(const std::string& xmp) {
  LATENT_TRY(const Properties properties, properties_of(xmp));
  DarktableEdit edit;
  std::map<int, Properties> forms;
  for (const auto& [key, value] : properties) {
    if (const auto field = field_of(key, "masks_history")) {
      forms[field->first][field->second] = value;
    } else if (const auto step = field_of(key, "history"); step && step->second == "num") {
      LATENT_TRY(const int number, number_in(value));
      edit.steps.push_back(number);
    }
  }
  if (properties.contains("Xmp.darktable.mask_id")) {
    return fail(ErrorCode::Unsupported,
                "holds masks of darktable before 3.0; opened once in a newer darktable, it is "
                "written anew");
  }
  for (const auto& [index, fields] : forms) {
    LATENT_TRY(auto form, form_of(fields));
    edit.forms.push_back(std::move(form));
  }
  std::ranges::sort(edit.steps);
  edit.history_end = static_cast<int>(edit.steps.size());
  const auto end = properties.find("Xmp.darktable.history_end");
  if (end != properties.end() && !end->second.empty()) {
    LATENT_TRY(edit.history_end, number_in(end->second));
  }
  return edit;
}

Result<std::string> add_darktable_forms(const std::string& xmp,
                                        const std::vector<DarktableForm>& forms) {
  LATENT_TRY(const DarktableEdit edit, read_darktable_edit(xmp));
  if (edit.has_newer_masks()) {
    return fail(ErrorCode::Unsupported,
                "holds masks of version 7 (darktable 5.8 and newer), which Latent reads and does "
                "not write; give another file to -o");
  }
  for (const DarktableForm& form : forms) {
    if (std::ranges::find(edit.forms, form.id, &DarktableForm::id) != edit.forms.end()) {
      return fail(ErrorCode::Usage, fmt::format("has a mask with the id {} already", form.id));
    }
  }
  LATENT_TRY(Splice splice, Splice::of(xmp));
  int step = 0;
  if (edit.steps.empty()) {
    LATENT_CHECK(splice.append("history", manager_step(splice.prefixes())));
    LATENT_CHECK(splice.set_history_end(1));
  } else {
    const auto current = edit.current_forms();
    const auto below = std::ranges::lower_bound(edit.steps, edit.history_end);
    if (below == edit.steps.begin()) {
      return fail(ErrorCode::Unsupported,
                  "has a history of which every step is undone; go to its last step in darktable "
                  "first");
    }
    step = current.empty() ? *(below - 1) : current.front().step;
  }
  LATENT_CHECK(splice.append("masks_history", items(forms, step, splice.prefixes())));
  std::string spliced = splice.done();
  LATENT_CHECK(check_spliced(xmp, spliced, edit, forms.size()));
  return spliced;
}

std::string new_darktable_edit(const std::vector<DarktableForm>& forms,
                               const std::string& photograph) {
  const Prefixes prefixes;
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
      " <rdf:RDF xmlns:rdf=\"{}\">\n"
      "  <rdf:Description rdf:about=\"\"\n"
      "    xmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\"\n"
      "    xmlns:darktable=\"{}\"\n"
      "   xmpMM:DerivedFrom=\"{}\"\n"
      "   darktable:xmp_version=\"5\"\n"
      "   darktable:history_end=\"1\">\n"
      "{}{}"
      "  </rdf:Description>\n"
      " </rdf:RDF>\n"
      "</x:xmpmeta>\n",
      kRdf, kDarktableNamespace, xml_escaped(photograph),
      list("masks_history", items(forms, 0, prefixes), prefixes),
      list("history", manager_step(prefixes), prefixes));
}

}  // namespace latent::metadata
