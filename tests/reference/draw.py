"""The draw of experts, from docs/draw.md: slow, plain, and sharing no code with the service."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """RFC 8785 for what stands in a draw: names in ASCII, whole numbers, texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def pool_digest(pool: list[dict[str, Any]]) -> str:
    experts = [
        {
            "token": e["token"],
            "majors": sorted(e["majors"], key=str.encode),
            "unit": e.get("unit", ""),
        }
        for e in pool
    ]
    experts.sort(key=lambda e: e["token"].encode())
    return hashlib.sha256(canonical(experts)).hexdigest()


def seed_commitment(case: str, party: str, seed: str) -> str:
    told = b"audit-log/draw-seed/v1\x00" + case.encode() + b"\x00" + party.encode() + b"\x00"
    return hashlib.sha256(told + bytes.fromhex(seed)).hexdigest()


def draw_key(committed: dict[str, Any], seeds: dict[str, str], block_hash: str) -> str:
    told = b"audit-log/draw-key/v1\x00" + hashlib.sha256(canonical(committed)).digest()
    for party in sorted(seeds, key=str.encode):
        told += bytes.fromhex(seeds[party])
    return hashlib.sha256(told + bytes.fromhex(block_hash)).hexdigest()


def order(key: str, pool: list[dict[str, Any]], committed: dict[str, Any], major: str) -> list[str]:
    ranked = []
    for expert in pool:
        recused = expert.get("unit") in committed.get("recusal_units", [])
        recused = recused or expert["token"] in committed.get("recusal_tokens", [])
        if major in expert["majors"] and not recused:
            told = b"audit-log/draw-rank/v1\x00" + bytes.fromhex(key)
            told += len(major.encode()).to_bytes(8, "big") + major.encode()
            told += expert["token"].encode()
            ranked.append((hashlib.sha256(told).hexdigest(), expert["token"]))
    return [token for _, token in sorted(ranked)]


def calls(
    key: str, pool: list[dict[str, Any]], committed: dict[str, Any], refusing: list[str]
) -> list[tuple[str, str]]:
    """Who is called for what, where these experts decline and all others take part."""
    called: list[tuple[str, str]] = []
    for condition in committed["conditions"]:
        wanted = condition["count"]
        for token in order(key, pool, committed, condition["major"]):
            if wanted == 0:
                break
            if token not in [before for before, _ in called]:
                called.append((token, condition["major"]))
                wanted -= token not in refusing
    return called


def example() -> dict[str, Any]:
    """The worked example: everything from fixed texts."""

    def digest(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    majors = ["计算机网络", "计算机软件", "建筑智能化", "财务会计"]
    units = ["示例大学", "示例设计院", "示例市信息中心", "示例市第三人民医院", ""]
    pool: list[dict[str, Any]] = [
        {
            "token": f"X-{digest(f'expert {n}')[:8]}",
            "majors": [majors[n % 4], majors[(n // 4 + n) % 4]][: 1 + (n // 4) % 2],
            "unit": units[n % 5],
        }
        for n in range(40)
    ]
    for expert in pool:
        if expert["unit"] == "":
            del expert["unit"]  # a record leaves out what is not told; the digest has it empty
    case = "SLZX-2026-0031"
    seeds = {party: digest(f"seed {party}") for party in ("采购人", "交易中心", "监督部门")}
    block = digest("block 4810")
    committed = {
        "action": "committed",
        "pool_version": "2026-03",
        "pool_sha256": pool_digest(pool),
        "pool_size": len(pool),
        "conditions": [{"major": major, "count": 1} for major in majors],
        "recusal_units": ["示例市第三人民医院"],
        "recusal_tokens": [pool[1]["token"]],
        "seed_commitments": [
            {"party": party, "commitment": seed_commitment(case, party, seed)}
            for party, seed in seeds.items()
        ],
        "block": {"chain_id": 20260131, "number": 4810},
    }
    key = draw_key(committed, seeds, block)
    orders = {major: order(key, pool, committed, major) for major in majors}
    refusing = [orders[majors[0]][0], orders[majors[2]][0]]
    return {
        "name": "three parties, four majors, one unit and one expert recused",
        "why": "the whole way from the pool to the calls",
        "case": case,
        "pool": pool,
        "committed": committed,
        "committed_sha256": hashlib.sha256(canonical(committed)).hexdigest(),
        "seeds": seeds,
        "block_hash": block,
        "key": key,
        "orders": orders,
        "refusing": refusing,
        "calls": [[*each] for each in calls(key, pool, committed, refusing)],
    }
