"""The tags of `{% load kepu %}` as pages use them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import RequestContext, Template

from kepu.foundation.templatetags import kepu


def draw(rf, text, path="/", **values):
    return Template("{% load kepu %}" + text).render(RequestContext(rf.get(path), values))


@pytest.mark.parametrize(
    ("filtered", "value", "shown"),
    [
        (kepu.cn_date, date(2026, 9, 5), "2026年9月5日"),
        (kepu.cn_date, None, ""),
        (kepu.cn_time, datetime(2026, 9, 4, 23, 5, tzinfo=UTC), "2026年9月5日 07:05"),
        (kepu.as_of, date(2026, 9, 30), "截至2026年9月30日"),
        (kepu.deadline, date(1999, 3, 15), "1999年3月15日（周一）"),
        (kepu.plain_number, 12000, "12,000"),
        (kepu.plain_number, Decimal("9.800"), "9.8"),
        (kepu.plain_number, Decimal("1E+3"), "1,000"),
        (kepu.plain_number, 0, "0"),
    ],
)
def test_dates_and_numbers_are_written_as_the_glossary_says(filtered, value, shown):
    assert filtered(value) == shown


def test_a_deadline_of_this_year_has_weekday_and_hour(monkeypatch):
    monkeypatch.setattr(kepu.timezone, "localdate", lambda: date(2027, 1, 1))
    assert kepu.deadline(datetime(2027, 3, 19, 9, tzinfo=UTC)) == "3月19日（周五）17:00前"


class Small(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)


def test_a_refused_form_is_said_in_title_summary_and_field(rf):
    form = Small({})
    page = draw(rf, "{% error_prefix %}|{% error_summary form %}|{{ form }}", form=form)
    prefix, summary, fields = page.split("|", 2)
    assert prefix == "错误："
    assert 'href="#id_name"' in summary
    assert 'href="#id_kind_0"' in summary
    assert summary.count("请填写此项。") == fields.count("请填写此项。") == 2
    assert 'aria-invalid="true"' in fields


def test_a_form_that_was_not_sent_says_nothing(rf):
    assert draw(rf, "{% error_prefix %}{% error_summary form %}", form=Small()).strip() == ""


def test_filters_show_what_is_set_and_how_to_take_it_away(rf):
    class Filter(forms.Form):
        q = forms.CharField(label="关键词", required=False)
        kind = forms.ChoiceField(label="类别", required=False, choices=[("", "—"), ("a", "甲")])

    form = Filter({"q": "", "kind": "a"})
    page = draw(rf, "{% filter_bar form 7 %}", "/?kind=a&sort=-due&page=3", form=form)
    assert "类别：甲" in page
    assert 'href="?sort=-due"' in page
    assert '<input type="hidden" name="sort" value="-due">' in page
    assert "共7条" in page


@pytest.mark.parametrize(
    ("asked", "state", "link"),
    [("", "none", "sort=due"), ("due", "ascending", "sort=-due"), ("-due", "descending", "sort=due")],
)
def test_a_head_sorts_one_way_then_the_other(rf, asked, state, link):
    page = draw(rf, '{% sort_head "due" "时限" %}', f"/?sort={asked}&page=2")
    assert f'aria-sort="{state}"' in page
    assert f'href="?{link}"' in page


def test_the_pager_keeps_the_filter_and_stays_silent_for_one_page(rf):
    many = Paginator(range(60), 20).get_page(2)
    page = draw(rf, "{% pager page %}", "/?unit=3&page=2", page=many)
    assert 'href="?unit=3&amp;page=1" rel="prev"' in page
    assert 'href="?unit=3&amp;page=3" rel="next"' in page
    assert draw(rf, "{% pager page %}", page=Paginator(range(3), 20).get_page(1)).strip() == ""


def test_a_chip_needs_a_known_state(rf):
    assert "推进中" in draw(rf, '{% status_chip "active" "推进中" %}')
    with pytest.raises(KeyError):
        draw(rf, '{% status_chip "purple" "推进中" %}')


def test_words_of_others_are_escaped(rf):
    page = draw(
        rf, '{% notice "info" title=bad %}{{ bad }}{% endnotice %}{% tile bad bad %}{% empty_state bad %}', bad="<b>"
    )
    assert "<b>" not in page
