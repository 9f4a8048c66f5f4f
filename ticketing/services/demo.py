"""The demo: accounts that everybody may try, and a day of tickets in every state."""

PASSWORD = "demo-2020-demo"  # noqa: S105  printed at start and on the login page; the demo alone has it


def shown_accounts() -> list[dict[str, str]]:
    """Return the demo's accounts as the login page lists them."""
    return []
