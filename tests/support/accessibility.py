"""What axe finds on an open page."""

from pathlib import Path

from playwright.async_api import Page

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("serious", "critical")
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(({id, impact, help, nodes}) => ({
    id, impact, help, where: nodes.slice(0, 3).map(({html, failureSummary}) => html.slice(0, 160) + " | " + failureSummary),
  }));
}"""


async def faults_of(page: Page) -> list[str]:
    """Return the serious and critical faults of a page as a person can mend them; empty when there are none."""
    await page.evaluate(f"() => {{ {AXE} }}")
    found = await page.evaluate(RUN)
    return [
        f"{each['id']} ({each['impact']}): {each['help']}: {' ;; '.join(each['where'])}"
        for each in found
        if each["impact"] in GRAVE
    ]
