"""Scores of many people at once, after the answers to a quiz were graded anew."""

from collections.abc import Mapping, Sequence

from lms import clock, db
from lms.courses.models import Course, Enrolment, Lesson
from lms.courses.services import progress


def count_scores(
    course: Course,
    lesson: Lesson,
    enrolments: Sequence[Enrolment],
    scores: Mapping[int, tuple[float, bool]],
    final: bool = False,
) -> None:
    """What `count_score` does, for many: by the id of the enrolment the score that counts from now on, and whether it
    passes. None of them is at it now. Their rows are locked by the caller.
    """
    record = progress.recording(db.session.get_bind().dialect.name, exact=True)
    for batch in db.batches(enrolments):
        db.session.execute(record, [_row(lesson, one.id, *scores[one.id]) for one in batch])
        for one in batch if final else ():
            one.best_score_percent = scores[one.id][0]
        by_id = {one.id: one for one in batch}
        standings = list(progress.standings(course, Enrolment.id.in_(by_id)))
        ready = [by_id[id_] for id_, rule, found in standings if progress.come_to(by_id[id_], rule, found)]
        if ready:
            progress.complete(ready)


def _row(lesson: Lesson, enrolment: int, score_percent: float, passed: bool) -> dict[str, object]:
    return {
        "enrolment_id": enrolment,
        "lesson_id": lesson.id,
        "opened_at": clock.now(),
        "completed_at": clock.now() if passed else None,
        "score_percent": score_percent,
        "seconds": 0,
    }
