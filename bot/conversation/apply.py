"""Carries out a turn's effects, in the turn's own transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.conversation import campaigning, chats, counting, filing, noting, phones, studying
from bot.conversation.campaign_effects import (
    BecomeTester,
    CancelSignUp,
    ChangeProfile,
    CountForCity,
    JoinCampaigns,
    LeaveCampaigns,
    LinkFinished,
    LinkOpened,
    RateCampaign,
    SignUp,
)
from bot.conversation.effects import (
    AnswerGoOn,
    AnswerReferral,
    AskForFile,
    BeginAnew,
    ChangeFollowUp,
    ComeBack,
    CorrectFile,
    Effect,
    EndInvolvement,
    EndPause,
    EndStudy,
    EraseContact,
    EscalateCase,
    ForgetWords,
    Granted,
    InsultHeard,
    LeaveCase,
    NoteStudyAnswer,
    NoteUnmet,
    OpenCase,
    PlanFollowUp,
    QuizAnswered,
    QuizFinished,
    RateCase,
    RateService,
    RecordConsent,
    RelayToCase,
    ResumeCase,
    SetBlocked,
    SetReturnWords,
    StopMessages,
    TakeBackReferral,
    WarnOfWatcher,
)
from bot.conversation.join_effects import JoinEffect
from bot.conversation.stopping import stop
from bot.conversation.wait import Wait
from bot.hotline import (
    away,
    casefile_days,
    cases,
    consent,
    going_on,
    marks,
    pauses,
    promised,
    watched,
)
from bot.hotline.chats import tell_erased
from bot.queue import FetchFile, Queue
from bot.store import (
    attachments,
    belongings,
    contacts,
    follow_ups,
    notices,
    ratings,
    study,
    transcript,
    vanishing,
)
from bot.store.contacts import Party, People
from bot.store.counts import Tally
from bot.understanding.model import Understanding
from bot.understanding.service import Reader


@dataclass
class Applied:
    """Where the effects have led so far."""

    party: Party
    locale: str
    erased: bool = False
    """This chat is a stranger's from now on; what is said of it is kept nowhere."""
    news: "chats.News | None" = None
    """What another chat is to be told."""
    made_room: bool = False
    """Somebody else is here now: `party` is theirs."""
    case: cases.OpenCase | None = None
    platform_id: str | None = field(default=None, repr=False)
    """Of the message that is answered, kept beside its line in a case."""
    meaning: Understanding = field(default_factory=Understanding)
    """What the person's words were taken to mean, kept beside them in a case."""
    tally: Tally = field(default_factory=Tally)
    """What is counted of it, to be written at the end of the transaction."""


@dataclass(frozen=True)
class Effects:
    """Carries effects out."""

    clock: Clock
    people: People
    reader: Reader
    queue: Queue
    deleting: Sequence[str] = ()
    """The channels on which what was sent can be taken back."""

    async def apply(self, conn: AsyncConnection, effect: Effect, so_far: Applied) -> None:
        """Carry out one effect; `so_far` follows."""
        if isinstance(effect, JoinEffect):
            await chats.apply(conn, self.people, effect, so_far, clock=self.clock)
        else:
            await self._one(conn, effect, so_far)

    async def _one(self, conn: AsyncConnection, effect: Effect, so_far: Applied) -> None:
        match effect:
            case OpenCase():
                await self._open(conn, effect, so_far)
            case RecordConsent(granted):
                await self._record(conn, granted, so_far)
            case (
                RelayToCase()
                | EscalateCase()
                | LeaveCase()
                | WarnOfWatcher()
                | AnswerGoOn()
                | EndPause()
            ):
                if so_far.case is not None:
                    await self._on_case(conn, effect, so_far, so_far.case)
            case ResumeCase() | SetReturnWords() | BeginAnew() | ComeBack():
                await self._on_who_is_here(conn, effect, so_far)
            case RateCase() | RateService():
                await self._rate(conn, effect, so_far)
            case (
                QuizAnswered()
                | QuizFinished()
                | LinkOpened()
                | LinkFinished()
                | CountForCity()
                | InsultHeard()
            ):
                counting.count(so_far.tally, effect, so_far.locale, now=self.clock.now())
            case NoteUnmet():
                party, meaning, locale = so_far.party, so_far.meaning, so_far.locale
                await noting.note(
                    conn, effect, party, meaning, locale, reader=self.reader, clock=self.clock
                )
            case PlanFollowUp() | ChangeFollowUp() | NoteStudyAnswer() | EndStudy():
                await self._on_asking_again(conn, effect, so_far)
            case (
                AnswerReferral()
                | TakeBackReferral()
                | AskForFile()
                | CorrectFile()
                | EndInvolvement()
            ):
                party, locale = so_far.party, so_far.locale
                await filing.apply(conn, self.people, effect, party, locale, clock=self.clock)
            case ForgetWords() | StopMessages() | EraseContact() | SetBlocked():
                await self._on_contact(conn, effect, so_far)
            case (
                BecomeTester()
                | JoinCampaigns()
                | ChangeProfile()
                | LeaveCampaigns()
                | SignUp()
                | CancelSignUp()
                | RateCampaign()
            ):
                party, locale, now = so_far.party, so_far.locale, self.clock.now()
                await campaigning.apply(conn, effect, party, locale, now=now)

    async def _rate(
        self, conn: AsyncConnection, effect: RateCase | RateService, so_far: Applied
    ) -> None:
        match effect:
            case RateCase(rating):
                await cases.rate(conn, so_far.party, rating)
            case RateService(rating):
                await ratings.add(conn, rating, day=self.clock.now().date())

    async def _on_case(
        self,
        conn: AsyncConnection,
        effect: RelayToCase | EscalateCase | LeaveCase | WarnOfWatcher | AnswerGoOn | EndPause,
        so_far: Applied,
        case: cases.OpenCase,
    ) -> None:
        party, now = so_far.party, self.clock.now()
        match effect:
            case RelayToCase(words, file, edited):
                reading = so_far.meaning.in_short()
                line = await cases.relay(
                    conn, party, case, words,
                    now=now, reading=reading, edited=edited, platform_id=so_far.platform_id,
                )  # fmt: skip
                if file is not None:
                    number = self.clock.new_id()
                    await attachments.add_coming(
                        conn, party, case.id, line, file, number=number, at=now
                    )
                    await self.queue.enqueue(conn, FetchFile(number))
            case EscalateCase(risk):
                await cases.escalate(conn, party, case, risk)
                await promised.hasten(conn, case.id, max(risk.level, case.level), now=now)
            case WarnOfWatcher(is_watched):
                await watched.note(conn, party, case, is_watched=is_watched, now=now)
            case AnswerGoOn(yes, typed):
                if not typed:
                    await going_on.note(conn, party, case, yes=yes, now=now)
            case EndPause():
                back = await pauses.end_for_danger(conn, case, now=now)
                if back is not None:
                    so_far.party = replace(party, owner="queue", owner_staff_id=None, epoch=back)
                so_far.case = replace(case, paused_until=None)
            case LeaveCase():
                epoch = await cases.leave(conn, party, case, now=now)
                so_far.party = replace(party, owner="bot", owner_staff_id=None, epoch=epoch)
                so_far.case = None

    async def _on_contact(
        self,
        conn: AsyncConnection,
        effect: ForgetWords | StopMessages | EraseContact | SetBlocked,
        so_far: Applied,
    ) -> None:
        party, now = so_far.party, self.clock.now()
        match effect:
            case ForgetWords():
                await transcript.forget_last(conn, party, at=now)
            case StopMessages():
                await stop(conn, party, now=now)
            case EraseContact():
                await vanishing.keep_last(conn, self.people, party, self.deleting, now=now)
                await tell_erased(conn, party.contact_id)
                await belongings.erase(conn, party.contact_id, now)
                so_far.erased = True
            case SetBlocked(blocked):
                await contacts.set_blocked(conn, party.address_id, now if blocked else None)
                if so_far.case is not None:
                    await notices.to_desk(conn, "contact_blocked", so_far.case.id)

    async def _on_asking_again(
        self,
        conn: AsyncConnection,
        effect: PlanFollowUp | ChangeFollowUp | NoteStudyAnswer | EndStudy,
        so_far: Applied,
    ) -> None:
        now = self.clock.now()
        match effect:
            case NoteStudyAnswer():
                await studying.note(conn, effect, so_far.party, so_far.locale, at=now)
            case EndStudy():
                await study.end(conn, so_far.party.contact_id, at=now)
            case PlanFollowUp(days, hours, granted):
                await self._record(conn, granted, so_far)
                await follow_ups.plan(conn, so_far.party, days=days, hours=hours, now=now)
            case ChangeFollowUp("stop"):
                await consent.end_follow_ups(conn, so_far.party.contact_id, at=now)
                await casefile_days.change_pace(conn, so_far.party.contact_id, "stop", now=now)
            case ChangeFollowUp(change):
                await follow_ups.change(conn, so_far.party.contact_id, change, now=now)
                await casefile_days.change_pace(conn, so_far.party.contact_id, change, now=now)

    async def _on_who_is_here(
        self,
        conn: AsyncConnection,
        effect: ResumeCase | SetReturnWords | BeginAnew | ComeBack,
        so_far: Applied,
    ) -> None:
        match effect:
            case ResumeCase(case_id):
                await self._resume(conn, case_id, so_far)
            case _:
                await phones.apply(conn, self.people, effect, so_far)

    async def _resume(self, conn: AsyncConnection, case_id: UUID, so_far: Applied) -> None:
        now, locale = self.clock.now(), so_far.locale
        was_away = await away.is_away(conn, case_id)
        so_far.party = await cases.resume(
            conn, self.people, so_far.party, case_id, now=now, locale=locale
        )
        if was_away:
            await away.note(conn, so_far.party, "here", now=now)
        await promised.renew(conn, case_id, now=now)

    async def _open(self, conn: AsyncConnection, effect: OpenCase, so_far: Applied) -> None:
        case_id, epoch = await cases.open_case(
            conn,
            so_far.party,
            clock=self.clock,
            lookup=self.people.lookup,
            reference=effect.reference,
            passphrase=effect.passphrase,
            risk=effect.risk,
            locale=so_far.locale,
            share=effect.share,
            wishes=effect.wishes,
        )
        so_far.party = replace(so_far.party, owner="queue", epoch=epoch)
        so_far.case = cases.OpenCase(case_id, effect.reference, "waiting", effect.risk.level, None)
        for granted in effect.consents:
            await self._record(conn, granted, so_far)
        if effect.wait is not None:
            await self._promise(conn, case_id, effect.wait)

    async def _promise(self, conn: AsyncConnection, case_id: UUID, wait: Wait) -> None:
        await promised.make(
            conn,
            case_id,
            language=wait.language,
            level=wait.level,
            made_at=self.clock.now(),
            due_at=wait.due_at,
            told=wait.told,
            covered=wait.speaks,
            low=wait.low,
            high=wait.high,
        )

    async def _record(self, conn: AsyncConnection, granted: Granted, so_far: Applied) -> None:
        of_a_case = so_far.case is not None and granted.scope not in consent.OF_THE_PERSON
        now = self.clock.now()
        await consent.record(
            conn,
            so_far.party,
            granted.scope,
            granted=granted.granted,
            text_version=granted.text_version,
            locale=so_far.locale,
            at=now,
            case_id=so_far.case.id if so_far.case and of_a_case else None,
            detail=granted.detail,
        )
        if granted.scope == consent.LEARN:
            await marks.follow_consent(conn, so_far.party, granted=granted.granted, at=now)
        if granted.scope == consent.STUDY:
            await study.follow_consent(conn, so_far.party, granted=granted.granted, at=now)
