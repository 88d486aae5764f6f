"""Reports in a real browser: nothing runs, nothing is fetched, everybody can read them."""

import io
import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from grader.reports.html.markup import POLICY
from grader.reports.html.page import page as render
from tests import hostile_pages, pages
from tests.browser.conftest import SIZES

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


HELPERS = {"cell_type": "code", "source": "def helper():\n" + "    x = 1\n" * 30, "outputs": []}


def hostile(canary="http://127.0.0.1:9"):
    return render(hostile_pages.report(canary), hostile_pages.parts(canary), "instructor")


def reports():
    """Yield the name of each kind of report, and its HTML."""
    right = pages.report((pages.check("cnn.builds"), pages.check("unet.builds")))
    hidden = pages.check("cnn.gradients", visibility="hidden", public_points=0.1)
    both = tuple(c for c in pages.CHECKS if c.id != "cnn.values")
    shown = [pages.check(c.id, c.status, c.findings, public_points=0.1) for c in both]
    return {
        "student": render(pages.report(), pages.parts(pages.notebook(HELPERS))),
        "right": render(right, pages.parts(networks={})),
        "instructor": render(pages.report(), pages.parts(), "instructor"),
        "hidden": render(pages.report((*shown, hidden)), pages.parts()),
        "withheld": render(pages.withheld(), pages.parts()),
        "bare": render(pages.report((), manual=(), notes=()), pages.Parts()),
        "hostile": hostile(),
    }


REPORTS = reports()


class Listener:
    """Hears what a page asks for and says."""

    def __init__(self):
        self.asked, self.said = [], []

    def __call__(self, page):
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.on("pageerror", lambda error: self.said.append(str(error)))


def lively(page):
    """Return whether a script ran in a page or in one of its frames."""
    page.wait_for_timeout(400)
    return page.title() in ("hit", "fetched") or page.evaluate("window.hit === 1")


def test_a_report_of_hostile_outputs_runs_no_script_and_fetches_nothing(opened, canary):
    address, asked = canary
    listener = Listener()
    page = opened(hostile(address), setup=listener)
    for summary in page.locator("summary").all():
        summary.click()
    page.keyboard.press("End")
    assert not lively(page)
    assert asked == []
    assert [
        url[:60] for url in listener.asked if not url.startswith(("file:", "data:image/"))
    ] == []
    assert listener.said == []
    assert (
        page.locator("script, iframe, object, embed, form, input, base, link, video").count() == 0
    )
    assert page.locator("meta[http-equiv=refresh i]").count() == 0
    assert page.evaluate("[...document.links].every(a => a.getAttribute('href')[0] === '#')")
    assert page.locator("main").count() == 1  # nobody closed it early


def test_the_same_outputs_taken_as_markup_do_both(opened, canary):
    """Otherwise the test above could not fail."""
    address, asked = canary
    page = opened("".join(hostile_pages.payloads(address)[3:11]))
    page.wait_for_timeout(800)
    assert asked
    page = opened(f"<title>t</title><body>{hostile_pages.payloads(address)[0]}")
    assert lively(page)


def test_the_policy_alone_stops_what_would_get_through(opened, canary):
    address, asked = canary
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>t</title>'
    payloads = [p.encode("utf-8", "replace").decode() for p in hostile_pages.payloads(address)]
    live = [p for p in payloads if "refresh" not in p]  # no policy forbids that; escaping does
    page = opened(head + "".join(f"<div>{payload}</div>" for payload in live))
    assert page.locator("script, svg, img").count() > 5
    assert not lively(page)
    assert [path for path in asked if not path.startswith("/form")] == []


def complaints(page):
    """Return what axe-core finds: the rule, and where and why."""
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        (v["id"], [(n["target"], n["any"][:1] and n["any"][0]["message"]) for n in v["nodes"]][:3])
        for v in found["violations"]
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_axe_finds_nothing_to_complain_about(opened, name):
    page = opened(REPORTS[name])
    page.evaluate(Axe().axe_script)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(WIDE) <= 0, f"it scrolls sideways at {width} pixels"
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert complaints(page) == [], (width, scheme)


def test_axe_finds_what_is_wrong(opened):
    """Otherwise the test above could not fail."""
    broken = (
        REPORTS["student"]
        .replace("--muted: #595e68", "--muted: #d0d0d0")
        .replace(' alt="', ' data-alt="')
    )
    page = opened(broken)
    page.evaluate(Axe().axe_script)
    assert {"color-contrast", "image-alt"} <= {rule for rule, _ in complaints(page)}


def test_a_report_is_read_by_keyboard(opened):
    page = opened(REPORTS["student"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) != "none"
    reached = set()
    for _ in range(40):
        reached.add(page.evaluate("document.activeElement.tagName"))
        page.keyboard.press("Tab")
    assert {"A", "SUMMARY"} <= reached


def test_headings_come_in_order_and_every_link_leads_somewhere(opened):
    for name in ("student", "withheld", "hostile", "right"):
        page = opened(REPORTS[name])
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        lost = "[...document.links].filter(a => !document.getElementById(a.hash.slice(1))).length"
        assert page.evaluate(lost) == 0
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids))


def test_on_paper_what_is_folded_is_open(opened):
    page = opened(REPORTS["student"])
    summary = page.locator(".manual details summary").first
    answer = page.locator(".manual details pre").first
    assert summary.is_visible()
    assert not answer.is_visible()
    page.emulate_media(media="print")
    assert answer.is_visible()
    assert not page.locator(".cell").first.is_visible()
    assert not page.locator("nav").is_visible()


def test_a_report_is_read_without_scripts(opened):
    page = opened(REPORTS["student"], java_script_enabled=False)
    assert page.locator("h1").inner_text() == "chen"
    page.locator("details.passed summary").first.click()
    assert page.get_by_text("Title of cnn.builds").is_visible()


def test_a_printed_report_is_short_and_leaves_the_notebook_out(opened):
    page = opened(REPORTS["student"])
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = " ".join(sheet.extract_text() for sheet in printed.pages)
    assert len(printed.pages) <= 8
    assert "Not printed: it is on the screen" in text
    assert "def helper" not in text


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_curve_comes_over_the_name_of_its_axis(opened, size):
    page = opened(REPORTS["student"], size)
    over = page.evaluate("""() => [...document.querySelectorAll('svg.chart')].filter(chart => {
        const name = [...chart.querySelectorAll('text')].find(text => text.textContent === 'loss');
        const box = name.getBoundingClientRect();
        return [...chart.querySelectorAll('polyline, polygon')].some(
            curve => curve.getBoundingClientRect().top < box.bottom - 1);
    }).length""")
    assert page.locator("svg.chart").count()
    assert over == 0
