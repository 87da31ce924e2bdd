"""Does the model know the future, and whom does it name?"""

from __future__ import annotations

import pandas as pd

from reporting.analysis.churn.out_of_time import Horizon
from reporting.analysis.churn.risk import Reason
from reporting.params.playbook import TO_SAVE
from reporting.present.blocks import Block, Blocks, Figure, Table, Text
from reporting.present.formats import count, interval, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.words import plural, sentence

from .. import charts, words
from ..data import Data
from ..untold import why

TOO_FAR = 1.15  # observed over predicted beyond this is called too low or too high
TOLD = 2  # reasons of one account in the table


def validation(data: Data) -> Blocks:
    """The test on unseen months, printed whatever it says; a part has its probabilities from the whole."""
    if data.book.is_part and data.foretold:
        return Blocks([Text("The model is that of the whole company, whose report has its test.")])
    if data.model is None:
        return Blocks([Text("There is no model to test.")])
    told = data.validation
    if not told.horizons or told.last_fitted is None:
        because = why(told.reason) if told.reason else "nothing to compare"
        return Blocks([Text(f"The model could not be tested on unseen months: {because}.")])
    main = told.horizons[-1]
    lead = (
        f"Fitted on the {plural(told.fitted_losses, 'loss', 'losses')} up to {month_name(told.last_fitted)} "
        f"and tested on the months after, which it had not seen (@tbl-validation). {_in_words(main)}"
    )
    rows = pd.DataFrame(
        [
            {
                "horizon": plural(one.months, "month"),
                "predictions": one.predictions,
                "losses": one.losses,
                "auc": f"{number(one.auc.value, 2)} ({interval(one.auc.low, one.auc.high)})",
                "brier": f"{number(one.brier.score, 4)} against {number(one.brier.null, 4)}"
                if one.brier
                else "not available",
                "skill": percent(one.brier.skill, 1, sign=True) if one.brier else "not available",
                "slope": _slope(one),
                "ratio": number(one.calibration.observed_to_expected, 2) if one.calibration else "not known",
            }
            for one in told.horizons
        ]
    )
    columns = {
        "horizon": "Within",
        "predictions": ("Predictions", count),
        "losses": ("Followed by a loss", count),
        "auc": "AUC (95% interval)",
        "brier": "Brier score against the null",
        "skill": "Error saved",
        "slope": "Calibration slope (1 is right)",
        "ratio": "Observed / predicted",
    }
    caption = (
        f"Predictions for the months after {month_name(told.last_fitted)}, one for each account and close "
        "after which it could leave; the null knows an account's tenure and nothing else, and is compared "
        "on the tenures that were reached before"
    )
    blocks = [Text(lead), Table.of(rows, columns, label="tbl-validation", caption=caption)]
    if main.calibration is not None:
        finding = _calibration_finding(main)
        fig = charts.calibration(main.calibration.table, finding, main.months)
        figure_caption = (
            "Accounts by tenth of their predicted probability: mean prediction and share that left, with 95% "
            "Wilson intervals; dashed: a perfect forecast."
        )
        blocks.append(
            Figure(fig, "fig-calibration", figure_caption, f"Ten points against a diagonal. {finding}.")
        )
    return Blocks(blocks)


def _slope(one: Horizon) -> str:
    if one.calibration is None:
        return "not known"
    slope = one.calibration.slope
    return f"{number(slope.value, 2)} ({interval(slope.low, slope.high)})"


def _in_words(one: Horizon) -> str:
    within = plural(one.months, "month")
    ranks = (
        f"Within {within} it ranks a leaver above a stayer in {percent(one.auc.value, 0)} of the pairs: "
        f"{words.discrimination(one.auc.value)}."
    )
    if one.auc.low <= 0.5:
        ranks += " Its interval reaches a coin's toss."
    if one.brier is None:
        return (
            f"{ranks} What knowing only the tenure would do is not known: nobody had stayed so long before."
        )
    skill = one.brier.skill
    if skill > 0.005:
        error = f"Its probabilities save {percent(skill)} of the squared error of knowing only the tenure."
    elif skill < -0.005:
        error = f"Its probabilities are worse than knowing only the tenure, by {percent(-skill)} of it."
    else:
        error = "Its probabilities are no better than knowing only the tenure."
    return f"{ranks} {error}"


def _calibration_finding(one: Horizon) -> str:
    assert one.calibration is not None, "told only of a horizon that was calibrated"
    ratio, slope = one.calibration.observed_to_expected, one.calibration.slope
    if ratio > TOO_FAR:
        level = f"Predictions are too low ({number(ratio, 1)} losses for each predicted)"
    elif ratio < 1 / TOO_FAR:
        level = f"Predictions are too high ({number(ratio, 1)} losses for each predicted)"
    else:
        level = f"As many leave as predicted ({number(ratio, 2)} for each)"
    if slope.high < 1:
        return f"{level}, but high ones are too high"
    if slope.low > 1:
        return f"{level}, but high ones are too low"
    return level


def accounts_at_risk(data: Data) -> Blocks:
    """The accounts to save, with reasons and next step; without a model, without probabilities."""
    table = data.at_risk[data.at_risk["stance"].isin(TO_SAVE)]
    if table.empty:
        return Blocks([Text("No paying account is to be rescued or protected at the close.")])
    return _by_risk(data, table) if data.foretold else _by_warning(data, table)


def _by_risk(data: Data, table: pd.DataFrame) -> Blocks:
    book = data.book
    shown = table.head(data.top_accounts)
    lead = (
        f"Of {book.money(book.paying['mrr_cents'].sum())} MRR, "
        f"{book.money(book.judgement.expected_loss_cents)} is expected to be lost within three months (each "
        f"account's MRR times its probability of leaving by then). {sentence(plural(len(table), 'account'))} "
        f"{'is' if len(table) == 1 else 'are'} to be rescued or protected; "
        f"{plural(len(data.likely), 'account')} {'is' if len(data.likely) == 1 else 'are'} likely to leave "
        f"({percent(book.product.churn.likely, 0)} or more).{_corrected(data)}"
    )
    bounds = ["probability", "lower", "upper", "at_renewal"]
    rows = shown.assign(
        leaves=[_probability(*row) for row in shown[bounds].itertuples(index=False)],
        reasons=[_reasons(data, raising[:TOLD]) for raising in shown["raising"]],
    )
    columns = {
        "account_name": "Account",
        "mrr_cents": (f"MRR ({book.currency})", money),
        "leaves": "Likely to leave",
        "expected_loss_cents": ("Expected loss", money),
        "reasons": "What raises it",
        "action": "Next step",
    }
    caption = (
        f"Accounts to save at the close of {book.label}, those to rescue first, then by expected loss, "
        f"{len(shown)} of {count(len(table))}: probability of leaving within three months, or at the "
        "renewal, with 95% interval; MRR expected to be lost within three months; reasons with their factor "
        "on the risk against the reference account, a question mark where the driver's interval spans 1; all "
        "reasons, and what lowers the risk, stand in accounts_at_risk.csv"
    )
    blocks: list[Block] = [Text(lead), Table.of(rows, columns, label="tbl-at-risk", caption=caption)]
    return Blocks([*blocks, Text(_reference(data))] if data.model else blocks)


def _corrected(data: Data) -> str:
    factor = data.book.judgement.correction
    if factor == 1:
        return ""
    return (
        f" Past months showed the model's risks to run {'low' if factor > 1 else 'high'}, so they are "
        f"multiplied by {number(factor, 2)} here."
    )


def _probability(value: float, low: float, high: float, at_renewal: bool = False) -> str:
    if value == 0:
        return "within its term"
    when = ", renewal" if at_renewal else ""
    return f"{percent(value, 0)} ({number(100 * low)} to {number(100 * high)}){when}"


def _reasons(data: Data, raising: list[Reason]) -> str:
    return (
        "; ".join(
            f"{data.state(reason)} (\u00d7{number(reason.factor, 1)}{_doubt(reason)})" for reason in raising
        )
        or "nothing above the reference"
    )


def _doubt(reason: Reason) -> str:
    return "" if reason.clear else "?"


def _reference(data: Data) -> str:
    model = data.model
    assert model is not None, "only a fitted model has a reference"
    middle = {driver.name: float(model.reference[driver.name]) for driver in model.design.drivers}
    states = [data.words[name].state(value) for name, value in middle.items()]
    text = (
        f"The reference account is the middle of all accounts observed: {', '.join(states)}. A factor of "
        "\u00d72 says that accounts with this figure leave twice as often as the reference, all else alike."
    )
    if data.risk.committed:
        text += (
            " An account within a term can't leave before it ends: its probability is that of its renewal."
        )
    return text


def _by_warning(data: Data, table: pd.DataFrame) -> Blocks:
    book = data.book
    share = table["mrr_cents"].sum() / max(int(book.paying["mrr_cents"].sum()), 1)
    no_risk = book.judgement.why_no_risk
    text = (
        f"No probability is given: {why(no_risk) if no_risk else ''}. "
        f"{sentence(plural(len(table), 'paying account'))} {'shows' if len(table) == 1 else 'show'} a warning"
        f", with {percent(share)} of MRR (@tbl-warned). A warning says where to look first; "
        "whether it foretells leaving is not known here."
    )
    if share > 0.5:
        text += " So many warn that the warnings tell little here; the list begins with the most urgent."
    columns = {
        "account_name": "Account",
        "mrr_cents": (f"MRR ({book.currency})", money),
        "reason": "Warning",
        "action": "Next step",
    }
    shown = table.head(data.top_accounts)
    caption = f"Accounts with a warning, most urgent first: {len(shown)} of {count(len(table))}"
    return Blocks([Text(text), Table.of(shown, columns, label="tbl-warned", caption=caption)])
