"""The class page in a real browser, from a file: sorts, filters, fits a phone, is readable."""

from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe

from grader.model import Status, Student
from grader.reports import classpage
from grader.reports.overview import overview
from tests.class_parts import HOSTILE, a_class, check, marked, report, withheld

MARKS = {f"student-{i:03d}": {"A2": 0.1, "B3": 0.2} for i in range(30)}
COLUMN = "(n) => [...document.querySelectorAll('#submissions tbody tr')].map(r => r.cells[n])"


def a_page(size=60):
    made = (check("cnn.blocks", Status.FAILED, mistakes=(HOSTILE,)),)
    evil = report(HOSTILE, made, (Student(HOSTILE, HOSTILE),), isolation="none")
    class_ = [*a_class(size), evil, withheld("zoe", HOSTILE)]
    class_ = [marked(one, **MARKS.get(one.submission.id, {})) for one in class_]
    return classpage.index(class_, [Student("s999", "Missing Person")])


def values(page, column):
    return page.evaluate(f"({COLUMN})({column}).map(c => c.dataset.value ?? c.textContent.trim())")


def heading(page, name):
    return page.get_by_role("button", name=name, exact=True).first


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing(opened, size, scheme):
    page = opened(a_page(), size, scheme, bypass_csp=True)
    for summary in page.locator("summary").all()[:2]:
        summary.click()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_fits_and_no_script_but_ours_runs(opened, size):
    said = []

    def listen(page):
        for event in ("console", "pageerror", "dialog"):
            page.on(event, lambda what: said.append(str(what)))
        page.on("request", lambda request: said.append(request.url))

    page = opened(a_page(), size, setup=listen)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert [line for line in said if not line.startswith("file://")] == []


LONG = "A1 and B1 lost to cell 17, which raised NameError: name 'nn' is not defined"


def a_narrow_page():
    """Return a class whose ids, verdicts and flags are as long as they come."""
    found = overview([marked(one, **MARKS.get(one.submission.id, {})) for one in a_class(12)])
    rows = tuple(
        replace(row, id=f"Ada Lovelace_{100001 + n}", verdict="student_error", broken=LONG)
        for n, row in enumerate(found.rows)
        if row.status == "graded"
    )
    return classpage.page(replace(found, rows=rows))


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_flag_is_cut_and_no_word_broken(opened, size):
    page = opened(a_narrow_page(), size)
    cut = """[...document.querySelectorAll('.tag')].filter(tag => {
      const box = tag.closest('.scroll, .card').getBoundingClientRect();
      return tag.getClientRects().length && tag.getBoundingClientRect().right > box.right + 1;
    }).map(tag => tag.textContent)"""
    assert page.evaluate(cut) == []
    broken = """[...document.querySelectorAll('#submissions tbody :is(a, td.wide, .tag)')]
      .filter(one => one.getClientRects().length).flatMap(one => {
        const text = one.firstChild, words = [...text.data.matchAll(/[\\w-]+/g)];
        return words.filter(word => {
          const range = document.createRange();
          range.setStart(text, word.index);
          range.setEnd(text, word.index + word[0].length);
          return new Set([...range.getClientRects()].map(box => box.top)).size > 1;
        }).map(word => word[0]);
      })"""
    assert page.evaluate(broken) == []


def test_a_heading_sorts_up_then_down_and_no_score_is_always_last(opened):
    page = opened(a_page())
    button = heading(page, "Automatic")
    for direction in ("ascending", "descending"):
        button.click()
        column = values(page, 1)
        numbers = [float(v) for v in column if v]
        assert numbers == sorted(numbers, reverse=direction == "descending")
        assert "" in column
        assert "" not in column[: len(numbers)]
        sorted_by = page.locator("#submissions th[aria-sort]")
        assert sorted_by.count() == 1
        assert sorted_by.get_attribute("aria-sort") == direction
    assert page.get_by_role("status").first.inner_text() == "sorted by Automatic, descending"


def test_the_keyboard_sorts_too(opened):
    page = opened(a_page())
    heading(page, "Submission").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    names = values(page, 0)
    assert names[0] == "zoe"
    assert page.locator("th[aria-sort='descending']").count() == 1
    assert page.evaluate("document.activeElement.textContent") == "Submission"


def test_other_tables_sort_by_themselves(opened):
    page = opened(a_page())
    before = values(page, 0)
    page.locator("#checks").get_by_role("button", name="Passed").click()
    rates = page.evaluate(
        "[...document.querySelectorAll('#checks tbody tr')].map(r => +r.cells[2].dataset.value)"
    )
    assert rates == sorted(rates)
    assert values(page, 0) == before


def test_find_hides_the_others_and_says_how_many_are_left(opened):
    page = opened(a_page())
    page.get_by_label("Find").fill("student-00")
    assert page.locator("#submissions tbody tr:visible").count() == 10
    assert page.get_by_role("status").first.inner_text() == "10 of 62 shown"
    page.get_by_label("Find").fill("")
    assert page.locator("#submissions tbody tr:visible").count() == 62


def test_without_scripts_the_table_is_whole(opened):
    page = opened(a_page(), java_script_enabled=False)
    assert page.locator("#submissions tbody tr").count() == 62
    assert page.locator("#submissions th button").count() == 0
    assert page.get_by_label("Find").count() == 0


def test_a_class_without_anything_to_see_to_is_readable_too(opened):
    class_ = [report("ada"), replace(report("bo"), score=1.0)]
    page = opened(classpage.index(class_), bypass_csp=True)
    assert Axe().run(page).violations_count == 0
    page = opened(classpage.index([]), bypass_csp=True)
    assert Axe().run(page).violations_count == 0
