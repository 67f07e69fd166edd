// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditLog} from "../../contracts/AuditLog.sol";
import {IAuditLog} from "../../contracts/IAuditLog.sol";
import {ReferenceTree} from "./support/ReferenceTree.sol";
import {Place, SignedHeads, VM} from "./support/SignedHeads.sol";

/// @dev A log whose signers sign two histories, and whose owner does all that an owner can.
contract ForkedLog {
    uint64 private constant LEAVES = 40;
    uint256 private constant FIRST_KEY = 1001;
    string private constant ORIGIN = "audit.example.org/logs/forked";

    AuditLog public immutable auditLog = new AuditLog();
    bytes32 public immutable logId;
    bytes32[] private _leaves = ReferenceTree.grow(7, LEAVES);
    bytes32[] private _otherLeaves = ReferenceTree.grow(8, LEAVES);
    uint64[] private _since;
    uint64[] private _sizes;
    uint64 private _size;
    IAuditLog.Mark private _mark;
    bool public wrong;

    constructor() {
        logId = auditLog.register(ORIGIN, address(this), VM.addr(FIRST_KEY));
        _since.push(0);
    }

    function mark() external view returns (IAuditLog.Mark memory) {
        return _mark;
    }

    function grow(uint64 by) external {
        uint64 newSize = _size + 1 + (by % 9);
        if (newSize > LEAVES || auditLog.closingOf(logId).blockNumber != 0) return;
        (bytes32 root, bytes32[] memory proof) = _history(_size, newSize);
        auditLog.anchor(logId, _size, newSize, root, proof);
        _size = newSize;
        _sizes.push(newSize);
    }

    function rotate(uint64 more) external {
        uint64 since = _since[_since.length - 1];
        uint64 toSize = (_size > since ? _size : since) + (more % 4);
        auditLog.setSigner(logId, VM.addr(FIRST_KEY + _since.length), toSize);
        _since.push(toSize + 1);
    }

    function close() external {
        if (auditLog.closingOf(logId).blockNumber == 0) auditLog.close(logId, _size, 0);
    }

    /// @dev Any size up to any anchored one: it is accepted, or the log is marked already.
    function reportFork(uint64 n, uint256 which) external {
        if (_sizes.length == 0) return;
        uint64 anchored = _sizes[which % _sizes.length];
        n = 1 + (n % anchored);
        bytes32 root = ReferenceTree.root(_otherLeaves, 0, n);
        (, bytes32[] memory proof) = _history(n, anchored);
        bytes32 trueRoot = ReferenceTree.root(_leaves, 0, n);
        try auditLog.reportFork(logId, n, root, _signed(n, root), trueRoot, proof, anchored) {
            _isFirst(n, root, trueRoot);
        } catch (bytes memory reason) {
            _isMarked(reason);
        }
    }

    function reportDoubleSign(uint64 n, bytes32 root) external {
        try auditLog.reportDoubleSign(
            logId, n, root, _signed(n, root), ~root, _signed(n, ~root)
        ) {
            _isFirst(n, root, ~root);
        } catch (bytes memory reason) {
            _isMarked(reason);
        }
    }

    function _isFirst(uint64 n, bytes32 root, bytes32 otherRoot) private {
        if (_mark.blockNumber != 0) wrong = true;
        _mark = IAuditLog.Mark(VM.addr(_keyFor(n)), n, root, otherRoot, uint64(block.number));
    }

    function _isMarked(bytes memory reason) private {
        bytes memory expected = abi.encodeWithSelector(IAuditLog.AlreadyMarked.selector, logId);
        if (_mark.blockNumber == 0 || keccak256(reason) != keccak256(expected)) wrong = true;
    }

    function _signed(uint64 n, bytes32 root) private view returns (bytes memory) {
        Place memory here = Place(address(auditLog), logId, ORIGIN, block.chainid);
        return SignedHeads.sign(_keyFor(n), here, n, root);
    }

    function _keyFor(uint64 n) private view returns (uint256 key) {
        for (uint256 i = 0; i < _since.length; i++) if (_since[i] <= n) key = FIRST_KEY + i;
    }

    function _history(uint64 from, uint64 to)
        private view returns (bytes32 root, bytes32[] memory proof) {
        bytes32[] memory d = new bytes32[](to);
        for (uint256 i = 0; i < to; i++) d[i] = _leaves[i];
        root = ReferenceTree.root(d, 0, to);
        proof = from == 0 || from == to
            ? new bytes32[](0)
            : ReferenceTree.consistency(d, from, to);
    }
}

/// @dev A fork is always shown, once, and its mark stays.
contract ForkedTest {
    ForkedLog private log;

    function setUp() public {
        log = new ForkedLog();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(log);
    }

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 32
    function invariant_TheFirstMarkIsKept() public view {
        require(!log.wrong());
        IAuditLog.Mark memory kept = log.auditLog().markOf(log.logId());
        require(keccak256(abi.encode(kept)) == keccak256(abi.encode(log.mark())));
    }

    function testFuzz_AForkIsMarked(uint64 by, uint64 more, uint64 n, uint256 which) public {
        for (uint64 i = 0; i < 4; i++) {
            log.grow(by >> i);
            if (more % 2 == 0) log.rotate(more >> i);
        }
        if (more % 3 == 0) log.close();
        log.reportFork(n, which);
        require(!log.wrong() && log.auditLog().markOf(log.logId()).blockNumber != 0);
    }

    function testFuzz_TwoSignaturesAreMarked(uint64 by, uint64 more, uint64 n, bytes32 root)
        public {
        log.grow(by);
        log.rotate(more);
        log.rotate(more);
        log.reportDoubleSign(n, root);
        require(!log.wrong() && log.auditLog().markOf(log.logId()).blockNumber != 0);
    }
}
