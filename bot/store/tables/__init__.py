"""The tables, one class each.

Columns that end in `_sealed` hold bytes encrypted with the contact's own data key (`bot.store.crypto`); nothing that
a person wrote, and no identifier of a platform, stands in any other column.
"""

from bot.store.tables.base import NOW, Base
from bot.store.tables.desk import (
    AuditRow,
    CaseEventRow,
    CaseRow,
    ConsentRow,
    RecoveryCodeRow,
    SecondStepRow,
    ServiceCheckRow,
    SetupLinkRow,
    StaffRow,
    StaffSessionRow,
)
from bot.store.tables.hours import OwnDayRow, PromiseRow, RotaChangeRow, ShiftRow
from bot.store.tables.people import (
    AddressRow,
    ContactRow,
    ConversationRow,
    FollowUpRow,
    InboxRow,
    OutboxRow,
    RatingRow,
    SealedKeyRow,
    ThrottleRow,
    TranscriptRow,
)
from bot.store.tables.practice import PracticeTalkRow
from bot.store.tables.staffbot import (
    StaffCallRow,
    StaffNoticeRow,
    StaffTelegramCodeRow,
    StaffTelegramRow,
    StaffTopicMessageRow,
    StaffTopicRow,
    StaffUpdateRow,
)
from bot.store.tables.talking import (
    CheckQuestionRow,
    DraftRow,
    GuestRow,
    LineTranslationRow,
    MentionRow,
    NoteRow,
    TransferRow,
)
from bot.store.tables.words import (
    ContentEditRow,
    QuestionVectorRow,
    ReviewEventRow,
    ReviewRow,
    UnmetCountRow,
    UnmetDecisionRow,
    UnmetQuestionRow,
)

__all__ = [
    "NOW",
    "AddressRow",
    "AuditRow",
    "Base",
    "CaseEventRow",
    "CaseRow",
    "CheckQuestionRow",
    "ConsentRow",
    "ContactRow",
    "ContentEditRow",
    "ConversationRow",
    "DraftRow",
    "FollowUpRow",
    "GuestRow",
    "InboxRow",
    "LineTranslationRow",
    "MentionRow",
    "NoteRow",
    "OutboxRow",
    "OwnDayRow",
    "PracticeTalkRow",
    "PromiseRow",
    "QuestionVectorRow",
    "RatingRow",
    "RecoveryCodeRow",
    "ReviewEventRow",
    "ReviewRow",
    "RotaChangeRow",
    "SealedKeyRow",
    "SecondStepRow",
    "ServiceCheckRow",
    "SetupLinkRow",
    "ShiftRow",
    "StaffCallRow",
    "StaffNoticeRow",
    "StaffRow",
    "StaffSessionRow",
    "StaffTelegramCodeRow",
    "StaffTelegramRow",
    "StaffTopicMessageRow",
    "StaffTopicRow",
    "StaffUpdateRow",
    "ThrottleRow",
    "TranscriptRow",
    "TransferRow",
    "UnmetCountRow",
    "UnmetDecisionRow",
    "UnmetQuestionRow",
]
