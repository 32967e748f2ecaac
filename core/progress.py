"""How far long work is: told by whoever does it to whoever watches, who may also call it off."""


class CalledOff(Exception):
    """Somebody cancelled the work. What it wrote so far is rolled back."""


class Meter:
    """Nobody watches: what is done in a request, a command or a test. ``at`` is called often and has to be cheap."""

    def begin(self, phase: str, total: int = 0) -> None:
        """A new phase, of ``total`` steps where that is known."""

    def at(self, done: int) -> None:
        """``done`` steps of the phase are behind us. Raises CalledOff once somebody called it off."""


UNWATCHED = Meter()
