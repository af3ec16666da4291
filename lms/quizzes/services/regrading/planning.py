"""What grading anew would change, worked out from the rows as they are."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from lms import db
from lms.courses.models import LessonProgress
from lms.quizzes import grading, policy
from lms.quizzes.models import Quiz, Response
from lms.quizzes.services.regrading import wordings
from lms.quizzes.services.regrading.wordings import Answer, HandedIn, Wording


@dataclass(frozen=True)
class Anew:
    """What an attempt comes to."""

    attempt: HandedIn
    fractions: Mapping[int, float | None]
    """By question, what its answer is worth now, where that is something else."""
    replaced: Collection[int]
    """The questions that are graded by a newer wording."""
    ungraded: int
    mark: float
    out_of: float
    percent: float | None

    @property
    def changes(self) -> bool:
        """Its points or its score."""
        return self.attempt[-4:] != (self.ungraded, self.mark, self.out_of, self.percent)

    @property
    def is_touched(self) -> bool:
        return self.changes or bool(self.fractions or self.replaced)


@dataclass(frozen=True)
class Fate:
    """What becomes of one learner's score."""

    before: float | None
    after: float | None
    passes: bool = False
    """And did not before."""
    fails: bool = False
    """Would no longer pass; that they have passed stays."""


@dataclass(frozen=True)
class Plan:
    """What regrading would do."""

    anew: Sequence[Anew]
    """Every attempt that is graded anew."""
    fates: Mapping[int, Fate]
    """By enrolment, of those whose score that counts becomes another."""
    stand_in: Mapping[int, Wording]
    """By the wordings that are replaced, those that take their place."""
    stamp: str
    """Stands for all of it."""

    @property
    def changed(self) -> list[Anew]:
        """Those whose score becomes another: who passes or fails by it comes first, then who it changes most."""
        return sorted((one for one in self.anew if one.changes), key=self._rank)

    @property
    def passing(self) -> int:
        return sum(fate.passes for fate in self.fates.values())

    @property
    def failing(self) -> int:
        return sum(fate.fails for fate in self.fates.values())

    def _rank(self, one: Anew) -> tuple[Any, ...]:
        fate = self.fates.get(one.attempt.enrolment_id)
        decided = fate is not None and (fate.passes or fate.fails)
        return not decided, -abs((one.percent or 0) - (one.attempt.percent or 0)), one.attempt.id


@dataclass(frozen=True)
class Wanted:
    """What is to be graded anew."""

    questions: frozenset[int] = field(default_factory=frozenset)
    """Wordings, by their ids, to be graded by what has taken their place."""
    everything: bool = False
    """All other answers, too, by the wording that they were given to."""

    def __bool__(self) -> bool:
        return bool(self.questions) or self.everything


def plan(quiz: Quiz, wanted: Wanted, hold: bool = False) -> Plan:
    """Works it out, and changes nothing. `hold`: nobody may change the attempts before this transaction ends.

    As many queries for any number of attempts up to `db.AT_ONCE`, then one more for each further so many.
    """
    attempts, rows = wordings.attempts(quiz, hold), wordings.rows_of(quiz)
    stand_in = {one.id: one.new for one in wordings.found(rows, wordings.asked(attempts)) if not one.obstacle}
    stand_in = {id_: new for id_, new in stand_in.items() if id_ in wanted.questions}
    own = {row.id: wordings.of_row(row) for row, _of in rows}
    anew: list[Anew] = []
    for batch in db.batches([one for one in attempts if wanted.everything or stand_in.keys() & set(one.question_ids)]):
        answers = _answers([one.id for one in batch])
        grades = _Grading(quiz.tries, own, stand_in, wanted.everything)
        anew += [grades.anew(one, answers.get(one.id, {})) for one in batch]
    fates = _fates(quiz, attempts, {one.attempt.id: one.percent for one in anew})
    return Plan(anew, fates, stand_in, _stamp(anew, stand_in))


def _answers(attempts: Sequence[int]) -> Mapping[int, Mapping[int, Answer]]:
    """By attempt and question."""
    graded = Response.graded_at.is_not(None)
    said = (Response.value, Response.tries, Response.fraction, Response.levels, graded)
    wanted = select(Response.attempt_id, Response.question_id, *said).where(Response.attempt_id.in_(attempts))
    found: dict[int, dict[int, Answer]] = {}
    for attempt, question, value, *more in db.session.execute(wanted):
        found.setdefault(attempt, {})[question] = Answer(attempt, question, value["given"], *more)
    return found


@dataclass(frozen=True)
class _Grading:
    tries: bool
    own: Mapping[int, Wording]
    stand_in: Mapping[int, Wording]
    everything: bool

    def anew(self, attempt: HandedIn, answers: Mapping[int, Answer]) -> Anew:
        ids = [id_ for id_ in attempt.question_ids if id_ in self.own]
        moved = {id_ for id_ in ids if id_ in self.stand_in and self.stand_in[id_].row_id not in ids}
        by = {id_: self.stand_in[id_] if id_ in moved else self.own[id_] for id_ in ids}
        worth = {id_: self._worth(by[id_], answers[id_], id_ in moved) for id_ in ids if id_ in answers}
        score = grading.score((worth.get(id_) or 0.0, by[id_].max_mark) for id_ in ids)
        ungraded = sum(fraction is None for fraction in worth.values())
        percent = None if ungraded else float(score.percent)
        changed = {id_: fraction for id_, fraction in worth.items() if fraction != answers[id_].fraction}
        return Anew(attempt, changed, moved, ungraded, float(score.mark), float(score.out_of), percent)

    def _worth(self, wording: Wording, answer: Answer, moved: bool) -> float | None:
        return wording.worth(answer, self.tries) if self.everything or moved else answer.fraction


def _fates(quiz: Quiz, attempts: Sequence[HandedIn], percents: Mapping[int, float | None]) -> Mapping[int, Fate]:
    made: dict[int, list[HandedIn]] = {}
    for attempt in sorted(attempts, key=lambda one: one.number):
        made.setdefault(attempt.enrolment_id, []).append(attempt)
    complete = set(_complete(quiz)) if percents else set()
    fates = {}
    for id_, own in made.items():
        before = policy.counting_of(quiz.counts, [one.percent for one in own])
        after = policy.counting_of(quiz.counts, [percents.get(one.id, one.percent) for one in own])
        if before != after:
            passes = after is not None and after >= quiz.pass_mark
            has_passed = id_ in complete
            fails = before is not None and after is not None and before >= quiz.pass_mark and not passes
            fates[id_] = Fate(before, after, passes and not has_passed, fails)
    return fates


def _complete(quiz: Quiz) -> Sequence[int]:
    """The enrolments that have passed it."""
    wanted = select(LessonProgress.enrolment_id).where(LessonProgress.lesson_id == quiz.lesson_id)
    return db.session.scalars(wanted.where(LessonProgress.completed_at.is_not(None))).all()


def _stamp(anew: Sequence[Anew], stand_in: Mapping[int, Wording]) -> str:
    said = [(one.attempt, sorted(one.fractions.items()), one.percent) for one in anew]
    by = sorted((id_, new.row_id, new.version_id) for id_, new in stand_in.items())
    return sha256(json.dumps([said, by]).encode()).hexdigest()
