"""The machine's own door while the server speaks TLS: what comes in plainly at localhost goes on to it sealed."""

import asyncio
import contextlib
import signal
import ssl

PIECE = 64 * 1024


async def relay(*, port: int, to_port: int, authority_pem: str) -> None:
    """Pass on connections from this machine until SIGTERM or SIGINT."""
    context = ssl.create_default_context(cadata=authority_pem)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner = await asyncio.open_connection("127.0.0.1", to_port, ssl=context, server_hostname="localhost")
        except OSError:  # it is starting, or starting again
            writer.close()
            return
        ways = {asyncio.ensure_future(_pass_on(reader, inner[1])), asyncio.ensure_future(_pass_on(inner[0], writer))}
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, inner[1]):
            end.close()
        for end in (writer, inner[1]):
            with contextlib.suppress(OSError):
                await end.wait_closed()

    async with await asyncio.start_server(connect, "127.0.0.1", port):
        await stopping.wait()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
