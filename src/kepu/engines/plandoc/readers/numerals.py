"""Numbers as Word prints them in list labels.

Names of the forms: ECMA-376-1, 17.18.59 ST_NumberFormat. Only forms that stand in Chinese office documents are drawn;
any other prints as Arabic digits, which keeps the rank if not the look.
"""

from __future__ import annotations

DIGITS = "〇一二三四五六七八九"
LEGAL = "零壹贰叁肆伍陆柒捌玖"
STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"


def chinese(number: int) -> str:
    """1 to 9,999 in counting form: 十二, 一百零五, 三千零二十."""
    return _counted(number, DIGITS.replace("〇", "零"), ("", "十", "百", "千"), bare_ten=True)


def legal(number: int) -> str:
    """1 to 9,999 in the form of bank notes: 壹拾贰."""
    return _counted(number, LEGAL, ("", "拾", "佰", "仟"), bare_ten=False)


def _counted(number: int, digits: str, places: tuple[str, ...], *, bare_ten: bool) -> str:
    if not 0 < number < 10_000:
        return str(number)
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += (digits[0] if gap and said else "") + digits[digit] + places[place]
            gap = False
        else:
            gap = True
    return said[1:] if bare_ten and 10 <= number < 20 else said


def positional(number: int) -> str:
    """Digit by digit: 二〇二五."""
    return "".join(DIGITS[int(digit)] for digit in str(number))


def roman(number: int) -> str:
    """Capital Roman numerals up to 3,999."""
    if not 0 < number < 4000:
        return str(number)
    said = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        said += letters * (number // value)
        number %= value
    return said


def letter(number: int) -> str:
    """A to Z, then AA, BB … as Word continues."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _from(first: str, count: int, number: int) -> str:
    """The number-th of `count` consecutive characters; beyond them Arabic digits."""
    return chr(ord(first) + number - 1) if 0 < number <= count else str(number)


def circled(number: int) -> str:
    """① to ⑳, ㉑ to ㉟, ㊱ to ㊿."""
    if 20 < number <= 35:
        return _from("㉑", 15, number - 20)
    if 35 < number <= 50:
        return _from("㊱", 15, number - 35)
    return _from("①", 20, number)


def full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def in_form(number: int, form: str) -> str:
    """`number` in Word's form of that name; bullets and `none` give an empty string."""
    match form:
        case "bullet" | "none":
            return ""
        case (
            "chineseCounting"
            | "chineseCountingThousand"
            | "japaneseCounting"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand"
            | "ideographDigital"
            | "japaneseDigitalTenThousand"
            | "taiwaneseDigital"
            | "koreanDigital2"
        ):
            return positional(number) if "igital" in form and number > 10 else chinese(number)
        case "chineseLegalSimplified" | "ideographLegalTraditional" | "japaneseLegal":
            return legal(number)
        case "ideographTraditional":
            return STEMS[number - 1] if 0 < number <= len(STEMS) else str(number)
        case "ideographZodiac":
            return BRANCHES[number - 1] if 0 < number <= len(BRANCHES) else str(number)
        case "ideographEnclosedCircle":
            return _from("㊀", 10, number)
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese":
            return circled(number)
        case "decimalEnclosedFullstop":
            return _from("⒈", 20, number)
        case "decimalEnclosedParen":
            return _from("⑴", 20, number)
        case "decimalFullWidth" | "decimalFullWidth2":
            return full_width(number)
        case "decimalZero":
            return f"{number:02d}"
        case "upperRoman":
            return roman(number)
        case "lowerRoman":
            return roman(number).lower()
        case "upperLetter":
            return letter(number)
        case "lowerLetter":
            return letter(number).lower()
    return str(number)
