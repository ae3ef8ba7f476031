"""Signing in through the pages: passwords, limits on tries, second factor, sessions."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kepu.foundation.models import AuditEntry
from kepu.foundation.scope import SYSTEM
from kepu.people import throttle
from kepu.people.services import accounts
from tests.world import CITY, COUNTY_A, PASSWORD

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def no_tries(db):
    cache.clear()


@pytest.fixture
def two_factors(settings):
    settings.KEPU_SECOND_FACTOR = "offices"


def post_login(client, username, password, **extra):
    return client.post("/account/login/", {"login": username, "password": password}, **extra)


def code(minutes=0):
    counter = next(totp.yield_hotp_counters_from_time()) + 1 + minutes * 2
    return totp.format_hotp_value(totp.hotp_value(SECRET, counter))


def with_factor(user):
    totp.TOTP.activate(user, SECRET)
    return user


def signed_in(client):
    return client.get("/account/").status_code == 200


def test_a_right_password_leads_to_the_desk_with_a_new_session_key(world, no_tries, client):
    user = world.person("liaison", CITY)
    client.get("/account/login/")
    session = client.session
    session["before"] = 1
    session.save()
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    answer = post_login(client, user.username, PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_unknown_and_known_names_get_the_same_answer(world, no_tries, client):
    user = world.person("liaison", CITY)
    known = post_login(client, user.username, "wrong")
    unknown = post_login(client, "nobody-here", "wrong")
    assert known.status_code == unknown.status_code == 200
    assert known.content.decode().replace(user.username, "?") != ""
    assert [str(e) for e in known.context["form"].non_field_errors()] == [
        str(e) for e in unknown.context["form"].non_field_errors()
    ]


class CountedHasher(Argon2PasswordHasher):
    """The hasher of production, keeping count of what it is asked to compute."""

    work = 0

    def encode(self, password, salt):
        type(self).work += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        type(self).work += 1
        return super().verify(password, encoded)


@pytest.mark.parametrize("kind", ["known", "unknown", "closed"])
def test_every_failed_try_costs_one_hash(world, no_tries, settings, kind):
    """One argon2 each, so that the time of an answer tells nothing; milliseconds are in benchmarks/signin.py."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    user = world.person("liaison", CITY)
    if kind == "closed":
        accounts.disable(user_id=user.pk, actor=SYSTEM)
    CountedHasher.work = 0
    answer = post_login(Client(), "nobody-here" if kind == "unknown" else user.username, "wrong")
    assert (answer.status_code, CountedHasher.work) == (200, 1)


def test_the_sixth_failure_is_429_for_known_and_unknown_names(world, no_tries):
    user = world.person("liaison", CITY)
    for name, address in ((user.username, "10.0.0.1"), ("nobody-here", "10.0.0.2")):
        answers = [post_login(Client(REMOTE_ADDR=address), name, "wrong") for _try in range(6)]
        assert [a.status_code for a in answers] == [200] * 5 + [429]
        assert answers[-1]["Retry-After"] == "600"
    right = post_login(Client(REMOTE_ADDR="10.0.0.3"), user.username, PASSWORD)
    assert right.status_code == 429


def test_an_address_has_five_failures_over_all_names(world, no_tries):
    answers = [post_login(Client(REMOTE_ADDR="10.0.0.4"), f"name-{n}", "wrong").status_code for n in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_claimed_address_gives_no_new_quota(world, no_tries):
    answers = [
        post_login(Client(), f"name-{n}", "wrong", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}").status_code for n in range(6)
    ]
    assert answers == [200] * 5 + [429]


def test_right_passwords_use_up_nothing(world, no_tries):
    user = world.person("liaison", CITY)
    assert [post_login(Client(), user.username, PASSWORD).status_code for _try in range(8)] == [302] * 8


def test_a_person_with_a_second_factor_cannot_be_locked_out(world, no_tries):
    head = with_factor(world.person("office_head", CITY))
    for number in range(8):
        post_login(Client(REMOTE_ADDR=f"10.1.0.{number}"), head.username, "wrong")
    client = Client(REMOTE_ADDR="10.1.1.1")
    assert post_login(client, head.username, PASSWORD)["Location"] == "/account/code/"
    assert client.post("/account/code/", {"code": code()}).status_code == 302
    assert signed_in(client)


def test_a_code_works_once(world, no_tries):
    head = with_factor(world.person("office_head", CITY))
    used = code()
    outcomes = []
    for _try in range(2):
        client = Client()
        post_login(client, head.username, PASSWORD)
        client.post("/account/code/", {"code": used})
        outcomes.append(signed_in(client))
    assert outcomes == [True, False]


def test_an_office_role_must_set_up_its_second_factor_first(world, no_tries, two_factors, client):
    head = world.person("office_head", CITY)
    post_login(client, head.username, PASSWORD)
    for page in ("/desk/", "/desk/accounts/", "/desk/organisations/"):
        answer = client.get(page)
        assert (answer.status_code, answer["Location"]) == (302, "/account/factor/set-up/"), page
    assert client.get("/account/factor/set-up/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    counter = next(totp.yield_hotp_counters_from_time()) + 1
    answer = client.post("/account/factor/set-up/", {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))})
    assert answer["Location"] == "/account/factor/recovery/"
    assert client.get("/account/factor/recovery/").context["can_view_codes"]
    assert client.get("/desk/").status_code == 200
    stored = Authenticator.objects.get(user=head, type="totp").data["secret"]
    assert secret not in stored


def test_a_liaison_needs_no_second_factor(world, no_tries, two_factors, client):
    user = world.person("liaison", CITY)
    post_login(client, user.username, PASSWORD)
    assert client.get("/desk/").status_code == 200


def test_a_recovery_code_opens_once(world, no_tries, two_factors):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    head = with_factor(world.person("office_head", CITY))
    spare = RecoveryCodes.activate(head).generate_codes()[0]
    outcomes = []
    for _try in range(2):
        client = Client()
        post_login(client, head.username, PASSWORD)
        client.post("/account/code/", {"code": spare})
        outcomes.append(signed_in(client))
    assert outcomes == [True, False]


def test_an_office_role_cannot_take_the_factor_off(world, no_tries, two_factors, client):
    head = with_factor(world.person("office_head", CITY))
    post_login(client, head.username, PASSWORD)
    client.post("/account/code/", {"code": code()})
    client.post("/account/factor/take-off/")
    assert Authenticator.objects.filter(user=head, type="totp").exists()


@pytest.mark.parametrize("event", ["disable", "office", "password", "factor", "slip", "hours", "idle"])
def test_an_old_cookie_leads_to_the_sign_in_page_after(world, no_tries, at_time, event):
    keeper, user = world.person("office_head", CITY), world.person("liaison", CITY)
    client = Client()
    post_login(client, user.username, PASSWORD)
    assert signed_in(client)
    if event == "disable":
        accounts.disable(user_id=user.pk, actor=SYSTEM)
    elif event == "office":
        office = Client()
        office.force_login(keeper)
        assert office.post(f"/desk/accounts/{user.pk}/end-sessions/").status_code == 302
    elif event == "password":
        accounts.set_password(user=user, password="另一句很长的新口令")
    elif event == "factor":
        accounts.reset_second_factor(user_id=user.pk, actor=SYSTEM)
    elif event == "slip":
        slip = accounts.issue_slip(user_id=user.pk, actor=SYSTEM)
        accounts.redeem_slip(username=user.username, code=slip.code, password="另一句很长的新口令")
    elif event == "hours":
        at_time(timezone.now() + timedelta(hours=settings.KEPU_SESSION_HOURS, minutes=1))
    else:
        from django.contrib.sessions.models import Session

        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    answer = client.get("/account/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert keeper.is_active


def test_an_idle_session_ends_after_half_an_hour(world, no_tries, client):
    user = world.person("liaison", CITY)
    post_login(client, user.username, PASSWORD)
    assert client.session.get_expiry_age() == 30 * 60


def test_a_session_is_renewed_once_a_minute_and_not_by_every_page(world, no_tries, at_time):
    client, start = Client(), timezone.now()
    at_time(start)
    client.force_login(world.person("liaison", CITY))
    client.get("/desk/")

    def writes(after):
        at_time(start + timedelta(seconds=after))
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/desk/")
        renewed = settings.SESSION_COOKIE_NAME in answer.cookies
        written = [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]
        return renewed, [sql.split('"')[1] for sql in written]

    assert [writes(after) for after in (1, 30, 59)] == [(False, [])] * 3
    assert writes(61) == (True, ["django_session"])
    assert writes(90) == (False, [])
    assert client.session.get_expiry_age() == 30 * 60


def test_own_sign_ins_are_listed_and_ended_one_by_one(world, no_tries):
    user = world.person("liaison", CITY)
    here, there = Client(), Client()
    post_login(here, user.username, PASSWORD)
    post_login(there, user.username, PASSWORD)
    sessions = here.get("/account/").context["sessions"]
    assert len(sessions) == 2
    other = next(s for s in sessions if s.session_key == there.session.session_key)
    stranger = world.sign_in("liaison", COUNTY_A)
    assert stranger.post(f"/account/sessions/{other.pk}/end/").status_code == 404
    here.post(f"/account/sessions/{other.pk}/end/")
    assert (signed_in(here), signed_in(there)) == (True, False)


def test_a_new_password_ends_the_other_sign_ins_and_asks_for_the_old_one(world, no_tries):
    user = world.person("liaison", CITY)
    here, there = Client(), Client()
    post_login(here, user.username, PASSWORD)
    post_login(there, user.username, PASSWORD)
    new = "澄湖边上四棵老柳树"
    wrong = here.post("/account/password/", {"current": "wrong", "password": new, "repeated": new})
    assert (wrong.status_code, signed_in(there)) == (400, True)
    here.post("/account/password/", {"current": PASSWORD, "password": new, "repeated": new})
    assert (signed_in(here), signed_in(there)) == (True, False)
    assert post_login(Client(), user.username, new).status_code == 302


@pytest.mark.parametrize("page", ["factor/set-up/", "factor/recovery/new/"])
def test_the_factor_is_changed_only_by_who_has_just_proved_to_be_the_person(world, no_tries, at_time, page):
    user = world.person("liaison", CITY)
    if "recovery" in page:
        with_factor(user)
    client = Client()
    client.force_login(user)
    assert client.get("/account/").status_code == 200
    # somebody who finds the browser open ten minutes later
    at_time(timezone.now() + timedelta(minutes=10))
    answer = client.get(f"/account/{page}")
    assert answer.status_code == 302
    assert answer["Location"].split("?")[0] in {"/account/again/", "/account/code/again/"}


def test_a_code_that_signed_somebody_in_changes_nothing_afterwards(world, no_tries, at_time):
    """S8: also where the code is asked again, to prove who sits there, a used one is refused."""
    head = with_factor(world.person("office_head", CITY))
    used, client = code(), Client()
    post_login(client, head.username, PASSWORD)
    client.post("/account/code/", {"code": used})
    assert signed_in(client)
    answer = client.post("/account/code/again/", {"code": used})
    assert answer.status_code == 200
    assert "或者已经用过" in answer.content.decode() or answer.context["form"].errors


def test_sign_up_and_mail_pages_do_not_exist(db, client):
    for page in ("signup/", "password/reset/", "email/", "login/code/"):
        assert client.get(f"/account/{page}").status_code == 404, page


def test_failures_are_in_the_audit_log_without_the_name_typed(world, no_tries, client):
    post_login(client, "li-si", "wrong-secret-word")
    entry = AuditEntry.objects.filter(action="account.wrong_password").get()
    assert entry.outcome == "refused"
    assert "li-si" not in entry.detail
    assert "wrong-secret-word" not in entry.detail


def test_a_slot_given_back_is_free_again(no_tries):
    slots = [throttle.take("kind", "who") for _try in range(throttle.TRIES)]
    assert None not in slots
    assert throttle.take("kind", "WHO") is None
    slots[0].give_back()
    assert throttle.take("kind", "who") is not None
    assert throttle.take("kind", "who") is None
