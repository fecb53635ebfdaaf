"""The pager: rows on the whole screen, more of them as one scrolls.

In: a sheet. Out: nothing but what is seen. Refuses to know: queries.

A page of rows is a metered call: none is asked for before somebody scrolls to where it begins. It is read by a thread,
so that keys are heard meanwhile; whoever leaves does not wait for it.
"""

import sys
from collections.abc import Callable
from threading import Thread

from prompt_toolkit.application import Application
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import HSplit, Layout, Window
from prompt_toolkit.layout.controls import FormattedTextControl
from prompt_toolkit.styles import Style
from rich.cells import cell_len

from intacct_ql.shell.sheet import Sheet

STYLE = Style.from_dict({"header": "bold underline", "status": "reverse"})
AROUND = 2
"""Lines of the screen that hold no rows: the names of columns, and the status."""


class Pager:
    """Which part of a sheet is seen."""

    def __init__(self, sheet: Sheet, words: Callable[[BaseException], str]) -> None:
        self.sheet = sheet
        self.failure: Exception | None = None
        self._words = words
        self._top = self._left = 0
        self._reading: Thread | None = None
        self._gone = self._halted = False
        self._app: Application[None] = Application(
            layout=Layout(
                HSplit(
                    [
                        Window(FormattedTextControl(self._header, show_cursor=False), height=1, style="class:header"),
                        Window(FormattedTextControl(self._rows, show_cursor=False)),
                        Window(FormattedTextControl(self._status), height=1, style="class:status"),
                    ]
                )
            ),
            key_bindings=self._keys(),
            style=STYLE,
            full_screen=True,
        )

    def run(self) -> None:
        """Show it until somebody leaves; the result is closed then."""
        try:
            self._app.run()
        finally:
            self._gone = True
            if self._is_reading:
                self.sheet.result.stop()  # the thread closes the result when its page has come
            else:
                self.sheet.result.close()

    @property
    def _is_reading(self) -> bool:
        return self._reading is not None

    @property
    def _size(self) -> tuple[int, int]:
        """Rows that are seen, and columns of the screen."""
        size = self._app.output.get_size()
        return max(1, size.rows - AROUND), size.columns

    # What is seen.

    def _header(self) -> str:
        return self.sheet.header(self._left, self._size[1]).ljust(self._size[1])

    def _rows(self) -> str:
        height, width = self._size
        return "\n".join(self.sheet.lines(self._top, height, self._left, width))

    def _status(self) -> str:
        height, width = self._size
        read, columns = len(self.sheet.rows), len(self.sheet.widths)
        last = min(self._top + height, read)
        seen = self._left + self.sheet.columns_within(self._left, width)
        span = f"{min(self._top + 1, last):,}-{last:,}"
        rows = f"rows {span} of {read:,}{'' if self.sheet.ended else ' read so far'}"
        if not self._left and seen >= columns:
            return fitting(width, (rows,), (f"{span}/{read:,}",), now=self._now())
        long, short = (f"columns {self._left + 1}-{seen} of {columns}", f"col {self._left + 1}-{seen}/{columns}")
        return fitting(width, (rows, long), (f"{span}/{read:,}", short), now=self._now())

    def _now(self) -> str:
        if self._is_reading:
            return "reading more ... Ctrl-C stops"
        if self.failure is not None:
            return self._words(self.failure).split("\n")[0]
        return "stopped, q leaves" if self.sheet.stopped else "q leaves"

    # What keys do.

    def _keys(self) -> KeyBindings:
        keys = KeyBindings()
        moves: dict[Callable[[], None], tuple[str, ...]] = {
            lambda: self._move(-1): ("up", "k"),
            lambda: self._move(1): ("down", "j", "enter"),
            lambda: self._move(-self._size[0]): ("pageup", "b"),
            lambda: self._move(self._size[0]): ("pagedown", "space", "f"),
            lambda: self._move(-self._top): ("home", "g"),
            self._end: ("end", "G"),
            lambda: self._shift(-1): ("left", "h"),
            lambda: self._shift(1): ("right", "l"),
        }
        for move, names in moves.items():
            for name in names:
                keys.add(name)(lambda _, move=move: move())
        for name in ("q", "Q", "c-d"):
            keys.add(name)(lambda event: event.app.exit())
        keys.add("c-c")(self._interrupt)
        return keys

    def _move(self, rows: int) -> None:
        """Move the rows, and read more where they end."""
        wanted = self._top + rows
        last = max(0, len(self.sheet.rows) - self._size[0])
        self._top = max(0, min(wanted, last))
        if wanted > last and not self.sheet.ended and not self._is_reading:
            self._read(then=min(wanted, self._top + self._size[0]))

    def _end(self) -> None:
        """Show the last rows: those of one page more, where there is one."""
        self._top = max(0, len(self.sheet.rows) - self._size[0])
        if not self.sheet.ended and not self._is_reading:
            self._read(then=sys.maxsize)

    def _shift(self, columns: int) -> None:
        self._left = max(0, min(self._left + columns, len(self.sheet.widths) - 1))

    def _interrupt(self, event: KeyPressEvent) -> None:
        """Stop what is being read, and keep the rows; leave where nothing is."""
        if self._is_reading:
            self._halted = True
            self.sheet.result.stop()
        else:
            event.app.exit()

    def _read(self, then: int) -> None:
        """Read a page, and go to where the key wanted to."""
        self.failure = None

        def read() -> None:
            try:
                self.sheet.read()
                if self._halted and not self.sheet.ended:
                    self.sheet.read()  # asks for nothing: it says that the rows were stopped
                self._top = max(0, min(then, len(self.sheet.rows) - self._size[0]))
            except Exception as failure:  # noqa: BLE001 - shown in the status line
                self.failure = failure
            self._reading = None
            if self._gone:
                self.sheet.result.close()
            else:
                self._app.invalidate()

        self._reading = Thread(target=read, daemon=True)
        self._reading.start()


def fitting(width: int, *forms: tuple[str, ...], now: str) -> str:
    """The status in the first of these forms that a screen holds; where none does, what goes on now alone."""
    lines = [" " + ", ".join((*form, now)) for form in forms]
    return next((line for line in lines if cell_len(line) <= width), f" {now}")
