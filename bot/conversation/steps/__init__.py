"""The kinds of steps, one file each; `HANDLERS` finds the behaviour of a step by its type."""

from typing import Any

from bot.conversation.steps.about_me import AboutMeHandler
from bot.conversation.steps.answer import AnswerHandler
from bot.conversation.steps.ask import AskHandler
from bot.conversation.steps.base import Handler
from bot.conversation.steps.broadcast import BroadcastHandler
from bot.conversation.steps.browse import BrowseHandler
from bot.conversation.steps.certificate import CertificateHandler
from bot.conversation.steps.choose import ChooseHandler
from bot.conversation.steps.choose_language import ChooseLanguageHandler
from bot.conversation.steps.city_round import CityRoundHandler
from bot.conversation.steps.consent import ConsentHandler
from bot.conversation.steps.easier import EasierHandler
from bot.conversation.steps.emergency import EmergencyHandler
from bot.conversation.steps.erase import EraseHandler
from bot.conversation.steps.event import EventHandler
from bot.conversation.steps.event_list import EventListHandler
from bot.conversation.steps.feedback import FeedbackHandler
from bot.conversation.steps.follow_up import FollowUpHandler
from bot.conversation.steps.hand_over import HandOverHandler
from bot.conversation.steps.join import JoinHandler
from bot.conversation.steps.join_confirm import JoinConfirmHandler
from bot.conversation.steps.join_elsewhere import JoinElsewhereHandler
from bot.conversation.steps.join_told import JoinToldHandler
from bot.conversation.steps.learn import LearnHandler
from bot.conversation.steps.listen import ListenHandler
from bot.conversation.steps.name import NameHandler
from bot.conversation.steps.news import NewsHandler
from bot.conversation.steps.offer import OfferHandler
from bot.conversation.steps.own_file import OwnFileHandler
from bot.conversation.steps.passphrase import PassphraseHandler
from bot.conversation.steps.place import PlaceHandler
from bot.conversation.steps.quiz import QuizHandler
from bot.conversation.steps.quiz_list import QuizListHandler
from bot.conversation.steps.rate_campaign import RateCampaignHandler
from bot.conversation.steps.safe_word import SafeWordHandler
from bot.conversation.steps.say import SayHandler
from bot.conversation.steps.series import SeriesHandler
from bot.conversation.steps.services import ServicesHandler
from bot.conversation.steps.shared_phone import SharedPhoneHandler
from bot.conversation.steps.study_ask import StudyAskHandler
from bot.conversation.steps.study_probe import StudyProbeHandler
from bot.conversation.steps.support import SupportHandler
from bot.conversation.steps.vanish import VanishHandler
from bot.conversation.steps.zone import ZoneHandler

HANDLERS: dict[str, Handler[Any]] = {
    "answer": AnswerHandler(),
    "ask": AskHandler(),
    "broadcast": BroadcastHandler(),
    "browse": BrowseHandler(),
    "choose": ChooseHandler(),
    "choose_language": ChooseLanguageHandler(),
    "consent": ConsentHandler(),
    "emergency": EmergencyHandler(),
    "erase": EraseHandler(),
    "feedback": FeedbackHandler(),
    "follow_up": FollowUpHandler(),
    "hand_over": HandOverHandler(),
    "learn": LearnHandler(),
    "name": NameHandler(),
    "offer": OfferHandler(),
    "own_file": OwnFileHandler(),
    "passphrase": PassphraseHandler(),
    "quiz": QuizHandler(),
    "quiz_list": QuizListHandler(),
    "safe_word": SafeWordHandler(),
    "say": SayHandler(),
    "services": ServicesHandler(),
    "study_ask": StudyAskHandler(),
    "study_probe": StudyProbeHandler(),
    "support": SupportHandler(),
    "news": NewsHandler(),
    "about_me": AboutMeHandler(),
    "place": PlaceHandler(),
    "vanish": VanishHandler(),
    "zone": ZoneHandler(),
    "event": EventHandler(),
    "event_list": EventListHandler(),
    "rate_campaign": RateCampaignHandler(),
    "series": SeriesHandler(),
    "certificate": CertificateHandler(),
    "city_round": CityRoundHandler(),
    "listen": ListenHandler(),
    "easier": EasierHandler(),
    "join": JoinHandler(),
    "join_confirm": JoinConfirmHandler(),
    "join_told": JoinToldHandler(),
    "join_elsewhere": JoinElsewhereHandler(),
    "shared_phone": SharedPhoneHandler(),
}
