// SPDX-License-Identifier: GPL-3.0-or-later
// Random events into the real window, always the same ones: nothing may crash, hang or leave the
// window's thread busy. LATENT_MONKEY_EVENTS says how many (tools/monkey.sh: 10,000 under the address
// sanitizer), LATENT_MONKEY_SEED which.
#include <QtCore/QPointer>
#include <QtGui/QDesktopServices>
#include <QtTest/QTest>
#include <QtWidgets/QApplication>
#include <QtWidgets/QFileDialog>
#include <QtWidgets/QMenu>
#include <cstdlib>
#include <random>

#include "gui/view/main_window.h"
#include "gui_test.h"

namespace latent::gui {
namespace {

constexpr int kUsualEvents = 1500;
constexpr unsigned kUsualSeed = 20260727;

int events_wanted() {
  const char* text = std::getenv("LATENT_MONKEY_EVENTS");
  return text == nullptr ? kUsualEvents : std::atoi(text);
}

unsigned seed_wanted() {
  const char* text = std::getenv("LATENT_MONKEY_SEED");
  const bool given = text != nullptr && *text != '\0';
  return given ? static_cast<unsigned>(std::atoi(text)) : kUsualSeed;
}

/// Opens nothing: what would go to a file manager ends here.
class NoDesktop : public QObject {
  Q_OBJECT
 public Q_SLOTS:
  void take(const QUrl& /*url*/) {}
};

class Monkey {
 public:
  explicit Monkey(QWidget& window) : window_(window) {}

  void act() {
    close_file_dialogs();
    QWidget* top = QApplication::activePopupWidget();
    if (top == nullptr) top = QApplication::activeModalWidget();
    if (top == nullptr) top = &window_;
    const int kind = pick(100);
    if (kind < 45) return mouse(*top);
    if (kind < 55) return wheel(*top);
    if (kind < 90) return key(*top);
    if (kind < 94) return resize();
    if (kind < 97) return drag(*top);
    QCoreApplication::processEvents(QEventLoop::AllEvents, 30);
  }

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  /// A dialog of files could rename or remove some: it is closed before anything is done in it.
  static void close_file_dialogs() {
    for (QWidget* top : QApplication::topLevelWidgets()) {
      if (auto* dialog = qobject_cast<QFileDialog*>(top)) dialog->reject();
    }
  }

  QPoint place(const QWidget& widget) {
    return {pick(std::max(1, widget.width())), pick(std::max(1, widget.height()))};
  }

  QWidget& target(QWidget& top, QPoint& at) {
    at = place(top);
    QWidget* child = top.childAt(at);
    if (child == nullptr) return top;
    at = child->mapFrom(&top, at);
    return *child;
  }

  Qt::KeyboardModifiers keys() {
    const int kind = pick(10);
    return kind == 0   ? Qt::ShiftModifier
           : kind == 1 ? Qt::ControlModifier
           : kind == 2 ? Qt::AltModifier
                       : Qt::NoModifier;
  }

  Qt::MouseButton button() {
    const int kind = pick(10);
    return kind == 0 ? Qt::RightButton : kind == 1 ? Qt::MiddleButton : Qt::LeftButton;
  }

  void mouse(QWidget& top) {
    QPoint at;
    QPointer<QWidget> widget = &target(top, at);
    if (pick(12) == 0) return QTest::mouseDClick(widget, Qt::LeftButton, keys(), at);
    QTest::mouseClick(widget, button(), keys(), at);
  }

  void drag(QWidget& top) {
    QPoint at;
    QPointer<QWidget> widget = &target(top, at);
    const Qt::MouseButton with = button();
    const auto held = keys();
    QTest::mousePress(widget, with, held, at);
    for (int i = 0; i < 6 && widget; ++i) QTest::mouseMove(widget, at = place(*widget));
    if (widget) QTest::mouseRelease(widget, with, held, at);
  }

  void wheel(QWidget& top) {
    QPoint at;
    QWidget& widget = target(top, at);
    QWheelEvent turn(at, widget.mapToGlobal(QPointF(at)), {}, {0, pick(2) == 0 ? 120 : -120},
                     Qt::NoButton, keys(), Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&widget, &turn);
  }

  void key(QWidget& top) {
    static constexpr Qt::Key kKeys[] = {Qt::Key_Left,
                                        Qt::Key_Right,
                                        Qt::Key_Up,
                                        Qt::Key_Down,
                                        Qt::Key_Space,
                                        Qt::Key_Tab,
                                        Qt::Key_Return,
                                        Qt::Key_1,
                                        Qt::Key_2,
                                        Qt::Key_3,
                                        Qt::Key_C,
                                        Qt::Key_D,
                                        Qt::Key_M,
                                        Qt::Key_E,
                                        Qt::Key_R,
                                        Qt::Key_G,
                                        Qt::Key_B,
                                        Qt::Key_L,
                                        Qt::Key_Bar,
                                        Qt::Key_Plus,
                                        Qt::Key_Minus,
                                        Qt::Key_Backslash,
                                        Qt::Key_C,
                                        Qt::Key_X,
                                        Qt::Key_P,
                                        Qt::Key_N,
                                        Qt::Key_BracketLeft,
                                        Qt::Key_O,
                                        Qt::Key_BracketRight,
                                        Qt::Key_F1,
                                        Qt::Key_F5,
                                        Qt::Key_F6,
                                        Qt::Key_Z,
                                        Qt::Key_Comma,
                                        Qt::Key_F,
                                        Qt::Key_Escape,
                                        Qt::Key_Escape,
                                        Qt::Key_Home,
                                        Qt::Key_End,
                                        Qt::Key_PageUp,
                                        Qt::Key_PageDown,
                                        Qt::Key_A};
    QPointer<QWidget> focus = top.focusWidget() != nullptr ? top.focusWidget() : &top;
    QTest::keyClick(focus, kKeys[pick(std::size(kKeys))], keys());
  }

  void resize() { window_.resize(700 + pick(900), 480 + pick(600)); }

  QWidget& window_;
  std::minstd_rand random_{seed_wanted()};
};

class MonkeyTest : public StudioTest {};

TEST_F(MonkeyTest, RandomEventsDoNoHarm) {
  NoDesktop desktop;
  QDesktopServices::setUrlHandler(QStringLiteral("file"), &desktop, "take");
  for (int i = 0; i < 12; ++i) picture("p" + std::to_string(i) + ".png", 300 + 40 * i, 240);
  std::ofstream(photos() / "bad.jpg") << "no picture";
  std::ofstream(photos() / "bad.nef") << "no raw";
  places_.program = script("cat > /dev/null; echo '{}'; exit 1");  // every job fails at once
  const auto before = fs::last_write_time(photos() / "p0.png");
  {
    Studio studio(places_);
    MainWindow window(studio);
    window.resize(1300, 850);
    window.show();
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() > 0; }));
    Monkey monkey(window);
    const int events = events_wanted();
    for (int i = 0; i < events; ++i) {
      monkey.act();
      if (!window.isVisible()) window.show();
      if (i % 50 == 0) QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
      if (studio.library().places().empty()) window.open({photos()});
    }
    // It still answers.
    for (QWidget* top : QApplication::topLevelWidgets()) {
      if (top != &window && top->isVisible()) top->close();
    }
    window.show_mode(MainWindow::Mode::Restore);
    window.open({photos()});
    ASSERT_TRUE(wait_for([&] { return studio.library().total() >= 14; }));
    studio.library().set_filter({});  // whatever was searched for or chosen meanwhile
    ASSERT_TRUE(wait_for([&] { return studio.library().rowCount() > 0; }));
    studio.step(1);
    EXPECT_FALSE(studio.current().empty());
  }
  EXPECT_TRUE(fs::last_write_time(photos() / "p0.png") == before) << "no source was touched";
  QDesktopServices::unsetUrlHandler(QStringLiteral("file"));
}

}  // namespace
}  // namespace latent::gui

#include "monkey_test.moc"
