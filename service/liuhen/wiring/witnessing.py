"""The witnesses of a log, joined: who is asked, when they are enough, and what hangs on it.

Two files speak of witnesses. The *witness file* (c2sp.org/tlog-policy) says whom this service asks,
and which of them must have cosigned before it goes on; it knows groups. The log's *trust policy*
says what verifiers require: `quorum` of its `witnesses`, flat. A head is cosigned enough when both
are satisfied, so what this service calls enough is enough for its verifiers too; and the service
does not start where the two cannot be satisfied together.
"""

from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial
from typing import Final, NamedTuple

from liuhen.adapters.http_witness import HttpWitness
from liuhen.app.anchor_rules import AnchoredLog
from liuhen.app.ask_witness import AskedWitness
from liuhen.app.cosign import Cosigner, CosignRules, WitnessedLog, check_cosigned
from liuhen.app.cosign_loop import CosignLoop
from liuhen.app.tell import Tell
from liuhen.core.cosignature import WitnessKey
from liuhen.core.errors import Malformed, MalformedPolicy, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import TrustPolicy
from liuhen.core.tlog_policy import TlogPolicy, parse_tlog_policy
from liuhen.ports import CosignedStore
from liuhen.wiring.settings import CLOSED, Settings, SettingsError

_FILE: Final = "LIUHEN_WITNESS_FILE"


class Witnesses(NamedTuple):
    """Whom a log asks.

    Attributes:
        asked: Key and URL of each.
        is_enough: Whether these together are enough for both files.
    """

    asked: tuple[tuple[WitnessKey, str], ...]
    is_enough: Callable[[Collection[WitnessKey]], bool]


def read_witnesses(settings: Settings, policy: TrustPolicy) -> Witnesses | None:
    """Read the witness file and hold it against the trust policy; None without a file.

    Raises:
        SettingsError: The two files cannot be satisfied together, or nobody would be waited for.
        MalformedPolicy: The file is not one of c2sp.org/tlog-policy.
        Unavailable: It cannot be read.
    """
    path = settings.witness_file
    if path is None:
        if policy.quorum or settings.witness_mode == CLOSED:
            raise SettingsError(
                f"cosignatures are asked for by the trust policy or LIUHEN_WITNESS_MODE: {_FILE}"
                " must say whom to ask for them"
            )
        return None
    try:
        file = parse_tlog_policy(path.read_bytes())
    except OSError as error:
        raise Unavailable(f"the witness file {path} cannot be read: {error.strerror}") from error
    except Malformed as error:
        raise MalformedPolicy(f"{path}: {error}") from error
    return _checked(settings, policy, file)


def _checked(settings: Settings, policy: TrustPolicy, file: TlogPolicy) -> Witnesses:
    asked = tuple((w.key, w.url) for w in file.witnesses if w.url is not None)
    keys = {key for key, _ in asked}

    def is_enough(signed: Collection[WitnessKey]) -> bool:
        counted = sum(key in signed for key in policy.witnesses)
        return file.has_quorum(signed) and counted >= policy.quorum

    for key in policy.witnesses:
        if key not in keys:
            raise SettingsError(
                f"{_FILE} has no URL for {key.name}, a witness of the trust policy of"
                f" {policy.origin}: the witness file must name every witness of the trust policy"
            )
    if file.logs and not {log.key for log in file.logs} & {key for key, _ in policy.log_keys}:
        raise SettingsError(f"{_FILE} is for other logs than {policy.origin}")
    if not keys or not is_enough(keys):
        raise SettingsError(f"{_FILE}: those with a URL are not enough for its quorum")
    if settings.witness_mode == CLOSED and is_enough(()):
        raise SettingsError(
            f"LIUHEN_WITNESS_MODE is closed, and neither {_FILE} nor the trust policy has a quorum:"
            " nobody would be waited for"
        )
    return Witnesses(asked, is_enough)


def make_cosigner(
    settings: Settings, policy: TrustPolicy, log: WitnessedLog, store: CosignedStore, tell: Tell
) -> Cosigner | None:
    """Join what collects the cosignatures of a log; None where the settings name no witnesses.

    Raises:
        SettingsError: Witness file and trust policy cannot be satisfied together.
        MalformedPolicy: The witness file is malformed.
        Unavailable: It, or a URL in it, cannot be used.
    """
    witnesses = read_witnesses(settings, policy)
    if witnesses is None:
        return None
    seconds = settings.witness_timeout_seconds
    asked = [AskedWitness(key, HttpWitness(url, seconds)) for key, url in witnesses.asked]
    rules = CosignRules(witnesses.is_enough, closed=settings.witness_mode == CLOSED)
    return Cosigner(log, asked, rules, store, tell)


def cosigned_first(log: AnchoredLog, cosigner: Cosigner | None) -> AnchoredLog:
    """Return the log as anchoring needs it where witnesses come first."""
    if cosigner is None:
        return log
    request = partial(cosigner.map_head, log.request_map_head)
    return AnchoredLog(log.reading, log.tree, request, cosigner.check)


def cosigned_check(
    settings: Settings, policy: TrustPolicy, store: CosignedStore
) -> Callable[[TreeHead], None]:
    """Return what holds back an anchorer in a process of its own, which asks no witnesses.

    Raises:
        SettingsError: Witness file and trust policy cannot be satisfied together.
        MalformedPolicy: The witness file is malformed.
        Unavailable: It cannot be read.
    """
    read_witnesses(settings, policy)
    return partial(check_cosigned, store, closed=settings.witness_mode == CLOSED)


def start_cosigning(
    stack: ExitStack, settings: Settings, cosigner: Cosigner | None, tell: Tell
) -> None:
    """Publish cosigned checkpoints from now on, where there are witnesses."""
    if cosigner is None:
        return
    loop = CosignLoop(cosigner.cosign_newest, settings.witness_interval_seconds, tell)
    loop.start()
    stack.callback(loop.stop)
