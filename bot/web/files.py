"""The staff's files on links that we have signed: `/files/TOKEN/NAME`."""

from mimetypes import guess_type
from typing import Final

from flask import Blueprint, Response, abort

from bot.content.files import FILES
from bot.content.signed import Links
from bot.web.site import Site

MAX_BYTES: Final = 20_000_000
_OVER: Final = "This link has ended. Please ask us for a new one. / Este enlace ya no sirve. Por favor pida otro.\n"


def file_views(site: Site) -> Blueprint:
    """Return the page of a file. Whoever has its link may see it, for a week; nobody finds it without."""
    views = Blueprint("files", __name__)
    links = Links(site.store.hash_key)
    folder = (site.config.staff / FILES).resolve()

    @views.get("/files/<token>/<path:name>")
    def file(token: str, name: str) -> Response:
        match links.read(token, name, site.now()):
            case "strange":
                abort(404)
            case "over":
                return Response(_OVER, 410, content_type="text/plain; charset=utf-8")
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file() or path.stat().st_size > MAX_BYTES:
            abort(404)  # a link in the folder may lead out of it, and a file that was signed may be gone
        answer = Response(path.read_bytes(), content_type=guess_type(path.name)[0] or "application/octet-stream")
        answer.headers["Content-Disposition"] = f'inline; filename="{path.name}"'
        answer.headers["Cache-Control"] = "private, max-age=3600"
        return answer

    return views
