"""The tags of SPDX tag-value, version 2.1 to 2.3: where each one's value belongs."""

from __future__ import annotations

from oust.formats.spdx2_model import Document, File, Package, Snippet

Section = Document | Package | File | Snippet

TEXTS: dict[type[Section], dict[str, str]] = {
    Document: {
        "spdxversion": "spdx_version",
        "spdxid": "spdx_id",
        "documentname": "name",
        "documentnamespace": "document_namespace",
        "documentcomment": "comment",
        "created": "created",
    },
    Package: {
        "packagename": "name",
        "spdxid": "spdx_id",
        "packageversion": "version_info",
        "packagefilename": "package_file_name",
        "packagesupplier": "supplier",
        "packageoriginator": "originator",
        "packagedownloadlocation": "download_location",
        "packagehomepage": "homepage",
        "packagesourceinfo": "source_info",
        "packagelicensedeclared": "license_declared",
        "packagelicenseconcluded": "license_concluded",
        "packagecopyrighttext": "copyright_text",
        "packagesummary": "summary",
        "packagedescription": "description",
        "packagecomment": "comment",
        "primarypackagepurpose": "primary_package_purpose",
        "releasedate": "release_date",
        "builtdate": "built_date",
        "validuntildate": "valid_until_date",
    },
    File: {
        "filename": "file_name",
        "spdxid": "spdx_id",
        "filecomment": "comment",
        "filecopyrighttext": "copyright_text",
        "filenotice": "notice_text",
        "licenseconcluded": "license_concluded",
    },
    Snippet: {
        "snippetspdxid": "spdx_id",
        "spdxid": "spdx_id",
        "snippetname": "name",
        "snippetcomment": "comment",
        "snippetcopyrighttext": "copyright_text",
        "snippetlicenseconcluded": "license_concluded",
        "snippetfromfilespdxid": "snippet_from_file",
    },
}
"""Tags with one value: the attribute that takes it."""

LISTS: dict[type[Section], dict[str, str]] = {
    Document: {},
    Package: {"packageattributiontext": "attribution_texts"},
    File: {
        "fileattributiontext": "attribution_texts",
        "filetype": "file_types",
        "filecontributor": "file_contributors",
    },
    Snippet: {"snippetattributiontext": "attribution_texts"},
}
"""Tags that may be repeated: the list that takes their values."""

OPENERS: dict[str, type[Section]] = {
    "spdxversion": Document,
    "packagename": Package,
    "filename": File,
    "snippetspdxid": Snippet,
    "snippetspdxidentifier": Snippet,
}
"""Tags with which an element begins."""

SKIPPED = frozenset(
    {
        "annotationdate",
        "annotationtype",
        "artifactofprojecthomepage",
        "artifactofprojectname",
        "artifactofprojecturi",
        "creatorcomment",
        "datalicense",
        "externalrefcomment",
        "extractedtext",
        "filedependency",
        "filesanalyzed",
        "licensecomment",
        "licensecomments",
        "licensecrossreference",
        "licenseid",
        "licenseinfoinfile",
        "licenseinfoinsnippet",
        "licenselistversion",
        "licensename",
        "packageexternalrefcomment",
        "packagelicensecomments",
        "packagelicenseinfofromfiles",
        "packageverificationcode",
        "relationshipcomment",
        "reviewcomment",
        "reviewdate",
        "snippetbyterange",
        "snippetlicensecomments",
        "snippetlinerange",
    }
)
"""Tags that SPDX has and that no record takes a value from."""
