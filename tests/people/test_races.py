"""What two people do at the same moment: on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.cache import cache
from django.db import connection

from kepu.foundation import guards
from kepu.foundation.scope import SYSTEM
from kepu.people import default_roles, throttle
from kepu.people.models import User
from kepu.people.services import accounts, tenants
from tests.world import COUNTY_A, build

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
TOGETHER = 6


@pytest.fixture(autouse=True)
def ready():
    guards.install()
    default_roles.install()
    cache.clear()


def at_once(work):
    """What each of several threads got from `work(number)`, all started together; a refusal counts as its code."""
    barrier = Barrier(TOGETHER)

    def one(number):
        barrier.wait()
        try:
            return work(number)
        except Exception as refused:
            return getattr(refused, "code", repr(refused))
        finally:
            connection.close()

    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(one, range(TOGETHER)))


def test_a_slip_lets_one_in():
    user = build().person("liaison", COUNTY_A)
    slip = accounts.issue_slip(user_id=user.pk, actor=SYSTEM)
    got = at_once(
        lambda n: accounts.redeem_slip(username=user.username, code=slip.code, password=f"云台山下十里桃花{n}").pk
    )
    assert sorted(map(str, got)) == sorted([str(user.pk)] + ["people.slip_refused"] * (TOGETHER - 1))


def test_a_burst_of_tries_gets_no_more_than_one_after_the_other():
    got = at_once(lambda n: throttle.take("race", "who") is not None)
    assert got.count(True) == throttle.TRIES


def test_two_browsers_make_one_first_account():
    chain = [("province", "澄海省", "99")]
    got = at_once(
        lambda n: tenants.first_run(
            chain=chain, association="澄海省科学技术协会", association_short="省科协", name=f"甲{n}", username=f"first-{n}",
            password="三月的河边有人放风筝",
        ).head_id
    )  # fmt: skip
    assert User.objects.count() == 1
    assert [code for code in got if isinstance(code, str)] == ["people.already_set_up"] * (TOGETHER - 1)
