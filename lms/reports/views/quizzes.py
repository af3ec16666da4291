"""A quiz of a course: everyone's results, and what these say about the questions."""

from flask import render_template, request
from werkzeug.wrappers import Response

from lms import i18n
from lms.courses.models import Course, Lesson
from lms.errors import NotFoundError
from lms.quizzes import opening, services as quizzes
from lms.quizzes.models import Quiz
from lms.quizzes.words import KINDS
from lms.reports import overview
from lms.reports.quizzes import charts, entries, findings, remarks, results as result_list, table, words
from lms.reports.quizzes.findings import Findings
from lms.reports.quizzes.forms import ResultsForm
from lms.reports.views.blueprint import bp, course_to_see
from lms.reports.views.lists import Wanted, as_csv, as_xlsx, list_at
from lms.web.access import requires

ADDRESS = "/manage/courses/<course>/quizzes/<lesson>"


def _quiz(course: str, lesson: str) -> tuple[Course, Lesson, Quiz]:
    course_to_see(course)
    found = quizzes.find(course, lesson)
    if found is None:
        raise NotFoundError
    return found


@list_at(f"{ADDRESS}/results")
def results(course: str, lesson: str, is_page: bool) -> Wanted:
    found, of_quiz, quiz = _quiz(course, lesson)
    asked = entries.of(quiz)
    listing = result_list.listing(quiz, asked, _everything())
    form = ResultsForm(listing, request.args, asked, overview.cohort_names(found))
    return Wanted(
        form,
        f"{course}-{lesson}",
        {
            "course": found,
            "lesson": of_quiz,
            "quiz": quiz,
            "entries": asked,
            "marks": entries.marks,
            "results": words.RESULTS,
        },
        template="lms/reports/quiz_results.html",
        file=result_list.in_file(listing, asked),
        rows=lambda rows: result_list.rows_of_file(listing, asked, rows),
    )


def _everything() -> bool:
    return request.args.get("attempts") == "all"


@bp.get(f"{ADDRESS}/statistics")
@requires()
def statistics(course: str, lesson: str) -> str:
    found, of_quiz, quiz = _quiz(course, lesson)
    seen = findings.of(quiz, _everything())
    with i18n.in_language(i18n.language()):  # which the figures ask for hundreds of times
        return render_template(
            "lms/reports/quiz_statistics.html",
            course=found,
            lesson=of_quiz,
            quiz=quiz,
            findings=seen,
            everything=_everything(),
            choices=words.FIRST_OR_ALL,
            kinds=KINDS,
            picture=opening.pictures(course, lesson),
            remarks=remarks,
            histogram=charts.histogram(seen.totals),
        )


@bp.get(f"{ADDRESS}/statistics.csv")
@requires()
def statistics_csv(course: str, lesson: str) -> Response:
    quiz, seen = _statistics(course, lesson)
    return as_csv(f"{course}-{lesson}", table.listing(quiz), table.rows(seen))


@bp.get(f"{ADDRESS}/statistics.xlsx")
@requires()
def statistics_xlsx(course: str, lesson: str) -> Response:
    quiz, seen = _statistics(course, lesson)
    return as_xlsx(f"{course}-{lesson}", *table.sheets(quiz, seen))


def _statistics(course: str, lesson: str) -> tuple[Quiz, Findings]:
    _course, _lesson, quiz = _quiz(course, lesson)
    return quiz, findings.of(quiz, _everything())
