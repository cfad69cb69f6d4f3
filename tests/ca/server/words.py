# SPDX-License-Identifier: MIT
"""Splits a line of the script into words: as a shell does, but what stands in
brackets is JSON and stays as it is, spaces and quotes too."""

OPEN, CLOSE = "{[", "}]"


def bracketed(line, at):
    """Where the JSON that begins at `at` ends."""
    depth, quoted, start = 0, False, at
    while at < len(line):
        char = line[at]
        if quoted:
            at += char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char in OPEN:
            depth += 1
        elif char in CLOSE:
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    raise ValueError(f"'{line[start]}' without its end")


def quoted(line, at):
    """(text, where it ends) of the quotes that begin at `at`."""
    mark, text = line[at], ""
    at += 1
    while at < len(line):
        if line[at] == mark:
            return text, at + 1
        if mark == '"' and line[at] == "\\" and line[at + 1:at + 2] in '"\\':
            at += 1
        text += line[at]
        at += 1
    raise ValueError(f"{mark} without its end")


def split(line):
    words, word, at = [], None, 0
    while at < len(line):
        char = line[at]
        if char.isspace():
            if word is not None:
                words.append(word)
            word, at = None, at + 1
            continue
        if char in "'\"":
            text, at = quoted(line, at)
        elif char in OPEN and (word or "").endswith("="):
            end = bracketed(line, at)
            text, at = line[at:end], end
        else:
            text, at = char, at + 1
        word = (word or "") + text
    return words if word is None else words + [word]
