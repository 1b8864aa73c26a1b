"""The tables of casework: the most sensitive of the house. Every field says how sensitive it is."""

from duga.casework.models.accountability import (
    Breach,
    BreakGlass,
    ErasureCertificate,
    Keeping,
    LegalHold,
    ReadQuestion,
    ReadReview,
    RetentionRule,
    SubjectRequest,
)
from duga.casework.models.bases import BestInterestsDecision, ConsentRecord, Disclosure, Guardianship
from duga.casework.models.cases import (
    Approval,
    Attachment,
    Case,
    CaseAction,
    CaseGoal,
    CaseNote,
    CaseWorker,
    Merge,
    Need,
)
from duga.casework.models.devices import Device, DeviceRecord
from duga.casework.models.feedback import Feedback, FeedbackKeptFrom
from duga.casework.models.helpline import Call, HelplineLine, MonthlyRequest, RiskAssessment, RiskInstrument
from duga.casework.models.imports import ImportBatch
from duga.casework.models.ledger import Assistance, Correction
from duga.casework.models.lists import DistributionLine, DistributionList, Group, GroupMember
from duga.casework.models.objections import CountingObjection
from duga.casework.models.parties import HouseholdMember, PartyMember, TravellingParty
from duga.casework.models.people import Household, Institution, LawfulBasis, Person, PersonToken
from duga.casework.models.programmes import Programme, ProgrammeWorker
from duga.casework.models.referrals import (
    Referral,
    ReferralCopy,
    ReferralGuest,
    ReferralMessage,
    ReferralService,
)
from duga.casework.models.requests import Assignment, EscalationStep, RecurringVisit, Request, RequestStep
from duga.casework.models.staging import StagedImport
from duga.casework.models.stock import StockItem, StockMovement
from duga.casework.models.volunteers import Volunteer, VolunteerAccess, VolunteerHours, VolunteerTraining

__all__ = [
    "Device",
    "DeviceRecord",
    "Approval",
    "Attachment",
    "Case",
    "CaseAction",
    "CaseGoal",
    "CaseNote",
    "CaseWorker",
    "Merge",
    "Need",
    "HouseholdMember",
    "PartyMember",
    "TravellingParty",
    "Assignment",
    "Assistance",
    "BestInterestsDecision",
    "Breach",
    "BreakGlass",
    "Call",
    "ConsentRecord",
    "Correction",
    "CountingObjection",
    "Disclosure",
    "DistributionLine",
    "DistributionList",
    "ErasureCertificate",
    "EscalationStep",
    "Feedback",
    "FeedbackKeptFrom",
    "Group",
    "GroupMember",
    "Guardianship",
    "HelplineLine",
    "Household",
    "ImportBatch",
    "Institution",
    "Keeping",
    "LawfulBasis",
    "LegalHold",
    "MonthlyRequest",
    "Person",
    "PersonToken",
    "Programme",
    "ProgrammeWorker",
    "ReadQuestion",
    "ReadReview",
    "RecurringVisit",
    "Referral",
    "ReferralCopy",
    "ReferralGuest",
    "ReferralMessage",
    "ReferralService",
    "Request",
    "RequestStep",
    "RetentionRule",
    "RiskAssessment",
    "RiskInstrument",
    "StagedImport",
    "StockItem",
    "StockMovement",
    "SubjectRequest",
    "Volunteer",
    "VolunteerAccess",
    "VolunteerHours",
    "VolunteerTraining",
]
