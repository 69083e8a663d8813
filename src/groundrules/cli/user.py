"""`groundrules user`: who may sign in: added with a role, given a link, taken away again."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from groundrules.cli.exits import Exit
from groundrules.cli.saying import refuse
from groundrules.records.models import Role, Technician, User
from groundrules.services import users
from groundrules.services.actor import NotAllowed
from groundrules.services.signin import admission, roles, second_factors, sign_ins
from groundrules.services.who import NobodyToActAs, acting

NAME = "user"
HELP = "Say who may sign in, let somebody in, or take their access away."
NEEDS_DATABASE = True
_REFUSED: Mapping[type[Exception], Exit] = {
    users.UserExists: Exit.CONFLICT,
    users.LastOwner: Exit.CONFLICT,
    users.ReasonMissing: Exit.BAD_INPUT,
    users.UnknownRole: Exit.BAD_INPUT,
    users.NameRefused: Exit.BAD_INPUT,
    ValidationError: Exit.BAD_INPUT,
    User.DoesNotExist: Exit.NOT_FOUND,
    Technician.DoesNotExist: Exit.NOT_FOUND,
    NotAllowed: Exit.NOT_PERMITTED,
    NobodyToActAs: Exit.NOT_PERMITTED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This function will declare what there is to do about users, from `list` to `sign-out`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="everybody, with role and whether they may sign in")
    added = actions.add_parser("add", help="let somebody in; then give them a link")
    added.add_argument("--name", required=True, help="what people call them")
    added.add_argument("--role", required=True, choices=Role.values, help="what they may do")
    added.add_argument(
        "--technician", default="", help="the technician's code whose time is theirs"
    )
    link = actions.add_parser("link", help="a link that signs them in once, within half an hour")
    link.add_argument(
        "--at",
        default="",
        metavar="URL",
        help="where the pages are (default: GROUNDRULES_PUBLIC_URL)",
    )
    end = actions.add_parser("end", help="take access away, at once; what they did stays on record")
    back = actions.add_parser("readmit", help="give access back")
    lost = actions.add_parser(
        "reset", help="take the second factors of somebody who lost them away"
    )
    lost.add_argument("--reason", required=True, help="how you know that it is really them")
    seen = actions.add_parser("sign-ins", help="where somebody is signed in, and by what")
    role = actions.add_parser("role", help="give somebody another role; they sign in anew")
    role.add_argument("role", choices=Role.values, help="what they may do from now on")
    role.add_argument("--reason", required=True, help="why; the audit book keeps it")
    out = actions.add_parser("sign-out", help="end all sign-ins of somebody, at once")
    out.add_argument("--reason", required=True, help="why; the audit book keeps it")
    for one in (added, link, end, back, lost, role, seen, out):
        one.add_argument("email", help="their e-mail address")
        one.add_argument("--as", dest="actor", default="", metavar="EMAIL", help="who acts")
    for one in (listed, added, link, end, back, lost, role, seen, out):
        one.add_argument("--json", action="store_true", help="print data")


def run(args: argparse.Namespace) -> int:
    """This function will run one action and return the exit number."""
    actions: Mapping[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "add": _add,
        "link": _link,
        "end": _end,
        "readmit": _readmit,
        "reset": _reset,
        "role": _role,
        "sign-ins": _sign_ins,
        "sign-out": _sign_out,
    }
    try:
        return actions[args.action](args)
    except tuple(_REFUSED) as refused:
        number = next(number for kind, number in _REFUSED.items() if isinstance(refused, kind))
        words = " ".join(refused.messages) if isinstance(refused, ValidationError) else refused
        return refuse(words, number)


def _called(email: str) -> User:
    found = User.objects.filter(email=email.strip().lower()).first()
    if found is None:
        message = f"{email} is no user here; see: groundrules user list"
        raise User.DoesNotExist(message)
    return found


def _list(args: argparse.Namespace) -> int:
    rows = User.objects.order_by("email")
    told = [
        {"email": r.email, "name": r.name, "role": r.role, "may_sign_in": r.is_active} for r in rows
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in told:
        ended = "" if one["may_sign_in"] else "  (may not sign in)"
        print(f"{one['email']}  {one['name']}  {one['role']}{ended}")
    return Exit.OK


def _add(args: argparse.Namespace) -> int:
    validate_email(args.email.strip())
    user = users.let_in(
        email=args.email,
        name=args.name,
        role=args.role,
        technician=args.technician,
        actor=acting(args.actor),
        at=timezone.now(),
    )
    return _said(
        args,
        user,
        f"{user.email} is {user.role}. Give them a link: groundrules user link {user.email}",
    )


def _link(args: argparse.Namespace) -> int:
    user = _called(args.email)
    token = users.make_sign_in_link(user, actor=acting(args.actor), at=timezone.now())
    address = f"{(args.at or settings.GROUNDRULES_PUBLIC_URL).rstrip('/')}/sign-in/{token}/"
    if args.json:
        print(json.dumps({"email": user.email, "address": address, "minutes": 30}))
        return Exit.OK
    print(f"{address}\nIt signs {user.email} in once, within half an hour. Hand it over safely.")
    return Exit.OK


def _end(args: argparse.Namespace) -> int:
    user = _called(args.email)
    admission.deactivate(user, actor=acting(args.actor), at=timezone.now())
    return _said(args, user, f"{user.email} may no longer sign in; open pages of theirs end now.")


def _readmit(args: argparse.Namespace) -> int:
    user = _called(args.email)
    admission.readmit(user, actor=acting(args.actor), at=timezone.now())
    return _said(args, user, f"{user.email} may sign in again.")


def _reset(args: argparse.Namespace) -> int:
    user = _called(args.email)
    second_factors.reset(user, args.reason, actor=acting(args.actor), at=timezone.now())
    return _said(args, user, f"{user.email} has no second factor any more, and is signed out.")


def _role(args: argparse.Namespace) -> int:
    user = _called(args.email)
    actor, at = acting(args.actor), timezone.now()
    roles.set_role(user, args.role, args.reason, actor=actor, at=at)
    return _said(args, user, f"{user.email} is {user.role} from now on, and signs in anew.")


def _sign_ins(args: argparse.Namespace) -> int:
    user = _called(args.email)
    rows = sign_ins.visible_to(acting(args.actor), timezone.now()).filter(user=user)
    told = [
        {
            "by": row.how,
            "from": row.address,
            "browser": row.browser,
            "since": row.started_at.isoformat(),
            "seen": row.seen_at.isoformat(),
        }
        for row in rows.order_by("-seen_at", "-pk")
    ]
    if args.json:
        print(json.dumps(told, indent=2))
        return Exit.OK
    for one in told:
        print(f"{one['since']}  {one['by']}  from {one['from']}  {one['browser']}")
    if not told:
        print(f"{user.email} is not signed in anywhere.")
    return Exit.OK


def _sign_out(args: argparse.Namespace) -> int:
    user = _called(args.email)
    rows = user.sign_ins.all()
    count = sign_ins.end(rows, args.reason, actor=acting(args.actor), at=timezone.now())
    return _said(args, user, f"{count} sign-ins of {user.email} ended.")


def _said(args: argparse.Namespace, user: User, words: str) -> int:
    told = {"email": user.email, "role": user.role, "may_sign_in": user.is_active}
    print(json.dumps(told) if args.json else words)
    return Exit.OK
