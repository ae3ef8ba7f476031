"""The shells through HTTP: portal, desk, looks, search, error pages."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/site-map/", "/contact/", "/search/", "/styleguide/"])
def test_residents_pages_open_without_an_account(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/desk/", "/desk/search/", "/desk/keys/"])
def test_the_desk_asks_for_an_account(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert path.strip("/") in response["Location"].replace("%2F", "/")


def test_a_look_is_kept_and_leads_back(client):
    response = client.get("/look/elder/", {"next": "/site-map/?a=1", "size": "24"})
    assert (response.status_code, response["Location"]) == (302, "/site-map/?a=1")
    assert 'data-theme="elder" data-size="24"' in client.get("/contact/").content.decode()
    client.get("/look/standard/")
    assert 'data-theme="standard"' in client.get("/").content.decode()


@pytest.mark.parametrize("next_address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_look_never_leads_elsewhere(client, next_address):
    assert client.get("/look/dark/", {"next": next_address})["Location"] == "/"


@pytest.mark.parametrize(("path", "query"), [("/look/neon/", {}), ("/look/elder/", {"size": "400"})])
def test_an_unknown_look_is_not_found(client, path, query):
    assert client.get(path, query).status_code == 404


def test_a_forged_look_counts_as_none(client):
    client.cookies["kepu-look"] = '"><script>-99'
    assert 'data-theme="standard" data-size="20"' in client.get("/").content.decode()


def test_search_finds_the_elder_mode_by_its_name(client):
    response = client.get("/search/", {"q": "长辈版"})
    assert [hit.url for hit in response.context["page"]] == ["/look/elder/"]


def test_a_missing_page_says_what_to_do(client):
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()


def test_the_foot_hides_what_is_not_set(client, settings):
    from dataclasses import replace

    bare = client.get("/").content.decode()
    settings.KEPU_SITE = replace(
        settings.KEPU_SITE, icp="云ICP备00000000号", code="0000000000", mistake_url="/contact/#x"
    )
    full = client.get("/").content.decode()
    assert [("ICP备" in page, "0000000000" in page, "/contact/#x" in page) for page in (bare, full)] == [
        (False, False, False),
        (True, True, True),
    ]
