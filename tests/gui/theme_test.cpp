// SPDX-License-Identifier: GPL-3.0-or-later
// What the eye needs: contrast by WCAG, greys without a tint, texts that are not cut.
#include <QtCore/QTranslator>
#include <QtGui/QAccessible>
#include <QtGui/QScreen>
#include <QtWidgets/QAbstractButton>
#include <QtWidgets/QApplication>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QListWidget>
#include <QtWidgets/QStyle>
#include <QtWidgets/QStyleOption>
#include <QtWidgets/QTabBar>
#include <QtWidgets/QToolButton>
#include <cmath>

#include "gui/view/dialogs.h"
#include "gui/view/main_window.h"
#include "gui/view/theme.h"
#include "gui_test.h"

namespace latent::gui {
namespace {

using testing::Eq;

double light(double value) {
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}
double luminance(const QColor& colour) {
  return 0.2126 * light(colour.redF()) + 0.7152 * light(colour.greenF()) +
         0.0722 * light(colour.blueF());
}
/// WCAG 2.1, 1.4.3.
double contrast(const QColor& a, const QColor& b) {
  const auto [dark, bright] = std::minmax(luminance(a), luminance(b));
  return (bright + 0.05) / (dark + 0.05);
}

TEST(Theme, ContrastIsThatOfWcagAA) {
  EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 0.01);
  for (const Theme* theme : {&Theme::dark_theme(), &Theme::light_theme()}) {
    const char* which = theme->dark ? "dark" : "light";
    const std::pair<const char*, QColor> texts[] = {{"text", theme->text},
                                                    {"secondary", theme->secondary},
                                                    {"attention", theme->attention},
                                                    {"done", theme->done}};
    const std::pair<const char*, QColor> grounds[] = {
        {"window", theme->window}, {"panel", theme->panel}, {"field", theme->field}};
    for (const auto& [name, text] : texts) {
      for (const auto& [ground, colour] : grounds) {
        EXPECT_GE(contrast(text, colour), 4.5) << which << ": " << name << " on " << ground;
      }
    }
    EXPECT_GE(contrast(theme->on_accent, theme->accent), 4.5) << which << ": on the main button";
    EXPECT_GE(contrast(theme->accent, theme->panel), 4.5) << which << ": links";
    EXPECT_GE(contrast(theme->outline, theme->panel), 3) << which << ": outlines of controls";
    EXPECT_GE(contrast(theme->accent, theme->field), 3) << which << ": focus";
  }
}

TEST(Theme, SurfacesHaveNoTint) {
  for (const Theme* theme : {&Theme::dark_theme(), &Theme::light_theme()}) {
    for (const QColor& grey : {theme->window, theme->panel, theme->field, theme->line, theme->text,
                               theme->secondary, theme->stage, theme->outline}) {
      EXPECT_TRUE(grey.red() == grey.green() && grey.green() == grey.blue())
          << grey.name().toStdString();
    }
  }
}

/// Names of controls whose text does not fit into them.
QStringList cut_texts(const QWidget& window) {
  QStringList cut;
  for (auto* button : window.findChildren<QAbstractButton*>()) {
    if (!button->isVisible() || button->text().isEmpty()) continue;
    const int room = button->width();
    const int needed = button->fontMetrics().horizontalAdvance(button->text());
    if (needed > room) cut << button->text();
  }
  for (auto* box : window.findChildren<QComboBox*>()) {
    if (!box->isVisible()) continue;
    QStyleOptionComboBox option;
    option.initFrom(box);
    option.editable = false;
    const int room =
        box->style()
            ->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, box)
            .width();
    for (int i = 0; i < box->count(); ++i) {
      if (box->fontMetrics().horizontalAdvance(box->itemText(i)) > room) cut << box->itemText(i);
    }
  }
  for (auto* label : window.findChildren<QLabel*>()) {
    if (!label->isVisible() || label->wordWrap() || label->text().isEmpty()) continue;
    if (label->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored) continue;  // elided by us
    if (label->sizeHint().width() > label->width() + 1) cut << label->text();
  }
  for (auto* tabs : window.findChildren<QTabBar*>()) {
    if (tabs->isVisible() && tabs->sizeHint().width() > tabs->width() + 1) cut << tabs->tabText(0);
  }
  return cut;
}

class ThemeInWindow : public StudioTest {};

/// The window speaks that language for as long as this lives.
class Speaking {
 public:
  explicit Speaking(const char* language) {
    const bool found = words_.load(QStringLiteral("latent-studio_") + QLatin1String(language),
                                   QStringLiteral(LATENT_BINARY_DIR "/src/gui"));
    EXPECT_TRUE(found || std::string(language) == "en");
    if (found) QApplication::installTranslator(&words_);
  }
  ~Speaking() { QApplication::removeTranslator(&words_); }
  Speaking(const Speaking&) = delete;
  Speaking& operator=(const Speaking&) = delete;

 private:
  QTranslator words_;
};

TEST_F(ThemeInWindow, NoTextIsCutInAnyLanguage) {
  picture("a.png", 400, 300);
  for (const char* language : {"en", "de", "fr"}) {
    const Speaking words(language);
    Studio studio(places_);
    MainWindow window(studio);
    window.resize(1440, 900);
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
    for (const QString& task : RestorePanel::tasks()) {
      studio.restore().set_task(task);
      QCoreApplication::processEvents();
      EXPECT_THAT(cut_texts(window).join(QStringLiteral(" | ")).toStdString(), Eq(""))
          << language << ", " << task.toStdString();
    }
    window.show_mode(MainWindow::Mode::Mask);
    QCoreApplication::processEvents();
    EXPECT_THAT(cut_texts(window).join(QStringLiteral(" | ")).toStdString(), Eq(""))
        << language << ", mask";
    window.show_mode(MainWindow::Mode::Erase);
    QCoreApplication::processEvents();
    EXPECT_THAT(cut_texts(window).join(QStringLiteral(" | ")).toStdString(), Eq(""))
        << language << ", erase";
    SettingsDialog dialog(studio);
    dialog.show();
    for (int page = 0; page < 3; ++page) {
      dialog.show_page(page);
      QCoreApplication::processEvents();
      EXPECT_THAT(cut_texts(dialog).join(QStringLiteral(" | ")).toStdString(), Eq(""))
          << language << ", settings " << page;
    }
  }
}

/// Colours that views set themselves change with the theme, too.
TEST_F(ThemeInWindow, IsSwitchedAsAWhole) {
  picture("a.png", 100, 80);
  std::ofstream(photos() / "bad.jpg") << "no picture";
  Studio studio(places_);
  MainWindow window(studio);
  window.show();
  window.open({photos()});
  using Show = LibraryFilter::Show;
  ASSERT_TRUE(wait_for([&] { return studio.library().count(Show::Failed) == 1; }));
  auto* show = [&]() -> QListWidget* {
    for (auto* list : window.findChildren<QListWidget*>()) {
      if (list->count() == 5) return list;
    }
    return nullptr;
  }();
  ASSERT_TRUE(show != nullptr);
  const auto failed = [&] { return show->item(4)->foreground().color(); };
  ASSERT_TRUE(wait_for([&] { return failed() == Theme::dark_theme().attention; }, 5000));
  window.tell(QStringLiteral("a notice"), true);
  auto* theme = window.findChild<QToolButton*>(QStringLiteral("theme"));
  theme->click();
  EXPECT_EQ(failed().name().toStdString(), Theme::light_theme().attention.name().toStdString());
  for (auto* label : window.findChildren<QLabel*>()) {
    EXPECT_THAT(label->styleSheet().toStdString(), Eq("")) << label->text().toStdString();
  }
  theme->click();
  EXPECT_EQ(failed().name().toStdString(), Theme::dark_theme().attention.name().toStdString());
}

/// The room that a window wants at least; panels inside it scroll.
TEST_F(ThemeInWindow, FitsASmallScreenInAnyLanguage) {
  picture("a_photograph_with_a_long_name_that_says_what_it_shows.png", 400, 300);
  for (const char* language : {"en", "de", "fr"}) {
    const Speaking words(language);
    Studio studio(places_);
    MainWindow window(studio);
    EXPECT_LE(window.minimumSizeHint().width(), 1024) << language << ", welcome";
    EXPECT_LE(window.minimumSizeHint().height(), 700) << language << ", welcome";
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
    choose_quick(studio);
    ASSERT_TRUE(studio.process());
    using Mode = MainWindow::Mode;
    for (const Mode mode : {Mode::Restore, Mode::Mask, Mode::Erase}) {
      window.show_mode(mode);
      window.tell(QStringLiteral("A sentence that says at some length what went wrong, with the "
                                 "name of a file and what would help against it."),
                  true);
      QCoreApplication::processEvents();
      EXPECT_LE(window.minimumSizeHint().width(), 1024) << language << ", " << int(mode);
      EXPECT_LE(window.minimumSizeHint().height(), 700) << language << ", " << int(mode);
    }
    window.resize(1024, 700);
    QCoreApplication::processEvents();
    EXPECT_THAT(window.size(), Eq(QSize(1024, 700))) << language;
    EXPECT_THAT(cut_texts(window).join(QStringLiteral(" | ")).toStdString(), Eq("")) << language;
  }
}

TEST_F(ThemeInWindow, IsNoLargerThanTheScreenWhenItOpens) {
  picture("a.png", 400, 300);
  Studio studio(places_);
  MainWindow window(studio);
  window.show_on_screen();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
  // That of tests is 800 wide and high: below what the window needs it does not shrink.
  const QSize most = window.screen()->availableSize().expandedTo(window.minimumSizeHint());
  EXPECT_LE(window.width(), most.width());
  EXPECT_LE(window.height(), most.height());
}

/// Walks what a screen reader sees; names of what can be acted on and has none.
void nameless(QAccessibleInterface* face, QStringList& found, int& seen) {
  if (face == nullptr || !face->isValid() || face->state().invisible) return;
  switch (face->role()) {
    case QAccessible::PushButton:
    case QAccessible::CheckBox:
    case QAccessible::RadioButton:
    case QAccessible::ComboBox:
    case QAccessible::Slider:
    case QAccessible::SpinBox:
    case QAccessible::EditableText:
    case QAccessible::List:
    case QAccessible::Table:
    case QAccessible::ListItem:
    case QAccessible::PageTab:
    case QAccessible::ProgressBar:
    case QAccessible::MenuItem:
      ++seen;
      if (face->text(QAccessible::Name).isEmpty()) {
        const auto* object = face->object();
        found << (object == nullptr ? QStringLiteral("role %1").arg(face->role())
                                    : QLatin1String(object->metaObject()->className()) +
                                          QLatin1Char(' ') + object->objectName());
      }
      break;
    default:
      break;
  }
  if (face->role() == QAccessible::ComboBox || face->role() == QAccessible::SpinBox) return;
  for (int i = 0; i < face->childCount(); ++i) nameless(face->child(i), found, seen);
}

TEST_F(ThemeInWindow, EverythingThatCanBeActedOnHasANameForScreenReaders) {
  picture("a.png", 400, 300);
  Studio studio(places_);
  MainWindow window(studio);
  window.resize(1440, 900);
  window.show();
  window.open({photos()});
  ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() == 1; }));
  using Mode = MainWindow::Mode;
  for (const Mode mode : {Mode::Restore, Mode::Mask, Mode::Erase}) {
    window.show_mode(mode);
    QCoreApplication::processEvents();
    QStringList found;
    int seen = 0;
    nameless(QAccessible::queryAccessibleInterface(&window), found, seen);
    EXPECT_THAT(found.join(QStringLiteral(", ")).toStdString(), Eq(""));
    EXPECT_GT(seen, 25);
  }
  SettingsDialog dialog(studio);
  dialog.show();
  for (int page = 0; page < 3; ++page) {
    dialog.show_page(page);
    QCoreApplication::processEvents();
    QStringList found;
    int seen = 0;
    nameless(QAccessible::queryAccessibleInterface(&dialog), found, seen);
    EXPECT_THAT(found.join(QStringLiteral(", ")).toStdString(), Eq("")) << page;
  }
}

}  // namespace
}  // namespace latent::gui
