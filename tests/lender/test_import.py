"""A lender's table goes in whole or not at all, and says by line and field what is wrong with it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from bot.clock import FixedClock
from bot.errors import BadInput
from bot.lender.imports import BadRows, Report, import_portfolio
from bot.lending.debts import Account
from bot.lending.disputes import Dispute
from bot.lending.holds import Hold
from bot.lending.identity import Borrower
from bot.storage.engine import Database

MAP = """
creditor: chuntian
jurisdiction: tw
currency: TWD
date_format: "%Y/%m/%d"
borrower:
  reference: 編號
  name: 姓名
  birth_date: 生日
  document_last4: {column: 證號, pad: 4, last: 4}
  residence: {constant: tw}
  time_zone: {constant: Asia/Taipei}
account:
  reference: {template: "{編號}-{產品}"}
  product: {column: 產品, values: {卡: card, 貸: loan}}
  as_of: {constant: 2026-10-31}
  total: 總額
  interest: {column: 利息, absent: ["-"]}
  overdue_since: {months_before: 遲月}
"""
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
HEADER = "編號,姓名,生日,證號,產品,總額,利息,遲月,備註"
ROWS = [
    "CT-1,陳怡君,1990/05/17,A123456789,卡,12600,480,2,忽略",
    "CT-2,林志豪,1985/12/01,77,貸,1.00E+05,-,0,",
    'CT-1,陳怡君,1990/05/17,A123456789,貸,"5,000.50",0,1,',
]
Write = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(*rows: str, encoding: str = "utf-8", header: str = HEADER) -> Path:
        path = tmp_path / "portfolio.csv"
        path.write_bytes("\r\n".join([header, *rows, ""]).encode(encoding))
        return path

    return write


@pytest.fixture
def map_path(tmp_path: Path) -> Path:
    path = tmp_path / "map.yml"
    path.write_text(MAP, "utf-8")
    return path


def _people(database: Database, *references: str) -> list[tuple[Borrower, list[Account]]]:
    found = []
    with database.reading() as work:
        for reference in references:
            borrower = work.lending.borrower_by_reference(["chuntian"], reference)
            assert borrower is not None, reference
            found.append((borrower, [account for account, _ in work.lending.accounts(borrower.id)]))
    return found


def _count(database: Database) -> int:
    with database.reading() as work:
        return int(work.connection.exec_driver_sql("SELECT count(*) FROM accounts").scalar_one())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "big5", "gb18030"])
def test_a_table_in_any_of_the_usual_encodings(
    database: Database, table: Write, map_path: Path, encoding: str
) -> None:
    report = import_portfolio(database, table(*ROWS, encoding=encoding), map_path)
    assert (report.rows, report.good, report.new, report.known, report.refused) == (3, 3, 3, 0, [])
    (chen, cards), (lin, loans) = _people(database, "ct-1", "CT-2")
    assert (chen.name, chen.birth_date, chen.document_last4) == ("陳怡君", date(1990, 5, 17), "6789")
    assert (lin.document_last4, lin.time_zone, lin.time_zone_source) == ("0077", "Asia/Taipei", "residence")
    card = next(account for account in cards if account.product == "card")
    assert (card.reference, card.statement.total.amount) == ("CT-1-卡", Decimal(12600))
    assert (card.statement.principal.amount, card.statement.interest.amount) == (Decimal(12120), Decimal(480))
    assert (card.statement.overdue_since, card.statement.overdue) == (date(2026, 8, 31), card.statement.total)
    loan = loans[0].statement
    assert (loan.total.amount, loan.overdue.amount, loan.overdue_since) == (Decimal(100000), Decimal(0), None)
    assert len(cards) == 2


def test_running_again_keeps_ids_and_brings_up_to_date(database: Database, table: Write, map_path: Path) -> None:
    import_portfolio(database, table(*ROWS), map_path)
    (before, accounts), _ = _people(database, "CT-1", "CT-2")
    report = import_portfolio(
        database, table(ROWS[0].replace("12600", "600").replace("480", "0"), ROWS[2]), map_path
    )
    assert (report.new, report.known) == (0, 2)
    (after, updated), _ = _people(database, "CT-1", "CT-2")
    assert after == before
    assert {account.id for account in updated} == {account.id for account in accounts}
    assert {account.statement.total.amount for account in updated} == {Decimal(600), Decimal("5000.50")}


BAD = {
    "CT-9,,1990/05/17,1234,卡,1,0,0,": "borrower.name: it is empty",
    "CT-9,甲,17.05.1990,1234,卡,1,0,0,": "borrower.birth_date: '17.05.1990' is not a date like %Y/%m/%d",
    "CT-9,甲,0090/05/17,1234,卡,1,0,0,": "borrower.birth_date: 0090-05-17 is not in our time",
    "CT-9,甲,1990/05/17,12#4,卡,1,0,0,": "borrower.document_last4: it must be four letters or digits",
    "CT-9,甲,1990/05/17,1234,車,1,0,0,": "account.product: '車' is not among the values of the map",
    "CT-9,甲,1990/05/17,1234,卡,many,0,0,": "account.total: 'many' is not a number",
    "CT-9,甲,1990/05/17,1234,卡,-5,0,0,": "account.total: -5 is below zero",
    "CT-9,甲,1990/05/17,1234,卡,1E+40,0,0,": "account.total: 1E+40 is beyond any debt",
    "CT-9,甲,1990/05/17,1234,卡,NaN,0,0,": "account.total: 'NaN' is not a number",
    "CT-9,甲,1990/05/17,1234,卡,0.001,0,0,": "account.total: 0.001 TWD has a fraction of TWD's smallest unit",
    "CT-9,甲,1990/05/17,1234,卡,1,2,0,": "account.principal: interest and fees are more than the total of 1 TWD",
    "CT-9,甲,1990/05/17,1234,卡,1,0,1.5,": "account.overdue_since: 1.5 is not a whole number in reason",
    "CT-9,甲,1990/05/17,1234,卡,1,0,9E9,": "account.overdue_since: 9E9 is not a whole number in reason",
    "CT-9,=HYPERLINK(1),1990/05/17,1234,卡,1,0,0,": "borrower.name: it looks like a formula",
    "CT-9,@SUM(A1),1990/05/17,1234,卡,1,0,0,": "borrower.name: it looks like a formula",
    "CT-9,甲\0乙,1990/05/17,1234,卡,1,0,0,": "borrower.name: it holds a control character",
    "1.23E+15,甲,1990/05/17,1234,卡,1,0,0,": (
        "borrower.reference: 1.23E+15 is a number that a spreadsheet has shortened; its last digits are lost"
    ),
    f"CT-9,{'長' * 501},1990/05/17,1234,卡,1,0,0,": "borrower.name: it has 501 characters; at most 500 are taken",
    "CT-9,甲,1990/05/17": "it has 3 cells and the table 9 columns",
    "CT-9,甲,1990/05/17,1234,卡,1,0,0,,extra": "it has 10 cells and the table 9 columns",
    "CT-1,陳怡君,1990/05/17,A123456789,卡,1,0,0,": "account.reference: CT-1-卡 is already on line 2",
    "CT-2,別人,1985/12/01,77,卡,1,0,0,": "borrower.reference: CT-2 is another person on line 3",
}


@pytest.mark.parametrize(("row", "reason"), BAD.items(), ids=range(len(BAD)))
def test_a_bad_row_is_named_by_line_and_reason(
    sqlite_database: Database, table: Write, map_path: Path, row: str, reason: str
) -> None:
    with pytest.raises(BadRows, match="1 of 4 rows are bad and nothing was stored") as refused:
        import_portfolio(sqlite_database, table(ROWS[0], ROWS[1], "", row, ROWS[2]), map_path)
    assert [(each.line, each.reason) for each in refused.value.report.refused] == [(5, reason)]
    assert _count(sqlite_database) == 0


def test_bad_rows_may_be_skipped(database: Database, table: Write, map_path: Path) -> None:
    report = import_portfolio(database, table(*ROWS, *BAD), map_path, skip_bad=True)
    assert (report.good, report.new, report.refused_count) == (3, 3, len(BAD))
    assert [each.reason for each in report.refused] == list(BAD.values())
    assert _count(database) == 3


def test_what_fails_while_storing_leaves_nothing(database: Database, table: Write, map_path: Path) -> None:
    def progress(stage: str, done: int, of: int | None) -> None:
        if stage == "store":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_portfolio(database, table(*ROWS), map_path, progress=progress)
    assert _count(database) == 0


def test_progress_is_told_in_both_stages(sqlite_database: Database, table: Write, map_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    import_portfolio(sqlite_database, table(*ROWS), map_path, progress=lambda *each: told.append(each))
    assert told == [("check", 3, None), ("store", 3, 3)]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "the file is empty"),
        (b"\r\n\r\n", "there are no column names"),
        (HEADER.encode() + b"\r\n", "there are no rows"),
        (
            HEADER.replace("總額", "金額").encode() + b"\r\n",
            "no column 總額, which the map wants for account.total",
        ),
        (HEADER.replace("備註", "總額").encode() + b"\r\n", "the column 總額 appears twice"),
        ((HEADER + "\r\n" + ROWS[0] + '\r\nCT-2,"open').encode(), "line 3"),
        ((HEADER + "\r\n" + "x" * 200_000).encode(), "line 2: field larger than field limit"),
        ((HEADER + "\r\n").encode() + b"\xff\xfe\x81", "neither in UTF-8 nor in Big5 or GB18030"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old or encrypted Excel"),
        (b"PK\x03\x04" + bytes(100), "broken XLSX"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    sqlite_database: Database, tmp_path: Path, map_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refused:
        import_portfolio(sqlite_database, path, map_path)
    assert problem in str(refused.value)
    assert str(path) in str(refused.value)


def test_two_encodings_that_both_fit_are_asked_about(sqlite_database: Database, tmp_path: Path) -> None:
    ascii_map = MAP
    for chinese, latin in zip(
        ["編號", "姓名", "生日", "證號", "產品", "總額", "利息", "遲月"], "abcdefgh", strict=True
    ):
        ascii_map = ascii_map.replace(chinese, latin)
    header, row = "a,b,c,d,e,f,g,h", "X1,{},1990/05/17,1234,card,1,0,0"
    # Two characters in Big5, and two others in GB18030, all of them common ones.
    name = b"\xb0\xa1\xb0\xa2"
    path, map_path = tmp_path / "short.csv", tmp_path / "map.yml"
    path.write_bytes(header.encode() + b"\n" + row.encode().replace(b"{}", name) + b"\n")
    map_path.write_text(ascii_map.replace("{column: e, values: {卡: card, 貸: loan}}", "e"), "utf-8")
    with pytest.raises(BadInput, match="may be in Big5 or in GB18030"):
        import_portfolio(sqlite_database, path, map_path)
    map_path.write_text("encoding: gb18030\n" + map_path.read_text("utf-8"), "utf-8")
    import_portfolio(sqlite_database, path, map_path)
    assert _people(sqlite_database, "X1")[0][0].name == name.decode("gb18030")


def test_other_delimiters_are_seen(sqlite_database: Database, table: Write, map_path: Path) -> None:
    path = table(*(row.replace(",", ";") for row in ROWS[:2]), header=HEADER.replace(",", ";"))
    assert import_portfolio(sqlite_database, path, map_path).new == 2


def test_an_xlsx_gives_what_its_csv_gives(database: Database, tmp_path: Path, map_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADER.split(","))
    sheet.append(["CT-1", "陳怡君", date(1990, 5, 17), "A123456789", "卡", 12600.0, 480, 2])
    sheet.append([])
    sheet.append(["CT-2", "林志豪", "1985/12/01", 77, "貸", 0.1 + 0.2, "-", 0])
    sheet.append(["CT-3", "=1+1", "1985/12/01", 77, "貸", 1, "-", 0])
    book.save(tmp_path / "portfolio.xlsx")
    report = import_portfolio(database, tmp_path / "portfolio.xlsx", map_path, skip_bad=True)
    assert (report.new, [(each.line, each.reason) for each in report.refused]) == (
        2,
        [(5, "borrower.name: it is empty")],
    )
    (chen, cards), (lin, loans) = _people(database, "CT-1", "CT-2")
    assert (chen.birth_date, cards[0].statement.total.amount) == (date(1990, 5, 17), Decimal(12600))
    assert (lin.document_last4, loans[0].statement.total.amount) == ("0077", Decimal("0.30"))


def test_another_creditors_map_is_refused(sqlite_database: Database, table: Write, map_path: Path) -> None:
    with pytest.raises(BadInput, match="for the creditor chuntian, not for harbour"):
        import_portfolio(sqlite_database, table(*ROWS), map_path, creditor="harbour")


@pytest.mark.parametrize(
    ("wrong", "right", "problem"),
    [
        ("currency: TWD", "currency: twd", "currency"),
        ("  name: 姓名\n", "", "borrower: name must be mapped"),
        ("  name: 姓名\n", "  name: 姓名\n  sex: 備註\n", "borrower: unknown field sex"),
        ("{constant: tw}", "{constant: tw, column: 備註}", "exactly one of"),
        ("creditor: chuntian", "creditor: chuntian\ninvented: [phone]", "phone is not mapped"),
        ("creditor: chuntian", "creditor: chuntian\nfields: 3", "fields"),
        ("creditor: chuntian", "creditor: [", "it is not YAML"),
        (MAP, "just text", "it must be a mapping"),
    ],
)
def test_a_map_that_is_wrong_names_the_key(tmp_path: Path, wrong: str, right: str, problem: str) -> None:
    from bot.lender.mapping import load_map

    path = tmp_path / "map.yml"
    path.write_text(MAP.replace(wrong, right), "utf-8")
    with pytest.raises(BadInput) as refused:
        load_map(path)
    assert problem in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_report_names_only_so_many_rows() -> None:
    report = Report()
    for line in range(5000):
        report.refuse(line, "bad")
    assert (len(report.refused), report.refused_count) == (1000, 5000)


ENDED_MAP = (
    MAP
    + """
  ended: {column: 備註, values: {和解: "dispute;limitation", 找到: already_paid}, absent: ["", 忽略]}
  dispute_outcome: {column: 結論, values: {對: upheld, 不對: rejected}, absent: [""]}
"""
)


def _owing(database: Database) -> tuple[str, str]:
    """The ids of CT-1 and of her card, on which a dispute and three holds stand."""
    (chen, cards), *_ = _people(database, "CT-1")
    card = next(account for account in cards if account.product == "card")
    hold = Hold("h1", "account", card.id, "dispute", "collection", NOW, None, ("supervisor", "lender"))
    with database.transaction() as work:
        work.lending.add_hold(hold)
        work.lending.add_hold(replace(hold, id="h2", subject_kind="borrower", subject=chen.id, reason="limitation"))
        work.lending.add_hold(replace(hold, id="h3", reason="representative", lifted_by=("borrower",)))
        work.lending.add_dispute(Dispute("d1", chen.id, card.id, "fees", "?", NOW, NOW.date()))
        work.lending.add_dispute(Dispute("d2", chen.id, card.id, "complaint", "?", NOW, NOW.date()))
    return chen.id, card.id


def test_the_lenders_data_ends_what_it_may_end(database: Database, table: Write, map_path: Path) -> None:
    map_path.write_text(ENDED_MAP, "utf-8")
    header = HEADER + ",結論"
    import_portfolio(database, table(ROWS[0] + ",", header=header), map_path, clock=FixedClock(NOW))
    chen, card = _owing(database)
    row = ROWS[0].replace("忽略", "和解") + ",對"
    report = import_portfolio(database, table(row, header=header), map_path, clock=FixedClock(NOW))
    assert (report.lifted, report.answered) == (2, 1)
    with database.reading() as work:
        left = work.lending.holds([("account", card), ("borrower", chen)])
        raised = {dispute.id: dispute.status for dispute in work.lending.disputes(chen)}
    assert [hold.id for hold in left] == ["h3"]
    assert raised == {"d1": "upheld", "d2": "open"}


def test_what_stands_for_another_account_is_not_ended(database: Database, table: Write, map_path: Path) -> None:
    map_path.write_text(ENDED_MAP, "utf-8")
    header = HEADER + ",結論"
    import_portfolio(database, table(*[row + "," for row in ROWS], header=header), map_path, clock=FixedClock(NOW))
    chen, card = _owing(database)
    with database.transaction() as work:
        other = next(account.id for account, _ in work.lending.accounts(chen) if account.id != card)
        work.lending.add_dispute(Dispute("d3", chen, other, "too_old", "?", NOW, NOW.date()))
    row = ROWS[0].replace("忽略", "和解") + ",對"
    report = import_portfolio(database, table(row, header=header), map_path, clock=FixedClock(NOW))
    with database.reading() as work:
        left = work.lending.holds([("account", card), ("borrower", chen)])
    assert report.lifted == 1
    assert {hold.id for hold in left} == {"h2", "h3"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (ROWS[0].replace("忽略", "dispute;paid") + ",", "account.ended: 'paid' is no reason to hold"),
        (ROWS[0] + ",won", "account.dispute_outcome: 'won' is none of upheld, rejected, withdrawn"),
    ],
)
def test_what_ended_must_be_named_as_known(
    sqlite_database: Database, table: Write, map_path: Path, row: str, reason: str
) -> None:
    plain = MAP + '\n  ended: {column: 備註, absent: [忽略]}\n  dispute_outcome: {column: 結論, absent: [""]}\n'
    map_path.write_text(plain, "utf-8")
    with pytest.raises(BadRows) as refused:
        import_portfolio(sqlite_database, table(row, header=HEADER + ",結論"), map_path)
    assert [each.reason for each in refused.value.report.refused] == [reason]
