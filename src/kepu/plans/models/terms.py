"""The wording of a task and the terms of a target: the same in the draft and in the ledger."""

import re

from django.db import models
from django.db.models import F, Q

from kepu.plans.enums import FULL_COVERAGE, Category, Comparator, Counting, Modality, Period

# What is promised for each place by itself can be ticked off place by place; 每万人 and 每年 are measures, not places.
EACH_PLACE = re.compile(
    r"每一?(?:个|所|座|家)?(?:行政|自然|中心|建制)?(?:村|社区|乡|镇|街道|县|区|学校|中学|小学|中小学|园区|企业|家庭农场)|村村|镇镇|校校"
)


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The database itself refuses a value outside the vocabulary; null passes as in SQL."""
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": choices.values}))


class TaskTerms(models.Model):
    number = models.CharField(max_length=20, blank=True)  # the label as printed: `1.`
    title = models.CharField(max_length=250)
    text = models.TextField(blank=True)  # the sentences that promise it, without the responsibility clause
    category = models.CharField(max_length=40, choices=Category.choices, blank=True)
    criterion = models.TextField(blank=True)  # 完成标志: what counts as done where no number is set
    due_text = models.CharField(max_length=60, blank=True)  # as printed: 6月底前
    due_on = models.DateField(null=True, blank=True)
    units_open = models.BooleanField(default=False)  # the printed list ends with 等
    no_units = models.BooleanField(default=False)  # a person said that no unit answers for it
    upper_basis = models.CharField(max_length=300, blank=True)  # 上级依据
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def headline(self) -> str:
        """Label and title in one line; the number of a table's row gets the full stop that a label has."""
        return f"{self._label}{self.title}"

    @property
    def passage(self) -> str:
        """Label and sentences, as the plan prints them."""
        return f"{self._label}{self.text or self.title}"

    @property
    def _label(self) -> str:
        return f"{self.number}." if self.number.isdigit() else self.number


class TargetTerms(models.Model):
    subject = models.CharField(max_length=200)
    value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)  # null: 全覆盖
    value_max = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=30)
    comparator = models.CharField(max_length=8, choices=Comparator.choices, default=Comparator.EQUAL)
    modality = models.CharField(max_length=16, choices=Modality.choices, default=Modality.FIRM)
    period = models.CharField(max_length=16, choices=Period.choices, default=Period.NONE)
    year = models.PositiveSmallIntegerField(null=True, blank=True)  # of a deadline or of one year
    start_year = models.PositiveSmallIntegerField(null=True, blank=True)
    end_year = models.PositiveSmallIntegerField(null=True, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)  # within how many, every how many
    counting = models.CharField(max_length=16, choices=Counting.choices, default=Counting.CUMULATIVE)
    definition = models.TextField(blank=True)  # 统计口径
    data_owner = models.ForeignKey(  # 归口单位
        "people.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    baseline_value = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def full_coverage(self) -> bool:
        return self.unit == FULL_COVERAGE

    @property
    def runs_over_roll(self) -> bool:
        """Whether the promise is kept place by place, so that a 名录 shows how far it has come: 全覆盖, 覆盖率, 每村1名."""
        covers = self.unit == "%" and "覆盖" in self.subject
        return self.full_coverage or covers or EACH_PLACE.search(self.subject) is not None


def target_constraints(prefix: str) -> list[models.CheckConstraint]:
    """What makes a target whole; the same for draft and ledger, under names of their own.

    Each side of a comparison is asked for first: SQL lets a check pass whose answer is unknown.
    """
    ranged = Q(comparator=Comparator.RANGE)
    return [
        one_of("comparator", Comparator, f"{prefix}_comparator"),
        one_of("modality", Modality, f"{prefix}_modality"),
        one_of("period", Period, f"{prefix}_period"),
        one_of("counting", Counting, f"{prefix}_counting"),
        models.CheckConstraint(
            name=f"{prefix}_value_or_coverage",
            condition=Q(value__isnull=False) | Q(unit=FULL_COVERAGE, value_max__isnull=True),
        ),
        models.CheckConstraint(
            name=f"{prefix}_range_has_two_ends",
            condition=(ranged & Q(value__isnull=False, value_max__isnull=False, value_max__gte=F("value")))
            | (~ranged & Q(value_max__isnull=True)),
        ),
        models.CheckConstraint(
            name=f"{prefix}_period_complete",
            condition=(
                (Q(period__in=[Period.DEADLINE, Period.YEAR]) & Q(year__isnull=False))
                | (Q(period__in=[Period.WITHIN_YEARS, Period.EVERY_N_YEARS]) & Q(years__isnull=False, years__gte=1))
                | (
                    Q(period=Period.SPAN)
                    & Q(start_year__isnull=False, end_year__isnull=False, end_year__gte=F("start_year"))
                )
                | Q(period__in=[Period.NONE, Period.PER_YEAR, Period.PER_HALF_YEAR, Period.PER_QUARTER])
                | Q(period__in=[Period.PER_MONTH, Period.PER_WEEK])
            ),
        ),
    ]
