"""A bank that pays every line on the day it is asked for: for samples, and for years that are paid.

It knows the layout plain. A real bank's receipts come by `canlian bank receive`.
"""

from hashlib import sha256


def answer(file: bytes) -> bytes:
    """The receipt for a file of instructions. Raises ValueError for a file of another layout."""
    header, *lines, _ = [line.split("|") for line in file.decode("gb18030").splitlines()]
    if header[0] != "H":
        raise ValueError("the practice bank reads files of layout plain")
    _, batch, day, count, amount = header
    told = [f"R|{batch}", *(f"D|{seq}|{ref}|{due}|00||{day}" for _, seq, ref, _, _, due in lines)]
    body = "".join(f"{line}\r\n" for line in told).encode("gb18030")
    return body + f"T|{count}|{amount}|0|0.00|{sha256(body).hexdigest()}\r\n".encode("gb18030")
