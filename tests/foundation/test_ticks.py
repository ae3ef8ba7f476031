"""Periodic duties run once per interval, also when several processes tick and when one of them fails."""

from datetime import UTC, datetime, timedelta

import pytest

from kepu.foundation import ticks
from kepu.foundation.models import TickRun

pytestmark = [pytest.mark.django_db, pytest.mark.db]
NOW = datetime(2027, 3, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def ran(monkeypatch):
    monkeypatch.setattr(ticks, "_registry", {})
    seen = []
    ticks.register("minutely", timedelta(minutes=1), lambda: seen.append("minutely"))
    ticks.register("daily", timedelta(days=1), lambda: seen.append("daily"))
    return seen


def test_each_duty_keeps_its_interval(ran, at_time):
    for minutes, expected in [(0, ["minutely", "daily"]), (0.5, []), (1, ["minutely"]), (1441, ["minutely", "daily"])]:
        ran.clear()
        at_time(NOW + timedelta(minutes=minutes))
        ticks.run_due()
        assert ran == expected, minutes


def test_a_failing_duty_is_noted_and_does_not_stop_the_others(ran, at_time, caplog):
    at_time(NOW)
    ticks.register("broken", timedelta(minutes=1), lambda: 1 // 0)
    ticks.register("after", timedelta(minutes=1), lambda: ran.append("after"))
    ticks.run_due()
    assert ran == ["minutely", "daily", "after"]
    assert [name for name, said in ticks.failures()] == ["broken"]
    assert "ZeroDivisionError" in ticks.failures()[0][1]


def test_a_duty_in_the_hands_of_another_process_is_left_alone_until_that_is_lost(ran, at_time):
    TickRun.objects.create(name="minutely", started_at=NOW)
    at_time(NOW + timedelta(minutes=5))
    ticks.run_due()
    assert ran == ["daily"]
    at_time(NOW + timedelta(minutes=61))
    ticks.run_due()
    assert ran == ["daily", "minutely"]


def test_a_clock_set_back_does_not_stop_the_duties(ran, at_time):
    at_time(NOW + timedelta(days=365))
    ticks.run_due()
    ran.clear()
    at_time(NOW)
    ticks.run_due()
    assert ran == ["minutely", "daily"]


def test_a_name_is_taken_once(ran):
    with pytest.raises(ValueError, match="registered twice"):
        ticks.register("daily", timedelta(days=1), lambda: None)
