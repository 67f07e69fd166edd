// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditLog} from "../../contracts/AuditLog.sol";
import {ReferenceTree} from "./support/ReferenceTree.sol";

/// @dev Publisher of one log: it grows the log honestly, and tries what it must not be able to do.
contract Publisher {
    uint64 private constant LEAVES = 96;

    struct Seen {
        uint64 size;
        bytes32 root;
        uint64 time;
        uint64 blockNumber;
    }

    AuditLog public immutable auditLog = new AuditLog();
    bytes32 public immutable logId;
    bytes32[] private _leaves = ReferenceTree.grow(7, LEAVES);
    Seen[] private _seen;
    uint64 public size;
    bool public cheated;

    constructor() {
        logId = auditLog.register("audit.example.org/logs/history", address(this), address(1));
    }

    function seen() external view returns (Seen[] memory) {
        return _seen;
    }

    function grow(uint64 by) external {
        uint64 newSize = size + 1 + (by % 9);
        if (newSize > LEAVES) return;
        bytes32[] memory d = _leaves;
        bytes32 root = ReferenceTree.root(d, 0, newSize);
        bytes32[] memory proof = _proof(d, newSize);
        auditLog.anchor(logId, size, newSize, root, proof);
        size = newSize;
        _seen.push(Seen(newSize, root, uint64(block.timestamp), uint64(block.number)));
    }

    /// @dev Anything at all: a call that succeeds without being the honest one is a cheat.
    function cheat(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] calldata proof)
        external {
        if (size == 0) return;
        try auditLog.anchor(logId, oldSize, newSize, root, proof) {
            cheated = true;
        } catch {}
    }

    /// @dev The honest call with one entry of the past rewritten.
    function rewrite(uint64 by, uint64 index) external {
        uint64 newSize = size + 1 + (by % 9);
        if (size == 0 || newSize > LEAVES) return;
        bytes32[] memory d = _leaves;
        d[index % size] = ReferenceTree.leaf(bytes32(uint256(index)));
        bytes32 root = ReferenceTree.root(d, 0, newSize);
        try auditLog.anchor(logId, size, newSize, root, _proof(d, newSize)) {
            cheated = true;
        } catch {}
    }

    function registerAgain() external {
        try auditLog.register("audit.example.org/logs/history", address(this), address(2)) {
            cheated = true;
        } catch {}
    }

    function _proof(bytes32[] memory d, uint64 newSize) private view returns (bytes32[] memory) {
        return size == 0 ? new bytes32[](0) : ReferenceTree.consistency(d, size, newSize);
    }
}

/// @dev What anchoring must keep whatever is called, in whatever order.
contract HistoryTest {
    Publisher private publisher;

    function setUp() public {
        publisher = new Publisher();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(publisher);
    }

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 32
    function invariant_NoAnchoredHeadEverChanges() public view {
        AuditLog auditLog = publisher.auditLog();
        Publisher.Seen[] memory seen = publisher.seen();
        for (uint256 i = 0; i < seen.length; i++) {
            (bytes32 root, uint64 time, uint64 blockNumber) =
                auditLog.headAt(publisher.logId(), seen[i].size);
            require(root == seen[i].root);
            require(time == seen[i].time && blockNumber == seen[i].blockNumber);
            require(i == 0 || seen[i].size > seen[i - 1].size);
        }
    }

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 32
    function invariant_OnlyTheHonestHeadIsLatest() public view {
        (uint64 size,,, uint64 blockNumber) = publisher.auditLog().latest(publisher.logId());
        require(!publisher.cheated());
        require(size == publisher.size());
        require((size == 0) == (blockNumber == 0));
    }
}
