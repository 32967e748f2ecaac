"""Who can sign in to the demo."""

from dataclasses import dataclass

PASSWORD = "oversight-demo"  # noqa: S105  (the demo prints it; it opens nothing else)


@dataclass(frozen=True)
class DemoAccount:
    """A user of the demo; ``part`` says whose eyes they see the product with."""

    email: str
    name: str
    organisation: str
    time_zone: str
    part: str


INSURER, TRADER = "Alpenrose Insurance", "Kessler Trading"
NORDHAVEN, LUMEN = "Nordhaven Software", "Lumen Works"

ACCOUNTS = (
    DemoAccount("mara@alpenrose.example", "Mara Keller", INSURER, "Europe/Zurich", "client manager"),
    DemoAccount("tobias@alpenrose.example", "Tobias Brunner", INSURER, "Europe/Zurich", "client approver"),
    DemoAccount("lena@alpenrose.example", "Lena Vogt", INSURER, "Europe/Zurich", "client team lead"),
    DemoAccount("rolf@alpenrose.example", "Rolf Ammann", INSURER, "Europe/Zurich", "client viewer"),
    DemoAccount("vera@alpenrose.example", "Vera Stalder", INSURER, "Europe/Zurich", "portfolio viewer"),
    DemoAccount("jonas@nordhaven.example", "Jonas Lindqvist", NORDHAVEN, "Europe/Stockholm", "vendor manager"),
    DemoAccount("elif@nordhaven.example", "Elif Demir", NORDHAVEN, "Europe/Stockholm", "vendor analyst"),
    DemoAccount("piotr@nordhaven.example", "Piotr Zieliński", NORDHAVEN, "Europe/Warsaw", "vendor member"),
    DemoAccount("ines@lumen.example", "Inês Carvalho", LUMEN, "Europe/Lisbon", "vendor manager"),
    DemoAccount("greta@kessler.example", "Greta Kessler", TRADER, "Europe/Berlin", "client manager"),
)
