// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditLog} from "../../contracts/AuditLog.sol";
import {IAuditLog} from "../../contracts/IAuditLog.sol";
import {ReferenceTree} from "./support/ReferenceTree.sol";
import {Place, SignedHeads, VM} from "./support/SignedHeads.sol";

/// @dev An honest log and everybody else. Its signers sign true heads only, in and out of their
/// range, after they were retired too; the same keys sign another past, but for another log,
/// contract and chain. Whoever calls this tries to have the log marked, or to be its owner.
contract HonestLog {
    uint64 private constant LEAVES = 48;
    uint256 private constant TRIES = 6;
    uint256 private constant FIRST_KEY = 1001;
    uint256 private constant FOREIGN_KEY = 7;
    string private constant ORIGIN = "audit.example.org/logs/honest";
    string private constant TWIN = "audit.example.org/logs/twin";

    AuditLog public immutable auditLog = new AuditLog();
    AuditLog private immutable _elsewhere = new AuditLog();
    bytes32 public immutable logId;
    bytes32 private immutable _twinId;
    address private immutable _heir = address(0xbe17);

    bytes32[] private _roots;
    bytes32[] private _otherRoots;
    bytes32[] private _leaves = ReferenceTree.grow(7, LEAVES);
    bytes32[] private _otherLeaves = ReferenceTree.grow(8, LEAVES);
    IAuditLog.Signer[] private _signers;
    uint64[] private _sizes;
    address public owner = address(this);
    address public publisher = address(this);
    uint64 public size;
    IAuditLog.Closing private _closing;
    /// @dev What succeeded and must not have.
    string public cheat;

    struct Head {
        uint64 size;
        bytes32 root;
        bytes signature;
    }

    constructor() {
        _roots.push(sha256(""));
        _otherRoots.push(sha256(""));
        for (uint256 i = 1; i <= LEAVES; i++) {
            _roots.push(ReferenceTree.root(_leaves, 0, i));
            _otherRoots.push(ReferenceTree.root(_otherLeaves, 0, i));
        }
        address signer = VM.addr(FIRST_KEY);
        logId = auditLog.register(ORIGIN, publisher, signer);
        _twinId = auditLog.register(TWIN, address(this), signer);
        _elsewhere.register(ORIGIN, address(this), signer);
        auditLog.anchor(_twinId, 0, LEAVES, _otherRoots[LEAVES], new bytes32[](0));
        _signers.push(IAuditLog.Signer(signer, 0));
        grow(4);
        grow(7);
    }

    function signers() external view returns (IAuditLog.Signer[] memory) {
        return _signers;
    }

    function sizes() external view returns (uint64[] memory) {
        return _sizes;
    }

    function rootAt(uint64 n) external view returns (bytes32) {
        return _roots[n];
    }

    function closing() external view returns (IAuditLog.Closing memory) {
        return _closing;
    }

    function grow(uint64 by) public {
        uint64 newSize = size + 1 + (by % 9);
        if (newSize > LEAVES) return;
        bytes32[] memory proof = _path(_leaves, size, newSize);
        VM.prank(publisher);
        if (_closing.blockNumber != 0 && newSize > _closing.finalSize) {
            try auditLog.anchor(logId, size, newSize, _roots[newSize], proof) {
                cheat = "grown past its end";
            } catch {}
            return;
        }
        auditLog.anchor(logId, size, newSize, _roots[newSize], proof);
        size = newSize;
        _sizes.push(newSize);
    }

    function appointSigner(uint64 after_) external {
        uint64 since = _signers[_signers.length - 1].fromSize;
        uint64 toSize = (size > since ? size : since) + (after_ % 4);
        address signer = VM.addr(FIRST_KEY + _signers.length);
        VM.prank(owner);
        auditLog.setSigner(logId, signer, toSize);
        _signers.push(IAuditLog.Signer(signer, toSize + 1));
    }

    function appointPublisher(bool heir) external {
        publisher = heir ? _heir : address(this);
        VM.prank(owner);
        auditLog.setPublisher(logId, publisher);
    }

    function handOver() external {
        address next = owner == _heir ? address(this) : _heir;
        VM.prank(owner);
        auditLog.transferOwner(logId, next);
        VM.prank(next);
        auditLog.acceptOwner(logId);
        owner = next;
    }

    function close(uint64 more) external {
        uint64 finalSize = size + (more % 32);
        VM.prank(owner);
        if (_closing.blockNumber != 0) {
            try auditLog.close(logId, finalSize, 0) {
                cheat = "closed twice";
            } catch {}
            return;
        }
        auditLog.close(logId, finalSize, _twinId);
        _closing = IAuditLog.Closing(finalSize, _twinId, uint64(block.number));
    }

    /// @dev Whatever there is to sign, against whatever can be said of the anchored history.
    function reportForks(uint256 seed) external {
        for (uint256 i = 0; i < TRIES; i++) {
            uint256 bend = uint256(keccak256(abi.encode(seed, i)));
            uint64 anchored = _sizes[bend % _sizes.length];
            if (bend % 11 == 0) anchored = uint64(bend % LEAVES);
            Head memory head = _head(uint64((bend >> 8) % (anchored + 2)), bend >> 32);
            _reportFork(head, anchored, bend >> 16);
        }
    }

    function _reportFork(Head memory head, uint64 anchored, uint256 bend) private {
        bytes32[4] memory truths =
            [_roots[head.size], _otherRoots[head.size], bytes32(bend), head.root];
        bytes32[] memory proof = _proofFor(head.size, anchored, bend / 4);
        try auditLog.reportFork(
            logId, head.size, head.root, head.signature, truths[bend % 4], proof, anchored
        ) {
            cheat = "marked for a fork";
        } catch {}
    }

    function reportDoubleSigns(uint256 seed) external {
        for (uint256 i = 0; i < TRIES; i++) {
            uint256 bend = uint256(keccak256(abi.encode(seed, i)));
            Head memory a = _head(uint64(bend % LEAVES), bend >> 16);
            Head memory b = _head(a.size, bend >> 128);
            try auditLog.reportDoubleSign(
                logId, a.size, a.root, a.signature, b.root, b.signature
            ) {
                cheat = "marked for two signatures";
            } catch {}
        }
    }

    /// @dev Bytes that nobody signed.
    function reportBytes(uint64 n, bytes32 root, bytes calldata a, bytes calldata b) external {
        try auditLog.reportDoubleSign(logId, n, root, a, ~root, b) {
            cheat = "marked by bytes";
        } catch {}
    }

    /// @dev A contract that the owner, or the next one, was made to call.
    function takeOver(address caller, uint256 what) external {
        address next = owner == _heir ? address(this) : _heir;
        if (caller == owner || caller == next || caller == address(VM)) return;
        VM.prank(owner);
        auditLog.transferOwner(logId, next);
        bytes[6] memory calls = [
            abi.encodeCall(IAuditLog.setPublisher, (logId, caller)),
            abi.encodeCall(IAuditLog.setSigner, (logId, caller, LEAVES)),
            abi.encodeCall(IAuditLog.setLogKey, (logId, bytes32(what), 0)),
            abi.encodeCall(IAuditLog.transferOwner, (logId, caller)),
            abi.encodeCall(IAuditLog.acceptOwner, (logId)),
            abi.encodeCall(IAuditLog.close, (logId, LEAVES, 0))
        ];
        VM.prank(caller, what % 6 == 4 ? next : owner);
        (bool done,) = address(auditLog).call(calls[what % 6]);
        if (done) cheat = "taken over";
    }

    function anchorAsAnother(address caller, uint64 by) external {
        uint64 newSize = size + 1 + (by % 9);
        if (caller == publisher || caller == address(VM) || newSize > LEAVES) return;
        bytes32[] memory proof = _path(_leaves, size, newSize);
        VM.prank(caller, publisher);
        try auditLog.anchor(logId, size, newSize, _roots[newSize], proof) {
            cheat = "anchored by another";
        } catch {}
    }

    /// @dev A head that somebody signed, or that is made to look so.
    function _head(uint64 n, uint256 what) private view returns (Head memory head) {
        uint256 any = FIRST_KEY + ((what / 16) % (_signers.length + 1));
        (bytes32 root, bytes32 other) = (_roots[n], _otherRoots[n]);
        uint256 kind = what % 9;
        Place memory here = Place(address(auditLog), logId, ORIGIN, block.chainid);
        if (kind == 0) return Head(n, root, SignedHeads.sign(_keyFor(n), here, n, root));
        if (kind == 1) return Head(n, root, SignedHeads.sign(any, here, n, root));
        if (kind == 2) return Head(n, other, SignedHeads.sign(any, here, n, root));
        if (kind == 3) return Head(n, other, SignedHeads.sign(FOREIGN_KEY, here, n, other));
        if (kind == 4) {
            uint64 elsewhere = uint64((what / 64) % (LEAVES + 1));
            bytes memory signature = SignedHeads.sign(any, here, elsewhere, _roots[elsewhere]);
            return Head(n, _roots[elsewhere], signature);
        }
        if (kind == 5) {
            bytes memory signature = SignedHeads.sign(_keyFor(n), here, n, root);
            return Head(n, what % 2 == 0 ? root : other, SignedHeads.bent(signature, what / 16));
        }
        if (kind == 6) here.logId = _twinId;
        else if (kind == 7) here.auditLog = address(_elsewhere);
        else here.chainId = what % 2 == 0 ? 1 : block.chainid + 1;
        if (kind == 6) here.origin = TWIN;
        return Head(n, other, SignedHeads.sign(_keyFor(n), here, n, other));
    }

    function _keyFor(uint64 n) private view returns (uint256 key) {
        for (uint256 i = 0; i < _signers.length; i++) {
            if (_signers[i].fromSize <= n) key = FIRST_KEY + i;
        }
    }

    function _proofFor(uint64 from, uint64 to, uint256 bend)
        private view returns (bytes32[] memory proof) {
        if (to > LEAVES || from > to) return new bytes32[](bend % 3);
        proof = _path(bend % 3 == 0 ? _otherLeaves : _leaves, from, to);
        if (bend % 5 == 0) proof = ReferenceTree.append(proof, bytes32(bend));
        if (bend % 7 == 0 && proof.length > 0) proof[bend % proof.length] ^= bytes32(bend);
    }

    function _path(bytes32[] memory leaves, uint64 from, uint64 to)
        private pure returns (bytes32[] memory) {
        if (from == 0 || from == to) return new bytes32[](0);
        bytes32[] memory d = new bytes32[](to);
        for (uint256 i = 0; i < to; i++) d[i] = leaves[i];
        return ReferenceTree.consistency(d, from, to);
    }
}

/// @dev What stays true of an honest log whatever is called, in whatever order.
contract HonestTest {
    HonestLog private log;

    function setUp() public {
        log = new HonestLog();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(log);
    }

    function test_ACallerThatIsAContractIsNamedItself() public {
        (AuditLog auditLog, bytes32 logId) = (log.auditLog(), log.logId());
        bytes32[] memory none = new bytes32[](0);
        bytes memory anchor = abi.encodeCall(IAuditLog.anchor, (logId, 13, 14, 0, none));
        _refused(anchor, abi.encodeWithSelector(
            IAuditLog.NotPublisher.selector, logId, address(log), address(this)
        ));
        _refused(abi.encodeCall(IAuditLog.acceptOwner, (logId)), abi.encodeWithSelector(
            IAuditLog.NotProposed.selector, logId, address(0), address(this)
        ));
        _refused(abi.encodeCall(IAuditLog.close, (logId, 13, 0)), abi.encodeWithSelector(
            IAuditLog.NotOwner.selector, logId, address(log), address(this)
        ));
        bytes32 own = auditLog.register("own", address(1), address(2));
        (address owner,,,) = auditLog.logOf(own);
        require(owner == address(this) && own == keccak256(abi.encode(address(this), "own")));
    }

    function _refused(bytes memory call, bytes memory expected) private {
        (bool done, bytes memory reason) = address(log.auditLog()).call(call);
        require(!done && keccak256(reason) == keccak256(expected));
    }

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 48
    function invariant_NobodyMarksAnHonestLog() public view {
        require(bytes(log.cheat()).length == 0, log.cheat());
        IAuditLog.Mark memory mark = log.auditLog().markOf(log.logId());
        require(mark.blockNumber == 0 && mark.signer == address(0));
    }

    /// forge-config: default.invariant.runs = 12
    /// forge-config: default.invariant.depth = 48
    function invariant_KeysOwnerAndEndAreTheOwnersAlone() public view {
        (AuditLog auditLog, bytes32 logId) = (log.auditLog(), log.logId());
        require(bytes(log.cheat()).length == 0, log.cheat());
        (address owner, address publisher, address signer,) = auditLog.logOf(logId);
        require(owner == log.owner() && publisher == log.publisher());
        IAuditLog.Signer[] memory signers = log.signers();
        require(signer == signers[signers.length - 1].signer);
        require(_hash(signers) == _hash(auditLog.signersOf(logId)));
        require(_hash(log.closing()) == _hash(auditLog.closingOf(logId)));
        for (uint256 i = 1; i < signers.length; i++) {
            require(signers[i].fromSize > signers[i - 1].fromSize);
        }
    }

    /// forge-config: default.invariant.runs = 12
    /// forge-config: default.invariant.depth = 48
    function invariant_HeadsGrowAndStayUntilTheEnd() public view {
        (AuditLog auditLog, bytes32 logId) = (log.auditLog(), log.logId());
        uint64[] memory sizes = log.sizes();
        for (uint256 i = 0; i < sizes.length; i++) {
            require(i == 0 || sizes[i] > sizes[i - 1]);
            (bytes32 root,, uint64 blockNumber) = auditLog.headAt(logId, sizes[i]);
            require(root == log.rootAt(sizes[i]) && blockNumber != 0);
        }
        (uint64 size,,,) = auditLog.latest(logId);
        require(size == log.size());
        IAuditLog.Closing memory closing = auditLog.closingOf(logId);
        require(closing.blockNumber == 0 || size <= closing.finalSize);
    }

    function _hash(IAuditLog.Signer[] memory signers) private pure returns (bytes32) {
        return keccak256(abi.encode(signers));
    }

    function _hash(IAuditLog.Closing memory closing) private pure returns (bytes32) {
        return keccak256(abi.encode(closing));
    }
}
