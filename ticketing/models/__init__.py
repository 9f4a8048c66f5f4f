"""One aggregate per file: columns and relationships, no verbs."""

from ticketing.models.account import Account, Draft, RoleGrant
from ticketing.models.audit import AuditEntry
from ticketing.models.call import (
    Call,
    Callback,
    CallbackTry,
    CallCommand,
    CallerBlock,
    CallEvent,
    CallReveal,
    Exchange,
    InboundText,
)
from ticketing.models.case import CaseEntry, CaseParty, CaseStep, CaseTicket, CoordinationCase
from ticketing.models.case_clock import CaseClock, CaseClockEntry, CaseClockRung
from ticketing.models.case_papers import CaseEvidence, CaseFile, CaseList, CaseMinutes, CaseRound
from ticketing.models.clock import ClockEntry, ClockRung, TicketClock
from ticketing.models.decision import (
    Approval,
    Listing,
    RoutingDecision,
    RoutingLesson,
    SupervisionOrder,
    TicketReturn,
)
from ticketing.models.duty import (
    DutyException,
    DutyGap,
    DutyGroup,
    DutyLeave,
    DutyLine,
    DutyMember,
    DutyShift,
    Handover,
    Presence,
)
from ticketing.models.enterprise import (
    CheckedCall,
    Enterprise,
    EnterpriseEntry,
    EnterpriseTicket,
    Invitation,
    Membership,
    Person,
    RegisterEntry,
)
from ticketing.models.imports import ImportJob, ImportRefusal
from ticketing.models.knowledge import Article, ArticleVersion, Citation
from ticketing.models.offline import NumberBlock, SealedNumber
from ticketing.models.outbox import ConsoleMessage, Delivery, HandlerReceipt, Notice, OutboxEvent
from ticketing.models.performance import BureauTime, ExportRecord, MonthlyReport, TicketFact
from ticketing.models.policy import PolicyDraft, PolicyEffect, PolicyReplay, PolicyReplayMove, PolicyRollout
from ticketing.models.province import Bureau, Hotline, PolicyDocument, Region, Topic
from ticketing.models.routing import RoutingModel, RoutingMove, RoutingOutcome, RoutingRun, RoutingTally
from ticketing.models.snippet import Snippet
from ticketing.models.ticket import Attachment, Blob, HistoryEntry, Reveal, Ticket, TicketLink
from ticketing.models.worklist import BulkAction, SavedView

__all__ = [
    "Account",
    "Approval",
    "Article",
    "ArticleVersion",
    "Attachment",
    "AuditEntry",
    "Blob",
    "BulkAction",
    "Bureau",
    "BureauTime",
    "Call",
    "CallCommand",
    "CallEvent",
    "CallReveal",
    "Callback",
    "CallbackTry",
    "CallerBlock",
    "CaseClock",
    "CaseClockEntry",
    "CaseClockRung",
    "CaseEntry",
    "CaseEvidence",
    "CaseFile",
    "CaseList",
    "CaseMinutes",
    "CaseParty",
    "CaseRound",
    "CaseStep",
    "CaseTicket",
    "CheckedCall",
    "Citation",
    "ClockEntry",
    "ClockRung",
    "ConsoleMessage",
    "CoordinationCase",
    "Delivery",
    "Draft",
    "DutyException",
    "DutyGap",
    "DutyGroup",
    "DutyLeave",
    "DutyLine",
    "DutyMember",
    "DutyShift",
    "Enterprise",
    "EnterpriseEntry",
    "EnterpriseTicket",
    "Exchange",
    "ExportRecord",
    "HandlerReceipt",
    "Handover",
    "HistoryEntry",
    "Hotline",
    "ImportJob",
    "ImportRefusal",
    "InboundText",
    "Invitation",
    "Listing",
    "Membership",
    "MonthlyReport",
    "Notice",
    "NumberBlock",
    "OutboxEvent",
    "Person",
    "PolicyDocument",
    "PolicyDraft",
    "PolicyEffect",
    "PolicyReplay",
    "PolicyReplayMove",
    "PolicyRollout",
    "Presence",
    "Region",
    "RegisterEntry",
    "Reveal",
    "RoleGrant",
    "RoutingDecision",
    "RoutingLesson",
    "RoutingModel",
    "RoutingMove",
    "RoutingOutcome",
    "RoutingRun",
    "RoutingTally",
    "SavedView",
    "SealedNumber",
    "Snippet",
    "SupervisionOrder",
    "Ticket",
    "TicketClock",
    "TicketFact",
    "TicketLink",
    "TicketReturn",
    "Topic",
]
