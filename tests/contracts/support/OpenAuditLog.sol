// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditLog} from "../../../contracts/AuditLog.sol";

/// @dev The contract with the doors to its arithmetic open.
contract OpenAuditLog is AuditLog {
    function node(bytes32 left, bytes32 right) external view returns (bytes32) {
        return _node(left, right);
    }

    function included(
        bytes32 leaf, uint64 index, uint64 size, bytes32 root, bytes32[] calldata proof
    ) external view returns (bool) {
        return _included(leaf, index, size - 1, root, proof);
    }

    function consistent(
        uint64 oldSize, uint64 newSize, bytes32 oldRoot, bytes32 newRoot, bytes32[] calldata proof
    ) external view returns (bool) {
        return _consistent(oldSize, newSize, oldRoot, newRoot, proof);
    }

    /// @dev Free memory begins where it did, and what lay before is untouched.
    function nodeKeepsMemory(bytes32 left, bytes32 right, bytes calldata data)
        external view returns (bool) {
        bytes memory before = data;
        bytes32 hash = _node(left, right);
        bytes memory next = data;
        return keccak256(before) == keccak256(data) && keccak256(next) == keccak256(data)
            && hash == _node(left, right) && before.length == next.length;
    }
}
