"""The rules of who is who, as data: what evidence puts a pair of cards into which zone (domain rules, section 4).

Law: a wrong match is worse than a duplicate. Nothing contradicted is ever joined by itself, whatever agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crosssell_desktop.domain.text import N_, Text
from crosssell_desktop.matching.compare import Comparison, Finding

REVIEW_PROBABILITY = 0.9
"""From here on a pair the model finds goes to a person, whichever rule is silent."""
DOUBTED_PROBABILITY = 0.5
"""Below it the model does not believe an automatic rule, so a person decides."""


class Zone(StrEnum):
    """What is done with a pair."""

    AUTO = "auto"
    REVIEW = "review"
    SEPARATE = "separate"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: any of the groups of evidence, whole, puts a pair into its zone."""

    code: str
    zone: Zone
    text: Text
    needs: tuple[frozenset[Finding], ...]
    is_family: bool = False
    """The phone is a family's: a household is offered."""


def _all(*findings: Finding) -> frozenset[Finding]:
    return frozenset(findings)


F = Finding
RULES: tuple[Rule, ...] = (
    Rule("M1", Zone.AUTO, Text(N_("The same loyalty card, or the same number in one system")),
         (_all(F.LOYALTY), _all(F.EXTERNAL))),
    Rule("M2", Zone.AUTO, Text(N_("The same verified phone and the same family name")),
         (_all(F.VERIFIED_PHONE, F.FAMILY_CLOSE),)),
    Rule("M3", Zone.AUTO, Text(N_("The same verified e-mail, first and family name")),
         (_all(F.VERIFIED_EMAIL, F.FAMILY_EQUAL, F.GIVEN_EQUAL),)),
    Rule("M4", Zone.REVIEW, Text(N_("The same phone, another family name: a family's phone?")),
         (_all(F.PHONE, F.FAMILY_OTHER),), is_family=True),
    Rule("M2a", Zone.REVIEW, Text(N_("The same phone, nobody has verified it for both")), (_all(F.PHONE),)),
    Rule("M3a", Zone.REVIEW, Text(N_("The same e-mail")), (_all(F.EMAIL),)),
    Rule("M5", Zone.REVIEW, Text(N_("The same name and birthday, no contact in common")),
         (_all(F.FAMILY_CLOSE, F.GIVEN_EQUAL, F.BIRTHDAY),)),
    Rule("M6", Zone.REVIEW, Text(N_("A similar name at the same street and house")), (_all(F.NAME_LIKE, F.ADDRESS),)),
)  # fmt: skip
"""In order of strength; the first that holds names the pair. M2a and M3a say what section 4 leaves open."""

NEVER_AUTO: dict[Finding, Text] = {
    F.BIRTHDAYS_DIFFER: Text(N_("Two verified birthdays")),
    F.INNS_DIFFER: Text(N_("Two taxpayer numbers")),
    F.GIVEN_CONTRADICTS: Text(N_("Two first names")),
    F.PATRONYMIC_CONTRADICTS: Text(N_("Two patronymics")),
    F.SEX_CONTRADICTS: Text(N_("A man's and a woman's name")),
    F.BIRTHDAY_CONTRADICTS: Text(N_("Two birthdays")),
}
"""M7 and what the twins and family phones of one shop teach: any of these keeps a pair from being joined by itself."""

NO_NAME = Text(N_("The first name is not told in both"))
SHARED_KEY = Text(N_("Several people have this contact or card"))
FAMILY_PHONE = Text(N_("Others of the family have this phone, and the birthday is not told in both"))
DOUBTED = Text(N_("Taken together it is unlikely"))
LIKELY = Text(N_("Taken together it is likely"))
IN_A_CONTRADICTED_GROUP = Text(N_("With the others of its group it would join what contradicts"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a pair, by which rule and why; ``probability`` is None when no model was asked."""

    zone: Zone
    rule: str
    reasons: tuple[Text, ...]
    is_family: bool = False
    probability: float | None = None


def judge(
    pair: Comparison, *, probability: float | None = None, is_shared: bool = False, is_family_phone: bool = False
) -> Verdict:
    """Return what becomes of a pair.

    Args:
        pair: The two cards compared.
        probability: What the model says of all evidence together, from 0 to 1.
        is_shared: The contact or card they have in common is known to be many people's.
        is_family_phone: All they have in common is a phone that other people of the family use: a father and a son may
            share the whole name, so only one birthday tells.
    """
    rule = next((r for r in RULES if any(need <= pair.findings for need in r.needs)), None)
    against = tuple(text for finding, text in NEVER_AUTO.items() if finding in pair.findings)
    if rule is None:
        if probability is not None and probability >= REVIEW_PROBABILITY:
            return Verdict(Zone.REVIEW, "P", (LIKELY, *against), probability=probability)
        return Verdict(Zone.SEPARATE, "", against, probability=probability)
    reasons = [rule.text, *against]
    if Finding.GIVEN_AGREES not in pair.findings and not against:
        reasons.append(NO_NAME)
    if is_shared:
        reasons.append(SHARED_KEY)
    if is_family_phone and Finding.BIRTHDAY not in pair.findings:
        reasons.append(FAMILY_PHONE)
    if probability is not None and probability < DOUBTED_PROBABILITY:
        reasons.append(DOUBTED)
    zone = Zone.REVIEW if len(reasons) > 1 else rule.zone
    is_family = rule.is_family or (
        Finding.PHONE in pair.findings and bool(pair.findings & {F.GIVEN_CONTRADICTS, F.SEX_CONTRADICTS})
    )
    return Verdict(zone, rule.code, tuple(reasons), is_family, probability)
