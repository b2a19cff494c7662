"""A bank that takes files of layout plain and answers them: by parts, and with returns.

It reads and writes the layout by itself, so that a file which only our own code understands fails here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class Bank:
    """What the bank knows. refuses: its code of a return by account number. paid: amounts by instruction."""

    refuses: Mapping[str, str] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=dict)

    def answer(self, file: bytes, places: Collection[int] | None = None, day: str | None = None) -> bytes:
        """Check a file, pay from it, and return the receipt. places: the lines to answer now; None for all.

        day: YYYYMMDD, else the day that the file asks for. Raises AssertionError for a file that is wrong.
        """
        header, lines, trailer = self.read(file)
        answered = []
        for mark, place, instruction, number, holder, amount in lines:
            assert mark == "D"
            assert holder
            if places is not None and int(place) not in places:
                continue
            code = self.refuses.get(number, "")
            if not code:
                assert instruction not in self.paid, "told to pay the same instruction twice"
                self.paid[instruction] = fen(amount)
            answered.append(["D", place, instruction, amount, "01" if code else "00", code, day or header[2]])
        assert trailer[1:3] == header[3:5]
        return receipt(header[1], answered)

    @staticmethod
    def read(file: bytes) -> tuple[list[str], list[list[str]], list[str]]:
        """Header, lines and trailer of our file, with its totals and its hash proven."""
        text = file.decode("gb18030")
        assert text.endswith("\r\n")
        header, *lines, trailer = [line.split("|") for line in text.removesuffix("\r\n").split("\r\n")]
        assert header[0] == "H"
        assert (int(header[3]), fen(header[4])) == (len(lines), sum(fen(line[5]) for line in lines))
        body = text[: text.rindex("T|")].encode("gb18030")
        assert trailer == ["T", header[3], header[4], sha256(body).hexdigest()]
        return header, lines, trailer


def receipt(batch: str, lines: list[list[str]]) -> bytes:
    """A receipt of the bank for some lines, each of mark, place, instruction, amount, result, reason, day."""
    body = "".join("|".join(parts) + "\r\n" for parts in [["R", batch], *lines]).encode("gb18030")
    totals = []
    for result in ("00", "01"):
        amounts = [fen(line[3]) for line in lines if line[4] == result]
        totals += [str(len(amounts)), yuan(sum(amounts))]
    return body + f"T|{'|'.join(totals)}|{sha256(body).hexdigest()}\r\n".encode("gb18030")


def rewritten(answer: bytes, change: Callable[[list[list[str]]], list[list[str]]]) -> bytes:
    """The same receipt with other lines, and totals and hash that fit them."""
    header, *lines, _ = [
        line.split("|") for line in answer.decode("gb18030").removesuffix("\r\n").split("\r\n")
    ]
    return receipt(header[1], change(lines))


def fen(amount: str) -> int:
    """Whole fen of an amount in yuan."""
    whole, _, decimals = amount.partition(".")
    return int(whole) * 100 + int(decimals)


def yuan(amount: int) -> str:
    """An amount of whole fen in yuan."""
    return f"{amount // 100}.{amount % 100:02d}"
