"""What an agreement of two people sets in motion, by the kind of change."""

from collections.abc import Mapping

from bot.review import policy_control, protecting, roles
from bot.review.two_people import Apply
from bot.review.two_people_store import ChangeKind

APPLY: Mapping[ChangeKind, Apply] = {
    "role": roles.apply,
    "retention": policy_control.apply,
    "policy": policy_control.apply,
    "erasure": protecting.apply_erasure,
    "release": protecting.apply_release,
}
