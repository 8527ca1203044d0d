"""Whether a graph can run: the checks of ComfyUI, and its words for what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.nodes import Nodes, list_folder

Graph = dict[str, dict[str, Any]]
CONVERTED = {"INT": int, "FLOAT": float, "STRING": str, "BOOLEAN": bool}


@dataclass(frozen=True)
class Verdict:
    """`error` is None if at least one of the outputs can run; `outputs` are those that can."""

    error: dict[str, Any] | None
    outputs: list[str] = field(default_factory=list)
    node_errors: dict[str, Any] = field(default_factory=dict)


def validate(graph: Graph, nodes: Nodes, old: bool) -> Verdict:
    """AttributeError or the like for what is no graph at all: ComfyUI answers 500 to that."""
    for node_id, node in graph.items():
        if error := _unknown(node_id, node, nodes, old):
            return Verdict(error)
    outputs = [node_id for node_id, node in graph.items() if nodes.is_output(node["class_type"])]
    if not outputs:
        return Verdict(problem("prompt_no_outputs", "Prompt has no outputs"))
    return _Check(graph, nodes, old).verdict(outputs)


def problem(kind: str, message: str, details: str = "", **extra: Any) -> dict[str, Any]:
    return {"type": kind, "message": message, "details": details, "extra_info": extra}


def _unknown(node_id: str, node: dict[str, Any], nodes: Nodes, old: bool) -> dict[str, Any] | None:
    class_type = node.get("class_type")
    if class_type is not None and class_type in nodes:
        return None
    title = node.get("_meta", {}).get("title", class_type)
    where = f"Node ID '#{node_id}'"
    if old and class_type is None:
        return problem("invalid_prompt", "Cannot execute because a node is missing the class_type property.", where)
    if old:
        return problem("invalid_prompt", f"Cannot execute because node {class_type} does not exist.", where)
    if class_type is None:
        named = title or f"ID #{node_id}"
        message = f"Node '{named}' has no class_type. The workflow may be corrupted or a custom node is missing."
    else:
        message = f"Node '{title}' not found. The custom node may not be installed."
    return problem("missing_node_type", message, where, node_id=node_id, class_type=class_type, node_title=title)


class _Check:
    def __init__(self, graph: Graph, nodes: Nodes, old: bool) -> None:
        self.graph, self.nodes, self.old = graph, nodes, old
        self.done: dict[str, tuple[bool, list[dict[str, Any]]]] = {}

    def verdict(self, outputs: list[str]) -> Verdict:
        good: list[str] = []
        reasons: list[dict[str, Any]] = []
        node_errors: dict[str, Any] = {}
        for output in outputs:
            try:
                valid, wrong = self._node(output, ())
            except RecursionError:  # a cycle, in old versions: no word about where
                valid, wrong = False, []
            except Exception as error:
                valid, wrong = (
                    False,
                    [self._exception("exception_during_validation", "Exception when validating node", error)],
                )
                self.done[output] = (False, wrong)
            if valid:
                good.append(output)
                continue
            reasons += wrong
            for node_id, (fine, errors) in self.done.items():
                if not fine and errors:
                    entry = {"errors": errors, "dependent_outputs": [], "class_type": self.graph[node_id]["class_type"]}
                    node_errors.setdefault(node_id, entry)["dependent_outputs"].append(output)
        if good:
            return Verdict(None, good, node_errors)
        details = "\n".join(f"{each['message']}: {each['details']}" for each in reasons)
        message = "Prompt outputs failed validation"
        return Verdict(problem("prompt_outputs_failed_validation", message, details), [], node_errors)

    def _node(self, node_id: str, above: tuple[str, ...]) -> tuple[bool, list[dict[str, Any]]]:
        if node_id in self.done:
            return self.done[node_id]
        if node_id in above:
            return self._cycle((*above[above.index(node_id) :], node_id))
        node = self.graph[node_id]
        given, class_type = node["inputs"], node["class_type"]
        fine, errors = True, []
        for name, (kind, options, required) in self.nodes.inputs(class_type, given).items():
            if name not in given:
                if required:
                    errors.append(problem("required_input_missing", "Required input is missing", name, input_name=name))
            elif isinstance(given[name], list):
                wrong, below = self._link(name, kind, options, given[name], (*above, node_id))
                errors += wrong
                fine = fine and below
            else:
                errors += self._value(class_type, name, kind, options, given)
        before = self.done.get(node_id, (True, []))
        result = (before[0] and fine and not errors, before[1] + errors)
        self.done[node_id] = result
        return result

    def _cycle(self, path: tuple[str, ...]) -> tuple[bool, list[dict[str, Any]]]:
        if self.old:
            raise RecursionError
        members = list(dict.fromkeys(path))
        details = " -> ".join(f"{each} ({self.graph[each]['class_type']})" for each in path)
        for each in members:
            extra = {"node_id": each, "cycle_nodes": members}
            self.done[each] = (False, [problem("dependency_cycle", "Dependency cycle detected", details, **extra)])
        return self.done[path[0]]

    def _link(
        self, name: str, kind: Any, options: dict[str, Any], link: list[Any], above: tuple[str, ...]
    ) -> tuple[list[dict[str, Any]], bool]:
        """What is wrong with the link itself, and whether all that lies behind it is right."""
        about = {"input_name": name, "input_config": [kind, options]}
        if len(link) != 2:
            message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
            return [problem("bad_linked_input", message, name, **about, received_value=link)], True
        received = self.nodes.outputs(self.graph[link[0]]["class_type"])[link[1]]
        if not _fits(received, kind):
            details = f"{name}, received_type({received}) mismatch input_type({kind})"
            about |= {"received_type": received, "linked_node": link}
            return [
                problem("return_type_mismatch", "Return type mismatch between linked nodes", details, **about)
            ], True
        try:
            return [], self._node(link[0], above)[0]
        except RecursionError:
            raise
        except Exception as error:
            inner = self._exception("exception_during_inner_validation", "Exception when validating inner node", error)
            inner["extra_info"] |= {**about, "linked_node": link}
            self.done[link[0]] = (False, [inner])
            return [], False

    def _exception(self, kind: str, message: str, error: Exception) -> dict[str, Any]:
        about = {"exception_message": str(error), "exception_type": type(error).__name__, "traceback": []}
        return problem(kind, message, str(error), **about)

    def _value(
        self, class_type: str, name: str, kind: Any, options: dict[str, Any], given: dict[str, Any]
    ) -> list[dict[str, Any]]:
        value = given[name]
        if isinstance(value, dict) and "__value__" in value:
            value = given[name] = value["__value__"]
        about = {"input_name": name, "input_config": [kind, options]}
        if isinstance(kind, str) and kind in CONVERTED:
            try:
                value = given[name] = CONVERTED[kind](value)
            except (ValueError, TypeError, OverflowError) as error:
                message = f"Failed to convert an input value to a {kind} value"
                about |= {"received_value": value, "exception_message": str(error)}
                return [problem("invalid_input_type", message, f"{name}, {value}, {error}", **about)]
        about["received_value"] = value
        if "min" in options and value < options["min"]:
            message = f"Value {value} smaller than min of {options['min']}"
            return [problem("value_smaller_than_min", message, name, **about)]
        if "max" in options and value > options["max"]:
            message = f"Value {value} bigger than max of {options['max']}"
            return [problem("value_bigger_than_max", message, name, **about)]
        if options.get("image_upload"):
            return [] if self.nodes.disk.find(str(value)) is not None else [_no_image(name, value)]
        return self._choice(class_type, name, kind, options, value)

    def _choice(
        self, class_type: str, name: str, kind: Any, options: dict[str, Any], value: Any
    ) -> list[dict[str, Any]]:
        if not isinstance(kind, list) and kind != "COMBO":
            return []
        choices = kind if isinstance(kind, list) else options.get("options", [])
        folder = list_folder(class_type, name)
        if value in choices or (folder and self.nodes.accepts_any(folder)):
            return []
        long = len(choices) > 20
        told = f"(list of length {len(choices)})" if long else str(choices)
        about = {"input_name": name, "input_config": None if long else [kind, options], "received_value": value}
        return [problem("value_not_in_list", "Value not in list", f"{name}: {value!r} not in {told}", **about)]


def _no_image(name: str, value: Any) -> dict[str, Any]:
    details = f"{name} - Invalid image file: {value}"
    return problem("custom_validation_failed", "Custom validation failed for node", details, input_name=name)


def _fits(received: Any, wanted: Any) -> bool:
    if received == wanted:
        return True
    if not (isinstance(received, str) and isinstance(wanted, str)):
        return isinstance(received, list) and wanted == "COMBO"
    if "COMFY_MATCHTYPE_V3" in (received, wanted):
        return True
    one, other = ({part.strip() for part in kinds.split(",")} for kinds in (received, wanted))
    return bool(one & other) or "*" in one | other
