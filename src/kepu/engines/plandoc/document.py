"""Stage six: metadata of the document (contract, section 3)."""

import re

from kepu.engines.plandoc.furniture import INDEX_LABEL
from kepu.engines.plandoc.labels import chinese_value
from kepu.engines.plandoc.model import Cleaned, Document, Kind, Line
from kepu.engines.plandoc.normal import bare
from kepu.engines.plandoc.titles import SIGNED_DATE
from kepu.engines.plandoc.vocabulary import pages

_DATE_PARTS = re.compile(
    r"(\d{4}|[一二][〇○零Oo一二三四五六七八九]{3})年(\d{1,2}|[一二三四五六七八九十]{1,3})月(\d{1,2}|[一二三四五六七八九十]{1,3})日"
)
_WEB_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")
_NUMBER = re.compile(r"([一-鿿]{1,16})[〔\[(【](\d{4})[〕\])】]第?(\d{1,4})号")
_NUMBER_LABELS = re.compile("^(?:" + "|".join(pages.DOC_NUMBER_LABELS) + ")[:]?")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)年?(?:度)?\s*(?:[-—–~至到]+\s*((?:19|20)\d\d))?")
_ISSUED_BY = re.compile(r"^(.{2,40}?)(?:关于)?(?:印发|转发|发布|下达)")
_TITLE_BODY = re.compile(r"^(.{2,30}?)关于")
_NAMED = re.compile(r"《([^《》]+(?:《[^《》]*》[^《》]*)*)》")
_ISSUED_PLAN = re.compile(r"(?:印发|转发|发布|下达)(?:关于)?(.+?)的?(?:通知|函|通告|公告)$")
_HEADER_BODY = re.compile(r"^([一-鿿]{4,30}?)(?:文件|办公室文件)$")
# 州, 乡, 镇 and 市 may be the last character of a stem: 某州市, 某乡县, 某镇市.
_SUFFIX = r"(?:特别行政区|自治区|自治州|自治县|自治旗|省|市(?!市)|州(?![市县区镇])|地区|盟|县(?!级)|区|旗(?![市县])|镇(?!市)|乡(?![市县])|街道)"
_NO_REGION = re.compile(
    "关于|加强|推进|推动|全民|科学|科普|科技|贯彻|落实|实施|做好|提升|办公|中国|全国|国家|公民|组织|领导|建设|发展|社区|城镇|城乡|城市|乡镇|乡村|全市|全县|全区|全省|全州|我市|我县|我区|年|各|本|中共|农村|青少|高质|服务|专区|专栏"
)


def read_document(cleaned: Cleaned, lines: tuple[Line, ...]) -> Document:
    """Title, covering notice, number, issuer, dates, years, region and kind; what is not printed stays None."""
    text = cleaned.text
    spans = _spans(lines)
    title, title_at = _joined(text, spans.get(Kind.TITLE))
    notice, notice_at = _joined(text, spans.get(Kind.NOTICE_TITLE))
    numbered = re.match(_NUMBER.pattern, notice) if notice else None
    if notice and numbered:
        notice = notice[numbered.end() :]
    notice = notice or _dropped_notice(cleaned)
    if not title:
        title = _title_from_notice(notice)
    places: dict[str, tuple[int, int]] = {}
    if title_at:
        places["title"] = title_at
    if notice_at:
        places["notice_title"] = notice_at
    signature, signature_at, date, date_at = _signature(text, lines)
    for name, at in (("issuer", signature_at), ("issued_on", date_at)):
        if at:
            places[name] = at
    number, number_at = _doc_number(cleaned, lines)
    if number is None and numbered:
        number = _format_number(numbered)
    if number_at:
        places["doc_number"] = number_at
    start, end = _period(title)
    header = _header_body(cleaned, text, lines)
    issuer = signature or _matched(_ISSUED_BY, notice) or header or _matched(_TITLE_BODY, title)
    return Document(
        title=title,
        notice_title=notice,
        doc_number=number,
        issuer=issuer,
        issued_on=date,
        published_on=_published(cleaned),
        start_year=start,
        end_year=end,
        region=_region(title, signature, notice, header, issuer),
        kind=_kind(title),
        places=places,
    )


def _spans(lines: tuple[Line, ...]) -> dict[Kind, tuple[int, int]]:
    out: dict[Kind, tuple[int, int]] = {}
    for line in lines:
        if line.kind in (Kind.TITLE, Kind.NOTICE_TITLE):
            first = out.get(line.kind, (line.start, line.end))[0]
            out[line.kind] = (first, line.end)
    return out


def _joined(text: str, span: tuple[int, int] | None) -> tuple[str | None, tuple[int, int] | None]:
    return (bare(text[slice(*span)]), span) if span else (None, None)


def _matched(pattern: re.Pattern[str], text: str | None) -> str | None:
    match = pattern.match(text) if text else None
    return match[1] if match and not match[1].startswith("关于") else None


def _dropped_notice(cleaned: Cleaned) -> str | None:
    """The notice title from the index table of the page, when the page does not repeat it."""
    for line in cleaned.dropped:
        value = INDEX_LABEL.sub("", line.text, count=1).lstrip(":\t") if line.reason == "index_table" else ""
        if value.endswith("通知") and "印发" in value and len(value) < 120:
            return bare(value)
    return None


def _title_from_notice(notice: str | None) -> str | None:
    if not notice:
        return None
    named = _NAMED.search(notice)
    if named:
        return named[1]
    plain = _ISSUED_PLAN.search(notice)
    return plain[1] if plain else None


def _iso(year: str, month: str, day: str) -> str | None:
    numbers = [
        int(p) if p.isdigit() and p.isascii() else chinese_value(re.sub("[Oo○]", "〇", p)) for p in (year, month, day)
    ]
    y, m, d = (n or 0 for n in numbers)
    return f"{y:04d}-{m:02d}-{d:02d}" if 1900 < y < 2200 and 1 <= m <= 12 and 1 <= d <= 31 else None


def _signature(
    text: str, lines: tuple[Line, ...]
) -> tuple[str | None, tuple[int, int] | None, str | None, tuple[int, int] | None]:
    """The signing body and the date under it: of the notice if there is one, else at the end of the plan."""
    signature = signature_at = date = date_at = None
    for n, line in enumerate(lines):
        content = text[line.start : line.end]
        if line.kind == Kind.SIGNATURE:
            signed = SIGNED_DATE.fullmatch(content)
            parts = _DATE_PARTS.search(content) if signed else None
            if signed and parts:
                signature, signature_at = signed[1], (line.start, line.start + len(signed[1]))
                date, date_at = _iso(*parts.groups()), (line.start + parts.start(), line.end)
                break
        elif line.kind == Kind.DATE and (parts := _DATE_PARTS.search(content)):
            date, date_at = _iso(*parts.groups()), (line.start, line.end)
            body = _signed_above(text, lines, n)
            if body:
                signature, signature_at = bare(text[slice(*body)]), body
            break
    if signature:
        signature = re.sub(r"\((?:代章|印章|盖章|章|公章)\)$", "", signature)
    return signature, signature_at, date, date_at


def _signed_above(text: str, lines: tuple[Line, ...], index: int) -> tuple[int, int] | None:
    """The signature lines right above a date: the first body signs, a bracketed line is its note."""
    found: tuple[int, int] | None = None
    for line in reversed(lines[max(0, index - 4) : index]):
        if line.kind != Kind.SIGNATURE:
            break
        if not text[line.start : line.end].startswith("("):
            found = (line.start, line.end)
    return found


def _doc_number(cleaned: Cleaned, lines: tuple[Line, ...]) -> tuple[str | None, tuple[int, int] | None]:
    """The document's own number: on a line of its own above the plan, or in the index table."""
    for line in lines:
        if line.kind == Kind.DOC_NUMBER:
            match = _NUMBER.search(cleaned.text, line.start, line.end)
            if match:
                return _format_number(match), match.span()
        elif line.kind == Kind.ITEM:
            break
    after_label = False
    for dropped in cleaned.dropped:
        if dropped.reason not in ("index_table", "navigation", "share_prompt", "page_header"):
            continue
        match = _NUMBER.search(_NUMBER_LABELS.sub("", dropped.text))
        labelled = any(label in dropped.text for label in pages.DOC_NUMBER_LABELS)
        if match and "《" not in dropped.text and (labelled or after_label or match.span() == (0, len(dropped.text))):
            body = dropped.text[: dropped.text.find(match[0]) + len(match[0])]
            cut = re.split(r"[:\t|,]|" + "|".join(pages.DOC_NUMBER_LABELS), body)[-1]
            own = _NUMBER.search(cut) or match
            return _format_number(own), None
        after_label = labelled
    return None, None


def _format_number(match: re.Match[str]) -> str:
    body = re.sub(r"^.*(?:文件|文号|字号)", "", match[1]) or match[1]
    return f"{body}〔{match[2]}〕{match[3]}号"


def _period(title: str | None) -> tuple[int | None, int | None]:
    years = list(_YEARS.finditer(title)) if title else []
    if not years:
        return None, None
    match = next((m for m in years if m[2]), years[-1])
    start = int(match[1])
    return start, int(match[2]) if match[2] else start


def _published(cleaned: Cleaned) -> str | None:
    """The date of the web page: behind its label, on the line after a bare label, or alone in a line of page data."""
    loose = None
    waiting = False
    for line in cleaned.dropped:
        if line.reason not in ("index_table", "share_prompt", "navigation"):
            waiting = False
            continue
        for match in INDEX_LABEL.finditer(line.text):
            rest = line.text[match.end() :].lstrip(":|\t")
            date = _WEB_DATE.match(rest)
            if match[1] in pages.WEB_DATE_LABELS and date:
                return _iso(*date.groups())
        date = _WEB_DATE.search(line.text)
        if date and waiting and date.start() == 0:
            return _iso(*date.groups())
        if (
            date
            and loose is None
            and not re.search(r"(?:成文|生成|印发|发文|生效|废止|实施|失效)(?:日期|时间)", line.text)
            and not _after_other_date(cleaned, line.line)
        ):
            loose = _iso(*date.groups())
        waiting = line.text.rstrip(":") in pages.WEB_DATE_LABELS
    return loose


def _after_other_date(cleaned: Cleaned, index: int) -> bool:
    """The line is the value of another date field, as 成文日期."""
    before = [d for d in cleaned.dropped if d.line < index]
    return (
        bool(before)
        and before[-1].text.rstrip(":").endswith(("日期", "时间"))
        and before[-1].text.rstrip(":") not in pages.WEB_DATE_LABELS
    )


def _header_body(cleaned: Cleaned, text: str, lines: tuple[Line, ...]) -> str | None:
    """The issuing body of a red head (`某市人民政府文件`) above the plan."""
    for line in lines[:12]:
        match = _HEADER_BODY.match(text[line.start : line.end])
        if match and line.kind != Kind.ITEM:
            return match[1] + ("办公室" if text[line.start : line.end].endswith("办公室文件") else "")
    for dropped in cleaned.dropped[:20]:
        match = _HEADER_BODY.match(dropped.text)
        if match:
            return match[1]
    return None


def read_region(text: str | None) -> str | None:
    """The place at the beginning of a title or body name, with suffix: `某市某区`."""
    if not text:
        return None
    text = re.sub(r"^(?:中共|共青团)?(?:(?:19|20)\d\d年?度?)?", "", text)
    best = None
    match = re.match(rf"[一-鿿]{{1,9}}?{_SUFFIX}", text)
    position = 0
    while match:
        if _NO_REGION.search(match[0]):
            break
        position += match.end()
        best = text[:position]
        match = re.match(rf"[一-鿿]{{1,9}}?{_SUFFIX}", text[position:])
        if match and len(match[0]) < 2:
            break
    return best if best and len(best) >= 2 else None


def _region(*sources: str | None) -> str | None:
    """The jurisdiction of the title in its longest printed form."""
    found = [r for r in map(read_region, sources) if r]
    if not found:
        return None
    own = found[0]
    longer = [r for r in found if r.endswith(own) or r == own]
    return max(longer, key=len)


def _kind(title: str | None) -> str | None:
    if title is None:
        return None
    return "annual_points" if "要点" in title else "opinion" if "意见" in title else "plan"
