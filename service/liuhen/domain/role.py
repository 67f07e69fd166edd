"""The roles of people and systems that read or send records."""

from enum import StrEnum


class Role(StrEnum):
    """Who somebody is to a case. Which person has which role is the centre's to know."""

    OPERATOR = "operator"
    """交易中心经办: registers events of its step; no reading of sealed content."""
    WITNESS = "witness"
    """见证员."""
    PURCHASER = "purchaser"
    """采购人/招标人 and their agency 代理机构."""
    BIDDER = "bidder"
    """供应商/投标人: own receipts, own bid, own scores."""
    EVALUATOR = "evaluator"
    """评审专家/评委: own sheet only."""
    SUPERVISOR = "supervisor"
    """财政部门/行政监督部门: complaints, suspension, all records of a case."""
    DISCIPLINE = "discipline"
    """派驻纪检组: everything of its unit, findings, read logs."""
    INSPECTOR = "inspector"
    """监督检查小组/监督科: findings and their closure."""
    AUDITOR = "auditor"
    """审计人员: read-only on all of a scope."""
    COMPLAINANT = "complainant"
    """质疑人/投诉人: case status, disclosed part of the provenance."""
    PUBLIC = "public"
    """社会公众."""
    INTEGRATOR = "integrator"
    """对接系统: a machine account of one source system; sees what it sent."""
