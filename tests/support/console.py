"""A volunteer at the built-in desk, by its own forms."""

import re
import urllib.request
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode

from support.processes import Desk


class Console:
    """A volunteer at the built-in desk, by its own forms."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk = desk
        link = desk.run("console", "link", "--name", name).stdout
        self.open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        self._post("/console/sign-in", token=link.strip().partition("token=")[2])
        (self.csrf,) = set(re.findall(r'name="csrf" value="([0-9a-f]+)"', self._get("/console/")))
        self.number = 0

    def act(self, kind: str, thread: int, text: str = "") -> str:
        self.number += 1
        form = {
            "csrf": self.csrf,
            "kind": kind,
            "thread": str(thread),
            "id": f"console-act-{self.number}",
            "text": text,
        }
        return self._post("/console/act", **form)

    def page(self, thread: int) -> str:
        return self._get(f"/console/threads/{thread}")

    def _get(self, path: str) -> str:
        with self.open(self.desk.url + path, timeout=10) as answer:
            return answer.read().decode()

    def _post(self, path: str, **form: str) -> str:
        try:
            with self.open(self.desk.url + path, data=urlencode(form).encode(), timeout=10) as answer:
                return answer.read().decode()
        except HTTPError as error:
            return error.read().decode()
