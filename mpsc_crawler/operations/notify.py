"""Tells people what has gone bad since the last run, and what is well again; through Apprise, extra ``operations``.

Only what is new is told: an alarm that stands is not repeated with every run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mpsc_crawler.operations.health import Finding
from mpsc_crawler.settings import SettingsError

logger = logging.getLogger("mpsc")


@dataclass(frozen=True, slots=True)
class Notice:
    """A message: one line, and what stands below it."""

    title: str
    text: str
    bad: bool = True


def notice_of(
    now: Mapping[str, Sequence[Finding]], before: Mapping[str, Sequence[str]], run: str = ""
) -> Notice | None:
    """What is to be told of alarms; ``None`` where nothing has changed. Pure.

    :param now: alarms by source.
    :param before: the kinds of alarms by source as the run before noted them.
    :param run: what is wrong with the run itself, if anything.
    """
    worse = {
        slug: fresh
        for slug, found in now.items()
        if (fresh := [f for f in found if f.kind not in before.get(slug, ())])
    }
    better = [
        f"{slug}: {kind}"
        for slug, kinds in sorted(before.items())
        for kind in kinds
        if kind not in {f.kind for f in now.get(slug, ())}
    ]
    if not worse and not better and not run:
        return None
    lines = [run] if run else []
    lines += [f"{slug}: {f.text}; {f.advice}" for slug, found in sorted(worse.items()) for f in found]
    if better:
        lines += ["Well again:", *better]
    well = len({line.split(":")[0] for line in better})
    what = ["nobody reached"] if run else []
    what += [f"{len(worse)} source{' needs' if len(worse) == 1 else 's need'} a look"] if worse else []
    what += [f"{well} {'is' if well == 1 else 'are'} well again"] if better else []
    return Notice(f"MPSC Crawler: {', '.join(what)}", "\n".join(lines), bad=bool(worse or run))


def check_notify(addresses: str) -> None:
    """Make sure, before anything is fetched, that messages can be sent.

    :param addresses: Apprise's addresses of services, separated by spaces.
    :raises SettingsError: the library is missing, or an address is none.
    """
    try:
        import apprise
    except ModuleNotFoundError as error:
        raise SettingsError("MPSC_NOTIFY needs apprise: pip install 'mpsc-crawler[operations]'") from error
    _hush()
    services = apprise.Apprise()
    for number, address in enumerate(addresses.split(), 1):
        if not services.add(address):
            # an address holds passwords: it is told by its number
            raise SettingsError(
                f"MPSC_NOTIFY: address {number} is none that Apprise knows; see https://github.com/caronc/apprise/wiki"
            )


def _hush() -> None:
    """Apprise logs addresses with what stands in them."""
    logging.getLogger("apprise").setLevel(logging.CRITICAL)


def send(addresses: str, notice: Notice) -> bool:
    """Send a message to every service; ``False``, and a line in the log, where one did not take it."""
    import apprise

    _hush()
    services = apprise.Apprise()
    for address in addresses.split():
        services.add(address)
    kind = apprise.NotifyType.WARNING if notice.bad else apprise.NotifyType.SUCCESS
    done = services.notify(body=notice.text, title=notice.title, notify_type=kind)
    if not done:
        logger.error("a notification could not be sent; check MPSC_NOTIFY")
    return bool(done)
