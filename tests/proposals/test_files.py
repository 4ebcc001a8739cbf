"""What a file may be: each good kind is taken, each bad input is refused in words that help."""

import io
import struct
import zipfile

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from proposals.files import MAX_BYTES, NAME_LENGTH, display_name, examine
from tests.proposals.filing import JPEG, PDF, PNG, office

EXE = b"MZ\x90\x00" + bytes(200)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><script>alert(1)</script>"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def examined(name: str, content: bytes):
    return examine(name=name, file=io.BytesIO(content))


def refusal(name: str, content: bytes) -> ValidationError:
    with pytest.raises(ValidationError) as refused:
        examined(name, content)
    return refused.value


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("A.PDF", PDF, "application/pdf"),
        ("a.png", PNG, "image/png"),
        ("a.jpg", JPEG, "image/jpeg"),
        ("a.jpeg", JPEG, "image/jpeg"),
        (
            "a.docx",
            office("docx"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "a.xlsx",
            office("xlsx"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            "a.pptx",
            office("pptx"),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ),
    ],
)
def test_each_kind_is_taken_by_its_name_and_content(name, content, content_type):
    found = examined(name, content)

    assert (found.name, found.content_type, found.size) == (name, content_type, len(content))
    assert len(found.sha256) == 64


def test_a_file_that_was_examined_is_at_its_start_again():
    file = io.BytesIO(PDF)
    examine(name="a.pdf", file=file)
    assert file.read() == PDF


@pytest.mark.parametrize(
    "name",
    ["a.svg", "a.html", "a.exe", "a.docm", "a.zip", "a.xml", "a.txt", "a.pdf.exe", "pdf", ".pdf"],
)
def test_a_kind_that_is_not_ours_is_refused_with_what_is(name):
    refused = refusal(name, PDF)

    assert refused.code == "type"
    assert "Save it as PDF, Word, Excel, PowerPoint, PNG or JPEG" in refused.message


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("a.pdf", b"", "empty", "The file is empty."),
        ("a.docx", b"", "empty", "The file is empty."),
        ("a.pdf", b"%PDF-" + bytes(MAX_BYTES), "size", "larger than 10 MB"),
        ("setup.pdf", EXE, "content", "called a PDF file, but what is in it is something else"),
        ("a.png", SVG, "content", "called a PNG file, but"),
        ("a.jpg", HTML, "content", "called a JPEG file, but"),
        ("a.docx", HTML, "content", "called a Word file, but"),
        ("a.docx", office("xlsx"), "content", "called a Word file, but"),
        ("a.docx", PNG, "content", "called a Word file, but"),
        ("a.docx", b"PK\x03\x04" + bytes(300), "content", "We cannot read this file."),
        ("a.docx", OLD_OFFICE, "encrypted", "Save it again without a password."),
        ("a.pdf", PDF + b"<< /Encrypt 12 0 R >>", "encrypted", "Remove the password"),
        ("a.pdf", PDF + b"<</Encrypt<</V 4>>>>", "encrypted", "Remove the password"),
    ],
)
def test_what_is_not_what_it_says_is_refused_in_words(name, content, code, words):
    refused = refusal(name, content)

    assert refused.code == code
    assert words in refused.message
    assert refused.message.startswith(f"{name}: ")


def test_encryption_is_found_across_the_border_of_two_pieces():
    head = PDF + b" " * (64 * 1024 - len(PDF) - 5)
    assert refusal("a.pdf", head + b"/Encrypt 9 0 R").code == "encrypted"


def test_a_text_about_encryption_is_no_encryption():
    assert examined("a.pdf", PDF + b"(see /Encrypt in the manual) /EncryptMetadata true")


def entry(name: str, content: bytes = b"x") -> bytes:
    return office("docx", **{name: content})


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "word/VBAPROJECT.BIN", "word/vbaData.xml", "xl/macrosheets/1"]
)
def test_macros_are_refused(name):
    refused = refusal("a.docx", entry(name))
    assert refused.code == "macro"
    assert "It contains macros. Save it without them" in refused.message


@pytest.mark.parametrize("name", ["word/embeddings/oleObject1.bin", "word/activeX/activeX1.bin"])
def test_embedded_objects_are_refused(name):
    assert refusal("a.docx", entry(name)).code == "object"


def test_a_chart_of_a_presentation_is_no_foreign_object():
    assert examined("a.pptx", office("pptx", ppt__embeddings__Sheet1=b"x"))


def test_a_zip_bomb_is_refused_by_its_directory():
    refused = refusal("a.docx", office("docx", word__media__big=bytes(30 * 1024 * 1024)))
    assert refused.code == "bomb"
    assert "unpack to far more" in refused.message


def test_parts_that_lie_over_each_other_are_a_bomb_too():
    """Each entry is packed honestly, but they share their bytes: only the sum tells."""
    content = bytearray(office("docx", word__a=bytes(range(256)) * 4000))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    directory = bytes(content[start:end])
    one = directory[directory.rindex(b"PK\x01\x02") :]
    many = directory + one * 900
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 903, 903, len(many))
    assert refusal("a.docx", bytes(content[:start]) + many + bytes(tail)).code == "bomb"


def test_too_many_entries_are_a_bomb():
    buffer = io.BytesIO(office("docx"))
    with zipfile.ZipFile(buffer, "a") as archive:
        for number in range(2000):
            archive.writestr(f"word/{number}", "")
    assert refusal("a.docx", buffer.getvalue()).code == "bomb"


def test_a_directory_that_claims_to_be_huge_is_not_read():
    content = bytearray(office("docx"))
    struct.pack_into("<I", content, content.rindex(b"PK\x05\x06") + 12, 5_000_000)
    assert refusal("a.docx", bytes(content)).code == "content"


def test_an_entry_with_a_password_is_refused():
    content = bytearray(office("docx"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusal("a.docx", bytes(content)).code == "encrypted"


@given(st.sampled_from(["a.docx", "a.pdf", "a.xlsx"]), st.binary(max_size=400), st.booleans())
def test_whatever_bytes_come_they_are_taken_or_refused(name, noise, is_spoilt):
    good = office("docx" if name == "a.docx" else "xlsx") if name != "a.pdf" else PDF
    at = len(noise) % len(good)
    content = good[:at] + noise + good[at + len(noise) :] if is_spoilt else good[:5] + noise
    try:
        assert examined(name, content).size == len(content)
    except ValidationError as refused:
        assert refused.message.startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\pat\\letter.pdf", "letter.pdf"),
        ("let\x00ter\r\n.pdf", "letter.pdf"),
        ("cod\u202efdp.exe", "codfdp.exe"),
        ("  two   words .pdf", "two words .pdf"),
        ("..", "file"),
        ("", "file"),
        ("lettre d’été.pdf", "lettre d’été.pdf"),
    ],
)
def test_a_name_is_text_to_read_and_never_a_path(name, shown):
    assert display_name(name) == shown


def test_a_long_name_is_shortened_and_keeps_its_ending():
    shown = display_name("x" * 300 + ".pdf")
    assert len(shown) == NAME_LENGTH
    assert shown.endswith("….pdf")
    assert len(display_name("y" * 300)) == NAME_LENGTH
