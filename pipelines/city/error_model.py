"""How often each department errs, and in which way: named rates, three presets.

The shares come from the field figures that sub-district plans quote: 30 % of community-held addresses have a defect
(house number misplaced, floor missing), 45 % of people are entered in more than one system, 30 % of changes are told
late, property lists lag by a week. They set the scale; no city was measured.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal, Self

from pipelines.city.clerks import CellHabits, ClerkMix, Clerks
from pipelines.city.unruly import Mix, UnrulyErrors

Style = Literal["mild", "plain", "hard", "unruly"]
SCALE: dict[Style, float] = {"mild": 0.35, "plain": 1.0, "hard": 2.0, "unruly": 1.0}
CEILING = 0.9
ABSENT_SHARE = 0.01


@dataclass(frozen=True)
class Rates:
    """A group of rates that a preset scales together."""

    def scaled(self, factor: float) -> Self:
        """Return these rates times `factor`, none above `CEILING`."""
        return replace(self, **{f.name: min(CEILING, getattr(self, f.name) * factor) for f in fields(self)})


@dataclass(frozen=True)
class AddressErrors(Rates):
    """Chances of one defect in one address; a row gets at most one of them.

    Attributes:
        missing_unit: the unit is left out; `missing_room`: text ends at building or unit; `floor_lost`: `05` for `305`.
        wrong_digit: a digit of building, unit or room is another; `swapped`: two neighbouring digits change places.
        nickname: the people's name of an estate; `old_road`: the road's former name.
        name_typo: one character of estate or road is a homophone or look-alike; `abbreviated`: 翠湖 for 翠湖花园.
        wrong_order: small parts before large ones; `wrong_district`: the district is another.
    """

    missing_unit: float = 0.0
    missing_room: float = 0.0
    floor_lost: float = 0.0
    wrong_digit: float = 0.0
    swapped: float = 0.0
    nickname: float = 0.0
    old_road: float = 0.0
    name_typo: float = 0.0
    abbreviated: float = 0.0
    wrong_order: float = 0.0
    wrong_district: float = 0.0


@dataclass(frozen=True)
class NameErrors(Rates):
    """Chances of one defect in one name: another character of like sound or shape, form, title, remark."""

    homophone: float = 0.0
    shape: float = 0.0
    lost_character: float = 0.0
    traditional: float = 0.0
    spaced: float = 0.0
    title: float = 0.0
    remark: float = 0.0
    former: float = 0.0


@dataclass(frozen=True)
class NumberErrors(Rates):
    """Chances of one defect in one ID number; `parent` only under 16 years of age, `fifteen` only for early births."""

    missing: float = 0.0
    masked: float = 0.0
    tail: float = 0.0
    wrong_digit: float = 0.0
    swapped: float = 0.0
    parent: float = 0.0
    fifteen: float = 0.0
    spaced: float = 0.0
    full_width: float = 0.0
    trailing_tab: float = 0.0
    float_form: float = 0.0


@dataclass(frozen=True)
class PhoneErrors(Rates):
    """Chances in one phone cell; `stale` writes the number of former years, `kin` that of a spouse or parent."""

    missing: float = 0.0
    several: float = 0.0
    landline: float = 0.0
    masked: float = 0.0
    stale: float = 0.0
    kin: float = 0.0


@dataclass(frozen=True)
class SceneErrors(Rates):
    """Chances of one defect in one report of an incident.

    Attributes:
        point_zero, point_swapped, point_sea: of coordinates, where there are any: 0 and 0, longitude and latitude in
            each other's place, or a digit off, so that they lie far out.
        clock_back: one clock of the four is half a day early; in_future: the year is mistyped.
        sent_again: the same row comes once more on a later night.
    """

    point_zero: float = 0.0
    point_swapped: float = 0.0
    point_sea: float = 0.0
    clock_back: float = 0.0
    in_future: float = 0.0
    sent_again: float = 0.0


@dataclass(frozen=True)
class Department:
    """One department's habits.

    Attributes:
        formal: chance that an address is written in the standard long form.
        late: chance that a change of the night is told a night late; `birth_wrong`: a day or month of birth is off.
        repeated_rows: chance that a row stands twice in a file (a third of them with other content);
            `lost_keys`: its key is empty; `second_record`: a person has a second record.
        vendor_order: chance that a night's file has its columns in another order, with one of the vendor's own.
        clerks: how births and sexes are written where clerks write persons in ways of their own, else null; then
            `name`, `number` and `phone` are theirs too.
        absent: chance that a row of a full list is missing on one night and comes back on the next.
        scene: defects of coordinates and clocks.
    """

    address: AddressErrors | UnrulyErrors = AddressErrors()
    name: NameErrors | CellHabits = NameErrors()
    number: NumberErrors | CellHabits = NumberErrors()
    phone: PhoneErrors | CellHabits = PhoneErrors()
    formal: float = 0.5
    birth_wrong: float = 0.0
    late: float = 0.0
    repeated_rows: float = 0.0
    second_record: float = 0.0
    lost_keys: float = 0.0004
    vendor_order: float = 0.15
    clerks: Clerks | None = None
    absent: float = 0.0
    scene: SceneErrors = SceneErrors()

    def scaled(self, factor: float) -> Department:
        """Return this department with all error rates times `factor`; `formal` and `vendor_order` stay."""
        own = ("birth_wrong", "late", "repeated_rows", "second_record", "lost_keys")
        return replace(
            self,
            address=self.address.scaled(factor),
            name=self.name.scaled(factor),
            number=self.number.scaled(factor),
            phone=self.phone.scaled(factor),
            scene=self.scene.scaled(factor),
            **{name: min(CEILING, getattr(self, name) * factor) for name in own},
        )


_COMMUNITY_ADDRESS = AddressErrors(0.07, 0.05, 0.02, 0.03, 0.012, 0.10, 0.12, 0.04, 0.05, 0.02, 0.01)
_POLICE_ADDRESS = AddressErrors(0.02, 0.005, 0.004, 0.008, 0.004, 0.01, 0.04, 0.01, 0.005, 0.002, 0.002)
_SCENE_ADDRESS = replace(_COMMUNITY_ADDRESS, missing_unit=0.10, missing_room=0.05)


@dataclass(frozen=True)
class ErrorModel:
    """The habits of the seven departments; `ErrorModel.preset("plain")` is the one the field figures describe."""

    police: Department = Department(
        _POLICE_ADDRESS,
        NameErrors(0.008, 0.004, 0.002, 0.004, 0.004, 0.0, 0.004, 0.002),
        NumberErrors(0.02, 0.0, 0.0, 0.006, 0.003, 0.03, 0.006, 0.003, 0.002, 0.004, 0.0),
        PhoneErrors(0.12, 0.08, 0.03, 0.01, 0.12, 0.04),
        formal=0.75,
        birth_wrong=0.01,
        late=0.3,
        repeated_rows=0.004,
        second_record=0.025,
        scene=SceneErrors(0.008, 0.008, 0.006, 0.012, 0.004, 0.006),
    )
    civil_affairs: Department = Department(
        _COMMUNITY_ADDRESS,
        NameErrors(0.025, 0.01, 0.006, 0.008, 0.02, 0.0, 0.01, 0.01),
        NumberErrors(0.05, 0.25, 0.0, 0.015, 0.008, 0.04, 0.03, 0.01, 0.006, 0.004, 0.004),
        PhoneErrors(0.2, 0.08, 0.08, 0.02, 0.2, 0.15),
        formal=0.3,
        birth_wrong=0.02,
        late=0.3,
        repeated_rows=0.006,
        second_record=0.02,
    )
    housing: Department = Department(
        AddressErrors(0.03, 0.02, 0.005, 0.012, 0.006, 0.03, 0.08, 0.02, 0.02, 0.005, 0.004),
        NameErrors(0.012, 0.006, 0.003, 0.006, 0.006, 0.0, 0.0, 0.008),
        NumberErrors(0.06, 0.06, 0.0, 0.012, 0.006, 0.0, 0.03, 0.006, 0.01, 0.008, 0.0),
        PhoneErrors(0.1, 0.08, 0.05, 0.06, 0.15, 0.03),
        formal=0.6,
        late=0.3,
        repeated_rows=0.004,
    )
    property: Department = Department(
        AddressErrors(0.08, 0.045, 0.02, 0.03, 0.012, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        NameErrors(0.03, 0.015, 0.01, 0.006, 0.01, 0.06, 0.02, 0.01),
        NumberErrors(0.35, 0.02, 0.45, 0.02, 0.01, 0.02, 0.0, 0.0, 0.004, 0.0, 0.004),
        PhoneErrors(0.12, 0.12, 0.04, 0.03, 0.2, 0.12),
        formal=0.35,
        late=0.4,
        repeated_rows=0.006,
        second_record=0.02,
    )
    sensors: Department = Department(_COMMUNITY_ADDRESS, formal=0.3)
    street_office: Department = Department(
        _SCENE_ADDRESS,
        NameErrors(0.03, 0.015, 0.008, 0.004, 0.01, 0.08, 0.01, 0.01),
        phone=PhoneErrors(0.1, 0.05, 0.03, 0.05, 0.15, 0.1),
        formal=0.25,
        late=0.2,
        repeated_rows=0.005,
    )
    market_regulation: Department = Department(
        AddressErrors(0.0, 0.04, 0.0, 0.015, 0.005, 0.02, 0.08, 0.02, 0.02, 0.005, 0.004),
        NameErrors(0.006, 0.003, 0.002, 0.004, 0.004, 0.0, 0.0, 0.004),
        formal=0.5,
        late=0.2,
    )

    @classmethod
    def preset(cls, style: Style) -> ErrorModel:
        """Return the model of a style.

        `mild` has a third of the errors of `plain`, `hard` twice as many; `unruly` errs like `plain`, but in addresses,
        which its own writer writes.
        """
        plain = cls()
        if style == "unruly":
            return cls.unruly(Mix())
        return cls(**{f.name: getattr(plain, f.name).scaled(SCALE[style]) for f in fields(cls)})

    @classmethod
    def unruly(cls, mix: Mix) -> ErrorModel:
        """Return the model whose addresses are written by the unruly writer."""
        plain = cls()
        names = [f.name for f in fields(cls)]
        return cls(**{name: replace(getattr(plain, name), address=mix.errors(name)) for name in names})

    def with_clerks(self, mix: ClerkMix) -> ErrorModel:
        """Return the same model in which clerks of `mix` write persons; addresses stay as they are."""
        departments = {f.name: getattr(self, f.name) for f in fields(self)}
        return ErrorModel(**{name: _with_clerks(habits, mix.clerks(name)) for name, habits in departments.items()})

    def department(self, name: str) -> Department:
        """Return the habits of a department by its folder name."""
        found: Department = getattr(self, name)
        return found


def _with_clerks(habits: Department, clerks: Clerks) -> Department:
    return replace(
        habits,
        name=clerks.name,
        number=clerks.number,
        phone=clerks.phone,
        birth_wrong=0.0,
        clerks=clerks,
        absent=ABSENT_SHARE,
    )
