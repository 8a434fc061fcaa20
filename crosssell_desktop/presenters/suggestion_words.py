"""Says a ranked suggestion in the reader's language: relation, the customer's gain, the proof, the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crosssell_desktop.domain.basket import Item, ShownOffer
from crosssell_desktop.domain.fit import FitAnswer, FitVerdict, Operator, shown
from crosssell_desktop.domain.format import NBSP, calendar_day
from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.domain.matrix import CompetitiveClaim
from crosssell_desktop.domain.spoken import Voice, speak
from crosssell_desktop.domain.text import N_, NP_, Text, Translator
from crosssell_desktop.presenters.state import Answer, RefusalReason, SuggestionRow, WhyPoint
from crosssell_desktop.suggest.evidence import Evidence
from crosssell_desktop.suggest.rank import Suggestion
from crosssell_desktop.suggest.vocabulary import EvidenceKind, Reason, Relation

RELATIONS: Mapping[str, str] = {
    Relation.REQUIRED: N_("required"),
    Relation.ENHANCES: N_("does more together"),
    Relation.CONSUMABLE: N_("consumable"),
    Relation.PROTECTS: N_("protects"),
    Relation.CARE: N_("care"),
    Relation.SERVICE: N_("service"),
    Relation.SPARE: N_("spare"),
    Relation.UPGRADE: N_("better one"),
    Relation.SUBSTITUTE: N_("substitute"),
    Relation.CHEAPER_ALTERNATIVE: N_("cheaper"),
    Relation.INCOMPATIBLE: N_("does not fit"),
    Reason.DUE_AGAIN: N_("due again"),
    Reason.COMPLEMENT: N_("bought together"),
    Reason.HABIT: N_("usually taken"),
    Reason.NEW_FOR_YOU: N_("new for the customer"),
}
FITS: Mapping[FitAnswer, str] = {
    FitAnswer.FITS: N_("fits"),
    FitAnswer.DOES_NOT_FIT: N_("does not fit"),
    FitAnswer.UNKNOWN: N_("fit not known"),
    FitAnswer.NOT_APPLICABLE: N_("fits any"),
}
PROOF_ORDER = tuple(EvidenceKind(f"E{n}") for n in (2, 7, 3, 6, 5, 4, 9, 8, 1))
"""Which proof is said first: figures of other buyers and of the customer's own past, then what the chip says anyway."""
_ANSWERS = {"accepted": Answer.YES, "declined": Answer.NO, "postponed": Answer.NO}
MOST_DETAIL = 14
"""Longer values are left to the opened proof: a chip is read at a glance."""
SOURCES: Mapping[str, str] = {
    "receipts": N_("receipts of this shop"),
    "prices": N_("today's prices"),
    "own purchases": N_("the customer's own purchases"),
}
"""Where computed evidence comes from; recorded evidence names its own document."""

_ALSO_TOOK = NP_(
    "{joint} of {n} buyer also took it ({share}%, {low}–{high}%)",
    "{joint} of {n} buyers also took it ({share}%, {low}–{high}%)",
)
_TOOK = NP_(
    "{joint} of {n} buyer of {core} took {item} ({share}%, {low}–{high}%)",
    "{joint} of {n} buyers of {core} took {item} ({share}%, {low}–{high}%)",
)
_DUE = NP_("bought {age} day ago, lasts {lasts} d.", "bought {age} days ago, lasts {lasts} d.")
_HABIT = NP_("in {times} of your {n} purchase", "in {times} of your {n} purchases")
_DUE_NAMED = NP_("{item}: bought {age} day ago, lasts {lasts} d.", "{item}: bought {age} days ago, lasts {lasts} d.")
_HABIT_NAMED = NP_("{item}: in {times} of your {n} purchase", "{item}: in {times} of your {n} purchases")
_FITS_NAMED = N_("{item} fits {core}. {reason}")


@dataclass(frozen=True, slots=True)
class Named:
    """Product names in the reader's language, by id."""

    items: Mapping[ProductId, Item]
    speaker: Translator
    claims: Mapping[ProductId, tuple[CompetitiveClaim, ...]] = field(default_factory=dict)
    """How products compare with named alternatives."""

    def __getitem__(self, product: ProductId) -> str:
        """Return a name, or nothing for a product no longer sold."""
        item = self.items.get(product)
        if item is None:
            return ""
        return item.name_ru if self.speaker.language == "ru" else item.name_en


def quoted(name: str, speaker: Translator) -> str:
    """Return a name in the quotation marks of the language, so that a sentence need not inflect it.

    Marks inside the name become the inner ones: «Объектив „Лумира“».
    """
    if speaker.language == "ru":
        return f"«{name.replace('«', '„').replace('»', '“')}»"
    return f"“{name}”"


def row_of(
    shown_offer: ShownOffer,
    suggestion: Suggestion | None,
    names: Named,
    *,
    core: ProductId,
    attribute_words: Mapping[str, str],
) -> SuggestionRow:
    """Return one row; when the ranking has moved on since it was shown, name, price and answer stay."""
    speaker = names.speaker
    product = shown_offer.product_id
    item = names.items.get(product)
    reason = None if shown_offer.reason is None else RefusalReason(shown_offer.reason)
    if suggestion is None:
        return SuggestionRow(
            number=shown_offer.rank,
            offer_id=shown_offer.id,
            product_id=product,
            name=names[product],
            price_minor=0 if item is None else item.price_minor,
            benefit="",
            proof="",
            fit=Text(""),
            answer=_answer(shown_offer),
            reason=reason,
        )
    told = sorted((e for e in suggestion.evidence if not e.against), key=lambda e: PROOF_ORDER.index(e.kind))
    because = speaker.say(fit_words(suggestion.fit, attribute_words))
    said = [Said(e, names, quoted(names[core], speaker), quoted(names[product], speaker), because) for e in told]
    benefits = [b.text_ru if speaker.language == "ru" else b.text_en for b in suggestion.benefits]
    has_rule = suggestion.fit.answer is not FitAnswer.NOT_APPLICABLE
    points = [WhyPoint(text, tone="ok") for text in dict.fromkeys(benefits) if text]
    points += [WhyPoint(one.claim(), one.source()) for one in said if one.claim()]
    if has_rule and all(e.kind is not EvidenceKind.COMPATIBILITY for e in told):
        points.append(WhyPoint(because))
    points += [_compared(claim, speaker) for claim in names.claims.get(product, ())]
    return SuggestionRow(
        number=shown_offer.rank,
        offer_id=shown_offer.id,
        product_id=product,
        name=names[product],
        price_minor=suggestion.price_minor,
        benefit=benefits[0] if benefits else "",
        proof=said[0].short() if said else "",
        claim=said[0].claim() if said else "",
        source=said[0].source() if said else "",
        fit=Text(FITS[suggestion.fit.answer]),
        fit_detail=fit_detail(suggestion.fit) if has_rule else "",
        fit_tone="ok" if has_rule else "plain",
        relation=Text(RELATIONS[suggestion.relation or suggestion.reason]),
        answer=_answer(shown_offer),
        reason=reason,
        why=tuple(points),
    )


def _compared(claim: CompetitiveClaim, speaker: Translator) -> WhyPoint:
    dated = "" if claim.dated is None else calendar_day(claim.dated, speaker.language)
    return WhyPoint(speaker.say(claim.said(speaker.language)), f"{claim.source}, {dated}")


def fit_words(verdict: FitVerdict, labels: Mapping[str, str]) -> Text:
    """Return why it fits, attributes by their names; one attribute equal on both sides is said once."""
    if verdict.findings:
        first = verdict.findings[0]
        left, right = first.predicate.left, first.predicate.right
        same_name = bool(left.attribute) and left.name(labels) == right.name(labels)
        if first.answer is FitAnswer.FITS and first.predicate.operator is Operator.EQ and same_name:
            return Text(N_("{name}: {value} on both"), {"name": left.name(labels), "value": shown(first.left)})
    return verdict.reason_with(labels)


def fit_detail(verdict: FitVerdict) -> str:
    """Return the value it fits by when one word says it: «RF», «49 mm»; nothing when it is long or a comparison."""
    for finding in verdict.findings:
        operator = finding.predicate.operator
        value = finding.right if operator is Operator.CONTAINS else finding.left
        if finding.answer is FitAnswer.FITS and operator in _SAME and not isinstance(value, bool | None):
            told = shown(value)
            return told if len(told) <= MOST_DETAIL else ""
    return ""


_SAME = frozenset({Operator.EQ, Operator.IN, Operator.MODEL_IN, Operator.CONTAINS})


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of evidence in the reader's language: short for the card, in full for the opened proof."""

    evidence: Evidence
    names: Named
    core: str
    """The core's name in quotation marks."""
    item: str
    because: str
    """Why it fits, in words."""

    def short(self) -> str:
        """Return the proof for one line, without names of products."""
        if self.evidence.text is None:
            return self._recorded()
        match self.evidence.method.partition("/")[0], self.evidence.kind:
            case _, EvidenceKind.CO_PURCHASE:
                return self._counted(_ALSO_TOOK)
            case _, EvidenceKind.COMPATIBILITY:
                return self.because
            case "due", _:
                return self._counted(_DUE)
            case "habit", _:
                return self._counted(_HABIT)
        return self._say(self.evidence.text)

    def claim(self) -> str:
        """Return the proof in full, names of products in quotation marks."""
        text = self.evidence.text
        if text is None:
            return self._recorded()
        match self.evidence.method.partition("/")[0], self.evidence.kind:
            case _, EvidenceKind.CO_PURCHASE:
                return self._counted(_TOOK)
            case _, EvidenceKind.COMPATIBILITY:
                return self._say(Text(_FITS_NAMED, {"reason": self.because}))
            case "due", _:
                return self._counted(_DUE_NAMED)
            case "habit", _:
                return self._counted(_HABIT_NAMED)
        return self._say(text)

    def source(self) -> str:
        """Return where it is known from, how it was counted or the document, and how far it reaches."""
        speaker = self.names.speaker
        if self.evidence.limits is not None:
            return speaker.say(self.evidence.limits)
        source = self.evidence.source
        said = speaker.gettext(SOURCES[source]) if source in SOURCES else source
        limits = self.evidence.limits_ru if speaker.language == "ru" else self.evidence.limits_en
        return f"{said.rstrip('.')}. {limits}" if limits else said

    def _recorded(self) -> str:
        ru = self.names.speaker.language == "ru"
        return self.evidence.claim_ru if ru else self.evidence.claim_en

    def _counted(self, forms: tuple[str, str]) -> str:
        text = self.evidence.text
        if text is None:
            return self._recorded()
        said = self._say(Text(forms[0], text.values, forms[1], text.count))
        head, mark, bounds = said.rpartition("(")
        # The share and its bounds stay on one line.
        return head + mark + bounds.replace(" ", NBSP) if mark and bounds.endswith(")") else said

    def _say(self, text: Text) -> str:
        values = {**text.values, "core": self.core, "item": self.item}
        return speak(Text(text.message, values, text.plural, text.count), Voice(self.names.speaker))


def _answer(shown_offer: ShownOffer) -> Answer:
    return Answer.OPEN if shown_offer.answer is None else _ANSWERS[shown_offer.answer]
