from sqlalchemy import func, select

from lms import db, signals
from lms.courses import services
from lms.courses.models import Enrolment, EnrolmentStatus, LessonProgress
from tests import factories
from tests.conftest import Visitor, counted_queries, reread


def only_enrolment() -> Enrolment:
    reread()
    return db.session.scalars(select(Enrolment)).one()


def test_a_visitor_sees_the_course_and_is_asked_to_sign_in(client: Visitor) -> None:
    factories.course()
    page = client.get("/courses/innovation/").text
    assert "Sign in to enrol" in page
    assert client.submit("/courses/innovation/enrol").location.startswith("/login?next=")


def test_enrolling_twice_makes_one_enrolment(client: Visitor) -> None:
    factories.course()
    client.sign_in(factories.learner())
    for _ in range(2):
        assert client.submit("/courses/innovation/enrol").status_code == 302
    assert only_enrolment().status == EnrolmentStatus.active


def test_a_lesson_is_closed_to_those_who_are_not_enrolled(client: Visitor) -> None:
    factories.course()
    client.sign_in(factories.learner())
    answer = client.get("/courses/innovation/lessons/lesson-1/", follow_redirects=True)
    assert "Text of lesson 1" not in answer.text
    assert "Enrol in the course to open its lessons." in answer.text


def test_reading_the_last_lesson_completes_the_course_in_that_request(client: Visitor) -> None:
    factories.course(lessons=2)
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    assert only_enrolment().progress_percent == 50
    assert only_enrolment().status == EnrolmentStatus.active
    client.submit("/courses/innovation/lessons/lesson-2/read")
    done = only_enrolment()
    assert (done.status, done.progress_percent) == (EnrolmentStatus.completed, 100)
    assert done.completed_at is not None


def test_completion_is_announced_once(app: object) -> None:
    course = factories.course(lessons=1)
    person = factories.learner()
    heard: list[Enrolment] = []
    with signals.course_completed.connected_to(heard.append):
        for _ in range(2):
            with db.transaction():
                enrolment = services.enrol(person, course)
                services.complete_lesson(course, enrolment, services.outline(course).lessons[0])
    assert len(heard) == 1


def test_a_new_device_goes_on_where_the_other_left_off(client: Visitor) -> None:
    factories.course(lessons=3)
    person = factories.learner()
    client.sign_in(person)
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    client.get("/courses/innovation/lessons/lesson-3/")
    other = client.application.test_client().sign_in(person)
    assert 'href="/courses/innovation/lessons/lesson-3/">' in other.get("/courses/innovation/").text


def test_leaving_keeps_what_was_done_and_coming_back_goes_on(client: Visitor) -> None:
    factories.course(lessons=2)
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    client.submit("/courses/innovation/withdraw")
    assert only_enrolment().status == EnrolmentStatus.withdrawn
    assert client.get("/courses/innovation/lessons/lesson-2/").status_code == 302
    client.submit("/courses/innovation/enrol")
    assert (only_enrolment().status, only_enrolment().progress_percent) == (EnrolmentStatus.active, 50)


def test_a_completed_course_cannot_be_left(client: Visitor) -> None:
    factories.course(lessons=1)
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    client.submit("/courses/innovation/lessons/lesson-1/read")
    assert client.submit("/courses/innovation/withdraw").status_code == 409
    assert only_enrolment().status == EnrolmentStatus.completed


def test_nothing_changes_without_a_token(client: Visitor) -> None:
    factories.course()
    client.sign_in(factories.learner())
    assert client.post("/courses/innovation/enrol").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 0


def test_an_unpublished_course_does_not_exist_for_others(client: Visitor) -> None:
    course = factories.course(published=False)
    assert client.get("/courses/innovation/").status_code == 404
    client.sign_in(factories.learner())
    assert client.get("/courses/innovation/").status_code == 404
    client.sign_in(factories.trainer(of=course))
    assert client.get("/courses/innovation/").status_code == 200


def test_queries_do_not_grow_with_lessons(client: Visitor) -> None:
    factories.course("small", lessons=1)
    factories.course("large", lessons=30)
    client.sign_in(factories.learner())
    counts = {}
    for slug in ("small", "large"):
        client.submit(f"/courses/{slug}/enrol")
        client.get(f"/courses/{slug}/lessons/lesson-1/")
        with counted_queries() as course:
            client.get(f"/courses/{slug}/")
        with counted_queries() as lesson:
            client.get(f"/courses/{slug}/lessons/lesson-1/")
        counts[slug] = (len(course), len(lesson))
    assert counts["small"] == counts["large"]
    assert counts["large"] <= (8, 6)


def test_progress_rows_are_one_for_each_lesson(client: Visitor) -> None:
    factories.course(lessons=2)
    client.sign_in(factories.learner())
    client.submit("/courses/innovation/enrol")
    for _ in range(3):
        client.submit("/courses/innovation/lessons/lesson-1/read")
    reread()
    assert db.session.scalar(select(func.count()).select_from(LessonProgress)) == 1
