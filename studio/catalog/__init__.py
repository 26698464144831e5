"""WHAT THE GATEWAY CAN MAKE. Knows no Django and nothing else of ours."""

from . import files
from .body import Extras, pack, unpack
from .check import Problem
from .convert import as_number, seconds
from .exact import JSONProblem, Number, dumps, loads
from .failures import Explanation, Failure
from .form_parts import form_parts
from .guides import Guide
from .loader import Catalog, CatalogFaults
from .operation import Group, Operation, System
from .payload_example import PayloadExample
from .port import port
from .ported import Kind as PortKind
from .ported import Ported, PortLine
from .recipe_book import Recipe, Step
from .report import PARTIAL, Action, Heard, Report, Result
from .schema import Field, Spoken
from .shelf import (
    explain,
    failures,
    faults,
    find,
    get,
    guide,
    openapi_document,
    operations,
    recipe,
    recipes,
    recognise,
    systems,
)
from .table import Fault
from .text import Text
from .trace import Built, Trace
from .turn import Turn

__all__ = [
    "PARTIAL",
    "Action",
    "Built",
    "Catalog",
    "CatalogFaults",
    "Explanation",
    "Extras",
    "Failure",
    "Fault",
    "Field",
    "Group",
    "Guide",
    "Heard",
    "JSONProblem",
    "Number",
    "Operation",
    "PayloadExample",
    "PortKind",
    "PortLine",
    "Ported",
    "Problem",
    "Recipe",
    "Report",
    "Result",
    "Spoken",
    "Step",
    "System",
    "Text",
    "Trace",
    "Turn",
    "as_number",
    "dumps",
    "explain",
    "failures",
    "faults",
    "files",
    "find",
    "form_parts",
    "get",
    "guide",
    "loads",
    "openapi_document",
    "operations",
    "pack",
    "port",
    "recipe",
    "recipes",
    "recognise",
    "seconds",
    "systems",
    "unpack",
]
