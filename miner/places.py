"""Where letters are published: named sources, and which addresses belong to one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from miner.manifest import LICENCE

ARCHIVES = ("webarchive.nationalarchives.gov.uk",)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to look. For `report_links`, `only` and `date` see corpus/sources.toml."""

    address: str
    name: str = ""
    report_links: str = ""
    only: str = ""
    date: str = ""
    licence: str = "not stated there; " + LICENCE
    checked: str = ""


def read_places(path: Path) -> dict[str, list[Place]]:
    """The sources of sources.toml, each as the pages where it begins."""
    if not path.exists():
        return {}
    places = {}
    for name, form in tomllib.loads(path.read_text(encoding="utf-8")).items():
        known = {key: form[key] for key in ("report_links", "only", "date", "licence", "checked") if key in form}
        years = form.get("years", [""])
        places[name] = [Place(form["address"].replace("{year}", str(year)), name, **known) for year in years]
    return places


def find_places(sources: Iterable[str], named: Mapping[str, Sequence[Place]]) -> list[Place]:
    """Each source by its name or address. Raises ValueError for what is neither."""
    places: list[Place] = []
    for source in sources:
        if source in named:
            places += named[source]
        elif urlsplit(source).scheme in ("http", "https") and urlsplit(source).hostname:
            places.append(Place(source))
        else:
            raise ValueError(f"{source} is neither an http address nor one of {', '.join(named)}")
    return places


def original(address: str, archives: Sequence[str]) -> str:
    """The address that an archived one is a copy of; any other as it is."""
    parts = urlsplit(address)
    match = re.match(r"/(?:ukgwa/)?\d{4,14}[a-z_]*/(https?:/.*)", parts.path)
    if match is None or host_of(address) not in archives:
        return address
    inner = re.sub(r"^(https?):/+", r"\1://", match[1])
    return inner + (f"?{parts.query}" if parts.query else "")


def host_of(address: str) -> str:
    """Host and, where unusual, port; "www." and the two usual ports make no difference."""
    parts = urlsplit(address)
    port = parts.port if parts.port not in (None, 80, 443) else None
    return (parts.hostname or "").removeprefix("www.") + (f":{port}" if port else "")


def is_allowed(address: str, place: Place, archives: Sequence[str]) -> bool:
    """Whether an address belongs to the place: its own host, or the web archive's copy of that."""
    try:
        parts = urlsplit(address)
        host = host_of(address)
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username is not None or parts.password is not None:
        return False
    if host in archives:
        return host_of(original(address, archives)) == host_of(original(place.address, archives))
    return host == host_of(place.address)
