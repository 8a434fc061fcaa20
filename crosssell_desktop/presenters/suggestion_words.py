"""Says a ranked suggestion in the reader's language: relation, the customer's gain, the proof, the fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crosssell_desktop.domain.basket import Item, ShownOffer
from crosssell_desktop.domain.fit import FitAnswer
from crosssell_desktop.domain.ids import ProductId
from crosssell_desktop.domain.text import N_, Text, Translator
from crosssell_desktop.presenters.state import Answer, RefusalReason, SuggestionRow
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


@dataclass(frozen=True, slots=True)
class Named:
    """Product names in the reader's language, by id."""

    items: Mapping[ProductId, Item]
    speaker: Translator

    def __getitem__(self, product: ProductId) -> str:
        """Return a name, or nothing for a product no longer sold."""
        item = self.items.get(product)
        if item is None:
            return ""
        return item.name_ru if self.speaker.language == "ru" else item.name_en


def row_of(
    shown: ShownOffer,
    suggestion: Suggestion | None,
    names: Named,
    *,
    core: ProductId,
    attribute_words: Mapping[str, str],
) -> SuggestionRow:
    """Return one row; when the ranking has moved on since it was shown, name, price and answer stay."""
    speaker = names.speaker
    item = names.items.get(shown.product_id)
    price = (
        item.price_minor if suggestion is None and item is not None else (suggestion.price_minor if suggestion else 0)
    )
    if suggestion is None:
        return SuggestionRow(
            number=shown.rank,
            offer_id=shown.id,
            product_id=shown.product_id,
            name=names[shown.product_id],
            price_minor=price,
            benefit="",
            proof="",
            fit=Text(""),
            answer=_answer(shown),
            reason=None if shown.reason is None else RefusalReason(shown.reason),
        )
    told = sorted((e for e in suggestion.evidence if not e.against), key=lambda e: PROOF_ORDER.index(e.kind))
    proofs = [said for e in told if (said := proof(e, names, core, shown.product_id))]
    limits = [speaker.say(e.limits) for e in suggestion.evidence if e.limits is not None]
    benefits = [b.text_ru if speaker.language == "ru" else b.text_en for b in suggestion.benefits]
    fit_reason = suggestion.fit.reason_with(attribute_words)
    has_rule = suggestion.fit.answer is not FitAnswer.NOT_APPLICABLE
    return SuggestionRow(
        number=shown.rank,
        offer_id=shown.id,
        product_id=shown.product_id,
        name=names[shown.product_id],
        price_minor=price,
        benefit=benefits[0] if benefits else "",
        proof=proofs[0] if proofs else "",
        fit=Text(FITS[suggestion.fit.answer]),
        fit_detail=speaker.say(fit_reason) if has_rule else "",
        fit_tone="ok" if has_rule else "plain",
        relation=Text(RELATIONS[suggestion.relation or suggestion.reason]),
        answer=_answer(shown),
        reason=None if shown.reason is None else RefusalReason(shown.reason),
        why=tuple(dict.fromkeys([*benefits, *proofs, *limits, *([speaker.say(fit_reason)] if has_rule else [])])),
    )


def proof(evidence: Evidence, names: Named, core: ProductId, item: ProductId) -> str:
    """Return a proof in words; product names in it are those of the reader's language."""
    if evidence.text is None:
        return evidence.claim_ru if names.speaker.language == "ru" else evidence.claim_en
    values = dict(evidence.text.values)
    if "core" in values:
        values["core"] = names[core]
    if "item" in values:
        values["item"] = names[item]
    return names.speaker.say(Text(evidence.text.message, values, evidence.text.plural, evidence.text.count))


def _answer(shown: ShownOffer) -> Answer:
    return Answer.OPEN if shown.answer is None else _ANSWERS[shown.answer]
