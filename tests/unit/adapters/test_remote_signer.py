"""A signing service that lies, is late, or answers nonsense; TLS on both sides."""

import datetime as dt
import ipaddress
import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.adapters.signing.remote import RemoteHeadSigner, RemoteTransactionSigner
from liuhen.adapters.signing.remote_call import RemoteCall, RemotePlace, TlsFiles
from liuhen.adapters.signing.secp256k1 import CURVE_ORDER
from liuhen.core import rlp
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.errors import Unavailable
from liuhen.core.head_signature import checkpoint_digest, recover_signer
from liuhen.core.merkle import TreeHead
from liuhen.ports import AnchorTx, ChainTarget
from tests.fakes.signing_service import SECRET, SigningService, signing_service

TARGET = ChainTarget(20231, bytes.fromhex("c3" * 20), bytes.fromhex("d4" * 32))
HEAD = Checkpoint("log.example/logs/jyg", 9, bytes([7]) * 32)
TX = AnchorTx(
    target=TARGET,
    old_size=5,
    head=TreeHead(9, bytes([7]) * 32),
    consistency=[bytes([n]) * 32 for n in range(3)],
    nonce=4,
    max_fee_wei=3 * 10**9,
    tip_wei=10**9,
    gas_limit=212_000,
)
Bend = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def service() -> Iterator[SigningService]:
    with signing_service() as running:
        yield running


def call(service: SigningService, seconds: float = 20.0) -> RemoteCall:
    return RemoteCall(RemotePlace(service.url, seconds))


def publisher(service: SigningService, seconds: float = 20.0) -> RemoteTransactionSigner:
    return RemoteTransactionSigner(
        call(service, seconds),
        service.address,
        chain_id=TARGET.chain_id,
        contract=TARGET.contract,
    )


def head_signer(service: SigningService, seconds: float = 20.0) -> RemoteHeadSigner:
    return RemoteHeadSigner(call(service, seconds), service.address)


def changed(**members: Any) -> Bend:
    return lambda tx: {**tx, **members}


def word(at: int, value: bytes) -> Bend:
    """Change one word of the arguments of `anchor`."""

    def bend(tx: dict[str, Any]) -> dict[str, Any]:
        start = 4 + 32 * at
        return {**tx, "data": tx["data"][:start] + value + tx["data"][start + 32 :]}

    return bend


def legacy(tx: dict[str, Any]) -> dict[str, Any]:
    dropped = ("type", "accessList", "maxFeePerGas", "maxPriorityFeePerGas")
    return {name: value for name, value in tx.items() if name not in dropped} | {"gasPrice": 9}


def with_access_list(tx: dict[str, Any]) -> dict[str, Any]:
    return {**tx, "type": tx["type"], "accessList": [{"address": b"\xc3" * 20, "storageKeys": []}]}


LIES: dict[str, tuple[Bend, str]] = {
    "type": (legacy, "not of type 2"),
    "older type": (lambda tx: {**legacy(tx), "type": 1, "accessList": []}, "not of type 2"),
    "chain id": (changed(chainId=1), "another chain id"),
    "nonce": (changed(nonce=5), "another nonce"),
    "contract": (changed(to=b"\xc4" * 20), "another contract"),
    "value": (changed(value=1), "sends value"),
    "selector": (lambda tx: {**tx, "data": b"\0" + tx["data"][1:]}, "does not call anchor"),
    "no data": (changed(data=b""), "does not call anchor"),
    "more data": (lambda tx: {**tx, "data": tx["data"] + bytes(32)}, "other arguments"),
    "log": (word(0, bytes(32)), "another log"),
    "old size": (word(1, (4).to_bytes(32)), "another old size"),
    "size": (word(2, (10).to_bytes(32)), "another head"),
    "root": (word(3, bytes(32)), "another head"),
    "offset": (word(4, (192).to_bytes(32)), "other arguments"),
    "count": (word(5, (2).to_bytes(32)), "other arguments"),
    "proof": (word(7, bytes(32)), "another proof"),
    "gas": (changed(gas=212_001), "another gas limit"),
    "fee cap": (changed(maxFeePerGas=3 * 10**9 + 1), "another fee cap"),
    "tip": (changed(maxPriorityFeePerGas=10**9 - 1), "another tip"),
    "access list": (with_access_list, "access list"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_tx_with_another_field_than_asked_for_is_refused(
    service: SigningService, name: str
) -> None:
    service.bend_tx, said = LIES[name]
    with pytest.raises(Unavailable, match=said):
        publisher(service).sign_anchor(TX)


def resigned(change: Callable[[list[Any]], None]) -> Callable[[str], str]:
    """Return a way to change the fields of a signed tx."""

    def bend(result: str) -> str:
        fields = rlp.decode(bytes.fromhex(result[4:]))
        assert isinstance(fields, list)
        change(fields)
        return "0x02" + rlp.encode(fields).hex()

    return bend


def high_s(fields: list[Any]) -> None:
    s = CURVE_ORDER - int.from_bytes(fields[11])
    fields[9], fields[11] = b"" if fields[9] else b"\x01", s.to_bytes(32)


def other_parity(fields: list[Any]) -> None:
    fields[9] = b"" if fields[9] else b"\x01"


def no_parity(fields: list[Any]) -> None:
    fields[9] = b"\x1b"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (high_s, "upper half"),
        (other_parity, "another sender"),
        (no_parity, "parity"),
        (lambda fields: fields.append(b""), "not of type 2"),
        (lambda fields: fields.pop(), "not of type 2"),
        (lambda fields: fields.__setitem__(10, b""), "no key can have made"),
        (lambda fields: fields.__setitem__(1, b"\0\x04"), "not an integer"),
    ],
)
def test_a_tx_with_another_signature_is_refused(
    service: SigningService, change: Callable[[list[Any]], None], said: str
) -> None:
    service.bend_result = resigned(change)
    with pytest.raises(Unavailable, match=said):
        publisher(service).sign_anchor(TX)


def test_a_tx_by_another_key_is_refused(service: SigningService) -> None:
    service.secret = bytes([9]) * 32
    with pytest.raises(Unavailable, match="another sender"):
        publisher(service).sign_anchor(TX)


@pytest.mark.parametrize(
    "result",
    [None, 7, "", "0x", "0x0", "02", "0xzz", [], {}, {"raw": 7}, "0x02", "0x02c0", "0x" + "00" * 9],
)
def test_what_is_no_tx_is_refused(service: SigningService, result: Any) -> None:
    service.bend_result = lambda _: result
    with pytest.raises(Unavailable):
        publisher(service).sign_anchor(TX)


@pytest.mark.parametrize(
    "target",
    [
        ChainTarget(1, TARGET.contract, TARGET.log_id),
        ChainTarget(TARGET.chain_id, bytes(20), TARGET.log_id),
    ],
)
def test_no_tx_for_another_contract_or_chain_is_asked_for(
    service: SigningService, target: ChainTarget
) -> None:
    with pytest.raises(Unavailable, match="another contract or chain"):
        publisher(service).sign_anchor(replace(TX, target=target))
    assert service.asked == []


def test_the_service_signs_the_bytes_that_a_local_key_signs(service: SigningService) -> None:
    local = LocalTransactionSigner(SECRET, chain_id=TARGET.chain_id, contract=TARGET.contract)
    assert publisher(service).sign_anchor(TX) == local.sign_anchor(TX)


# Heads


def in_message(**members: Any) -> Bend:
    return lambda typed: {**typed, "message": {**typed["message"], **members}}


def in_domain(**members: Any) -> Bend:
    return lambda typed: {**typed, "domain": {**typed["domain"], **members}}


HEAD_LIES: dict[str, Bend] = {
    "log": in_message(logId="0x" + "00" * 32),
    "origin": in_message(origin="log.example/logs/another"),
    "size": in_message(size=10),
    "root": in_message(root="0x" + "00" * 32),
    "name": in_domain(name="AuditLog2"),
    "version": in_domain(version="2"),
    "chain id": in_domain(chainId=1),
    "contract": in_domain(verifyingContract="0x" + "00" * 20),
}


@pytest.mark.parametrize("name", HEAD_LIES)
def test_a_signature_of_another_head_is_refused(service: SigningService, name: str) -> None:
    service.bend_typed = HEAD_LIES[name]
    with pytest.raises(Unavailable, match="no signature by the key of"):
        head_signer(service).sign_head(HEAD, TARGET)


def test_a_signature_by_another_key_is_refused(service: SigningService) -> None:
    service.secret = bytes([9]) * 32
    with pytest.raises(Unavailable, match="no signature by the key of"):
        head_signer(service).sign_head(HEAD, TARGET)


def high(result: str) -> str:
    s = CURVE_ORDER - int(result[66:130], 16)
    return result[:66] + s.to_bytes(32).hex() + result[130:]


@pytest.mark.parametrize(
    "bend",
    [high, *(lambda r, v=v: r[:-2] + v for v in ("00", "01", "1b", "1c", "25"))],
)
def test_a_high_s_and_any_v_are_put_right(
    service: SigningService, bend: Callable[[str], str]
) -> None:
    service.bend_result = bend
    signature = head_signer(service).sign_head(HEAD, TARGET)
    digest = checkpoint_digest(HEAD, TARGET.log_id, TARGET.chain_id, TARGET.contract)
    assert recover_signer(digest, signature) == service.address


@pytest.mark.parametrize(
    "bend",
    [
        lambda r: r[:-2],
        lambda r: r + "00",
        lambda r: "0x" + "00" * 65,
        lambda r: "0x" + "ff" * 65,
        lambda r: r[:66] + "00" * 33,
        lambda r: r[2:],
        lambda r: {"raw": r},
        lambda r: None,
    ],
)
def test_what_is_no_signature_is_refused(
    service: SigningService, bend: Callable[[str], Any]
) -> None:
    service.bend_result = bend
    with pytest.raises(Unavailable):
        head_signer(service).sign_head(HEAD, TARGET)


# Answers


def answer(**members: Any) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps({**json.loads(body), **members}).encode()


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (lambda _: b"", "not JSON"),
        (lambda _: b"<html>", "not JSON"),
        (lambda _: b"[]", "not an object"),
        (lambda _: b"[" * 5000, "not JSON"),
        (lambda _: b'{"jsonrpc":"2.0","id":1,"id":1,"result":"0x"}', "not JSON"),
        (lambda _: b"{}", "another request"),
        (lambda _: b"x" * 300_000, "endless"),
        (answer(id=2), "another request"),
        (answer(jsonrpc="1.0"), "another request"),
        (answer(error={"code": -32000, "message": "no"}), r"an error to .* \(code -32000\)"),
        (answer(error="no"), "an error to eth_signTransaction; its own log"),
    ],
)
def test_an_answer_that_is_not_well_formed_is_unavailable(
    service: SigningService, bend: Callable[[bytes], bytes], said: str
) -> None:
    service.bend_answer = bend
    with pytest.raises(Unavailable, match=said):
        publisher(service).sign_anchor(TX)


@pytest.mark.parametrize("status", [201, 301, 401, 500])
def test_another_status_than_200_is_unavailable(service: SigningService, status: int) -> None:
    service.status = status
    with pytest.raises(Unavailable, match=f"HTTP status {status}"):
        publisher(service).sign_anchor(TX)


def test_a_signer_that_is_not_there_is_unavailable(service: SigningService) -> None:
    signer = RemoteTransactionSigner(
        RemoteCall(RemotePlace("http://127.0.0.1:9/")),
        service.address,
        chain_id=TARGET.chain_id,
        contract=TARGET.contract,
    )
    with pytest.raises(Unavailable, match=r"the signer at 127\.0\.0\.1:9 does not answer"):
        signer.sign_anchor(TX)


def test_a_signer_that_does_not_answer_in_time_is_unavailable(service: SigningService) -> None:
    service.released.clear()
    with pytest.raises(Unavailable, match=r"within 0\.2 seconds|Timeout"):
        head_signer(service, seconds=0.2).sign_head(HEAD, TARGET)


def test_a_signer_that_answers_bit_by_bit_is_unavailable_too(service: SigningService) -> None:
    service.drip_seconds = 0.05
    with pytest.raises(Unavailable, match="within 1 seconds"):
        head_signer(service, seconds=1.0).sign_head(HEAD, TARGET)


# TLS and credentials


def test_credentials_of_the_url_are_sent_and_never_told(service: SigningService) -> None:
    service.url = service.url.replace("//", "//us3r:pa55w0rd@")
    publisher(service).sign_anchor(TX)
    assert service.credentials == ["Basic dXMzcjpwYTU1dzByZA=="]
    assert "pa55w0rd" not in repr(RemotePlace(service.url)) + call(service).who


class Authority:
    """Issues certificates for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key = folder, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
        self.ca = folder / "ca.pem"
        self.ca.write_bytes(self.sign(self.name, self.key, ca=True))

    def sign(self, name: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> bytes:
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        day = dt.timedelta(days=1)
        now = dt.datetime.now(dt.UTC)
        own = x509.SubjectKeyIdentifier.from_public_key(self.key.public_key())
        usage = (ca, ca)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - day)
            .not_valid_after(now + day)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own), critical=False
            )
            .add_extension(
                x509.KeyUsage(not ca, *(False,) * 4, *usage, *(False,) * 2), critical=True
            )
        )
        if ca:
            made = made.add_extension(own, critical=False)
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str, password: bytes | None = None) -> tuple[Path, Path]:
        """Return certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, place = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate.write_bytes(self.sign(subject, key, ca=False))
        how = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        place.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
        )
        place.chmod(0o600)
        return certificate, place


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def tls_service(authority: Authority) -> Iterator[SigningService]:
    """A service that wants to know who asks."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("service"))
    context.load_verify_locations(authority.ca)
    context.verify_mode = ssl.CERT_REQUIRED
    with signing_service(context) as running:
        yield running


def with_tls(service: SigningService, files: TlsFiles) -> RemoteHeadSigner:
    return RemoteHeadSigner(RemoteCall(RemotePlace(service.url, 20.0, files)), service.address)


def test_the_service_is_told_who_asks(tls_service: SigningService, authority: Authority) -> None:
    files = TlsFiles(authority.ca, *authority.issue("liuhen"))
    assert len(with_tls(tls_service, files).sign_head(HEAD, TARGET)) == 65
    for other in (TlsFiles(authority.ca), TlsFiles()):
        with pytest.raises(Unavailable, match="does not answer"):
            with_tls(tls_service, other).sign_head(HEAD, TARGET)
    assert len(tls_service.asked) == 1


def test_files_for_tls_that_cannot_be_used_are_told(authority: Authority) -> None:
    certificate, key = authority.issue("liuhen")
    for files in (
        TlsFiles(authority.ca, certificate),
        TlsFiles(authority.ca, None, key),
        TlsFiles(authority.folder / "none"),
        TlsFiles(authority.ca, key, key),
        TlsFiles(authority.ca, *authority.issue("locked", b"pass")),
    ):
        with pytest.raises(Unavailable):
            RemoteCall(RemotePlace("https://127.0.0.1:9/", 1.0, files))
    key.chmod(0o640)
    with pytest.raises(Unavailable, match="chmod 600"):
        RemoteCall(RemotePlace("https://127.0.0.1:9/", 1.0, TlsFiles(None, certificate, key)))


@pytest.mark.parametrize(
    "url", ["", "ftp://h/", "http://", "http://h:s3cret/", "http://u:s3cret/@h/"]
)
def test_a_url_that_cannot_be_one_is_not_repeated(url: str) -> None:
    with pytest.raises(Unavailable) as caught:
        RemoteCall(RemotePlace(url))
    assert "s3cret" not in str(caught.value)
