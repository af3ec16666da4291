import re
from datetime import UTC, datetime, timedelta

from flask import Flask

from lms import db
from lms.events import services
from lms.events.models import Event, Registration, RegistrationStatus, Series, Speaker
from tests import factories
from tests.conftest import Visitor, counted_queries, reread

QUESTIONS = [
    {"key": "hope", "kind": "text", "required": True, "label": {"en": "What do you hope for?"}},
    {
        "key": "experience",
        "kind": "choice",
        "required": False,
        "label": {"en": "How well do you know it?"},
        "choices": [{"key": "new", "en": "It is new to me"}, {"key": "used", "en": "I have used it"}],
    },
]


def only_registration() -> Registration:
    reread()
    return db.session.query(Registration).one()


def add_speakers(event: Event, many: int) -> None:
    with db.transaction():
        for number in range(many):
            db.session.add(
                Speaker(
                    event_id=event.id,
                    position=number,
                    name={"en": f"Speaker {number}", "km": f"វាគ្មិន {number}"},
                    role={"en": "Founder"},
                    organisation={"en": "Lotus Hub"},
                )
            )


def test_coming_events_stand_before_past_ones(client: Visitor) -> None:
    for slug, days in (("later", 9), ("sooner", 2), ("long-ago", -90), ("lately", -2)):
        factories.event(slug, timedelta(days=days), title={"en": f"Event {slug}"})
    factories.event("hidden", published=False, title={"en": "Event hidden"})
    text = client.get("/events/").text
    places = [text.index(f"Event {slug}") for slug in ("sooner", "later", "lately", "long-ago")]
    assert places == sorted(places)
    assert text.index("Event later") < text.index("Past events") < text.index("Event lately")
    assert "Event hidden" not in text


def test_past_events_go_on_on_further_pages(client: Visitor) -> None:
    for number in range(23):
        factories.event(f"past-{number}", timedelta(days=-1 - number), title={"en": f"Event <{number}>"})
    assert "Event &lt;22&gt;" not in client.get("/events/").text
    assert "Event &lt;22&gt;" in client.get("/events/?page=2").text


def test_a_page_without_events_says_so(client: Visitor) -> None:
    assert "No event is announced" in client.get("/events/").text


def test_the_page_tells_what_when_who_and_how_many_places(client: Visitor) -> None:
    starts_at = datetime(2050, 11, 24, 7, 30, tzinfo=UTC)
    event = factories.event(starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90), capacity=3)
    add_speakers(event, 1)
    factories.registration(event, factories.person())
    text = client.get("/events/systems-thinking/").text
    assert "24 November 2050 14:30</time>" in text
    assert "16:00</time> (Phnom Penh time)" in text
    assert "Speaker 0" in text
    assert "Founder, Lotus Hub" in text
    assert "2 places left" in text


def test_an_event_elsewhere_is_told_in_its_own_zone_and_in_the_sites(client: Visitor) -> None:
    starts_at = datetime(2050, 7, 1, 7, tzinfo=UTC)
    factories.event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), timezone="Europe/Berlin")
    text = client.get("/events/systems-thinking/").text
    assert "1 July 2050 09:00" in text
    assert "(Berlin time)" in text
    assert "1 July 2050 14:00" in text
    assert "(Phnom Penh time)" in text


def test_an_unpublished_event_does_not_exist_for_others(client: Visitor) -> None:
    event = factories.event(published=False)
    addresses = ("/events/systems-thinking/", "/events/systems-thinking.ics", "/events/systems-thinking/register")
    client.sign_in(factories.learner())
    assert {client.get(address).status_code for address in addresses} == {404}
    client.sign_in(factories.trainer(of=event))
    assert client.get("/events/systems-thinking/").status_code == 200


def test_someone_signed_in_registers_with_one_button(client: Visitor) -> None:
    factories.event()
    client.sign_in(factories.learner())
    assert ">Register</button>" in client.get("/events/systems-thinking/").text
    answer = client.submit("/events/systems-thinking/register")
    assert answer.location == "/events/systems-thinking/"
    assert only_registration().status == RegistrationStatus.confirmed
    text = client.get("/events/systems-thinking/").text
    assert "You are registered: “Systems thinking”." in text
    assert "Add to my calendar" in text


def test_the_full_event_says_so_and_shows_ones_turn(client: Visitor) -> None:
    factories.event(capacity=0)
    client.sign_in(factories.learner(email="lina@example.org"))
    assert "All places are taken" in client.get("/events/systems-thinking/").text
    client.submit("/events/systems-thinking/register")
    assert only_registration().status == RegistrationStatus.waitlisted
    text = client.get("/events/systems-thinking/").text
    assert "You are number 1." in text
    assert "lina@example.org" in text


def test_cancelling_on_the_page_frees_the_place(client: Visitor) -> None:
    factories.event(capacity=1)
    client.sign_in(factories.learner())
    client.submit("/events/systems-thinking/register")
    assert "Cancel my registration" in client.get("/events/systems-thinking/").text
    client.submit("/events/systems-thinking/cancel")
    assert only_registration().status == RegistrationStatus.cancelled
    assert "1 place left" in client.get("/events/systems-thinking/").text


def test_one_cannot_cancel_what_one_has_not(client: Visitor) -> None:
    event = factories.event()
    factories.registration(event, factories.person())
    client.sign_in(factories.learner())
    assert client.submit("/events/systems-thinking/cancel").status_code == 404
    assert only_registration().status == RegistrationStatus.confirmed


def test_an_event_that_is_over_takes_nobody(client: Visitor) -> None:
    factories.event(starts_in=timedelta(days=-1))
    client.sign_in(factories.learner())
    assert "This event is over" in client.get("/events/systems-thinking/").text
    assert client.submit("/events/systems-thinking/register").status_code == 409
    reread()
    assert db.session.query(Registration).count() == 0


def test_an_event_called_off_says_so_and_takes_nobody(client: Visitor) -> None:
    event = factories.event()
    with db.transaction():
        services.cancel_event(event)
    client.sign_in(factories.learner())
    assert "This event is called off" in client.get("/events/systems-thinking/").text
    assert "Called off" in client.get("/events/").text
    assert client.submit("/events/systems-thinking/register").status_code == 409


def test_answers_to_the_questions_are_kept(client: Visitor) -> None:
    event = factories.event(questions=QUESTIONS)
    client.sign_in(factories.learner())
    page = client.get("/events/systems-thinking/").text
    assert "What do you hope for?" in page
    assert "It is new to me" in page
    fields = {f"question-{event.id}-hope": " Ideas ", f"question-{event.id}-experience": "new"}
    client.submit("/events/systems-thinking/register", **fields)
    assert only_registration().answers == {"hope": "Ideas", "experience": "new"}


def test_a_question_that_may_stay_open_does(client: Visitor) -> None:
    event = factories.event(questions=QUESTIONS)
    client.sign_in(factories.learner())
    client.submit("/events/systems-thinking/register", **{f"question-{event.id}-hope": "Ideas"})
    assert only_registration().answers == {"hope": "Ideas"}


def test_a_missing_answer_is_named_beside_its_question_and_the_others_are_kept(client: Visitor) -> None:
    event = factories.event(questions=QUESTIONS)
    client.sign_in(factories.learner())
    fields = {f"question-{event.id}-hope": " ", f"question-{event.id}-experience": "used"}
    answer = client.submit("/events/systems-thinking/register", **fields)
    assert answer.status_code == 422
    assert f'id="question-{event.id}-hope-error"><p>Please fill this in.' in answer.text
    (used,) = re.findall(r'<input[^>]*value="used"[^>]*>', answer.text)
    assert " checked" in used
    assert db.session.query(Registration).count() == 0


def test_an_answer_that_was_not_offered_is_refused(client: Visitor) -> None:
    event = factories.event(questions=QUESTIONS)
    client.sign_in(factories.learner())
    fields = {f"question-{event.id}-hope": "Ideas", f"question-{event.id}-experience": "expert"}
    assert client.submit("/events/systems-thinking/register", **fields).status_code == 422


def series(capacities: tuple[int, ...] = (5, 0, 5)) -> list[Event]:
    with db.transaction():
        made = Series(slug="inspiration", title={"en": "Inspiration"}, summary={}, description={})
        db.session.add(made)
    return [
        factories.event(
            f"part-{number}",
            timedelta(days=number),
            series_id=made.id,
            position=number,
            capacity=capacity,
            title={"en": f"Part {number}"},
        )
        for number, capacity in enumerate(capacities, 1)
    ]


def test_a_series_is_registered_for_at_once_and_says_which_wait(client: Visitor) -> None:
    series()
    client.sign_in(factories.learner())
    assert "Register for 3 events</button>" in client.get("/series/inspiration/").text
    assert client.submit("/series/inspiration/register").location == "/series/inspiration/"
    text = client.get("/series/inspiration/").text
    assert "You are registered: “Part 1”, “Part 3”." in text
    assert "you are on the waiting list: “Part 2”." in text
    assert "Waiting list: you are number 1" in text
    assert "Register for" not in text


def test_a_series_registers_for_what_is_left(client: Visitor) -> None:
    events = series()
    person = factories.learner()
    with db.transaction():
        services.register(person, events[0])
        services.cancel_event(events[1])
    client.sign_in(person)
    assert "Register for 1 event</button>" in client.get("/series/inspiration/").text
    client.submit("/series/inspiration/register")
    reread()
    assert [found.event.slug for found in services.registrations(person)] == ["part-1", "part-3"]


def test_a_series_of_hidden_events_does_not_exist(client: Visitor) -> None:
    for event in series():
        with db.transaction():
            event.published = False
    assert client.get("/series/inspiration/").status_code == 404


def test_queries_do_not_grow_with_speakers_and_registrations(client: Visitor) -> None:
    counts = {}
    for slug, many in (("small", 1), ("large", 40)):
        event = factories.event(slug, capacity=0)
        add_speakers(event, many)
        for _ in range(many):
            factories.registration(event, factories.person(), RegistrationStatus.waitlisted)
    person = factories.learner()
    for slug in ("small", "large"):
        with counted_queries() as for_visitors:
            client.get(f"/events/{slug}/")
        with counted_queries() as form_for_visitors:
            client.get(f"/events/{slug}/register")
        client.sign_in(person)
        with counted_queries() as before:
            client.get(f"/events/{slug}/")
        client.submit(f"/events/{slug}/register")
        with counted_queries() as after:
            client.get(f"/events/{slug}/")
        client.sign_out()
        counts[slug] = tuple(map(len, (for_visitors, form_for_visitors, before, after)))
    assert counts["small"] == counts["large"]
    assert max(counts["large"]) <= 5


def test_a_trainer_of_the_event_needs_no_more_than_five_queries(client: Visitor) -> None:
    client.sign_in(factories.trainer(of=factories.event()))
    with counted_queries() as queries:
        client.get("/events/systems-thinking/")
    assert len(queries) <= 5, queries


def test_queries_of_the_lists_do_not_grow_with_events(client: Visitor) -> None:
    counts = []
    for many in (1, 12):
        for number in range(many):
            factories.event(f"coming-{many}-{number}")
            factories.event(f"past-{many}-{number}", timedelta(days=-2))
        with counted_queries() as queries:
            client.get("/events/")
        counts.append(len(queries))
    assert counts == [2, 2]


def test_queries_of_a_series_do_not_grow_with_its_events(client: Visitor) -> None:
    series((1,) * 9)
    client.sign_in(factories.learner())
    with counted_queries() as queries:
        client.get("/series/inspiration/")
    assert len(queries) <= 5, queries


def test_queries_of_a_series_do_not_grow_with_events_that_are_not_published_yet(client: Visitor) -> None:
    events = series((1,) * 9)
    trainer = factories.trainer(of=events[0])
    client.sign_in(trainer)
    counts = []
    for hidden in (1, 9):
        for event in events[:hidden]:
            factories.looks_after(factories.trainer(), event)
            with db.transaction():
                db.session.get_one(Event, event.id).published = False
        with counted_queries() as queries:
            text = client.get("/series/inspiration/").text
        counts.append(len(queries))
        assert ("Part 1" in text, "Part 2" in text) == (True, hidden == 1)
    assert counts == [5, 5]


def test_pages_carry_no_inline_script_or_style(client: Visitor, app: Flask) -> None:
    factories.event(questions=QUESTIONS)
    client.sign_in(factories.learner())
    text = client.get("/events/systems-thinking/").text
    assert " style=" not in text
    assert "<script>" not in text
