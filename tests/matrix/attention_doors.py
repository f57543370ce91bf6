"""The doors to what wants attention or should not get any: acknowledgements, urgent messages, blocks and reports."""

from tests.matrix.door import ADMINISTRATORS, IN_THE_ROOM, on, own

ATTENTION_DOORS = [
    on("GET", "api/v1/groups/{object}/acknowledgements", "group", IN_THE_ROOM),
    on("GET", "api/v1/groups/{object}/urgent", "group", IN_THE_ROOM),
    on("POST", "api/v1/groups/{object}/messages/{object}/acknowledgements", "group", IN_THE_ROOM, lambda *_: {"kind": "taken-over"}),
    on("POST", "api/v1/groups/{object}/messages/{object}/hand-back", "group", IN_THE_ROOM),
    on("GET", "api/v1/groups/{object}/messages/{object}/urgent", "group", IN_THE_ROOM),
    on("POST", "api/v1/groups/{object}/messages/{object}/urgent", "group", IN_THE_ROOM, lambda *_: {"deadline_minutes": 15}),
    on("POST", "api/v1/groups/{object}/messages/{object}/withdraw", "group", frozenset({"alice"})),
    own("GET", "api/v1/urgent"),
    own("GET", "api/v1/me/blocks"),
    own("POST", "api/v1/me/blocks", lambda *_: {}),
    on("DELETE", "api/v1/me/blocks/{object}", "blocked", frozenset({"alice"})),
    own("GET", "account/blocked/"),
    on("POST", "account/blocked/{object}/lift/", "blocked", frozenset({"alice"})),
    own("GET", "api/v1/me/reports"),
    own("POST", "api/v1/me/reports", lambda *_: {}),
    own("GET", "administration/reports/", opens_to=ADMINISTRATORS),
    on("GET", "administration/reports/{object}/", "report", frozenset({"adam"})),
    on("POST", "administration/reports/{object}/", "report", frozenset({"adam"}), lambda *_: {"state": "looked-at"}),
]  # fmt: skip
