"""What somebody may keep or show of a quiz: a card of the result, which says nothing of who played, and a certificate with a name.

The name is whatever a person types for it. It is drawn and nowhere kept: not in a cache, not in a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from bot.pictures.canvas import Align, Block, Style, draw, fit, lay_out, png, rounded
from bot.pictures.colours import DEEP, INK, LINE, ON_DEEP, PAPER, SOFT_INK, TINT, WHITE
from bot.pictures.qr import caption, code_image
from bot.pictures.words import Said

CARD = (1080, 1350)
CERTIFICATE = (1400, 1000)
_EDGE = 72
_DOT, _DOT_GAP = 44, 18
_CODE = 300
_TITLE = tuple(Style(size, ON_DEEP, bold=True) for size in (84, 72, 60, 48))
_CAMPAIGN = tuple(Style(size, TINT) for size in (40, 34, 28))
_SCORE = Style(104, DEEP, bold=True)
_WORDS = tuple(Style(size, INK) for size in (48, 44, 40, 36, 32, 28, 24))
_INVITE = tuple(Style(size, INK, bold=True) for size in (44, 38, 32))
_LINK = Style(30, SOFT_INK)
_HEAD = tuple(Style(size, DEEP, bold=True) for size in (88, 72, 56))
_SMALL = Style(38, SOFT_INK)
_NAME = tuple(Style(size, INK, bold=True) for size in (84, 70, 58, 46, 36))
_QUIZ = tuple(Style(size, INK, bold=True) for size in (56, 46, 38))


@dataclass(frozen=True)
class ResultCard:
    """All that a card of a result depends on. Nothing of it is about a person."""

    quiz: Said
    level: Said
    """What is said at this result."""
    score: Said
    right: int
    asked: int
    invite: Said
    link: str
    campaign: str = ""


@dataclass(frozen=True)
class Certificate:
    """All that a certificate depends on."""

    head: Said
    given_to: Said
    name: str = field(repr=False)
    """Empty: it is given to nobody by name."""
    finished: Said
    quiz: Said
    score: Said
    day: Said
    link: str
    campaign: str = ""


def render_card(card: ResultCard) -> bytes:
    """Return the card of a result as PNG, `CARD` dots.

    Raises:
        NotDrawn: A text cannot be set.
    """
    image = Image.new("RGB", CARD, PAPER)
    room = CARD[0] - 2 * _EDGE
    top = _card_head(image, card, room)
    foot = CARD[1] - _foot(image, (0, CARD[1]), card.invite, card.link)
    score = _one(card.score, _SCORE, room)
    draw(image, score, (_EDGE, top), width=room, align="center")
    top += score.height
    if card.asked * (_DOT + _DOT_GAP) <= room:
        _dots(image, card, top)
        top += _DOT + 44
    box = (room, foot - top - 24)
    words = fit(_both(card.level), card.level.locale, _WORDS, box)
    spare = max((box[1] - words.height) // 2, 0)
    align: Align = "center" if len(words.lines) <= 3 else "start"
    draw(image, words, (_EDGE, top + spare), width=room, align=align)
    return png(image)


def _card_head(image: Image.Image, card: ResultCard, room: int) -> int:
    """Draw the quiz's name on its band; return where what comes below may begin."""
    title = fit(_both(card.quiz), card.quiz.locale, _TITLE, (room, 240))
    blocks = [title]
    if card.campaign:
        blocks.append(fit(card.campaign, card.quiz.locale, _CAMPAIGN, (room, 60)))
    high = sum(block.height for block in blocks) + 2 * 56
    rounded(image, (0, 0, CARD[0], high), 0, DEEP)
    top = 56
    for block in blocks:
        draw(image, block, (_EDGE, top), width=room, align="center")
        top += block.height
    return high + 40


def _dots(image: Image.Image, card: ResultCard, top: int) -> None:
    """One dot for each question, as many filled as were right; in which order they were is not told."""
    left = (CARD[0] - card.asked * (_DOT + _DOT_GAP) + _DOT_GAP) // 2
    for number in range(card.asked):
        box = (left, top, left + _DOT, top + _DOT)
        rounded(image, box, _DOT // 2, DEEP if number < card.right else WHITE, DEEP)
        left += _DOT + _DOT_GAP


def _foot(image: Image.Image, corner: tuple[int, int], invite: Said, link: str) -> int:
    """Draw a code with its link at the foot, whose lower left corner is `corner`; return how high it is."""
    code = code_image(link, side=_CODE)
    high = code.height + 2 * 40
    top = corner[1] - high
    box = (_EDGE, top, CARD[0] - _EDGE, corner[1] - 40)
    rounded(image, box, 30, WHITE, LINE)
    words = fit(_both(invite), invite.locale, _INVITE, (10_000, 10_000))
    mirrored = words.from_right
    left = box[2] - code.width - 20 if mirrored else box[0] + 20
    image.paste(code, (left, top + 20))
    beside = box[0] + 40 if mirrored else left + code.width + 24
    room = (left if mirrored else box[2] - 36) - beside
    words = fit(_both(invite), invite.locale, _INVITE, (room, 200))
    link_block = lay_out(caption(link), "en", _LINK, room)
    between = top + (high - 40 - words.height - link_block.height - 16) // 2
    draw(image, words, (beside, between), width=room)
    at = beside + (room - link_block.width if mirrored else 0)
    draw(image, link_block, (at, between + words.height + 16))
    return high


def render_certificate(certificate: Certificate) -> bytes:
    """Return a certificate as PNG, `CERTIFICATE` dots.

    Raises:
        NotDrawn: A text cannot be set: `no_glyph` where it is a name in letters that no font of ours has.
    """
    width, height = CERTIFICATE
    image = Image.new("RGB", CERTIFICATE, WHITE)
    rounded(image, (28, 28, width - 28, height - 28), 26, DEEP)
    rounded(image, (36, 36, width - 36, height - 36), 20, WHITE)
    rounded(image, (48, 48, width - 48, height - 48), 12, WHITE, LINE)
    code = code_image(certificate.link, side=190)
    room = width - 2 * 130
    blocks = _certificate_blocks(certificate, room)
    gaps = ((8, 8, 26, 8, 8, 8) if certificate.name else (26, 8, 8, 8))[: len(blocks) - 1]
    free = height - 2 * 64 - sum(block.height for block in blocks) - sum(gaps)
    top = 64 + max(free // 2, 0)
    for block, gap in zip(blocks, (*gaps, 0), strict=True):
        draw(image, block, (130, top), width=room, align="center")
        top += block.height + gap
    mirrored = blocks[0].from_right
    corner = 70 if mirrored else width - 70 - code.width
    image.paste(code, (corner, height - 70 - code.height))
    return png(image)


def _certificate_blocks(made: Certificate, room: int) -> list[Block]:
    beside_code = room - 160
    to = (
        (_one(made.given_to, _SMALL, room), fit(made.name, made.head.locale, _NAME, (room, 200)))
        if made.name
        else ()
    )
    blocks = [
        fit(_both(made.head), made.head.locale, _HEAD, (room, 130)),
        *to,
        _one(made.finished, _SMALL, room),
        fit(_both(made.quiz), made.quiz.locale, _QUIZ, (room, 140)),
        _one(Said(f"{made.score.text} · {made.day.text}", made.day.locale), _SMALL, beside_code),
    ]
    if made.campaign:
        blocks.append(lay_out(made.campaign, made.day.locale, _SMALL, beside_code))
    return blocks


def _both(words: Said) -> str:
    return f"{words.text}\n{words.original}" if words.original else words.text


def _one(words: Said, style: Style, width: int) -> Block:
    return lay_out(_both(words), words.locale, style, width)


PAGE = "pictures"
"""The words of cards stand in `flows/pages/pictures.yml`."""


def level_of(results: Mapping[int, str], right: int, asked: int, counted: int) -> str:
    """Return what is said at a result: `results` by the number of right answers from which it counts, in rounds of `counted`."""
    share = right * counted / asked if asked else 0
    reached = [least for least in results if least <= share]
    return results[max(reached, default=min(results))]
