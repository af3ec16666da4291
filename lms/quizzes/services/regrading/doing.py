"""Grading anew, as it was shown before."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import selectinload

from lms import clock, db
from lms.accounts.models import Person
from lms.courses import services as courses
from lms.courses.models import Enrolment
from lms.errors import ConflictError
from lms.i18n import gettext
from lms.quizzes.models import Attempt, Quiz, Regrade, Response
from lms.quizzes.services import drawing
from lms.quizzes.services.regrading.planning import Anew, Fate, Plan, Wanted, plan


def regrade(quiz: Quiz, wanted: Wanted, stamp: str, reason: str, person: Person) -> Regrade:
    """Does what was shown, and keeps on record whose score became what. What was passed or completed stays so.

    Raises ConflictError, and changes nothing, where it would come to something else than what the stamp stands for.
    """
    found = plan(quiz, wanted, hold=True)
    touched = [one for one in found.anew if one.is_touched]
    if found.stamp != stamp or not touched:
        raise ConflictError(gettext("Something has changed meanwhile. Please look again at what would happen."))
    new_ids = _new_ids(quiz, found)
    for batch in db.batches(touched):
        _keep(batch, new_ids)
    _count(quiz, found.fates)
    said = [_change(one, new_ids) for one in touched]
    record = Regrade(quiz_id=quiz.lesson_id, at=clock.now(), by_id=person.id, reason=reason, changes=said)
    db.session.add(record)
    db.session.flush()
    return record


def _new_ids(quiz: Quiz, found: Plan) -> dict[int, int]:
    """By wording that is replaced, the question that takes its place; one of the bank is made where it is missing."""
    versions = [new.version_id for new in found.stand_in.values() if new.version_id]
    made = dict(zip(versions, drawing.as_questions(quiz, versions), strict=True)) if versions else {}
    return {id_: new.row_id or made[new.version_id or 0] for id_, new in found.stand_in.items()}


def _keep(anew: Sequence[Anew], new_ids: Mapping[int, int]) -> None:
    """Fractions first, by the old ids; then answers and attempts go over to the wordings that graded them."""
    fractions = [
        {"attempt": one.attempt.id, "question": id_, "worth": worth}
        for one in anew
        for id_, worth in one.fractions.items()
    ]
    mine = (Response.attempt_id == bindparam("attempt"), Response.question_id == bindparam("question"))
    kept = update(Response.__table__).where(*mine).values(fraction=bindparam("worth"))  # type: ignore[arg-type]  # a table is what its model says
    if fractions:
        db.session.execute(kept, fractions)
    for old, new in new_ids.items():
        moved = [one.attempt.id for one in anew if old in one.replaced]
        of_old = update(Response).where(Response.question_id == old, Response.attempt_id.in_(moved))
        db.session.execute(of_old.values(question_id=new).execution_options(synchronize_session=False))
    db.session.execute(update(Attempt), [_values(one, new_ids) for one in anew])


def _values(one: Anew, new_ids: Mapping[int, int]) -> dict[str, Any]:
    return {
        "id": one.attempt.id,
        "question_ids": [new_ids[id_] if id_ in one.replaced else id_ for id_ in one.attempt.question_ids],
        "ungraded": one.ungraded,
        "mark": one.mark,
        "out_of": one.out_of,
        "score_percent": one.percent,
    }


def _count(quiz: Quiz, fates: Mapping[int, Fate]) -> None:
    """Enrolments are locked after attempts, each in the order of their ids, as nobody takes them the other way."""
    scores = {id_: (fate.after, fate.after >= quiz.pass_mark) for id_, fate in fates.items() if fate.after is not None}
    enrolments: list[Enrolment] = []
    for batch in db.batches(sorted(scores)):
        wanted = select(Enrolment).where(Enrolment.id.in_(batch)).order_by(Enrolment.id).with_for_update(of=Enrolment)
        wanted = wanted.options(selectinload(Enrolment.person))
        enrolments += db.session.scalars(wanted.execution_options(populate_existing=True))
    if enrolments:
        courses.count_scores(enrolments[0].course, quiz.lesson, enrolments, scores, quiz.final)


def _change(one: Anew, new_ids: Mapping[int, int]) -> dict[str, Any]:
    found: dict[str, Any] = {"attempt": one.attempt.id, "before": one.attempt.percent, "after": one.percent}
    if one.replaced:
        found["replaced"] = {str(id_): new_ids[id_] for id_ in sorted(one.replaced)}
    return found
