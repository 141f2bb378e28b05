"""The flows as pictures, in each language, with the same in words beside them. Everybody of the staff may read them."""

from markupsafe import Markup
from starlette.responses import Response

from bot.content.load import Content
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.errors import NotFound
from bot.prover.drawing import anchor, draw_inline
from bot.prover.graph import Graph, flow_graph, overview

LIST = "/desk/flows"


async def show_all(desk: Desk, visit: Visit) -> Response:
    """Show all flows in one picture."""
    content = desk.services.content()
    return await _page(desk, visit, content, overview(content, _locale(visit, content)))


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one flow."""
    content = desk.services.content()
    flow = visit.request.path_params["flow"]
    if flow not in content.flows:
        raise NotFound
    return await _page(desk, visit, content, flow_graph(content, flow, _locale(visit, content)))


async def _page(desk: Desk, visit: Visit, content: Content, graph: Graph) -> Response:
    def link(target: str) -> str:
        flow = target.partition(".")[0]
        place = f"#{anchor(target)}" if "." in target else ""
        return f"{LIST}/{flow}?locale={graph.locale}{place}"

    values = {
        "graph": graph,
        # Made of elements, not of text: everything in it is escaped already.
        "picture": Markup(draw_inline(graph, link)),  # noqa: S704  # see above
        "flows": content.flows,
        "languages": content.words.locales,
        "link": link,
        "anchor": anchor,
    }
    async with desk.services.db.transaction(durable=False) as conn:
        return await frame.page(desk, conn, visit, "flows.html", values)


def _locale(visit: Visit, content: Content) -> str:
    """Return the language asked for, else the reader's own, else that of the files."""
    wanted = (visit.request.query_params.get("locale", ""), visit.staff.locale)
    locales = content.words.locales
    return next((code for code in wanted if code in locales), content.words.source)
