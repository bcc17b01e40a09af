"""Which feed names which persons, in which columns: the role table of the mentions, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """One role in which a feed names a person; every attribute but the first three is a raw column, or None.

    Attributes:
        feed: `<department>_<feed>`.
        person_role: as served in `master.person_crosswalk`.
        name: column of the name, or of several names where `joint` is set.
        address_role: role of the row's address that is this person's own, or that of the place the role ties him to.
        kin_role: what the person in `kin_name` is to this one.
        observed: column with the date on which the row was true; else the delivery date.
        joint: the cell names several persons, and `id_number` their numbers in the same order.
    """

    feed: str
    person_role: str
    name: str
    id_number: str | None = None
    former_name: str | None = None
    sex: str | None = None
    birth_date: str | None = None
    phone: str | None = None
    address_role: str | None = None
    community: str | None = None
    hukou_no: str | None = None
    relation_to_head: str | None = None
    kin_name: str | None = None
    kin_id_number: str | None = None
    kin_role: str | None = None
    residence_type: str | None = None
    status: str | None = None
    since: str | None = None
    until: str | None = None
    observed: str | None = None
    joint: bool = False


ROLES: tuple[Role, ...] = (
    Role(
        "police_residents",
        "self",
        "name",
        id_number="id_number",
        former_name="former_name",
        sex="sex",
        birth_date="birth_date",
        phone="phone",
        address_role="residence",
        hukou_no="hukou_no",
        relation_to_head="relation_to_head",
        residence_type="residence_type",
        status="status",
        since="registered_on",
        observed="updated_at",
    ),
    Role(
        "civil_affairs_benefits",
        "self",
        "name",
        id_number="id_number",
        sex="sex",
        birth_date="birth_date",
        phone="phone",
        address_role="residence",
        relation_to_head="relation_to_head",
        kin_name="head_name",
        kin_role="head",
    ),
    Role(
        "civil_affairs_benefits",
        "head",
        "head_name",
        phone="phone",
        address_role="residence",
        kin_name="name",
        kin_id_number="id_number",
        kin_role="member",
    ),
    Role(
        "civil_affairs_elderly",
        "self",
        "name",
        id_number="id_number",
        sex="sex",
        birth_date="birth_date",
        address_role="residence",
        kin_name="contact_name",
        kin_role="contact",
    ),
    Role(
        "civil_affairs_elderly",
        "contact",
        "contact_name",
        phone="contact_phone",
        address_role="residence",
        kin_name="name",
        kin_id_number="id_number",
        kin_role="elder",
    ),
    Role(
        "civil_affairs_marriages",
        "husband",
        "husband_name",
        id_number="husband_id_number",
        kin_name="wife_name",
        kin_id_number="wife_id_number",
        kin_role="spouse",
        observed="registered_on",
    ),
    Role(
        "civil_affairs_marriages",
        "wife",
        "wife_name",
        id_number="wife_id_number",
        kin_name="husband_name",
        kin_id_number="husband_id_number",
        kin_role="spouse",
        observed="registered_on",
    ),
    Role(
        "housing_properties",
        "owner",
        "owners",
        id_number="owner_id_numbers",
        address_role="dwelling",
        since="registered_on",
        joint=True,
    ),
    Role("housing_leases", "landlord", "landlord_name", id_number="landlord_id_number", address_role="dwelling"),
    Role(
        "housing_leases",
        "tenant",
        "tenant_name",
        id_number="tenant_id_number",
        phone="tenant_phone",
        address_role="dwelling",
        since="starts_on",
        until="ends_on",
    ),
    Role(
        "property_occupants",
        "self",
        "name",
        id_number="id_tail",
        phone="phone",
        address_role="dwelling",
        since="moved_in_on",
        until="moved_out_on",
        observed="updated_on",
    ),
    Role(
        "street_office_participation",
        "participant",
        "name",
        phone="phone",
        community="community",
        observed="day",
    ),
    Role(
        "market_regulation_enterprises",
        "legal_representative",
        "legal_representative",
        address_role="location",
    ),
)

# Sex that a role itself tells: 男方 and 女方 of a marriage.
SEX_OF_ROLE = {"husband": "1", "wife": "2"}
