"""People who plainly don't exist: their family name, Kumru (គំរូ), means "sample"."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from random import Random

from lms.accounts.models import Sex

FAMILY = ("Kumru", "គំរូ")
PROVINCES = {"KH-3": "Kampong Cham", "KH-7": "Kampot", "KH-16": "Ratanakiri", "KH-17": "Siem Reap"}
KHMER_PROVINCES = {"KH-3": "កំពង់ចាម", "KH-7": "កំពត", "KH-16": "រតនគិរី", "KH-17": "សៀមរាប"}

FIRST = {
    Sex.female: [
        ("Chan", "ចាន់"),
        ("Srey", "ស្រី"),
        ("Sok", "សុខ"),
        ("Sophea", "សុភា"),
        ("Bopha", "បុប្ផា"),
        ("Kolap", "កុលាប"),
        ("Mealea", "មាលា"),
        ("Phalla", "ផល្លា"),
        ("Rachana", "រចនា"),
    ],
    Sex.male: [
        ("Vanna", "វណ្ណា"),
        ("Sovann", "សុវណ្ណ"),
        ("Dara", "តារា"),
        ("Rithy", "ឫទ្ធី"),
        ("Bora", "បូរ៉ា"),
        ("Piseth", "ពិសិដ្ឋ"),
        ("Samnang", "សំណាង"),
        ("Veasna", "វាសនា"),
        ("Kosal", "កុសល"),
    ],
}
SECOND = {
    Sex.female: [
        ("Neary", "នារី"),
        ("Leakhena", "លក្ខិណា"),
        ("Pheaktra", "ភក្ត្រា"),
        ("Rasmey", "រស្មី"),
        ("Sreymom", "ស្រីមុំ"),
        ("Thida", "ធីតា"),
        ("Vichara", "វិចារា"),
        ("Kunthea", "គន្ធា"),
        ("Maly", "ម៉ាលី"),
        ("Chenda", "ចិន្តា"),
    ],
    Sex.male: [
        ("Rattanak", "រតនៈ"),
        ("Visal", "វិសាល"),
        ("Makara", "មករា"),
        ("Pheakdey", "ភក្តី"),
        ("Seyha", "សីហា"),
        ("Tola", "តុលា"),
        ("Vibol", "វិបុល"),
        ("Chamroeun", "ចម្រើន"),
        ("Kakada", "កក្កដា"),
        ("Sambath", "សម្បត្តិ"),
    ],
}


@dataclass(frozen=True, slots=True)
class Name:
    latin: str
    khmer: str


def names(sex: Sex, chance: Random) -> Iterator[Name]:
    """Different ones, in an order that the seed decides; ninety for each sex."""
    pairs = list(product(FIRST[sex], SECOND[sex]))
    chance.shuffle(pairs)
    for (first, khmer_first), (second, khmer_second) in pairs:
        yield Name(f"{FAMILY[0]} {first} {second}", f"{FAMILY[1]} {khmer_first} {khmer_second}")
