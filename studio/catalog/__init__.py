"""WHAT THE GATEWAY CAN MAKE. Knows no Django and nothing else of ours."""

from .body import Extras, pack, unpack
from .check import Problem
from .exact import JSONProblem, Number, dumps, loads
from .failures import Explanation, Failure
from .loader import Catalog, CatalogFaults
from .operation import Group, Operation, System
from .payload_example import PayloadExample
from .report import Action, Report, Result
from .schema import Field
from .shelf import explain, failures, faults, get, openapi_document, operations, recognise, systems
from .table import Fault
from .text import Text
from .trace import Built, Trace

__all__ = [
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
    "JSONProblem",
    "Number",
    "Operation",
    "PayloadExample",
    "Problem",
    "Report",
    "Result",
    "System",
    "Text",
    "Trace",
    "dumps",
    "explain",
    "failures",
    "faults",
    "get",
    "loads",
    "openapi_document",
    "operations",
    "pack",
    "recognise",
    "systems",
    "unpack",
]
