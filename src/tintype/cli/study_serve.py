"""The verb `study serve`: the pages of a study, for as long as the command runs."""

import os
import socket
from pathlib import Path
from typing import Annotated, Final

import typer

from tintype.cli.exits import say
from tintype.cli.train import require
from tintype.errors import ConfigError

MOST_CONNECTIONS: Final = 1000
"""Open connections above which new ones are answered with 503."""
WAITING: Final = 512
"""Connections that may wait to be accepted."""
LAST_SECONDS: Final = 5
"""How long requests that are in work may still take when the server is stopped."""


def serve(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="The folder that `create` made.", show_default=False)
    ],
    host: Annotated[
        str,
        typer.Option(help="Address to listen on; 127.0.0.1 is this computer alone, 0.0.0.0 every network."),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 is a free one.")] = 8765,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="The study's database, when it is not where `create` put it."),
    ] = None,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy",
            help="A proxy with TLS stands before this server: cookies are for HTTPS alone, and clients' "
            "addresses come from X-Forwarded-For.",
        ),
    ] = False,
    contact: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="Who answers for the study, shown to people; such as a name and an address."
        ),
    ] = "",
    language: Annotated[str, typer.Option(metavar="TAG", help="Language of the pages.")] = "en",
) -> None:
    """Serve the pages of a study until Ctrl-C."""
    require("study serve")
    import uvicorn

    from tintype.study.service import Study
    from tintype.web.keys import keys
    from tintype.web.settings import Settings
    from tintype.web.study import create_app

    with Study.open(study, database) as opened:
        held = keys(opened.place)
        settings = Settings(
            cookie_key=held.cookie_key,
            admin_token=held.admin_token,
            behind_proxy=behind_proxy,
            contact=contact,
            language=language,
        )
        app = create_app(opened, settings)
        listening = bound(host, port)
        config = uvicorn.Config(
            app,
            http="h11",
            ws="none",
            lifespan="off",
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=LAST_SECONDS,
        )
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        say(f"serving {opened.protocol.name!r} at {address}/ until Ctrl-C")
        say(f"progress at {address}/admin, by the admin_token in {opened.place.secrets}")
        uvicorn.Server(config).run([listening])
        raise KeyboardInterrupt  # only a signal ends it; shells that start it in the background ignore theirs


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens at an address. Raises `ConfigError` where that is taken or not allowed."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(WAITING)
    except OSError as error:
        listening.close()
        raise ConfigError(
            f"cannot listen on {host}, port {port}: {error.strerror}; give another --host or --port"
        ) from error
    return listening
