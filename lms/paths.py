"""Where the files that travel with the code lie: beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).parent


def bundled(name: str) -> Path:
    """The folder `templates` or `migrations`."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


TEMPLATES = bundled("templates")
MIGRATIONS = bundled("migrations")
CONTENT = PACKAGE / "content"
TRANSLATIONS = PACKAGE / "translations"
