"""What the page of a case offers first: the one thing that waits for whoever looks, filled; the others are quiet."""

from collections.abc import Sequence
from dataclasses import dataclass

from ticketing.domain.actors import Actor
from ticketing.domain.case_workflow import WITH_OWNER, CaseAction, CaseState, StepState
from ticketing.domain.permissions import Permission, may
from ticketing.models import CaseStep
from ticketing.services import case_lacking, case_two_sided, cases
from ticketing.web.case_actions import Scene
from ticketing.web.i18n import sentence

#: What ends a case, once it can be done.
ENDING = (CaseAction.LIFT_SECRECY, CaseAction.ANSWER)


@dataclass(frozen=True)
class Next:
    """A verb of the case, or a step of one's own; `why`: what the plan still lacks, for everybody to read."""

    verb: CaseAction | None = None
    step: CaseStep | None = None
    why: str = ""


def of(scene: Scene, possible: Sequence[CaseAction], actor: Actor) -> Next:
    """Return what waits for this person: the plan, then a step of their own, then the end of the case."""
    verb, why = _of_plan(scene)
    if verb in possible:
        return Next(verb, why=why)
    step = next((row for row in scene.steps[:-1] if _waits_for(scene, row, actor)), None)
    ending = next((one for one in ENDING if one in possible), None)
    return Next(None if step else ending, step, why)


def _of_plan(scene: Scene) -> tuple[CaseAction | None, str]:
    if scene.case.state != CaseState.PLANNING:
        return None, ""
    lack = case_lacking.first(scene.case, scene.steps, scene.parties, scene.province)
    return (lack.action, sentence(lack.refusal)) if lack else (CaseAction.CONFIRM_PLAN, "")


def _waits_for(scene: Scene, row: CaseStep, actor: Actor) -> bool:
    """Tell whether a step waits for this person; a list that they have confirmed waits for the other side."""
    if row.state not in WITH_OWNER:
        return False
    about = cases.facts(scene.case, scene.province, row, list(scene.parties))
    return may(actor, Permission.OWN_STEP, about) and not _confirmed(scene, row)


def _confirmed(scene: Scene, row: CaseStep) -> bool:
    if row.state != StepState.MATCHED:
        return False
    current = case_two_sided.current_round(scene.case, row.number)
    handed = case_two_sided.lists(current) if current else []
    return any(one.step_number == row.number and one.confirmed_at is not None for one in handed)
