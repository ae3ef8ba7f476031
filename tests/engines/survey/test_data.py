"""A data file is read as it was printed, or refused with the place named."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from kepu.engines.survey.data import read
from kepu.engines.survey.errors import SurveyError


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def test_cells_are_text_as_printed_and_an_empty_cell_is_missing(tmp_path):
    data = read(csv(tmp_path, 'id,api.stu,place\n01,1.50,"甲镇, 东"\n2,,\n03,7,"上\n下"\n'))
    assert data.names == ["id", "api.stu", "place"]
    assert data.text("id").tolist() == ["01", "2", "03"]
    assert data.text("place").tolist() == ["甲镇, 东", None, "上\n下"]
    assert data.text("api.stu").tolist() == ["1.50", None, "7"]
    numbers = data.numbers("api.stu")
    assert np.isnan(numbers[1])
    assert numbers[[0, 2]].tolist() == [1.5, 7.0]
    numbers[0] = 0  # a copy: the data do not change
    assert data.numbers("api.stu")[0] == 1.5


def test_codes_point_into_the_sorted_labels(tmp_path):
    codes, labels = read(csv(tmp_path, "a,b\nz,1\nm,1\n,1\nz,1\n")).codes("a")
    assert labels == ["m", "z"]
    assert codes.tolist() == [1, 0, -1, 1]


def test_a_file_with_a_heading_only_has_no_rows(tmp_path):
    data = read(csv(tmp_path, "a,b\n"))
    assert len(data) == 0
    assert data.numbers("a").shape == (0,)
    assert data.codes("a")[1] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_encodings_of_office_software_are_read(tmp_path, encoding):
    data = read(csv(tmp_path, "区县,人口\n青棠县,12\n", encoding))
    assert data.names == ["区县", "人口"]
    assert data.text("区县").tolist() == ["青棠县"]


def test_parquet_prints_whole_numbers_without_a_point(tmp_path):
    path = tmp_path / "data.parquet"
    columns = {
        "whole": pa.array([1.0, None, 2.5]),
        "count": pa.array([1, None, 3]),
        "name": pa.array(["甲", "", "丙"]).dictionary_encode(),
        "big": pa.array(["1", "2", None], pa.large_string()),
    }
    pyarrow.parquet.write_table(pa.table(columns), path)
    data = read(path)
    assert data.text("whole").tolist() == ["1", None, "2.5"]
    assert data.text("count").tolist() == ["1", None, "3"]
    assert data.text("name").tolist() == ["甲", None, "丙"]
    assert data.numbers("count")[[0, 2]].tolist() == [1.0, 3.0]
    assert data.numbers("big")[:2].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "data.empty"),
        ("\n\n1,2\n", "data.empty"),
        ("a,b\n1\n", "data.malformed"),
        ("a,a\n1,2\n", "data.heading_twice"),
        (b"a,b\n\xff\xff,1\n", "data.encoding"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, text, code):
    with pytest.raises(SurveyError) as refused:
        read(csv(tmp_path, text))
    assert refused.value.code == code


@pytest.mark.parametrize("cell", ["NA", "1,5", "inf", "nan", "12人"])
def test_a_number_that_is_none_is_refused_with_its_row(tmp_path, cell):
    data = read(csv(tmp_path, f'a,b\n1,1\n"{cell}",1\n'))
    with pytest.raises(SurveyError) as refused:
        data.numbers("a")
    assert (refused.value.code, refused.value.where, refused.value.got) == (
        "data.not_a_number",
        "column a, row 2",
        repr(cell),
    )


def test_an_unknown_column_and_an_absent_file_are_refused(tmp_path):
    with pytest.raises(SurveyError) as refused:
        read(csv(tmp_path, "a,b\n1,2\n")).text("c")
    assert refused.value.code == "data.no_such_column"
    for name in ("none.csv", "none.parquet"):
        with pytest.raises(SurveyError) as refused:
            read(tmp_path / name)
        assert refused.value.code == "data.unreadable"


def test_a_column_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "data.parquet"
    pyarrow.parquet.write_table(pa.table({"a": [[1, 2], [3]], "b": pa.array([b"\xff", b"x"])}), path)
    for name in "ab":
        with pytest.raises(SurveyError) as refused:
            read(path).text(name)
        assert refused.value.code == "data.kind"
