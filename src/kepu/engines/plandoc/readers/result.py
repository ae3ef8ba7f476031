"""What reading a file gives: text with warnings, or a stable code with a sentence that a clerk understands."""

from __future__ import annotations

from dataclasses import dataclass

SAVE_AS_DOCX = "请另存为 .docx 后再上传"

# code -> sentence; the code is stable, the sentence may be reworded.
SENTENCES = {
    "empty": "文件是空的，没有可读的文字",
    "unsupported": f"暂不能读取这种格式的文件，{SAVE_AS_DOCX}",
    "picture": f"这是图片，没有可读的文字，{SAVE_AS_DOCX}，或安装文字识别组件后再试",
    "scan": f"这是扫描件，没有可读的文字，{SAVE_AS_DOCX}，或安装文字识别组件后再试",
    "garbled": f"文件里的文字没有编码信息，读出来是乱码；{SAVE_AS_DOCX}",
    "encrypted": "文件设有密码，请去掉密码后再上传",
    "malformed": f"文件已损坏或不是它的扩展名所说的格式，{SAVE_AS_DOCX}",
    "too_large": "文件过大或解压后过大，请拆分或只上传方案正文",
    "timeout": f"读取文件用时过长，已停止；{SAVE_AS_DOCX}",
    "memory": f"读取文件占用内存过多，已停止；{SAVE_AS_DOCX}",
    "crashed": f"文件内容异常，无法读取；{SAVE_AS_DOCX}",
    "unsafe": f"文件中含有不应出现的内容，已拒绝读取；{SAVE_AS_DOCX}",
    "long_line": f"文件里有一行特别长，不像公文文本，{SAVE_AS_DOCX}",
    "no_ocr": "识别扫描件需要安装文字识别组件：pip install 'kepu[ocr]'",
}

WARNINGS = {
    "converted": "文字编码不是 UTF-8 或 GBK，已按自动识别的编码转换，请核对",
    "replaced": "文件中有个别字无法识别，已用 � 代替，请核对",
    "extension": "文件内容与扩展名不符，已按内容读取",
    "pages_without_text": "部分页面是图片，其中的文字没有读取",
    "recognised": "文字由图片识别得到，请逐条核对",
}


class Unreadable(ValueError):
    """A file cannot be read: `code` is a key of SENTENCES, `sentence` says in Chinese what to do, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.sentence = SENTENCES[code]
        self.detail = detail
        super().__init__(f"{code}: {detail}" if detail else code)


@dataclass(frozen=True)
class Decoded:
    """A file as text: lines end with \\n, table rows are tab-separated lines, pages end with \\f.

    `kind` is the format that was read (a key of the sandbox's KINDS), `warnings` are keys of WARNINGS.
    """

    text: str
    kind: str
    warnings: tuple[str, ...] = ()
