// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAuditLog} from "./IAuditLog.sol";

/// @dev No proxy, no pause, no role over history: an anchored head is written once.
contract AuditLog is IAuditLog {
    /// @dev `publisher` and `size` share a slot, the only one an anchor reads and rewrites.
    struct Log {
        address owner;
        address publisher;
        uint64 size;
        address signer;
        bytes32 originHash;
    }

    struct Head {
        bytes32 root;
        uint64 time;
        uint64 blockNumber;
    }

    uint64 private constant MAX_GROWTH = 2 ** 24;
    uint256 private constant MAX_PROOF = 63;

    mapping(bytes32 logId => Log) private _logs;
    mapping(bytes32 logId => mapping(uint64 size => Head)) private _heads;

    /// @inheritdoc IAuditLog
    function register(string calldata origin, address publisher, address signer)
        external returns (bytes32 logId) {
        uint256 length = bytes(origin).length;
        if (length == 0 || length > 255) revert OriginLength(length);
        if (publisher == address(0) || signer == address(0)) revert ZeroKey(publisher, signer);
        logId = keccak256(abi.encode(msg.sender, origin));
        if (_logs[logId].owner != address(0)) revert AlreadyRegistered(logId);
        _logs[logId] = Log(msg.sender, publisher, 0, signer, keccak256(bytes(origin)));
        emit LogRegistered(logId, msg.sender, origin, publisher, signer);
    }

    /// @inheritdoc IAuditLog
    function anchor(
        bytes32 logId, uint64 oldSize, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof
    ) external {
        Log storage log = _logs[logId];
        if (msg.sender != log.publisher) revert NotPublisher(logId, log.publisher, msg.sender);
        if (oldSize != log.size) revert NotAnchoredSize(log.size, oldSize);
        if (newSize <= oldSize || newSize - oldSize > MAX_GROWTH) {
            revert GrowthOutOfRange(oldSize, newSize);
        }
        if (proof.length > MAX_PROOF) revert ProofLength(proof.length, MAX_PROOF);
        bytes32 oldRoot = _heads[logId][oldSize].root;
        if (!_consistent(oldSize, newSize, oldRoot, newRoot, proof)) {
            revert ProofMismatch(logId, oldSize, newSize);
        }
        log.size = newSize;
        _heads[logId][newSize] = Head(newRoot, uint64(block.timestamp), uint64(block.number));
        emit HeadAnchored(logId, newSize, newRoot);
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
        Head storage head = _heads[logId][size];
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
        return (log.owner, log.publisher, log.signer, log.originHash);
    }

    /// @dev RFC 9162 section 2.1.3.2, with its names: r begins as the leaf hash, fn is its index.
    function _included(bytes32 r, uint256 fn, uint256 sn, bytes32 root, bytes32[] calldata proof)
        internal view returns (bool) {
        for (uint256 i = 0; i < proof.length; i++) {
            if (sn == 0) return false;
            if ((fn & 1) == 1 || fn == sn) {
                r = _node(proof[i], r);
                while ((fn & 1) == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                r = _node(r, proof[i]);
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
        return sn == 0 && r == root;
    }

    /// @dev RFC 9162 section 2.1.4.2, with its names: fr rebuilds the old root hash, sr the new.
    /// Any head follows the empty log, by the empty proof; between two heads none is empty.
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
                while ((fn & 1) == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
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
