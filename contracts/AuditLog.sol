// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuditLog} from "./IAuditLog.sol";

/// @dev No proxy, no pause, no role over history: an anchored head is written once.
contract AuditLog is IAuditLog {
    /// @dev `publisher`, `size` and `closed` share a slot, the only one an anchor rewrites; it reads
    /// the three at once, which costs one look-up.
    struct Log {
        address owner;
        address publisher;
        uint64 size;
        bool closed;
        address proposedOwner;
        bytes32 originHash;
        Signer[] signers;
        Mark mark;
        Closing closing;
        mapping(uint64 size => Head) heads;
    }

    struct Head {
        bytes32 root;
        uint64 time;
        uint64 blockNumber;
    }

    uint64 private constant MAX_GROWTH = 2 ** 24;
    uint256 private constant MAX_PROOF = 63;
    bytes32 private constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 private constant CHECKPOINT_TYPE =
        keccak256("Checkpoint(bytes32 logId,string origin,uint64 size,bytes32 root)");
    /// @dev Half the order of secp256k1: of the two forms of a signature only one is accepted.
    uint256 private constant HIGHEST_S =
        0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    mapping(bytes32 logId => Log) private _logs;

    /// @inheritdoc IAuditLog
    function register(string calldata origin, address publisher, address signer)
        external returns (bytes32 logId) {
        uint256 length = bytes(origin).length;
        if (length == 0 || length > 255) revert OriginLength(length);
        if (publisher == address(0) || signer == address(0)) revert ZeroKey(publisher, signer);
        logId = keccak256(abi.encode(msg.sender, origin));
        if (_logs[logId].owner != address(0)) revert AlreadyRegistered(logId);
        Log storage log = _logs[logId];
        (log.owner, log.publisher) = (msg.sender, publisher);
        log.originHash = keccak256(bytes(origin));
        emit LogRegistered(logId, msg.sender, origin, publisher, signer);
        emit KeySet(logId, Role.PUBLISHER, _word(publisher), 0);
        _appoint(logId, log, signer, 0);
    }

    /// @inheritdoc IAuditLog
    function anchor(
        bytes32 logId, uint64 oldSize, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof
    ) external {
        Log storage log = _logs[logId];
        (address publisher, uint64 size, bool closed) = (log.publisher, log.size, log.closed);
        if (msg.sender != publisher) revert NotPublisher(logId, publisher, msg.sender);
        if (oldSize != size) revert NotAnchoredSize(size, oldSize);
        if (newSize <= oldSize || newSize - oldSize > MAX_GROWTH) {
            revert GrowthOutOfRange(oldSize, newSize);
        }
        if (closed && newSize > log.closing.finalSize) {
            revert FinalSize(log.closing.finalSize, newSize);
        }
        if (proof.length > MAX_PROOF) revert ProofLength(proof.length, MAX_PROOF);
        bytes32 oldRoot = log.heads[oldSize].root;
        if (!_consistent(oldSize, newSize, oldRoot, newRoot, proof)) {
            revert ProofMismatch(logId, oldSize, newSize);
        }
        log.size = newSize;
        log.heads[newSize] = Head(newRoot, uint64(block.timestamp), uint64(block.number));
        emit HeadAnchored(logId, newSize, newRoot);
    }

    /// @inheritdoc IAuditLog
    function setPublisher(bytes32 logId, address publisher) external {
        Log storage log = _owned(logId);
        if (publisher == address(0)) revert ZeroKey(publisher, _signerFor(log, type(uint64).max));
        log.publisher = publisher;
        emit KeySet(logId, Role.PUBLISHER, _word(publisher), log.size);
    }

    /// @inheritdoc IAuditLog
    function setSigner(bytes32 logId, address signer, uint64 toSize) external {
        Log storage log = _owned(logId);
        if (signer == address(0)) revert ZeroKey(log.publisher, signer);
        uint64 since = log.signers[log.signers.length - 1].fromSize;
        uint64 least = log.size > since ? log.size : since;
        if (toSize < least) revert KeyEndsTooEarly(least, toSize);
        if (toSize == type(uint64).max) revert KeyEndsTooLate(toSize);
        _appoint(logId, log, signer, toSize + 1);
    }

    /// @inheritdoc IAuditLog
    function setLogKey(bytes32 logId, bytes32 keyHash, uint64 fromSize) external {
        _owned(logId);
        emit KeySet(logId, Role.LOG_KEY, keyHash, fromSize);
    }

    /// @inheritdoc IAuditLog
    function transferOwner(bytes32 logId, address proposed) external {
        _owned(logId).proposedOwner = proposed;
        emit OwnerProposed(logId, proposed);
    }

    /// @inheritdoc IAuditLog
    function acceptOwner(bytes32 logId) external {
        Log storage log = _logs[logId];
        address proposed = log.proposedOwner;
        if (msg.sender != proposed) revert NotProposed(logId, proposed, msg.sender);
        (log.owner, log.proposedOwner) = (msg.sender, address(0));
        emit OwnerChanged(logId, msg.sender);
    }

    /// @inheritdoc IAuditLog
    function close(bytes32 logId, uint64 finalSize, bytes32 successor) external {
        Log storage log = _owned(logId);
        if (log.closed) revert AlreadyClosed(logId);
        if (finalSize < log.size) revert FinalSize(finalSize, log.size);
        bool known = successor != logId && _logs[successor].owner != address(0);
        if (successor != 0 && !known) revert NotASuccessor(successor);
        log.closed = true;
        log.closing = Closing(finalSize, successor, uint64(block.number));
        emit LogClosed(logId, finalSize, successor);
    }

    /// @inheritdoc IAuditLog
    function reportFork(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        bytes calldata signature,
        bytes32 trueRoot,
        bytes32[] calldata proof,
        uint64 anchoredSize
    ) external {
        _checkHistory(logId, size, trueRoot, proof, anchoredSize);
        address signer = _checkSigned(logId, size, root, signature);
        _mark(logId, size, root, trueRoot, signer);
    }

    /// @inheritdoc IAuditLog
    function reportDoubleSign(
        bytes32 logId,
        uint64 size,
        bytes32 rootA,
        bytes calldata signatureA,
        bytes32 rootB,
        bytes calldata signatureB
    ) external {
        _checkSigned(logId, size, rootB, signatureB);
        _mark(logId, size, rootA, rootB, _checkSigned(logId, size, rootA, signatureA));
    }

    /// @inheritdoc IAuditLog
    function latest(bytes32 logId)
        external view returns (uint64 size, bytes32 root, uint64 time, uint64 blockNumber) {
        size = _logs[logId].size;
        (root, time, blockNumber) = headAt(logId, size);
    }

    /// @inheritdoc IAuditLog
    function headAt(bytes32 logId, uint64 size)
        public view returns (bytes32 root, uint64 time, uint64 blockNumber) {
        Head storage head = _logs[logId].heads[size];
        return (head.root, head.time, head.blockNumber);
    }

    /// @inheritdoc IAuditLog
    function verifyInclusion(
        bytes32 logId, uint64 size, uint64 index, bytes32 entry, bytes32[] calldata proof
    ) external view returns (bool included, uint64 time, uint64 blockNumber) {
        bytes32 root;
        (root, time, blockNumber) = headAt(logId, size);
        bytes32 leaf = sha256(abi.encodePacked(bytes1(0x00), entry));
        included = blockNumber != 0 && index < size
            && _included(leaf, index, size - 1, root, proof);
        if (!included) (time, blockNumber) = (0, 0);
    }

    /// @inheritdoc IAuditLog
    function logOf(bytes32 logId)
        external view
        returns (address owner, address publisher, address signer, bytes32 originHash) {
        Log storage log = _logs[logId];
        return (log.owner, log.publisher, _signerFor(log, type(uint64).max), log.originHash);
    }

    /// @inheritdoc IAuditLog
    function signersOf(bytes32 logId) external view returns (Signer[] memory) {
        return _logs[logId].signers;
    }

    /// @inheritdoc IAuditLog
    function proposedOwnerOf(bytes32 logId) external view returns (address) {
        return _logs[logId].proposedOwner;
    }

    /// @inheritdoc IAuditLog
    function markOf(bytes32 logId) external view returns (Mark memory) {
        return _logs[logId].mark;
    }

    /// @inheritdoc IAuditLog
    function closingOf(bytes32 logId) external view returns (Closing memory) {
        return _logs[logId].closing;
    }

    function _owned(bytes32 logId) private view returns (Log storage log) {
        log = _logs[logId];
        if (msg.sender != log.owner) revert NotOwner(logId, log.owner, msg.sender);
    }

    function _appoint(bytes32 logId, Log storage log, address signer, uint64 fromSize) private {
        log.signers.push(Signer(signer, fromSize));
        emit KeySet(logId, Role.SIGNER, _word(signer), fromSize);
    }

    /// @dev The one signer for a size, by halving: the ranges leave no gap, and a loop over all would
    /// let an owner appoint so many that no report could be paid for. Zero for an unknown log.
    function _signerFor(Log storage log, uint64 size) private view returns (address) {
        (uint256 low, uint256 high) = (0, log.signers.length);
        if (high == 0) return address(0);
        while (high - low > 1) {
            uint256 middle = (low + high) / 2;
            if (log.signers[middle].fromSize <= size) low = middle;
            else high = middle;
        }
        return log.signers[low].signer;
    }

    function _word(address key) private pure returns (bytes32) {
        return bytes32(uint256(uint160(key)));
    }

    /// @dev That the anchored head of `anchoredSize` leaves has this root hash at `size`.
    function _checkHistory(
        bytes32 logId, uint64 size, bytes32 root, bytes32[] calldata proof, uint64 anchoredSize
    ) private view {
        Head storage anchored = _logs[logId].heads[anchoredSize];
        if (anchored.blockNumber == 0) revert NotAnchored(logId, anchoredSize);
        if (size == 0 || size > anchoredSize) revert SizeOutOfRange(size, anchoredSize);
        if (proof.length > MAX_PROOF) revert ProofLength(proof.length, MAX_PROOF);
        bool isHistory = size == anchoredSize
            ? proof.length == 0 && root == anchored.root
            : _consistent(size, anchoredSize, root, anchored.root, proof);
        if (!isHistory) revert ProofMismatch(logId, size, anchoredSize);
    }

    /// @dev Whoever signed this head, if it was a signer of this log for this size.
    function _checkSigned(bytes32 logId, uint64 size, bytes32 root, bytes calldata signature)
        private view returns (address signer) {
        Log storage log = _logs[logId];
        bytes32 domain = keccak256(abi.encode(
            DOMAIN_TYPE, keccak256("AuditLog"), keccak256("1"), block.chainid, address(this)
        ));
        bytes32 message = keccak256(abi.encode(CHECKPOINT_TYPE, logId, log.originHash, size, root));
        signer = _recover(keccak256(abi.encodePacked("\x19\x01", domain, message)), signature);
        if (signer == address(0) || signer != _signerFor(log, size)) {
            revert NotASigner(logId, size, signer);
        }
    }

    /// @dev Zero, which is no signer of any log, if the signature is not one.
    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address) {
        if (signature.length != 65 || uint256(bytes32(signature[32:64])) > HIGHEST_S) {
            return address(0);
        }
        (bytes32 r, bytes32 s) = (bytes32(signature[:32]), bytes32(signature[32:64]));
        return ecrecover(digest, uint8(signature[64]), r, s);
    }

    function _mark(bytes32 logId, uint64 size, bytes32 root, bytes32 otherRoot, address signer)
        private {
        if (root == otherRoot) revert SameRoot(root);
        Mark storage mark = _logs[logId].mark;
        if (mark.blockNumber != 0) revert AlreadyMarked(logId);
        _logs[logId].mark = Mark(signer, size, root, otherRoot, uint64(block.number));
        emit LogMarked(logId, signer, size, root, otherRoot);
    }

    /// @dev RFC 9162 section 2.1.3.2, with its names: r begins as the leaf hash, fn is its index.
    /// An even fn on the right edge equals sn, which is not zero, so it has a bit to be shifted to.
    function _included(bytes32 r, uint256 fn, uint256 sn, bytes32 root, bytes32[] calldata proof)
        internal view returns (bool) {
        for (uint256 i = 0; i < proof.length; i++) {
            if (sn == 0) return false;
            if ((fn & 1) == 1 || fn == sn) {
                r = _node(proof[i], r);
                while ((fn & 1) == 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                r = _node(r, proof[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && r == root;
    }

    /// @dev RFC 9162 section 2.1.4.2, with its names: fr rebuilds the old root hash, sr the new.
    /// Any head follows the empty log, by the empty proof; between two heads none is empty. On the
    /// right edge an even fn is not zero here either.
    function _consistent(
        uint64 oldSize, uint64 newSize, bytes32 oldRoot, bytes32 newRoot, bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize == 0) return proof.length == 0;
        if (proof.length == 0) return false;
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        uint256 i = (oldSize & fn) == 0 ? 0 : 1;
        bytes32 fr = i == 0 ? oldRoot : proof[0];
        bytes32 sr = fr;
        while ((fn & 1) == 1) (fn, sn) = (fn >> 1, sn >> 1);
        for (; i < proof.length; i++) {
            if (sn == 0) return false;
            bytes32 c = proof[i];
            if ((fn & 1) == 1 || fn == sn) {
                fr = _node(c, fr);
                sr = _node(c, sr);
                while ((fn & 1) == 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                sr = _node(sr, c);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && fr == oldRoot && sr == newRoot;
    }

    /// @dev sha256(abi.encodePacked(bytes1(0x01), left, right)), at half its gas.
    function _node(bytes32 left, bytes32 right) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore8(free, 1)
            mstore(add(free, 1), left)
            mstore(add(free, 33), right)
            let done := staticcall(gas(), 2, free, 65, free, 32)
            if iszero(and(done, eq(returndatasize(), 32))) { revert(0, 0) }
            hash := mload(free)
        }
    }
}
