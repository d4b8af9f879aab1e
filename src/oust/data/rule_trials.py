"""Check the cases that a rule carries with it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from oust.data.load import bundled_ids
from oust.data.nodes import List, Map, compose
from oust.data.profiles import ASSETS, OWN, check_words, load_facts, load_profiles, load_tags
from oust.data.strict import Entry, Findings, check_dates, did_you_mean, is_date, quoted
from oust.model import VerdictWord

_CAUGHT = ("prohibited", "prohibited-from", "would-be-prohibited", "advised", "duty")
_EXPECT = (*get_args(VerdictWord), "advised", "duty")
_SUPPOSE = re.compile(r"@([^@=]+)(?:=(.+))?")


def check_trials(
    rule: Entry, stages: dict[str, Entry], path: Path, bundled: bool, found: Findings
) -> None:
    """Each trial on its own, then that one is caught and one is not."""
    trials = rule.under("trials")
    for trial in trials:
        check_dates(trial, ("since",), found)
        _date(trial, found)
        _profile(trial, path, found)
        _who(trial, rule, bundled, found)
        _expect(trial, rule, found)
        _facts(trial, found)
        _suppose(trial, rule, stages, found)
    expected = {trial.values.get("expect", "") for trial in trials} & {*_EXPECT}
    if expected and not expected & {*_CAUGHT}:
        hint = f"add one that expects one of: {', '.join(_CAUGHT)}"
        found.add(rule.at("trials"), "no trial is caught by the rule", hint)
    if expected and not expected - {*_CAUGHT}:
        hint = "add one that expects permitted, exempt or not known"
        found.add(rule.at("trials"), "no trial goes free of the rule", hint)


def _date(trial: Entry, found: Findings) -> None:
    text = trial.values.get("date", "")
    if text and (len(text) != 10 or not is_date(text)):
        found.add(trial.at("date"), f"date is no day: {quoted(text)}", "write 2018-10-01")


def _profile(trial: Entry, path: Path, found: Findings) -> None:
    word = trial.values.get("profile", "")
    if word.endswith((".yaml", ".yml")):
        if not (path.parent / word).is_file():
            hint = "a profile's file is looked for beside the rule"
            found.add(trial.at("profile"), f"there is no file {quoted(word)}", hint)
    else:
        check_words(trial, "profile", load_profiles(), "profile", found)


def _who(trial: Entry, rule: Entry, bundled: bool, found: Findings) -> None:
    vendor, entity = trial.values.get("vendor", ""), trial.values.get("entity", "")
    if vendor and entity:
        found.add(trial.at("entity"), "the trial has vendor and entity", "keep one")
    if not vendor and not entity and rule.values.get("force") != "duty":
        hint = "add vendor: a dossier's id, or entity: a company's name"
        found.add(trial.node, "the trial says of nobody's product what is asked", hint)
    if vendor and vendor not in bundled_ids():
        hint = did_you_mean(vendor, bundled_ids()) or "write entity: and the company's name instead"
        message = f"{quoted(vendor)} is no bundled dossier"
        found.add(trial.at("vendor"), message, hint, warning=not bundled)
    asset = trial.values.get("asset", "program")
    if asset not in ASSETS:
        hint = did_you_mean(asset, ASSETS) or f"one of: {', '.join(ASSETS)}"
        found.add(trial.at("asset"), f"{quoted(asset)} is no kind of asset", hint)


def _expect(trial: Entry, rule: Entry, found: Findings) -> None:
    check_words(trial, "expect", _EXPECT, "verdict", found)
    word, force = trial.values.get("expect", ""), rule.values.get("force", "binding")
    node = trial.at("expect")
    if word in ("advised", "duty") and force != {"advised": "advice", "duty": "duty"}[word]:
        hint = f"only a rule with force: {'advice' if word == 'advised' else 'duty'} gives it"
        found.add(node, f"{word} does not fit force: {force}", hint)
    if word in _CAUGHT[:3] and force != "binding":
        hint = f"write {'advised' if force == 'advice' else 'duty'}"
        found.add(node, f"a rule with force: {force} prohibits nothing", hint)


def _facts(trial: Entry, found: Findings) -> None:
    facts = {*load_facts(), *load_tags()}  # what a profile leaves open can be said as well
    node = trial.at("facts")
    for fact, answer in trial.values.get("facts", {}).items():
        if fact not in facts and not fact.startswith(OWN):
            hint = did_you_mean(fact, facts) or "oust rules facts lists them"
            found.add(node, f"{quoted(fact)} is no fact", hint)
        if answer not in ("yes", "no"):
            found.add(node, f"the answer to {fact} is {quoted(answer)}", "write yes or no")


def _suppose(trial: Entry, rule: Entry, stages: dict[str, Entry], found: Findings) -> None:
    text = trial.values.get("suppose", "")
    if not text:
        return
    node, match = trial.at("suppose"), _SUPPOSE.fullmatch(text)
    if match is None:
        hint = "write '@STAGE' or '@STAGE=DATE'"
        found.add(node, f"suppose cannot be read: {quoted(text)}", hint)
        return
    stage, day = match.groups(default="")
    if stage not in stages:
        listed = f"stages with an id: {', '.join(stages) or 'none'}"
        hint = did_you_mean(stage, stages) or listed
        found.add(node, f"there is no stage {quoted(stage)}", hint)
    elif stage not in {one.values.get("stage") for one in rule.under("provisions")}:
        hint = "it has no provisions of its own: name a stage that has"
        found.add(node, f"the stage {quoted(stage)} has no wording", hint)
    if day and (len(day) != 10 or not is_date(day)):
        found.add(node, f"suppose has no day: {quoted(day)}", "write '@STAGE=2018-10-01'")


def trial_places(path: Path) -> list[tuple[int, int]]:
    """Line and column of each trial of a file that is right, in order."""
    node, _ = compose(path.read_bytes())
    pairs = node.pairs if isinstance(node, Map) else []
    trials = next((value for key, value in pairs if key.value == "trials"), None)
    items = trials.items if isinstance(trials, List) else []
    return [(item.line, item.column) for item in items]
