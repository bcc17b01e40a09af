-- Addresses that feeds other than the register itself name, and those resolved as deep as their text goes, by feed and
-- area. Registered addresses (户籍) lie mostly outside the jurisdiction and do not count.
select
    feed as feed_name,
    district,
    street,
    community,
    count(*) filter (where status = 'matched') as resolved,
    count(*) as addresses
from {{ source('master', 'address_match') }}
where feed != 'police_addresses' and address_role != 'hukou' and address_text is not null
group by all
