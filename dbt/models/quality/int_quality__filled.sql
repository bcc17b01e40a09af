-- Cells filled and cells read, by month of delivery. Of a column that its contract does not want filled, an empty cell
-- is no fault.
with cells as (
    select
        department || '_' || feed as feed_name,
        {{ month_of('delivered_on') }} as month,
        "column",
        sum(rows) as cells,
        sum(nulls) as empty_cells,
        sum(unread) as unread_cells
    from {{ source('ops', 'feed_profile') }}
    where "column" != ''
    group by all
)

select
    cells.feed_name,
    'cells_filled' as metric,
    cells.month,
    sum(cells.cells - cells.empty_cells) as numerator,
    sum(cells.cells) as denominator
from cells
inner join {{ ref('feed_columns') }} as wanted
    on cells.feed_name = wanted.feed_name and cells."column" = wanted.column_name
group by all

union all

select
    feed_name,
    'cells_read' as metric,
    month,
    sum(cells - empty_cells - unread_cells) as numerator,
    sum(cells - empty_cells) as denominator
from cells
group by all
