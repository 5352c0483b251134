"""Installing the app in a location or in the agency, and taking it out again."""

from __future__ import annotations

from typing import Any

from instep.core.errors import UserError
from instep.sandbox.gohighlevel.credentials import AGENCY, LOCATION, Grant
from instep.sandbox.gohighlevel.services import Services


def install(services: Services, account: str, *, at_once: bool) -> None:
    """Install the app in a location, or in the agency, and tell it so unless it is there already.

    `at_once` False: the app is told by `announce`. Raises UserError if there is no such account.
    """
    _check(services, account)
    with services.state.transaction():
        if services.events.app.install(account, announced=at_once) and at_once:
            _tell_installed(services, account)


def announce(services: Services, grant: Grant) -> None:
    """Tell the app of an installation that it was not told of until its code was exchanged."""
    account = account_of(services, grant)
    with services.state.transaction():
        if services.events.app.announce(account):
            _tell_installed(services, account)


def uninstall(services: Services, account: str) -> None:
    """Take the app out, revoke its tokens there, and tell it so.

    Raises UserError if there is no such account, or the app is not installed in it.
    """
    _check(services, account)
    company, app = services.company, services.events.app
    agency = account == company.id
    if not app.is_installed(account):
        raise UserError(f"The app is not installed in {account}.")
    with services.state.transaction():
        app.uninstall(account)
        grant = Grant(AGENCY, None, ()) if agency else Grant(LOCATION, account, ())
        services.credentials.revoke_oauth(grant)
        # facts: ghl 5.2 (the examples name the location or the agency, never both); not in the
        # facts: whether the locations of an agency are told of as well
        services.events.fire("UNINSTALL", account, {"companyId": company.id} if agency else {})


def account_of(services: Services, grant: Grant) -> str:
    """Return the id of the location, or of the agency, that a grant is for."""
    return grant.location_id or services.company.id


def _check(services: Services, account: str) -> None:
    company = services.company
    if account != company.id and account not in company.locations:
        raise UserError(f"There is no location or agency {account!r}.")


def _tell_installed(services: Services, account: str) -> None:
    """Fire INSTALL; for an agency, beside its own, one for each of its locations."""
    # facts: ghl 3.1 (a bulk installation is told of location by location), 5.2
    company, events = services.company, services.events
    if account != company.id:
        events.fire("INSTALL", account, _location_told(services))
        return
    events.fire("INSTALL", account, {"companyId": company.id})
    for location_id in company.locations:
        events.fire("INSTALL", location_id, _location_told(services))


def _location_told(services: Services) -> dict[str, Any]:
    # a plan and its trial are left out: the app of the sandbox is free
    return {
        "companyId": services.company.id,
        "userId": services.company.user_id,
        "isWhitelabelCompany": False,
        "whitelabelDetails": {},
        "companyName": services.company.profile["name"],
    }
