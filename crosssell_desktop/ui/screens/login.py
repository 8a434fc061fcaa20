"""Log-in: first the person, then the six-digit PIN (a supervisor's password), by keyboard or by touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QRegularExpression, Qt, SignalInstance
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QLineEdit, QListView, QWidget

from crosssell_desktop.domain.format import time_of_day
from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.presenters.state import Hit, HitKind, PersonChoice
from crosssell_desktop.presenters.wording import joined
from crosssell_desktop.ui.theme import Column, Row
from crosssell_desktop.ui.widgets.basics import IconLabel, KeyButton, Part, PlainLabel
from crosssell_desktop.ui.widgets.field import HitDelegate, HitsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex

    from crosssell_desktop.domain.ids import PersonId
    from crosssell_desktop.ui.surroundings import Surroundings

PIN_LENGTH = 6
Step = Literal["prove", "new", "again"]
"""What is typed now: what one has, a new one, the new one once more."""


class LoginActions(Protocol):
    """What the screen asks of its presenter."""

    people_changed: SignalInstance
    refused: SignalInstance
    logged_in: SignalInstance

    must_change: SignalInstance
    choose_again: SignalInstance

    def log_in(self, person_id: PersonId, secret: str) -> None:
        """Check a PIN or password."""

    def change_secret(self, person_id: PersonId, old: str, new: str) -> None:
        """Choose a new one and log in with it."""


class KeyPad(Part):
    """Digits for a finger; types into the line edit beside it."""

    def __init__(self, at: Surroundings, target: QLineEdit, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self._target = target
        grid = QGridLayout()
        grid.setSpacing(at.look.px(6))
        grid.setContentsMargins(0, 0, 0, 0)
        self.buttons: dict[str, KeyButton] = {}
        for place, face in enumerate("123456789"):
            grid.addWidget(self._key(face), place // 3, place % 3)
        grid.addWidget(self._key("0"), 3, 1)
        self.back = KeyButton(at, icon="undo")
        self.back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back.clicked.connect(target.backspace)
        grid.addWidget(self.back, 3, 2)
        self.setLayout(grid)
        self.relabel()

    def relabel(self) -> None:
        """Name the one key that is not a digit."""
        self.back.setAccessibleName(self.say(N_("Erase the last digit")))

    def _key(self, face: str) -> KeyButton:
        button = KeyButton(self.at, face)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(self._press)
        self.buttons[face] = button
        return button

    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, KeyButton):
            self._target.insert(sender.words)


class LoginScreen(Part):
    """Choose who you are, then prove it."""

    def __init__(self, at: Surroundings, presenter: LoginActions, parent: QWidget | None = None) -> None:
        super().__init__(at, parent)
        self.presenter = presenter
        self.people: tuple[PersonChoice, ...] = ()
        self.now_ms = 0
        self._refusal: Text | None = None
        self._is_same = False
        self._step: Step = "prove"
        self._wants_change = False
        self._old = ""
        self._new = ""
        self.panel = Part(at, surface="panel")
        inside = Row(at.look, (24, 24, 24, 24), 24)
        inside.addLayout(self._build_people(), 1)
        inside.addLayout(self._build_secret(), 1)
        self.panel.setLayout(inside)
        box = Column(at.look, (24, 24, 24, 24), 0)
        box.addStretch(1)
        box.addWidget(self.panel, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self.setLayout(box)
        presenter.people_changed.connect(self.show_people)
        presenter.refused.connect(self.show_refusal)
        presenter.must_change.connect(self.ask_for_own)
        presenter.choose_again.connect(self.choose_again)
        presenter.logged_in.connect(self._clear)
        self.restyle()
        self.relabel()

    def _build_people(self) -> Column:
        at = self.at
        box = Column(at.look, (0, 0, 0, 0), 8)
        head = Row(at.look, (0, 0, 0, 0), 8)
        head.addWidget(IconLabel(at, "core", "core", size=24))
        self.brand = PlainLabel(at, "CrossSell", kind="title")
        head.addWidget(self.brand)
        head.addStretch(1)
        box.addLayout(head)
        self.ask = PlainLabel(at, ink="muted")
        box.addWidget(self.ask)
        self.list = QListView()
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model = HitsModel(at, self.list)
        self.list.setModel(self.model)
        self.list.setItemDelegate(HitDelegate(at, self.list))
        self.list.selectionModel().currentChanged.connect(self._chosen)
        self.list.activated.connect(self._go_to_secret)
        self.list.clicked.connect(self._go_to_secret)
        box.addWidget(self.list, 1)
        return box

    def _build_secret(self) -> Column:
        at = self.at
        box = Column(at.look, (0, 0, 0, 0), 8)
        self.name = PlainLabel(at, kind="title", lines=2)
        self.prompt = PlainLabel(at, ink="muted")
        self.secret = QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.setProperty("kind", "secret")
        self.secret.textChanged.connect(self._typed)
        self.secret.returnPressed.connect(self._submit)
        self.trouble = PlainLabel(at, ink="bad", lines=3)
        self.pad = KeyPad(at, self.secret)
        self.enter = KeyButton(at, kind="primary", key="Enter")
        self.enter.clicked.connect(self._submit)
        self.change = KeyButton(at, icon="lock")
        self.change.clicked.connect(self._change_asked)
        for part in (self.name, self.prompt, self.secret, self.trouble):
            box.addWidget(part)
        box.addStretch(1)
        box.addWidget(self.pad)
        box.addWidget(self.enter)
        box.addWidget(self.change)
        return box

    def focus_field(self) -> None:
        """Begin with the list of people."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def restyle(self) -> None:
        """Follow the text scale."""
        look = self.at.look
        self.panel.setMaximumWidth(look.px(760))
        self.panel.setMinimumWidth(min(look.px(760), 1200))
        self.panel.setMinimumHeight(min(look.px(480), 660))
        self.secret.setFixedHeight(look.px(44))
        self.list.setMinimumWidth(look.px(260))

    def show_people(self, people: tuple[PersonChoice, ...]) -> None:
        """Show who may work here; the person chosen before stays chosen."""
        kept = self.chosen()
        self.people = people
        self.relabel()
        row = next((i for i, one in enumerate(people) if kept is not None and one.person_id == kept.person_id), 0)
        if people:
            self._put_cursor(row, same=kept is not None and people[row].person_id == kept.person_id)

    def _put_cursor(self, row: int, *, same: bool) -> None:
        """Set the list's cursor; what was said to the same person stays said."""
        self._is_same = same
        self.list.setCurrentIndex(self.model.index(row, 0))
        self._is_same = False

    def scan(self, code: str) -> None:
        """Choose the person whose badge was read; the PIN is still to be typed."""
        row = next((i for i, one in enumerate(self.people) if one.badge and one.badge == code), None)
        if row is None:
            self.show_refusal(Text(N_("Nobody here has this badge.")))
            return
        self.list.setCurrentIndex(self.model.index(row, 0))
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_for_own(self, text: Text) -> None:
        """Let the person choose a PIN or password: the one just given was for one time."""
        self._go_to("new")
        self._say(text, wrong=False)

    def choose_again(self, text: Text) -> None:
        """Say why the new one will not do, and take another."""
        self._go_to("new")
        self._say(text, wrong=True)

    def show_refusal(self, text: Text) -> None:
        """Say why the log-in was refused; the PIN is cleared."""
        self._go_to("prove")
        self._say(text, wrong=True)

    def _say(self, text: Text, *, wrong: bool) -> None:
        self._refusal = text
        self.trouble.set_text(self.at.speech.say(text))
        self.trouble.set_ink("bad" if wrong else "accent")
        self.secret.clear()
        if not wrong:
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.secret.setProperty("wrong", "true")
        self.secret.style().unpolish(self.secret)
        self.secret.style().polish(self.secret)
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def relabel(self) -> None:
        """Say everything in the language of the screen."""
        self.setAccessibleName(self.say(N_("Log in")))
        self.ask.set_text(
            self.say(N_("Who is working?")) if self.people else self.say(N_("Nobody may log in at this counter yet"))
        )
        self.list.setAccessibleName(self.ask.full_text)
        row = self.list.currentIndex().row()
        self.model.show_hits(tuple(
            Hit(HitKind.CUSTOMER, str(one.person_id), one.name, joined(self.at.speech.say(one.role), self._locked(one)))
            for one in self.people
        ))  # fmt: skip
        if row >= 0:
            self._put_cursor(row, same=True)
        if self._refusal is not None:
            self.trouble.set_text(self.at.speech.say(self._refusal))
        self._show_chosen()

    def chosen(self) -> PersonChoice | None:
        """Return the person chosen in the list."""
        row = self.list.currentIndex().row()
        return self.people[row] if 0 <= row < len(self.people) else None

    def _locked(self, person: PersonChoice) -> str:
        if person.locked_until_ms is None:
            return ""
        time = time_of_day(person.locked_until_ms, self.at.utc_offset_minutes)
        return self.say(N_("locked until {time}"), time=time)

    def _chosen(self, now: QModelIndex, _before: QModelIndex) -> None:
        if self._is_same or not now.isValid():
            return
        self._go_to("prove")

    def _go_to(self, step: Step) -> None:
        """Take what is typed at a step; back at the first one nothing typed before is kept."""
        self._step = step
        if step == "prove":
            self._old = self._new = ""
            self._wants_change = False
        self._refusal = None
        self.trouble.set_text("")
        self.secret.clear()
        self._show_chosen()

    def _takes_password(self) -> bool:
        person = self.chosen()
        if person is None:
            return False
        return person.needs_password if self._step == "prove" else person.chooses_password

    def _show_chosen(self) -> None:
        person = self.chosen()
        self.name.set_text("" if person is None else person.name)
        password = self._takes_password()
        self.prompt.set_text(self.say(_prompt(self._step, password=password, present=self._wants_change)))
        self.secret.setAccessibleName(self.prompt.full_text)
        self.secret.setMaxLength(200 if password else PIN_LENGTH)
        pattern = ".*" if password else "[0-9]{0,6}"
        self.secret.setValidator(QRegularExpressionValidator(QRegularExpression(pattern), self.secret))
        self.pad.setEnabled(person is not None)
        self.secret.setEnabled(person is not None)
        self.enter.setEnabled(person is not None)
        self.change.setEnabled(person is not None)
        self.enter.show_words(self.say(N_("Log in") if self._step == "prove" else N_("Next")), "Enter")
        is_changing = self._step != "prove" or self._wants_change
        self.change.show_words(self.say(N_("Cancel") if is_changing else N_("Change my PIN or password")))

    def _go_to_secret(self, _index: QModelIndex) -> None:
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        if text and self.secret.property("wrong") == "true":
            self.secret.setProperty("wrong", "")
            self.secret.style().unpolish(self.secret)
            self.secret.style().polish(self.secret)
        if self.chosen() is not None and not self._takes_password() and len(text) == PIN_LENGTH:
            self._submit()

    def run(self, command_id: str) -> None:
        """Leave the change of a PIN by Esc, which is a key of the window."""
        if command_id == "back" and (self._step != "prove" or self._wants_change):
            self._go_to("prove")

    def _change_asked(self) -> None:
        if self._step != "prove" or self._wants_change:
            self._go_to("prove")
        else:
            self._go_to("prove")
            self._wants_change = True
            self._show_chosen()
        self.secret.setFocus(Qt.FocusReason.OtherFocusReason)

    def _submit(self) -> None:
        person = self.chosen()
        secret = self.secret.text()
        if person is None or not secret:
            return
        if self._step == "new":
            self._new = secret
            self._go_to("again")
        elif self._step == "again":
            if secret == self._new:
                self.secret.clear()
                self.presenter.change_secret(person.person_id, self._old, secret)
            else:
                self.choose_again(Text(N_("The two are not the same. Choose anew.")))
        else:
            self._old = secret
            self.secret.clear()
            if self._wants_change:
                self._go_to("new")
            else:
                self.presenter.log_in(person.person_id, secret)

    def _clear(self, _header: object) -> None:
        self._go_to("prove")


def _prompt(step: Step, *, password: bool, present: bool) -> str:
    """Return what is to be typed now."""
    if step == "new":
        return N_("A new password, eight signs or more") if password else N_("A new PIN, six digits")
    if step == "again":
        return N_("The new password once more") if password else N_("The new PIN once more")
    if present:
        return N_("The present password") if password else N_("The present PIN, six digits")
    return N_("Password") if password else N_("PIN, six digits")
