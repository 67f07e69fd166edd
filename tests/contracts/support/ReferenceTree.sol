// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The naive reference: the recursions of RFC 9162 section 2.1 over leaf hashes in memory.
library ReferenceTree {
    function leaf(bytes32 entry) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x00), entry));
    }

    function node(bytes32 left, bytes32 right) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(bytes1(0x01), left, right));
    }

    /// @dev A tree of `size` leaves, all different and all given by `seed`.
    function grow(uint256 seed, uint256 size) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](size);
        for (uint256 i = 0; i < size; i++) leaves[i] = leaf(entryAt(seed, i));
    }

    function entryAt(uint256 seed, uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode(seed, index));
    }

    /// @dev Largest power of two smaller than `n`.
    function split(uint256 n) internal pure returns (uint256 k) {
        for (k = 1; k * 2 < n;) k *= 2;
    }

    /// @dev MTH(D[start:end]).
    function root(bytes32[] memory d, uint256 start, uint256 end) internal pure returns (bytes32) {
        if (end - start == 1) return d[start];
        uint256 middle = start + split(end - start);
        return node(root(d, start, middle), root(d, middle, end));
    }

    /// @dev PATH(index, D[start:end]), section 2.1.3.1.
    function inclusion(bytes32[] memory d, uint256 index, uint256 start, uint256 end)
        internal pure returns (bytes32[] memory) {
        if (end - start == 1) return new bytes32[](0);
        uint256 middle = start + split(end - start);
        return index < middle
            ? append(inclusion(d, index, start, middle), root(d, middle, end))
            : append(inclusion(d, index, middle, end), root(d, start, middle));
    }

    /// @dev PROOF(oldSize, D[newSize]), section 2.1.4.1.
    function consistency(bytes32[] memory d, uint256 oldSize, uint256 newSize)
        internal pure returns (bytes32[] memory) {
        return _subproof(d, oldSize, 0, newSize, true);
    }

    function append(bytes32[] memory list, bytes32 last) internal pure returns (bytes32[] memory) {
        bytes32[] memory longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; i++) longer[i] = list[i];
        longer[list.length] = last;
        return longer;
    }

    function _subproof(bytes32[] memory d, uint256 oldEnd, uint256 start, uint256 end, bool whole)
        private pure returns (bytes32[] memory) {
        if (oldEnd == end) {
            return whole ? new bytes32[](0) : append(new bytes32[](0), root(d, start, end));
        }
        uint256 middle = start + split(end - start);
        return oldEnd <= middle
            ? append(_subproof(d, oldEnd, start, middle, whole), root(d, middle, end))
            : append(_subproof(d, oldEnd, middle, end, false), root(d, start, middle));
    }
}
