"""Every kind of identifier a dossier may give, and where in a record it is compared.

A value counts in its own field only: a driver's file name is compared with file names, never with
a description. Places are written

- `ids:SCHEME`: ids of that scheme (`oust.model.ID_SCHEMES`),
- `purl`: the package URL, by the beginnings that `purl_beginnings` gives,
- `urls:host`, `urls:path`, `urls:last`, `urls`: host, path, last path segment or whole of each URL,
- `path`, `path:last`, `path:segment`: whole, last segment or any segment of the path,
- `name:last`: last segment of the name, as SBOMs name files by their path,
- any other field of `oust.model.Record`: the whole field.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Comparison = Literal[
    "exact",
    "prefix",
    "suffix",
    "regex",
    "folder",
    "cidr",
    "mac",
    "usb",
    "cpe-vendor",
    "appx",
    "purl",
    "token",
    "segments",
]
"""How a value is compared in its place, ignoring case.

`suffix`: equal, or ends with a dot and the value (host names). `folder`: a path at or below it;
a value that starts with a backslash matches on any drive. `mac`: the first 6, 7 or 9 digits.
`usb`: the part before the colon. `cpe-vendor`: the vendor part of the CPE name. `appx`: equal, or
followed by the underscore and publisher hash of a family name. `token`: anywhere, not beside
another letter or digit. `segments`: whole neighbouring segments of a path. A `match` written on an
identifier goes before the default of its kind.
"""

Form = Literal[
    "",
    "mac",
    "domain",
    "guid",
    "sha256",
    "uei",
    "cage",
    "lei",
    "duns",
    "reg",
    "team",
    "magic",
    "text",
    "cidr",
    "ip",
    "usb",
    "asn",
    "purl",
    "npm-scope",
    "url",
    "package",
    "oid",
]
"""The form that `oust dossier check` requires of a value; empty: any text."""


Bytes = Literal["", "start", "text", "package", "certificate"]
"""How a value is looked for in the bytes of files; empty: not at all.

`start`: the very first bytes. `text`: anywhere, as text. `package`: as the path of a Java package.
`certificate`: as the whole common name in a certificate.
"""


class IdentifierKind(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One kind: what it is, where and how it is compared."""

    about: str
    places: tuple[str, ...] = ()  # empty: not compared yet, `reason` says why
    compare: Comparison = "exact"
    form: Form = ""
    purl: tuple[str, ...] = ()  # beginnings of a purl, `{}` stands for the value
    mention: str = ""  # why a hit is shown as a mention and never as an exposure
    reason: str = ""
    content: Bytes = ""  # what is met in bytes stands in ids of scheme magic, string, certificate


def _at(about: str, *places: str, compare: Comparison = "exact", form: Form = "") -> IdentifierKind:
    return IdentifierKind(about=about, places=places, compare=compare, form=form)


def _purl(about: str, *beginnings: str, form: Form = "package") -> IdentifierKind:
    return IdentifierKind(about=about, places=("purl",), compare="purl", form=form, purl=beginnings)


def _later(about: str, reason: str, form: Form = "") -> IdentifierKind:
    return IdentifierKind(about=about, reason=reason, form=form)


def _bytes(about: str, content: Bytes, *places: str, form: Form = "") -> IdentifierKind:
    return IdentifierKind(about=about, places=places, content=content, form=form)


_FILE = ("path:last", "name:last", "ids:process")
_HOST = ("ids:domain", "urls:host", "ids:cname", "ids:mx", "ids:ns", "ids:san")
_NEEDS_TRAFFIC = "says how to look, and is no value that a log holds"
_NEEDS_REGISTRY = "needs registry keys other than Uninstall"
_NO_FIELD = "no record field carries it"
_DEB = ("pkg:deb/debian/{}", "pkg:deb/ubuntu/{}")
_RPM = ("pkg:rpm/redhat/{}", "pkg:rpm/centos/{}", "pkg:rpm/fedora/{}", "pkg:rpm/opensuse/{}")

_PACKAGES = {
    "purl_prefix": _purl("beginning of a package URL: type, namespace and name", "{}", form="purl"),
    "npm_scope": _purl("npm scope, written @scope", "pkg:npm/{}/", form="npm-scope"),
    "npm_package": _purl("npm package", "pkg:npm/{}"),
    "pypi_package": _purl("PyPI project", "pkg:pypi/{}"),
    "pypi_package_prefix": _purl("beginning of PyPI project names", "pkg:pypi/{}*"),
    "maven_group": _purl("Maven group id", "pkg:maven/{}/"),
    "maven_group_prefix": _purl("Maven group ids at and below it", "pkg:maven/{}*"),
    "go_module_prefix": _purl("Go module paths below it", "pkg:golang/{}"),
    "github_org": _purl(
        "GitHub organisation",
        "pkg:github/{}/",
        "pkg:githubactions/{}/",
        "pkg:golang/github.com/{}/",
        "pkg:swift/github.com/{}/",
    ),
    "linux_package": IdentifierKind(
        about="name of a Linux package of the vendor's own",
        places=("ids:deb", "ids:rpm", "purl"),
        purl=(*_DEB, *_RPM),
        form="package",
    ),
}

_PARTIES = {
    "registration_number": _at("company registration or tax number", "ids:reg", form="reg"),
    "uei": _at("Unique Entity ID", "ids:uei", "ids:parent-uei", form="uei"),
    "cage": _at("Commercial and Government Entity code", "ids:cage", form="cage"),
    "duns": _at("D-U-N-S number", "ids:duns", "ids:parent-duns", form="duns"),
    "lei": _at("Legal Entity Identifier", "ids:lei", form="lei"),
    "stock_ticker": _later("stock exchange symbol", _NO_FIELD),
    "icp_licence": _later("Chinese web site licence number", "needs the text of web pages"),
    "claimed_oem": IdentifierKind(
        about="brand under which the vendor's equipment was sold, by somebody's claim",
        mention="the brand sells equipment of several makers",
        reason="a brand says nothing until the model is resolved by MAC block, SNMP or firmware",
    ),
}

_PROGRAMS = {
    "msi_product_code": _at("Windows Installer product", "ids:msi", "ids:uninstall", form="guid"),
    "uninstall_key": _at("name of an Uninstall registry key", "ids:uninstall"),
    "appx_name": _at("AppX package name", "ids:appx", compare="appx"),
    "winget_id": _at("winget package identifier", "ids:winget"),
    "winget_id_prefix": _at("winget publisher part", "ids:winget", compare="prefix"),
    "homebrew_cask": _at("Homebrew cask token", "ids:cask"),
    "macos_bundle_id": _at("macOS bundle identifier", "ids:bundle", form="package"),
    "macos_bundle_id_prefix": _at("beginning of bundle ids", "ids:bundle", compare="prefix"),
    "macos_app": _at("macOS application folder", "path:last"),
    "macos_launchd": _at("launchd job", "ids:service"),
    "macos_group_container": _at("macOS group container", "path:segment"),
    "ios_bundle_id": _at("iOS bundle identifier", "ids:bundle", form="package"),
    "android_package": _at("Android application id", "ids:android", form="package"),
    "android_package_prefix": _at("beginning of Android ids", "ids:android", compare="prefix"),
    "service": _at("operating system service", "ids:service"),
    "service_display_name": _at("display name of a service", "ids:service", "name"),
    "linux_service": _at("systemd unit", "ids:service"),
    "process": _at("process name", "ids:process", "path:last"),
    "wmi_av_instance_guid": _at("Windows Security Center instance", "ids:av", form="guid"),
    "cpe_vendor": _at("vendor part of a CPE name", "ids:cpe", compare="cpe-vendor"),
}

_FILES = {
    "apple_team_id": _at("Apple Developer Team ID", "ids:team", form="team"),
    "signer_common_name": _bytes(
        "common name of a code signer", "certificate", "ids:signer", "ids:certificate"
    ),
    "signer_subject_dn": _at("whole subject of a code signer", "ids:signer-dn"),
    "version_info_company": _at("CompanyName of a version resource", "ids:company"),
    "installer_sha256": _at("SHA-256 of an installer", "ids:sha256", form="sha256"),
    "file_magic": _bytes("first bytes of a file", "start", "ids:magic", form="magic"),
    "file_string": _bytes(
        "text in the bytes of programs that only the vendor's code holds",
        "text",
        "ids:string",
        form="text",
    ),
    "android_sdk_package": _bytes(
        "Java package inside an app", "package", "ids:string", form="package"
    ),
    "copyright_string": _bytes(
        "copyright line in the bytes of a program", "text", "ids:string", form="text"
    ),
    "file_name": _at("file name", *_FILE),
    "installer_file": _at("installer file name", *_FILE),
    "vendored_jar": _at("Java archive carried along in source trees", *_FILE),
    "windows_minifilter_driver": _at("Windows file system filter driver", *_FILE),
    "removal_tool": IdentifierKind(
        about="tool that removes the vendor's product",
        places=_FILE,
        mention="a removal tool shows that a removal was run, not that a product is installed",
    ),
    "file_path": _at("file or folder path", "path", compare="folder"),
    "linux_path": _at("Linux file or folder path", "path", compare="folder"),
    "macos_path": _at("macOS folder path", "path", compare="folder"),
    "macos_file": _at("macOS file path", "path", compare="folder"),
}

_NETWORK = {
    "domain": _at("host name", *_HOST, compare="suffix", form="domain"),
    "installer_host": _at("host that serves installers", *_HOST, form="domain"),
    "p2p_host": _at("rendezvous host of devices", *_HOST, form="domain"),
    "licensee_update_host": _at(
        "host from which a licensee serves updates", *_HOST, compare="suffix", form="domain"
    ),
    "url": _at("download address", "urls", form="url"),
    "url_path": _at("path that an engine asks any host for", "urls:path", compare="segments"),
    "update_index_file": _bytes(
        "index file of an update service", "text", "urls:last", "path:last", "ids:string"
    ),
    "mime_type": _at("MIME type of files that only this vendor's engine uses", "ids:mime"),
    "user_agent_token": _at("word in an HTTP user agent", "ids:user-agent", compare="token"),
    "sparkle_feed_guid": _at("id in an update feed address", "urls", compare="token"),
    "asn": _at("autonomous system", "ids:asn", form="asn"),
    "ip_address": _at("IP address", "ids:ip", form="ip"),
    "ip_prefix": _at("IP prefix", "ids:ip", compare="cidr", form="cidr"),
    "mac_oui": _at("IEEE block of MAC addresses", "ids:mac", compare="mac", form="mac"),
    "usb_vendor_id": _at("USB vendor id", "ids:usb", compare="usb", form="usb"),
}

DESTINATIONS = frozenset(
    ("domain", "installer_host", "p2p_host", "asn", "ip_address", "ip_prefix", "url")
)
"""Kinds that may say what they serve; of other kinds it follows from the kind itself."""

_NOT_YET = {
    "android_sdk": _later("SDK in apps of others", "is a name; its packages are compared"),
    "chrome_native_messaging_host": _later("browser messaging host", _NO_FIELD),
    "cname_chain": _later("chain of DNS aliases", "its names are compared one by one, as domains"),
    "linux_command": _later("command that shows the installation", "is a way to look, not a value"),
    "macos_mach_service": _later("Mach service", _NO_FIELD),
    "macos_pkg_id": _later("installer receipt", _NO_FIELD),
    "ndpi_class": _later("traffic class of nDPI", _NEEDS_TRAFFIC),
    "ndpi_protocol": _later("protocol name and number of nDPI", _NEEDS_TRAFFIC),
    "proxy_log_example": _later("shape of a proxy log line", _NEEDS_TRAFFIC),
    "registry_key": _later("Windows registry key", _NEEDS_REGISTRY),
    "remote_id_prefix": _later("manufacturer code of drone Remote ID", "needs radio messages"),
    "safari_extension": _later("Safari extension id", _NO_FIELD),
    "snmp_oid_prefix": _later("SNMP object id prefix", "needs SNMP answers", form="oid"),
    "wmi_av_product_name": _later(
        "antivirus product name in Windows Security Center",
        "records do not say which names come from Security Center; the instance id does",
    ),
    "zeek_policy": _later("network monitoring rule", _NEEDS_TRAFFIC),
}

IDENTIFIER_KINDS: dict[str, IdentifierKind] = {
    **_PACKAGES,
    **_PARTIES,
    **_PROGRAMS,
    **_FILES,
    **_NETWORK,
    **_NOT_YET,
}


def purl_beginnings(kind: str, value: str) -> tuple[str, ...]:
    """Give the purl beginnings that `value` stands for; empty for kinds outside packages.

    What ends in `/` matches every name below it, in `*` (removed before comparing) any
    continuation; anything else is a whole name: only the end, `@`, `?` or `#` may follow.
    Type and name are lower case where their purl type says so.
    """
    text = value.strip()
    if kind == "purl_prefix":
        return (text,) if text.endswith(("/", "*")) else (text, f"{text}/")
    if kind == "maven_group_prefix":
        group = text.rstrip(".")
        return (f"pkg:maven/{group}/", f"pkg:maven/{group}.*")
    if kind.startswith(("pypi_", "npm_", "go_", "github_")):
        text = text.lower()
    if kind.startswith("pypi_"):
        text = text.replace("_", "-").replace(".", "-")
    if kind.startswith("npm_"):
        text = text.replace("@", "%40", 1)
    return tuple(beginning.format(text) for beginning in IDENTIFIER_KINDS[kind].purl)
