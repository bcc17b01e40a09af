"""`streetlake contracts`: check the feed contracts, render what is derived from them, compare and propose them."""

from __future__ import annotations

import typer

from pipelines.cli import contracts_diff, contracts_infer
from pipelines.cli.console import console, errors
from pipelines.home import CHECKOUT

app = typer.Typer(
    help="Feed contracts (数据契约): check them, render what follows from them, compare and propose them.",
    no_args_is_help=True,
)
app.command("diff")(contracts_diff.diff)
app.command("infer")(contracts_infer.infer)


@app.command()
def check() -> None:
    """Check every contract and that the rendered files are up to date; exit 1 with every problem named."""
    from pipelines.contracts.loader import load_contracts
    from pipelines.contracts.render import check_rendered
    from pipelines.governance.refusals import load_rules, refuse_contracts
    from pipelines.quality.feed_register import stale_seeds

    contracts = load_contracts()
    if refused := refuse_contracts(contracts.values(), load_rules()):
        for refusal in refused:
            errors.print(str(refusal), highlight=False)
        raise typer.Exit(1)
    stale = check_rendered(CHECKOUT)
    stale += [f"{path.relative_to(CHECKOUT)} is not what the contracts say" for path in stale_seeds(contracts)]
    for problem in stale:
        errors.print(problem, highlight=False)
    if stale:
        errors.print("Run `streetlake contracts render` and commit the result.")
        raise typer.Exit(1)
    console.print(f"{len(contracts)} contracts are right, and what is rendered from them is up to date.")


@app.command()
def render() -> None:
    """Write the dbt sources, staging models and data dictionary that the contracts imply."""
    from pipelines.contracts.loader import load_contracts
    from pipelines.contracts.render import write_rendered
    from pipelines.quality.feed_register import write_seeds

    written = [*write_rendered(CHECKOUT), *write_seeds(load_contracts())]
    for path in written:
        console.print(f"wrote {path.relative_to(CHECKOUT)}", highlight=False)
    console.print(f"{len(written)} files changed.")
