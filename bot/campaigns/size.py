"""How many, without showing the few: a number under five could tell of one person."""

from dataclasses import dataclass

SMALLEST = 5


@dataclass(frozen=True)
class Size:
    """How many people; fewer than five are not told apart."""

    exact: int | None
    """None: fewer than five, perhaps nobody."""

    @classmethod
    def of(cls, people: int | None) -> "Size":
        """Return the size of a group of `people`; None where the database kept a small number back."""
        return cls(people if people is not None and people >= SMALLEST else None)

    @property
    def few(self) -> bool:
        """Whether it is fewer than five."""
        return self.exact is None
