"""Recognise credentials by how they begin, or by a mark inside.

Services document these prefixes, marks and lengths for finders of leaked secrets, and public
detectors agree on them. Each length is a minimum. It is short where the prefix is long or unusual,
so that longer future forms match too.
"""

from __future__ import annotations

import re

_HEX = "[0-9a-fA-F]"
_ALNUM = "[A-Za-z0-9]"
_URLSAFE = r"[\w-]"
_BASE64 = "[A-Za-z0-9+/]"

# Prefix, characters that follow, minimum number of these. One line for each kind.
_PREFIXES: tuple[tuple[str, str, int], ...] = (
    # Clouds
    ("(?:AKIA|ASIA|ABIA|ACCA)", "[A-Z0-9]", 16),  # AWS
    ("ABSK", _BASE64, 100),  # Amazon Bedrock
    ("AIza", _URLSAFE, 35),  # Google
    (r"ya29\.", _URLSAFE, 20),
    ("GOCSPX-", _URLSAFE, 24),
    ("LTAI", _ALNUM, 16),  # Alibaba
    ("AKID", _ALNUM, 32),  # Tencent
    ("SCW", "[A-Z0-9]", 17),  # Scaleway
    ("do[opr]_v1_", _HEX, 64),  # DigitalOcean
    ("dapi", _HEX, 32),  # Databricks
    ("HRKU-", _URLSAFE, 36),  # Heroku
    ("fo1_", _URLSAFE, 40),  # Fly
    ("fm[12][ar]?_", _BASE64, 100),
    ("AQVN", _URLSAFE, 35),  # Yandex
    # Hubs, registries, continuous integration
    ("gh[pousr]_", _ALNUM, 30),  # GitHub
    ("github_pat_", r"\w", 20),
    (r"gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas|wt)-", r"[\w.-]", 18),  # GitLab
    ("GR1348941", _URLSAFE, 20),
    ("ATATT3", r"[\w=-]", 40),  # Atlassian
    ("ATBB", _ALNUM, 24),
    ("sgp_", r"\w", 40),  # Sourcegraph
    ("dckr_[op]at_", _URLSAFE, 20),  # Docker Hub
    ("npm_", _ALNUM, 36),
    ("pypi-AgE", _URLSAFE, 40),
    ("rubygems_", _HEX, 48),
    ("oy2", "[a-z0-9]", 43),  # NuGet
    ("cio(?=[A-Za-z]*[0-9])", _ALNUM, 32),  # crates.io
    ("AKCp", _ALNUM, 60),  # Artifactory
    ("cmVmd", _ALNUM, 59),
    ("CLOJARS_", "[a-z0-9]", 60),
    ("sq[apu]_", _HEX, 40),  # SonarQube
    ("CCIPAT_", r"\w", 30),  # CircleCI
    ("bkua_", _HEX, 40),  # Buildkite
    # Chat, mail, payment
    (r"xox[abceoprs](?:\.xox[bp])?-", _URLSAFE, 15),  # Slack
    ("xapp-", _URLSAFE, 20),
    ("[rs]k_(?:live|test|prod)_", _ALNUM, 16),  # Stripe
    ("whsec_", _BASE64, 24),
    (r"SG\.", r"[\w.-]", 50),  # SendGrid
    ("xkeysib-", "[A-Za-z0-9-]", 64),  # Brevo
    ("key-", "[0-9a-f]", 32),  # Mailgun
    ("SK", "[0-9a-f]", 32),  # Twilio
    ("sq0[a-z]{3}-", _URLSAFE, 22),  # Square
    ("shp(?:at|ca|pa|ss)_", _HEX, 32),  # Shopify
    ("shippo_(?:live|test)_", _HEX, 40),
    ("EZ[AT]K", _ALNUM, 54),  # EasyPost
    # Vaults and their like
    (r"hv[sbr]\.", _URLSAFE, 20),  # HashiCorp Vault
    (r"[sb]\.(?=[A-Za-z]*[0-9])(?=[a-z0-9]*[A-Z])", _ALNUM, 24),  # its older form
    (r"dp\.(?:pt|st|sa|ct|scim|audit)\.", r"[\w.]", 36),  # Doppler
    ("ops_eyJ", _BASE64, 100),  # 1Password
    ("pul-", _HEX, 40),  # Pulumi
    ("AGE-SECRET-KEY-1", "[A-Z0-9]", 50),
    ("tskey-[a-z]+-", "[A-Za-z0-9-]", 20),  # Tailscale
    ("sha256~", _URLSAFE, 43),  # OpenShift
    # Watching
    ("gls?[ac]_", r"[\w+/]", 32),  # Grafana
    ("eyJrIjoi", _ALNUM, 50),
    ("NR(?:AK|II|JS|SP|IQ)-", "[A-Za-z0-9-]", 19),  # New Relic
    ("sntry[su]_", r"[\w=+/]", 40),  # Sentry
    (r"dt0[a-z][0-9]{2}\.", "[A-Z0-9.]", 60),  # Dynatrace
    ("hc[abx][il]k_", _ALNUM, 40),  # Honeycomb
    ("ph[xsc]_", _ALNUM, 40),  # PostHog
    (r"pdus\+_", r"[\w-]", 20),  # PagerDuty
    ("ico-", _ALNUM, 32),  # Infracost
    # Models and data
    ("sk-(?=[a-zA-Z_-]*[0-9])(?=[a-z0-9_-]*[A-Z])", _URLSAFE, 20),  # OpenAI, Anthropic
    ("hf_(?=[A-Z]*[a-z])(?=[a-z]*[A-Z])", _ALNUM, 34),  # Hugging Face
    ("api_org_", _ALNUM, 34),
    ("r8_", _ALNUM, 37),  # Replicate
    ("pplx-", _ALNUM, 40),  # Perplexity
    ("gsk_", _ALNUM, 48),  # Groq
    ("xai-", _ALNUM, 70),
    ("pscale_(?:tkn|pw|oauth)_", r"[\w=.-]", 32),  # PlanetScale
    ("sb[ps]_", _HEX, 40),  # Supabase
    # Tools
    ("lin_(?:api|oauth)_", _ALNUM, 40),  # Linear
    ("(?:ntn|secret)_", _ALNUM, 43),  # Notion
    (r"pat(?=\w{14}\.)", r"[\w.]", 70),  # Airtable
    ("fig[du]_", _URLSAFE, 40),  # Figma
    ("PMAK-", "[0-9a-f-]", 50),  # Postman
    ("API-", "[A-Z0-9]", 26),  # Octopus Deploy
    ("rdme_", "[a-z0-9]", 70),  # ReadMe
    ("pnu_", _ALNUM, 36),  # Prefect
    (r"dnkey-", r"[\w=-]", 60),  # Defined
    ("duffel_(?:live|test)_", r"[\w=-]", 40),
    ("sm_[aps]at_", _ALNUM, 16),  # SettleMint
)
# Credentials with a mark inside or at the end.
_MARKED: tuple[str, ...] = (
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+",  # JWT (RFC 7519)
    r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,}",  # Terraform
    r"[\w.~-]{3}[0-9]Q~[\w.~-]{31,}",  # Entra ID
    r"[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5}",  # Azure's registries and their like
    r"[A-Za-z0-9+/]{76}(?:\+ASt|ACDb|\+ABa|AzFu|AIoT|APIM)[A-Za-z0-9+/]{5,6}={0,2}",
    r"[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9]{24,}={0,2}",
    r"[0-9]{8,10}:AA[\w-]{32,}",  # Telegram
    r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}",  # Discord
    r"[0-9a-f]{32}-us[0-9]{1,2}",  # Mailchimp
    r"[0-9a-f]{32,36}(?:FFFF)?NRAL",  # New Relic
    r"A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}",  # 1Password
)
# Hashes of passwords.
_HASHES: tuple[str, ...] = (
    r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}",
    r"\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{27,}={0,2}",
    r"\$(?:apr1|1|5|6|y|7)\$(?:rounds=[0-9]+\$)?[^\s$'\"]{2,64}\$[./A-Za-z0-9]{22,}",
    r"\$(?:argon2(?:id|i|d)|scrypt|pbkdf2-sha(?:256|512))\$[^\s'\"]{20,}",
    r"pbkdf2_sha(?:256|512)\$[^\s'\"]{20,}",
)
_BEGINS = "|".join(f"{prefix}{then}{{{least},}}" for prefix, then, least in _PREFIXES)
FORMS = re.compile(
    rf"(?<![A-Za-z0-9_-])(?:{_BEGINS}|{'|'.join(_MARKED)})(?![A-Za-z0-9])|{'|'.join(_HASHES)}"
)
"""Any of these; each has at least ``SHORTEST`` characters without a blank."""
SHORTEST = 20
