"""Evidence formats. FORMATS is the whole list; `pick` finds the one that claims a source most."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.metadata import EntryPoint, entry_points

from oust.errors import OustError
from oust.formats.agreements import AgreementsCsv, AgreementsYaml
from oust.formats.approval_tables import CertificateList, PriceListCsv, SamExclusions
from oust.formats.approvals_yaml import ApprovalsYaml
from oust.formats.arp_table import ArpTable
from oust.formats.award_csv import PurchasesCsv, UsaspendingCsv
from oust.formats.bind_log import BindLog
from oust.formats.bods import Bods
from oust.formats.catalogue import CatalogueFile
from oust.formats.claim_ledger import ClaimLedger
from oust.formats.cyclonedx_json import CycloneDXJson
from oust.formats.cyclonedx_proto import CycloneDXTextproto
from oust.formats.cyclonedx_xml import CycloneDXXml
from oust.formats.dhcpd_leases import DhcpdLeases
from oust.formats.dns_records import DnsRecords
from oust.formats.dnsmasq_log import DnsmasqLog
from oust.formats.dpkg import DpkgList, DpkgStatus
from oust.formats.dpkg_query import AptList, DpkgQuery
from oust.formats.elf import ElfFile
from oust.formats.exclusions_json import SamExclusionsJson
from oust.formats.followthemoney import FollowTheMoney
from oust.formats.fpds_atom import FpdsAtom
from oust.formats.gem_gradle_locks import GemfileLock, GradleLockfile
from oust.formats.gleif import (
    GleifExceptionsCsv,
    GleifExceptionsJson,
    GleifExceptionsXml,
    GleifLeiCsv,
    GleifLeiJson,
    GleifLeiXml,
    GleifParentsCsv,
    GleifParentsJson,
    GleifParentsXml,
)
from oust.formats.glpi import GlpiJson, GlpiXml
from oust.formats.go_modules import GoMod, GoSum
from oust.formats.homebrew import HomebrewJson
from oust.formats.info_plist import InfoPlist
from oust.formats.json_locks import ComposerLock, NuGetLock, PipfileLock
from oust.formats.lease_tables import DnsmasqLeases, KeaLeases
from oust.formats.macho import MachoFile
from oust.formats.msi import MsiFile
from oust.formats.nmap_xml import NmapXml
from oust.formats.npm_list import NpmListJson
from oust.formats.ocds import Ocds
from oust.formats.osquery import OsqueryCsv, OsqueryJson
from oust.formats.pe import PeFile
from oust.formats.pip_list import PipFreeze, PipListJson
from oust.formats.pnpm_lock import PnpmLock
from oust.formats.purchases_tables import PurchasesParquet, PurchasesXlsx
from oust.formats.relations import RelationsCsv, RelationsYaml
from oust.formats.rpm import DnfList, RpmQa
from oust.formats.rpm_file import RpmFile
from oust.formats.seam import Format, Head
from oust.formats.sift import NEEDS, Look, Need
from oust.formats.software_csv import SoftwareCsv, WindowsUninstallCsv
from oust.formats.spdx2_json import Spdx2Json
from oust.formats.spdx2_rdf import Spdx2Rdf
from oust.formats.spdx2_tag_value import Spdx2TagValue
from oust.formats.spdx2_yaml import Spdx2Yaml
from oust.formats.spdx3_json import Spdx3Json
from oust.formats.squid_log import SquidLog
from oust.formats.system_profiler_data import SystemProfilerJson, SystemProfilerXml
from oust.formats.system_profiler_text import SystemProfilerText
from oust.formats.ted import Ted
from oust.formats.toml_locks import CargoLock, PythonLock
from oust.formats.unbound_log import UnboundLog
from oust.formats.windows_registry import WindowsUninstallReg
from oust.formats.winget import WingetExport, WingetList
from oust.formats.yarn_lock import YarnLock
from oust.formats.zeek import ZeekJson, ZeekTsv

SURE = 100
"""A claim that no other can outdo: by a magic word of the format itself."""

PLUGIN_GROUP = "oust.formats.v1"
"""Entry point group for formats of other packages; see docs/add-a-format.md."""

FORMATS: tuple[Format, ...] = (
    # first, because a tree holds very many of them and their magic words settle it at once
    PeFile(),
    ElfFile(),
    MachoFile(),
    MsiFile(),
    RpmFile(),
    CatalogueFile(),
    InfoPlist(),
    CycloneDXJson(),
    CycloneDXXml(),
    CycloneDXTextproto(),
    Spdx2Json(),
    Spdx2Yaml(),
    Spdx2TagValue(),
    Spdx2Rdf(),
    Spdx3Json(),
    FpdsAtom(),
    Ocds(),
    UsaspendingCsv(),
    PurchasesCsv(),
    PurchasesXlsx(),
    PurchasesParquet(),
    Ted(),
    PriceListCsv(),
    SamExclusions(),
    SamExclusionsJson(),
    CertificateList(),
    ApprovalsYaml(),
    SystemProfilerJson(),
    SystemProfilerXml(),
    SystemProfilerText(),
    OsqueryJson(),
    OsqueryCsv(),
    GlpiJson(),
    GlpiXml(),
    DpkgStatus(),
    DpkgList(),
    DpkgQuery(),
    AptList(),
    RpmQa(),
    DnfList(),
    WindowsUninstallReg(),
    WindowsUninstallCsv(),
    WingetExport(),
    WingetList(),
    HomebrewJson(),
    NpmListJson(),
    PipListJson(),
    PipFreeze(),
    PythonLock(),
    PipfileLock(),
    YarnLock(),
    PnpmLock(),
    CargoLock(),
    GoSum(),
    GoMod(),
    GemfileLock(),
    ComposerLock(),
    NuGetLock(),
    GradleLockfile(),
    SoftwareCsv(),
    RelationsCsv(),
    RelationsYaml(),
    ClaimLedger(),
    AgreementsCsv(),
    AgreementsYaml(),
    FollowTheMoney(),
    Bods(),
    GleifLeiCsv(),
    GleifLeiXml(),
    GleifLeiJson(),
    GleifParentsCsv(),
    GleifParentsXml(),
    GleifParentsJson(),
    GleifExceptionsCsv(),
    GleifExceptionsXml(),
    GleifExceptionsJson(),
    ZeekTsv(),
    ZeekJson(),
    BindLog(),
    UnboundLog(),
    DnsmasqLog(),
    SquidLog(),
    DhcpdLeases(),
    DnsmasqLeases(),
    KeaLeases(),
    ArpTable(),
    NmapXml(),
    DnsRecords(),
)


@cache
def all_formats() -> tuple[Format, ...]:
    """FORMATS and those of installed plug-ins, in that order.

    Raises OustError for a plug-in that cannot be loaded: evidence must not go unread unnoticed.
    """
    return FORMATS + tuple(_loaded(point) for point in entry_points(group=PLUGIN_GROUP))


def _loaded(point: EntryPoint) -> Format:
    try:
        found: Format = point.load()
    except Exception as error:  # a foreign package: whatever is wrong with it is told, not raised
        text = f"the format plug-in “{point.name}” cannot be loaded: {error}"
        raise OustError(text, "repair or uninstall the package that brings it") from error
    return found


def _takes_bytes(fmt: Format) -> bool:
    """Whether a format may be what a binary file is."""
    return fmt.group == "files" or getattr(fmt, "binary", False)


def pick(head: Head, formats: tuple[Format, ...]) -> Format | None:
    """The format that claims the source most; the earlier one on a tie; None if none does.

    Only formats that may claim it are asked; see `oust.formats.sift`.
    """
    best, most, look = None, 0, Look(head)
    for fmt, need in _asked(formats, head.opaque):
        if need and not need(look):
            continue
        claim = fmt.claims(head)
        if claim >= SURE:
            return fmt
        if claim > most:
            best, most = fmt, claim
    return best


@lru_cache(maxsize=8)
def _asked(formats: tuple[Format, ...], opaque: bool) -> tuple[tuple[Format, Need | None], ...]:
    """Formats to ask of a text or of something binary, with what must be met before."""
    able = [fmt for fmt in formats if not opaque or _takes_bytes(fmt)]
    ours = {id(fmt) for fmt in FORMATS}  # a plug-in may be called like one of them
    return tuple((fmt, NEEDS.get(fmt.name) if id(fmt) in ours else None) for fmt in able)
