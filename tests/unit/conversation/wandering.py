"""A random walk through the real content by Hypothesis, and what always holds wherever it has come to."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.content.directory import Standing
from bot.content.load import Content
from bot.conversation.effects import BeginAnew, EraseContact, LeaveCase, OpenCase
from bot.conversation.state import Owner, Said, State
from bot.conversation.turn import TurnResult
from bot.conversation.ways import COMMANDS, INTENT_STEPS
from bot.messages import MAX_BUTTON_ID_BYTES, IncomingKind, Outgoing
from bot.understanding.model import Guess, Risk, RiskLevel, Understanding
from tests.unit.conversation.talk import Talk, meaning

MAX_PRESSES_TO_A_PERSON = 2
NOT_UNDERSTOOD = (
    "unclear.sorry",
    "unclear.outside",
    "unclear.unreadable",
    "unclear.old_button",
    "trouble.slow",
)
KINDS = ("confinement", "self_harm", "detention_or_deportation", "sextortion", "unheard_of")
SPEAKING = (RiskLevel.HIGH, RiskLevel.IMMEDIATE)

texts = st.one_of(
    st.sampled_from(
        [
            "yes",
            "no",
            "1",
            "2",
            "a",
            "b",
            "menu",
            "moon rice boat tree",
            "{",
            "{0} {x}",
            "/quiz@bot",
        ]
    ),
    st.text(max_size=40),
)
risks = st.builds(
    Risk,
    st.sampled_from(RiskLevel),
    st.lists(st.sampled_from(KINDS), max_size=3, unique=True).map(tuple),
    st.sampled_from(["self", "other", "unknown"]),
)


def intents(content: Content) -> list[str]:
    """Return every intent that could be guessed, and one that Suar does not know."""
    acts = ["affirm", "deny", "out_of_scope", "disclose", "unheard_of", *INTENT_STEPS]
    return [*acts, *content.by_intent]


def meanings(content: Content) -> st.SearchStrategy[Understanding]:
    """Return anything that a text may be taken to mean."""
    guess = st.builds(Guess, st.sampled_from(intents(content)), st.floats(0, 1))
    ranked = st.lists(guess, max_size=4).map(
        lambda found: tuple(sorted(found, key=lambda each: -each.confidence))
    )
    return st.builds(
        Understanding, st.sampled_from([None, "id", "en", "ja"]), ranked, risks, st.booleans()
    )


def made_machine(content: Content) -> type[RuleBasedStateMachine]:
    """Return the walk through `content`."""

    class Walk(RuleBasedStateMachine):
        """One person who does anything that a person can do, in any order."""

        seen = Bundle("seen")

        @initialize(
            locale=st.sampled_from(["id", "en"]), on_desk=st.booleans(), checked=st.booleans()
        )
        def come(self, locale: str, on_desk: bool, checked: bool) -> None:
            self.talk = Talk(content, State(locale=locale), on_desk=on_desk)
            if checked:
                good = Standing(good=self.talk.now.date())
                self.talk.checks = dict.fromkeys(content.services, good)
            self.said_before: dict[str, str] = {}

        @rule(target=seen, data=st.data())
        def press_an_offered_button(self, data: st.DataObject) -> str:
            offered = [button for button, _ in self.talk.state.offered]
            button = data.draw(st.sampled_from(offered or ["menu.main"]))
            owner = self.talk.owner
            self._do(IncomingKind.BUTTON, button)
            if offered and owner is Owner.BOT:
                assert self.talk.state.at != "unclear.old_button", f"{button} was just shown"
            return button

        @rule(button=seen)
        def press_an_old_button(self, button: str) -> None:
            self._do(IncomingKind.BUTTON, button)

        @rule(
            button=st.one_of(
                st.text(max_size=20), st.sampled_from(["consent.waiting", "consent.ask.share"])
            )
        )
        def press_a_made_up_button(self, button: str) -> None:
            self._do(IncomingKind.BUTTON, button)

        @rule(text=texts, means=meanings(content))
        def write(self, text: str, means: Understanding) -> None:
            self._do(IncomingKind.TEXT, text, means)

        @rule(command=st.sampled_from([*COMMANDS, "/leave"]))
        def command(self, command: str) -> None:
            self._do(IncomingKind.TEXT, command)

        @rule(payload=st.sampled_from(["", "quiz_warning_signs", "x"]))
        def come_again(self, payload: str) -> None:
            self._do(IncomingKind.START, payload)

        @rule(
            kind=st.sampled_from(
                [IncomingKind.BLOCKED, IncomingKind.UNBLOCKED, IncomingKind.UNREADABLE]
            )
        )
        def do_something_wordless(self, kind: IncomingKind) -> None:
            self._do(kind, "photo")

        @precondition(lambda self: self.talk.owner is Owner.QUEUE)
        @rule()
        def a_counsellor_comes(self) -> None:
            self.talk.owner = Owner.STAFF

        @precondition(lambda self: self.talk.owner is Owner.BOT)
        @rule(level=st.sampled_from(SPEAKING), text=st.text(min_size=60, max_size=80))
        def tell_of_danger(self, level: RiskLevel, text: str) -> None:
            told = meaning("disclose", risk=level, kinds=("confinement",))
            before = self.talk.state
            self._do(IncomingKind.TEXT, f"they {text}", told)
            assert self.talk.state.at == "risk.support"
            assert {"risk.support.talk", "risk.support.numbers"} <= set(self.talk.buttons)
            worse = level > RiskLevel(before.memory.get("risk", {}).get("level", 0))
            if worse or not before.memory.get("risk", {}).get("told"):
                assert any(number.number in self.talk.words for number in content.emergency)

        @precondition(lambda self: self.talk.owner is Owner.BOT)
        @rule(answer=st.sampled_from(["affirm", "deny"]))
        def ask_for_a_person_and_answer(self, answer: str) -> None:
            self._do(IncomingKind.TEXT, "a person please", meaning("talk_to_human"))
            self._do(IncomingKind.TEXT, f"plainly {answer}", meaning(answer))

        def _do(self, kind: IncomingKind, text: str, means: Understanding | None = None) -> None:
            owner, before, lines = self.talk.owner, self.talk.state, tuple(self.talk.buffer)
            if kind is IncomingKind.TEXT:
                self.talk.write(text, means)
                lines = tuple(self.talk.buffer) or lines
            else:
                self.talk.do(kind, text)
            result = self.talk.result
            assert result is not None
            silent = kind in {IncomingKind.BLOCKED, IncomingKind.UNBLOCKED}
            if owner is Owner.BOT and not silent:
                check_something_is_said(result)
            if owner is not Owner.BOT and kind is IncomingKind.TEXT:
                check_only_leaving_is_answered(before, text, result)
            check_consent(before, lines, kind, text, means, result)
            self._check_variety(result)

        def _check_variety(self, result: TurnResult) -> None:
            at = result.state.at
            if at in NOT_UNDERSTOOD and result.outgoing and result.state.said:
                words = result.outgoing[-1].text
                assert self.said_before.get(at) != words, "the same words twice"
                self.said_before[at] = words
            if self._erased():
                self.said_before.clear()

        @invariant()
        def the_state_is_what_was_stored(self) -> None:
            if self.talk.result is not None and not self._erased():
                assert self.talk.state == self.talk.result.state

        @invariant()
        def leaving_and_being_forgotten_work(self) -> None:
            forget = self._copy().write("/erase")
            if self.talk.owner is Owner.STAFF:
                assert LeaveCase() in forget.effects
            if self.talk.owner is not Owner.BOT:
                assert LeaveCase() in self._copy().write("/leave").effects
            assert EraseContact() in forget.press("erase.ask.yes").effects

        @invariant()
        def a_person_is_near(self) -> None:
            spoken = self.talk.result is not None and self.talk.messages
            if spoken and self.talk.owner is Owner.BOT and not self._erased():
                assert self._reaches_a_person(MAX_PRESSES_TO_A_PERSON), self.talk.buttons

        def _reaches_a_person(self, presses: int) -> bool:
            if self.talk.state.at == "consent.ask":
                return True
            ways = [self._copy().press(button) for button, _ in self.talk.state.offered]
            return any(
                way.state.at == "consent.ask" or way.owner is not Owner.BOT for way in ways
            ) or (
                presses > 1
                and any(
                    way.press(button).state.at == "consent.ask"
                    for way, button in [
                        (way, b) for way in ways for b in way.buttons if is_way_to_a_person(b)
                    ]
                )
            )

        def _erased(self) -> bool:
            return any(isinstance(effect, EraseContact) for effect in self.talk.effects)

        def _copy(self) -> Talk:
            return Talk(
                content,
                self.talk.state,
                self.talk.owner,
                now=self.talk.now,
                case_level=self.talk.case_level,
                checks=self.talk.checks,
            )

    return Walk


def is_way_to_a_person(button: str) -> bool:
    """Tell whether a button looks like one that asks for a person; pressing it proves it."""
    return button == "consent.ask" or button.endswith((".human", ".talk"))


def check_something_is_said(result: TurnResult) -> None:
    """The bot never leaves anybody without words."""
    assert result.outgoing
    for message in result.outgoing:
        assert message.text.strip()
        check_buttons(message)


def check_buttons(message: Outgoing) -> None:
    """Every button can be shown, and no two under one message are the same."""
    ids = [button.id for button in message.buttons]
    assert len(set(ids)) == len(ids)
    for button in message.buttons:
        assert len(button.id.encode()) <= MAX_BUTTON_ID_BYTES
        assert button.title.strip()


def check_only_leaving_is_answered(before: State, text: str, result: TurnResult) -> None:
    """While others own the conversation the bot answers nothing but leaving, and what its buttons say."""
    word = text.strip().casefold()
    typed = word in {"/leave", "/stop", "/erase", "/language"} or word in {
        title.casefold() for _, title in before.offered
    }
    # Making room for somebody else is leaving, too: who reads then is the other one.
    makes_room = word == "/switch" and BeginAnew() in result.effects
    # The number of a button chooses it as its title does.
    by_number = word.isdecimal() and 1 <= int(word) <= len(before.offered)
    assert typed or by_number or makes_room or not result.outgoing


def check_consent(
    before: State,
    lines: tuple[Said, ...],
    kind: IncomingKind,
    text: str,
    means: Understanding | None,
    result: TurnResult,
) -> None:
    """A case is opened only by a yes to the question just asked, with the lines just shown."""
    opened = [effect for effect in result.effects if isinstance(effect, OpenCase)]
    if not opened:
        return
    [case] = opened
    assert before.at == "consent.ask"
    titles = {title.casefold() for _, title in before.offered}
    pressed = kind is IncomingKind.BUTTON and text in {"consent.ask.share", "consent.ask.talk"}
    typed = kind is IncomingKind.TEXT and (
        text.strip().casefold() in titles or text.strip() in {"1", "2"}
    )
    yes = means is not None and means.intent == "affirm" and means.confidence >= 0.3
    assert pressed or typed or yes
    shown = tuple(before.memory["consent"]["lines"])
    assert case.share in {(), shown}
    assert set(case.share) <= {line.id for line in lines} or not lines
    granted = {consent.scope: consent.granted for consent in case.consents}
    assert granted == {
        "talk": True,
        "share": text == "consent.ask.share" or (granted["share"] and typed),
    }
    if case.share:
        assert granted["share"]


def wander(content: Content, *, walks: int) -> None:
    """Walk the same random ways through the content each time, 25 steps a walk, and check what always holds after each."""
    run_state_machine_as_test(
        made_machine(content),
        settings=settings(
            max_examples=walks,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        ),
    )
