"""The folder for Rasa Pro: our own loader takes it, and its shapes are the published ones, in every language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli import cli
from bot.dialogue.domain import PLACEHOLDER, Domain
from bot.dialogue.flow_files import load_flows
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.patterns import BUILT_IN_ACTIONS, with_patterns
from bot.dialogue.payloads import INTENT, check_payloads
from bot.dialogue.rasa_export import export
from bot.errors import BadInput
from bot.locale import Catalogues
from bot.settings import ROOT
from tests.rasa.published import domain_problems, flow_problems

CATALOGUES = Catalogues.load(ROOT / "locales")
SOURCE = Dialogue.load(ROOT / "dialogues")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("rasa") / "assistant"
    export(ROOT / "dialogues", CATALOGUES, to)
    return to


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Dialogue:
    domain = Domain.load(folder / "domain")
    return Dialogue(with_patterns(load_flows(folder / "data" / "flows", domain)), domain)


def contents(folder: Path) -> Mapping[str, Any]:
    return {path.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.rglob("*.yml"))}


def test_our_own_loader_finds_the_same_flows_in_it(folder: Path, loaded: Dialogue) -> None:
    check_payloads(loaded.domain, loaded.flows)
    kept = load_flows(folder / "data" / "flows", loaded.domain).by_id
    assert len(kept) > 50
    for name, flow in kept.items():
        source = SOURCE.flows.by_id[name]
        steps = {id: (s.kind, s.target, s.collect and s.collect.utter, s.sets) for id, s in flow.steps.items()}
        before = {id: (s.kind, s.target, s.collect and s.collect.utter, s.sets) for id, s in source.steps.items()}
        added = {id: step for id, step in steps.items() if id not in before}
        assert {id: steps[id] for id in before} == before, name
        assert {step[1] for step in added.values()} <= BUILT_IN_ACTIONS
        assert (flow.persisted_slots, flow.run_pattern_completed) == (
            source.persisted_slots, source.run_pattern_completed
        )  # fmt: skip


def test_it_has_the_published_shapes(folder: Path) -> None:
    flows = [
        problem for content in contents(folder / "data" / "flows").values() for problem in flow_problems(content)
    ]
    domain = [problem for content in contents(folder / "domain").values() for problem in domain_problems(content)]
    assert flows + domain == []


def test_every_response_and_button_has_its_words_from_the_catalogues(folder: Path) -> None:
    found = 0
    for content in contents(folder / "domain").values():
        for name, (response,) in content.get("responses", {}).items():
            for tag, text in response["translation"].items():
                localizer = CATALOGUES.localizer(tag.replace("-", "_"))
                assert text == localizer.text(response["text"], name)
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(response["text"]))
                found += 1
            assert {"zh-Hans", "zh-Hant"} <= set(response["translation"]), name
            for button in response.get("buttons", ()):
                assert {"zh-Hans", "zh-Hant"} <= set(button["translation"]), name
    assert found > 400


def test_flows_are_called_in_the_borrowers_language(folder: Path) -> None:
    for content in contents(folder / "data" / "flows").values():
        for name, flow in content["flows"].items():
            if not name.startswith("pattern_"):
                assert {"zh-Hans", "zh-Hant"} <= set(flow["translation"]), name


def test_whatever_a_press_or_a_message_may_mean_starts_one_flow(folder: Path, loaded: Dialogue) -> None:
    vocabulary = contents(folder / "domain")["rasa.yml"]
    assert set(loaded.flows.by_intent) | {"affirm", "deny"} == set(vocabulary["intents"])
    payloads = {b.payload for response in loaded.domain.responses.values() for b in response.buttons}
    pressed = {match[1] for payload in payloads if (match := INTENT.fullmatch(payload))}
    assert pressed <= set(loaded.flows.by_intent)
    examples = [entry for content in contents(folder / "data" / "nlu").values() for entry in content["nlu"]]
    assert {entry["intent"] for entry in examples} <= set(vocabulary["intents"])
    entities = {slot.entity for slot in loaded.domain.slots.values() if slot.entity}
    assert entities == set(vocabulary["entities"])


def test_every_question_is_filled_and_read_by_the_action_server(loaded: Dialogue) -> None:
    asked = {collect.slot for flow in loaded.flows.by_id.values() for collect in flow.collects}
    assert {f"validate_{slot}" for slot in asked} <= loaded.domain.actions
    assert "language" not in loaded.domain.slots


def test_the_same_dialogues_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    export(ROOT / "dialogues", CATALOGUES, again)
    first = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.yml")}
    second = {path.relative_to(again): path.read_bytes() for path in again.rglob("*.yml")}
    assert first == second
    assert Path("data/nlu/zh_Hant/plans.yml") in first


def test_config_and_endpoints_are_those_of_an_nlu_only_assistant(folder: Path) -> None:
    config = yaml.safe_load((folder / "config.yml").read_text("utf-8"))
    assert config["language"] not in config["additional_languages"]
    assert config["additional_languages"] == ["zh-Hans", "zh-Hant"]
    assert config["pipeline"][-1] == {"name": "NLUCommandAdapter"}
    assert config["policies"] == [{"name": "FlowPolicy"}]
    endpoints = yaml.safe_load((folder / "endpoints.yml").read_text("utf-8"))
    assert endpoints == {"action_endpoint": {"url": "http://127.0.0.1:5055/webhook"}}


def test_a_folder_that_holds_something_is_left_alone_unless_told(tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine", "utf-8")
    run = CliRunner()
    refused = run.invoke(cli, ["dialogues", "export", str(tmp_path)])
    assert refused.exit_code == 2
    assert "--force" in refused.output
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    done = run.invoke(
        cli, ["dialogues", "export", str(tmp_path), "--force", "--actions-url", "http://10.0.0.7:5055/webhook"]
    )
    assert done.exit_code == 0, done.output
    assert mine.read_text("utf-8") == "mine"
    assert "10.0.0.7" in (tmp_path / "endpoints.yml").read_text("utf-8")


def test_a_translation_with_other_placeholders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.yml").write_text(
        'responses:\n  utter_a:\n    - text: "{sum} today"\n      translation: {fr: "aujourd\'hui"}\n', "utf-8"
    )
    with pytest.raises(BadInput, match=r"utter_a\.translation\.fr"):
        Domain.load(tmp_path)
