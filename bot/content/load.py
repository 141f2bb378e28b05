"""Loads everything that Suar says: flows, answers, quizzes, the directory, and their words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from bot.content.casework import Protocol, WrapUp, load_protocols, load_wrap_up
from bot.content.catalogue import Words, load_words
from bot.content.cities import Cities, load_cities
from bot.content.insults import load_insults
from bot.content.model import Answer, EmergencyNumber, Service, Source
from bot.content.offer import OfferSigns, load_signs
from bot.content.practice import Practice, load_practice
from bot.content.quizzes import Fact, Quiz, load_facts, load_quizzes
from bot.content.ranks import Ranks, load_ranks
from bot.content.references import SIGNS_FILE, check_references
from bot.content.replies import SAID_BY_ITSELF, Reply
from bot.content.series import Series, load_series
from bot.content.starters import Starter, load_starters
from bot.content.steps import Flow, Step
from bot.content.texts import texts_in, texts_of
from bot.content.voices import Voices, check_voiced, load_voiced
from bot.content.whatsapp import HouseTemplate, load_templates
from bot.errors import ContentError
from bot.understanding.cleaning import folded
from bot.understanding.insults import Insults
from bot.yaml_file import check_model, read_model, read_part, read_yaml

OVERDUE = timedelta(days=90)
"""An answer whose review is overdue by more than this is no longer given, a quiz no longer offered."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Content:
    """All that Suar can say."""

    flows: Mapping[str, Flow]
    answers: Mapping[str, Answer]
    quizzes: Mapping[str, Quiz]
    facts: Mapping[str, Fact] = field(repr=False)
    """What quizzes teach."""
    sources: Mapping[str, Source]
    services: Mapping[str, Service]
    emergency: tuple[EmergencyNumber, ...]
    offer: OfferSigns
    """What a job offer may show."""
    protocols: Mapping[str, Protocol] = field(repr=False)
    """How each province helps a person on."""
    wrap_up: WrapUp = field(repr=False)
    passphrase_words: Mapping[str, tuple[str, ...]] = field(repr=False)
    words: Words
    pages: Mapping[str, Mapping[str, str]] = field(repr=False)
    """Words that stand outside the conversation, by page and key."""
    loud_words: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Words, by language, that must not stand where a locked screen would show them."""
    by_intent: Mapping[str, tuple[Answer, ...]] = field(repr=False)
    practice: Practice = field(repr=False)
    """The made-up people of the practice room."""
    ranks: Ranks = field(repr=False)
    """How much hangs on a text, by where it stands."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    """What counsellors say again and again."""
    cities: Cities = field(default_factory=Cities, repr=False)
    """Where people can say that they live."""
    series: Mapping[str, Series] = field(default_factory=dict, repr=False)
    """Web series to talk about, by their ids."""
    stop_words: frozenset[str] = field(default=frozenset(), repr=False)
    """A message that is one of these, in any language, ends what nobody asked for."""
    insults: Insults = field(default_factory=Insults, repr=False)
    """A message that consists of these alone is answered calmly."""
    number_words: frozenset[str] = field(default=frozenset(), repr=False)
    """What may stand before or between numbers, in any language."""
    voiced: tuple[str, ...] = ()
    """Places of texts, beside the answers, that a recording may speak."""
    voices: Voices = field(default_factory=Voices, repr=False)
    """The recordings that are published; they lie over the files."""
    starters: Mapping[str, Starter] = field(default_factory=dict, repr=False)
    """What a campaigner's first message may begin with, by what people are to do."""
    templates: Mapping[str, HouseTemplate] = field(default_factory=dict, repr=False)
    """What WhatsApp is asked to let us say when somebody has not written for a day."""

    def step(self, target: str) -> Step:
        """Return the step at ``flow.step``."""
        flow, _, name = target.partition(".")
        return self.flows[flow].steps[name]

    def has_step(self, target: str) -> bool:
        """Tell whether ``flow.step`` exists."""
        flow, _, name = target.partition(".")
        return flow in self.flows and name in self.flows[flow].steps

    def resolve(self, target: str, *, here: str) -> str:
        """Return `target` as ``flow.step``, seen from the step `here`."""
        if "." in target:
            return target
        flow = here.partition(".")[0]
        if target not in self.flows[flow].steps and target in self.flows:
            return f"{target}.{self.flows[target].start}"
        return f"{flow}.{target}"

    def can_play(self, quiz: str, locale: str) -> bool:
        """Tell whether a quiz has all its words in a language.

        Where a language is only begun, those of the language count that stands in for it: there people know that not all is theirs.
        """
        if locale == self.words.source or all(
            text in self.words.catalogues.get(locale, ()) for text in self._quiz_texts[quiz]
        ):
            return True
        return self.words.is_begun(locale) and self.can_play(quiz, self.words.original(locale))

    @cached_property
    def _quiz_texts(self) -> Mapping[str, frozenset[str]]:
        return {
            name: frozenset(text.text for text in texts_in(quiz, ""))
            for name, quiz in self.quizzes.items()
        }

    def usable_answers(self, intent: str, today: date) -> tuple[Answer, ...]:
        """Return the answers to an intent that are not overdue for review."""
        return tuple(a for a in self.by_intent.get(intent, ()) if is_fresh(a, today))


def is_fresh(reviewed: Answer | Quiz, today: date) -> bool:
    """Tell whether an answer may still be given, or a quiz be offered."""
    return today <= reviewed.review_by + OVERDUE


def load_content(root: Path = ROOT) -> Content:
    """Load `flows/` and `locales/` below `root`.

    Raises:
        ContentError: Something is wrong; says the file and, where it can, the line.
    """
    flows_dir = root / "flows"
    answers = _load_answers(flows_dir)
    sources = _load_map(flows_dir / "sources.yml", "flows/sources.yml", "sources")
    content = Content(
        flows={flow.flow: flow for flow in _load_flows(flows_dir)},
        answers=answers,
        quizzes=load_quizzes(flows_dir),
        facts=load_facts(flows_dir),
        sources=sources,
        services=_load_services(flows_dir),
        emergency=_load_emergency(flows_dir),
        offer=load_signs(flows_dir / "offer" / "signs.yml", SIGNS_FILE),
        protocols=load_protocols(flows_dir),
        wrap_up=load_wrap_up(flows_dir),
        passphrase_words=_load_passphrase_words(flows_dir),
        words=load_words(root / "locales"),
        pages=_load_pages(flows_dir),
        loud_words=_load_loud_words(flows_dir),
        by_intent=group_by_intent(answers.values()),
        practice=load_practice(flows_dir / "practice", "flows/practice", sources),
        ranks=load_ranks(root / "locales"),
        replies=_load_replies(flows_dir),
        cities=load_cities(flows_dir),
        series=load_series(flows_dir),
        stop_words=_load_stop_words(flows_dir),
        insults=load_insults(flows_dir),
        starters=load_starters(flows_dir),
        number_words=_load_number_words(flows_dir),
        voiced=load_voiced(flows_dir),
        templates=load_templates(flows_dir),
    )
    check_references(content, root)
    check_voiced(content)
    ranks = content.ranks.of_texts(texts_of(content))
    return replace(content, words=replace(content.words, ranks=ranks))


def group_by_intent(answers: Iterable[Answer]) -> dict[str, tuple[Answer, ...]]:
    """Return the answers to each intent, in their order."""
    found: dict[str, tuple[Answer, ...]] = {}
    for answer in answers:
        found[answer.intent] = (*found.get(answer.intent, ()), answer)
    return found


def _shown(path: Path, flows_dir: Path) -> str:
    return str(path.relative_to(flows_dir.parent))


def _load_flows(flows_dir: Path) -> Iterator[Flow]:
    for path in sorted((flows_dir / "flows").glob("*.yml")):
        flow = read_model(Flow, path, _shown(path, flows_dir))
        if flow.flow != path.stem:
            raise ContentError(
                f"flow: is {flow.flow!r}, the file is named {path.stem!r}",
                file=_shown(path, flows_dir),
            )
        yield flow


def _load_answers(flows_dir: Path) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for path in sorted((flows_dir / "answers").glob("*.yml")):
        shown = _shown(path, flows_dir)
        for index, data in enumerate(read_part(path, shown, "answers")):
            answer = check_model(Answer, data, path, shown, inside=("answers", index))
            if answer.id in answers:
                raise ContentError(f"the answer {answer.id!r} exists twice", file=shown)
            answers[answer.id] = answer
    return answers


def _load_map(path: Path, shown: str, key: str) -> dict[str, Source]:
    data = read_part(path, shown, key)
    return {
        name: check_model(Source, value, path, shown, inside=(key, name))
        for name, value in data.items()
    }


def _load_services(flows_dir: Path) -> dict[str, Service]:
    path = flows_dir / "directory" / "services.yml"
    shown = _shown(path, flows_dir)
    services: dict[str, Service] = {}
    for index, data in enumerate(read_part(path, shown, "services")):
        service = check_model(Service, data, path, shown, inside=("services", index))
        if service.id in services:
            raise ContentError(f"the service {service.id!r} exists twice", file=shown)
        services[service.id] = service
    return services


def _load_emergency(flows_dir: Path) -> tuple[EmergencyNumber, ...]:
    path = flows_dir / "directory" / "emergency.yml"
    shown = _shown(path, flows_dir)
    listed = read_part(path, shown, "emergency")
    if not listed:
        raise ContentError("the emergency numbers can never be empty", file=shown)
    return tuple(
        check_model(EmergencyNumber, data, path, shown, inside=("emergency", index))
        for index, data in enumerate(listed)
    )


def _load_replies(flows_dir: Path) -> dict[str, Reply]:
    path = flows_dir / "replies.yml"
    shown = _shown(path, flows_dir)
    replies: dict[str, Reply] = {}
    for index, data in enumerate(read_part(path, shown, "replies")):
        reply = check_model(Reply, data, path, shown, inside=("replies", index))
        if reply.id in replies:
            raise ContentError(f"the reply {reply.id!r} exists twice", file=shown)
        replies[reply.id] = reply
    for name in SAID_BY_ITSELF - replies.keys():
        raise ContentError(
            f"the reply {name!r} is missing: the desk says it by itself", file=shown
        )
    return replies


def _load_passphrase_words(flows_dir: Path) -> dict[str, tuple[str, ...]]:
    return {
        path.stem: tuple(sorted(set(path.read_text(encoding="utf-8").split())))
        for path in sorted((flows_dir / "words").glob("*.txt"))
    }


def _load_loud_words(flows_dir: Path) -> dict[str, tuple[str, ...]]:
    path = flows_dir / "loud_words.yml"
    listed = read_part(path, _shown(path, flows_dir), "words")
    return {code: tuple(folded(word) for word in words) for code, words in listed.items()}


def _load_stop_words(flows_dir: Path) -> frozenset[str]:
    path = flows_dir / "stop_words.yml"
    listed = read_part(path, _shown(path, flows_dir), "words")
    return frozenset(folded(word) for words in listed.values() for word in words)


def _load_number_words(flows_dir: Path) -> frozenset[str]:
    path = flows_dir / "number_words.yml"
    parts = (read_part(path, _shown(path, flows_dir), part) for part in ("before", "between"))
    listed = (words for part in parts for words in part.values())
    return frozenset(word.casefold() for words in listed for word in words)


def _load_pages(flows_dir: Path) -> dict[str, dict[str, str]]:
    return {
        path.stem: read_yaml(path, _shown(path, flows_dir))
        for path in sorted((flows_dir / "pages").glob("*.yml"))
    }
