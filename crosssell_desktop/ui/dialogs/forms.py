"""Forms of the counter: new customer, pass, return, and the sheet of keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from crosssell_desktop.domain.format import amount, quantity
from crosssell_desktop.domain.text import N_
from crosssell_desktop.presenters.commands import COMMANDS, Group
from crosssell_desktop.presenters.ports import NewCustomer, NewPass, ReturnLine, ReturnSource, SimilarCustomer
from crosssell_desktop.presenters.state import PASS_TITLES, Choice, PassKind
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.ui.dialogs.similar import SimilarList
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import (
    KeyButton,
    Part,
    Picker,
    PlainLabel,
    Rule,
    StateNote,
    Tick,
    unkeyed,
)

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from crosssell_desktop.domain.ids import CustomerId, LineId
    from crosssell_desktop.ui.surroundings import Surroundings

ASK_AFTER_MS = 250
"""A pause in typing after which the base is asked who it may be."""
RETURN_REASONS: tuple[tuple[str, str], ...] = (
    ("changed_mind", N_("Changed the mind")),
    ("does_not_fit", N_("Does not fit")),
    ("fault", N_("A fault of the goods")),
    ("felt_pushed", N_("Felt pushed")),
    ("other", N_("Another reason")),
)
"""Why goods come back, in neutral words; asked after the sale only."""
GROUP_TITLES: dict[Group, str] = {
    "receipt": N_("Receipt"),
    "offers": N_("Suggestions"),
    "customer": N_("Customer"),
    "program": N_("Program"),
}


class Form(QDialog):
    """A dialog with a title, parts below each other and two buttons; never modal for longer than it is needed."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None, *, width: int = 440) -> None:
        super().__init__(parent)
        self.at = at
        self._width = width
        self.setModal(True)
        self.box = Column(at.look, (20, 16, 20, 16), 8)
        self.title = PlainLabel(at, kind="title", lines=2)
        self.box.addWidget(self.title)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.trouble.hide()
        self.ok = KeyButton(at, kind="primary")
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.submit)
        self.cancel = KeyButton(at)
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.setLayout(self.box)
        self.setMinimumWidth(at.look.px(width))
        at.speech.changed.connect(self.relabel)

    def say(self, message: str, **values: object) -> str:
        """Say a message of the program in the language of the screen."""
        return self.at.speech.gettext(message).format(**values)

    def add_field(self, control: QWidget) -> PlainLabel:
        """Add a control below its caption; return the caption."""
        caption = PlainLabel(self.at, kind="caption", ink="muted")
        control.setFixedHeight(self.at.look.px(44))
        self.box.addWidget(caption)
        self.box.addWidget(control)
        return caption

    def finish(self) -> None:
        """Add the buttons; the last step of a form's making."""
        self.box.addWidget(self.trouble)
        self.box.addStretch(1)
        buttons = Row(self.at.look, (0, 8, 0, 0), 8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.ok)
        self.box.addLayout(buttons)
        self.relabel()

    def show_trouble(self, text: str) -> None:
        """Say what is wrong with what was filled in."""
        self.trouble.set_text(text)
        self.trouble.setVisible(bool(text))

    def submit(self) -> None:
        """Check and answer; each form does its own."""

    def relabel(self) -> None:
        """Say the fixed words in the language of the screen."""
        self.cancel.show_words(self.say(N_("Cancel")), "Esc")


class NewCustomerForm(Form):
    """Creates a customer in a few seconds: name and one contact are enough.

    Whoever may be the same person is shown while it is written: one key takes that card, Enter passes over. Nothing is
    saved before the base was asked about what stands in the form now.

    *Signals:* ``submitted(NewCustomer)``; ``asked(NewCustomer)``: who may it be; ``chosen(key of the known)``.
    """

    submitted = Signal(object)
    asked = Signal(object)
    chosen = Signal(str)

    def __init__(self, at: Surroundings, parent: QWidget | None = None, *, name: str = "", phone: str = "") -> None:
        super().__init__(at, parent)
        self.name = QLineEdit(name)
        self.phone = QLineEdit(phone)
        self.email = QLineEdit()
        self._asked_for: NewCustomer | None = None
        self._known_for: NewCustomer | None = None
        self._is_waiting = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(ASK_AFTER_MS)
        self._pause.timeout.connect(self.ask)
        for field in (self.name, self.phone, self.email):
            field.setMaxLength(200)
            field.textChanged.connect(self._pause.start)
        self.name_caption = self.add_field(self.name)
        self.phone_caption = self.add_field(self.phone)
        self.email_caption = self.add_field(self.email)
        self.similar = SimilarList(at)
        self.similar.chosen.connect(self._choose)
        self.box.addWidget(self.similar)
        self.consents_title = PlainLabel(at, kind="caption", ink="muted", lines=2)
        self.box.addWidget(self.consents_title)
        self.service, self.marketing, self.profiling = Tick(at), Tick(at), Tick(at)
        for check in (self.service, self.marketing, self.profiling):
            self.box.addWidget(check)
        self.finish()
        self.name.setFocus()

    def relabel(self) -> None:
        """Say the fixed words."""
        super().relabel()
        self.title.set_text(self.say(N_("New customer")))
        captions = (
            (self.name_caption, self.name, N_("Name")),
            (self.phone_caption, self.phone, N_("Phone")),
            (self.email_caption, self.email, N_("E-mail")),
        )
        for caption, field, text in captions:
            caption.set_text(self.say(text))
            field.setAccessibleName(self.say(text))
        self.consents_title.set_text(self.say(N_("Consents, each only if the customer gave it")))
        self.service.show_words(self.say(N_("to serve and to keep the warranty")))
        self.marketing.show_words(self.say(N_("to write about offers")))
        self.profiling.show_words(self.say(N_("to remember needs and suppose others")))
        self._say_create()

    def ask(self) -> None:
        """Ask who may be the person whose name or contact stands here."""
        person = self._person()
        if person != self._asked_for and (person.name or person.phone or person.email):
            self._asked_for = person
            self.asked.emit(person)

    def show_similar(self, similar: tuple[SimilarCustomer, ...]) -> None:
        """Show who may be the same; when saving waited for it and nobody is, save."""
        self._known_for = self._asked_for
        self.similar.show_similar(similar)
        self._say_create()
        if self._is_waiting:
            self._is_waiting = False
            if not similar or self._known_for != self._person():
                self.submit()

    def _say_create(self) -> None:
        is_plain = not self.similar.similar
        self.ok.show_words(self.say(N_("Create")) if is_plain else self.say(N_("Create a new card")), "Enter")

    def _choose(self, key: str) -> None:
        self.chosen.emit(key)
        self.accept()

    def _person(self) -> NewCustomer:
        """What tells who it is; the consents do not."""
        return NewCustomer(
            name=" ".join(self.name.text().split()), phone=self.phone.text().strip(), email=self.email.text().strip()
        )

    def submit(self) -> None:
        """Answer when there is a name, and the base was asked who it may be."""
        person = self._person()
        if not person.name:
            self.show_trouble(self.say(N_("A name is needed, one word is enough.")))
            self.name.setFocus()
            return
        if self._known_for != person:
            self._is_waiting = True
            self.ask()
            return
        self.submitted.emit(
            replace(
                person,
                language=self.at.speech.language,
                service=self.service.isChecked(),
                marketing=self.marketing.isChecked(),
                profiling=self.profiling.isChecked(),
                even_if_known=any(one.is_exact for one in self.similar.similar),
            )
        )
        self.accept()


class PassForm(Form):
    """Passes the customer on: how, where to, for what; a slip follows for those without a card.

    *Signals:* ``submitted(NewPass)``.
    """

    submitted = Signal(object)

    def __init__(self, at: Surroundings, customer_id: CustomerId | None, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._customer_id = customer_id
        self.kinds: dict[PassKind, KeyButton] = {}
        grid = QGridLayout()
        grid.setSpacing(at.look.px(6))
        for place, kind in enumerate(PassKind):
            button = KeyButton(at, key=f"Alt+{place + 1}")
            button.left = True
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setAutoDefault(False)
            button.setShortcut(f"Alt+{place + 1}")
            self.kinds[kind] = button
            grid.addWidget(button, place // 2, place % 2)
        self.kinds[PassKind.RECOMMEND].setChecked(True)
        self.box.addLayout(grid)
        self.department = Picker(at)
        self.category = Picker(at)
        self.department_caption = self.add_field(self.department)
        self.category_caption = self.add_field(self.category)
        self.hint = PlainLabel(at, ink="muted", lines=2)
        self.box.addWidget(self.hint)
        self.ok.setEnabled(False)
        self.finish()

    def show_targets(self, departments: tuple[Choice, ...], categories: tuple[Choice, ...]) -> None:
        """Fill where to and for what."""
        for picker, choices in ((self.department, departments), (self.category, categories)):
            picker.clear()
            for choice in choices:
                picker.addItem(unkeyed(joined(choice.title, choice.remark)), choice.key)
        self.ok.setEnabled(bool(departments) and bool(categories))
        self.department.setFocus()

    def relabel(self) -> None:
        """Say the fixed words."""
        super().relabel()
        self.title.set_text(self.say(N_("Pass the customer on")))
        for place, (kind, button) in enumerate(self.kinds.items(), start=1):
            button.show_words(self.say(PASS_TITLES[kind]), f"Alt+{place}")
        self.department_caption.set_text(self.say(N_("Where to")))
        self.category_caption.set_text(self.say(N_("For what")))
        self.department.setAccessibleName(self.department_caption.full_text)
        self.category.setAccessibleName(self.category_caption.full_text)
        if self._customer_id is None:
            self.hint.set_text(self.say(N_("No card: a slip with a code is printed for the customer.")))
        else:
            self.hint.set_text(self.say(N_("The other counter sees the pass by the customer's card.")))
        self.ok.show_words(self.say(N_("Pass on")), "Enter")

    def submit(self) -> None:
        """Answer with what was chosen."""
        kind = next(kind for kind, button in self.kinds.items() if button.isChecked())
        self.submitted.emit(
            NewPass(kind, str(self.department.currentData()), str(self.category.currentData()), self._customer_id)
        )
        self.accept()


class ReturnRow(Part):
    """One line of the earlier sale: take it back or not, and how many."""

    changed = Signal()

    def __init__(self, at: Surroundings, line: ReturnLine, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.line = line
        self.pieces = line.qty_milli // 1000
        self.count = 0
        box = Row(at.look, (0, 0, 0, 0), 8)
        self.check = Tick(at)
        self.check.toggled.connect(self._toggle)
        self.name = PlainLabel(at, line.name)
        self.less = KeyButton(at, icon="minus")
        self.more = KeyButton(at, icon="plus")
        self.number = PlainLabel(at, kind="strong")
        self.price = PlainLabel(at, ink="muted")
        self.less.clicked.connect(self._fewer)
        self.more.clicked.connect(self._further)
        for button in (self.less, self.more):
            button.setAutoDefault(False)
            button.setFixedWidth(at.look.px(44))
        box.addWidget(self.check)
        box.addWidget(self.name, 1)
        box.addWidget(self.less)
        box.addWidget(self.number)
        box.addWidget(self.more)
        box.addWidget(self.price)
        self.setLayout(box)
        self.relabel()

    @property
    def qty_milli(self) -> int:
        """How much is taken back; a weighed line only whole."""
        if not self.check.isChecked():
            return 0
        return self.count * 1000 if self.pieces * 1000 == self.line.qty_milli else self.line.qty_milli

    def relabel(self) -> None:
        """Say name, number and price."""
        language = self.at.speech.language
        self.check.setAccessibleName(self.line.name)
        self.less.setAccessibleName(self.say(N_("Fewer")))
        self.more.setAccessibleName(self.say(N_("More")))
        whole = self.pieces * 1000 == self.line.qty_milli and self.pieces > 1
        self.less.setVisible(whole)
        self.more.setVisible(whole)
        of = quantity(self.line.qty_milli, language)
        self.number.set_text(self.say(N_("{n} of {all}"), n=quantity(self.qty_milli, language), all=of))
        self.price.set_text(amount(self.line.price_minor, language))

    def _toggle(self, on: bool) -> None:  # noqa: FBT001
        self.count = self.pieces if on else 0
        self.relabel()
        self.changed.emit()

    def _fewer(self) -> None:
        self._count(self.count - 1)

    def _further(self) -> None:
        self._count(self.count + 1)

    def _count(self, count: int) -> None:
        self.count = min(max(count, 0), self.pieces)
        self.check.blockSignals(True)  # noqa: FBT003
        self.check.setChecked(self.count > 0)
        self.check.blockSignals(False)  # noqa: FBT003
        self.relabel()
        self.changed.emit()


class ReturnForm(Form):
    """Return: find the sale by its number, take lines back in part or whole, one neutral reason.

    *Signals:* ``source_asked(text)``; ``submitted(receipt id, {line id: thousandths}, reason)``.
    """

    source_asked = Signal(str)
    submitted = Signal(object, object, str)

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, width=640)
        self.source: ReturnSource | None = None
        self.rows: list[ReturnRow] = []
        self.number = QLineEdit()
        self.number.setMaxLength(100)
        self.number.returnPressed.connect(self._find)
        self.number_caption = self.add_field(self.number)
        self.note = StateNote(at)
        self.list = QWidget()
        self.list_box = Column(at.look, (0, 0, 8, 0), 6)
        self.list.setLayout(self.list_box)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.list)
        self.area.setMinimumHeight(at.look.px(200))
        self.area.hide()
        self.box.addWidget(self.note)
        self.box.addWidget(self.area, 1)
        self.reason = Picker(at)
        self.reason_caption = self.add_field(self.reason)
        self.ok.setDefault(False)
        self.ok.setAutoDefault(False)
        self.finish()
        self.number.setFocus()

    def relabel(self) -> None:
        """Say the fixed words."""
        super().relabel()
        self.title.set_text(self.say(N_("Return or exchange")))
        self.number_caption.set_text(self.say(N_("Receipt number: type or scan, then Enter")))
        self.number.setAccessibleName(self.number_caption.full_text)
        self.reason_caption.set_text(self.say(N_("Reason, in the customer's words")))
        self.reason.setAccessibleName(self.reason_caption.full_text)
        kept = self.reason.currentData()
        self.reason.clear()
        for key, title in RETURN_REASONS:
            self.reason.addItem(unkeyed(self.say(title)), key)
        self.reason.setCurrentIndex(max(self.reason.findData(kept), 0))
        self.ok.show_words(self.say(N_("Take back")))
        self._tell()

    def show_source(self, source: ReturnSource | None) -> None:
        """Show the lines of the sale that was found."""
        self.source = source
        for row in self.rows:
            self.list_box.removeWidget(row)
            row.deleteLater()
        self.rows = []
        for line in source.lines if source is not None else ():
            row = ReturnRow(self.at, line, self.list)
            row.changed.connect(self._tell)
            self.rows.append(row)
            self.list_box.addWidget(row)
        self._asked = True
        self._tell()

    _asked = False

    def submit(self) -> None:
        """Answer with the lines taken back."""
        lines: dict[LineId, int] = {row.line.line_id: row.qty_milli for row in self.rows if row.qty_milli}
        if self.source is None or not lines:
            self.show_trouble(self.say(N_("Choose at least one line.")))
            return
        self.submitted.emit(self.source.receipt_id, lines, str(self.reason.currentData()))
        self.accept()

    def take_scan(self, code: str) -> None:
        """Look for the sale whose number was scanned."""
        self.number.setText(code)
        self._find()

    def _find(self) -> None:
        text = self.number.text().strip()
        if text:
            self.source_asked.emit(text)

    def _tell(self) -> None:
        found = self.source is not None
        self.area.setVisible(found)
        self.note.setVisible(not found)
        if self._asked and not found:
            self.note.show_note(
                "search",
                self.say(N_("No such sale is known here")),
                self.say(N_("Check the number. A sale of another counter is found when it has been sent.")),
            )
        else:
            self.note.show_note(
                "receipt", self.say(N_("Which sale?")), self.say(N_("The number is printed on the slip."))
            )
        self.ok.setEnabled(found and any(row.qty_milli for row in self.rows))


class HelpSheet(Form):
    """All keys on one sheet, made from the list of commands."""

    def __init__(self, at: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(at, parent, width=860)
        self.lines: list[tuple[PlainLabel, KeyButton, str]] = []
        self.heads: list[tuple[PlainLabel, Group]] = []
        columns = Row(at.look, (0, 0, 0, 0), 24)
        inner = QWidget()
        pairs: tuple[tuple[Group, Group], ...] = (("receipt", "program"), ("offers", "customer"))
        for pair in pairs:
            column = Column(at.look, (0, 0, 0, 0), 2)
            for group in pair:
                head = PlainLabel(at, kind="strong", ink="accent")
                self.heads.append((head, group))
                column.addWidget(head)
                for item in COMMANDS:
                    if item.group == group:
                        column.addLayout(self._line(item.id))
                column.addSpacing(at.look.px(8))
            column.addStretch(1)
            columns.addLayout(column, 1)
        inner.setLayout(columns)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inner)
        scroll.setMinimumHeight(min(at.look.px(470), 520))
        self.box.addWidget(scroll, 1)
        self.box.addWidget(Rule())
        self.hint = PlainLabel(at, ink="muted", lines=3)
        self.box.addWidget(self.hint)
        self.finish()
        self.cancel.hide()

    def _line(self, command_id: str) -> Row:
        row = Row(self.at.look, (0, 0, 0, 0), 8)
        title = PlainLabel(self.at)
        cap = KeyButton(self.at, kind="key", compact=True)
        cap.setFixedHeight(self.at.look.px(26))
        cap.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cap.setAutoDefault(False)
        cap.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addWidget(title, 1)
        row.addWidget(cap)
        self.lines.append((title, cap, command_id))
        return row

    def relabel(self) -> None:
        """Say the fixed words."""
        super().relabel()
        self.title.set_text(self.say(N_("Keys")))
        for head, group in self.heads:
            head.set_text(self.say(GROUP_TITLES[group]))
        by_id = {item.id: item for item in COMMANDS}
        for title, cap, command_id in self.lines:
            title.set_text(self.at.speech.say(by_id[command_id].title))
            cap.show_words("", by_id[command_id].keys[0])
            cap.setAccessibleName(by_id[command_id].keys[0])
        self.hint.set_text(
            self.say(
                N_(
                    "A scan works wherever the cursor is. Digits alone are always text in the field. "
                    "In the menu of reasons 1 to 8 answer at once."
                )
            )
        )
        self.ok.show_words(self.say(N_("Close")), "Esc")

    def submit(self) -> None:
        """Close the sheet."""
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F1 opens and closes."""
        if event.key() == Qt.Key.Key_F1:
            self.accept()
        else:
            super().keyPressEvent(event)
