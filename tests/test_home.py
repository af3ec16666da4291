from tests.conftest import Visitor


def test_the_start_page_is_open_to_everyone(client: Visitor) -> None:
    assert client.get("/").status_code == 200
