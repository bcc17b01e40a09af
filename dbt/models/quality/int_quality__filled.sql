-- Cells filled and cells read, by month of delivery. The columns that a contract wants filled are those that the suite
-- derived from it checks for nulls; of every other column an empty cell is no fault.
with wanted as (
    select distinct
        replace("table", 'raw.', '') as feed_name,
        "column"
    from {{ source('internal', 'check_result') }}
    where starts_with("table", 'raw.') and starts_with("check", 'expect_column_values_to_not_be_null')
),

cells as (
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
inner join wanted using (feed_name, "column")
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
