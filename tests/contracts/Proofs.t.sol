// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenAuditLog} from "./support/OpenAuditLog.sol";
import {ReferenceTree} from "./support/ReferenceTree.sol";

/// @dev The proof checks against the naive reference, alone and without storage.
contract ProofsTest {
    uint64 private constant ALL = 33;
    uint64 private constant LARGE = 200;

    OpenAuditLog private auditLog = new OpenAuditLog();

    function testFuzz_NodeHashIsPlainSha256(bytes32 left, bytes32 right) public view {
        require(auditLog.node(left, right) == ReferenceTree.node(left, right));
    }

    function testFuzz_NodeHashKeepsMemory(bytes32 left, bytes32 right, bytes calldata data)
        public view {
        require(auditLog.nodeKeepsMemory(left, right, data));
    }

    function test_EveryConsistencyProofOfSmallTreesIsAccepted() public view {
        bytes32[] memory d = ReferenceTree.grow(0, ALL);
        bytes32[] memory roots = _roots(d);
        for (uint64 m = 1; m < ALL; m++) {
            for (uint64 n = m + 1; n <= ALL; n++) {
                bytes32[] memory proof = ReferenceTree.consistency(d, m, n);
                require(auditLog.consistent(m, n, roots[m], roots[n], proof));
            }
        }
    }

    function test_EveryInclusionProofOfSmallTreesIsAccepted() public view {
        bytes32[] memory d = ReferenceTree.grow(0, ALL);
        for (uint64 n = 1; n <= ALL; n++) {
            bytes32 root = ReferenceTree.root(d, 0, n);
            for (uint64 index = 0; index < n; index++) {
                bytes32[] memory proof = ReferenceTree.inclusion(d, index, 0, n);
                require(auditLog.included(d[index], index, n, root, proof));
            }
        }
    }

    function test_EveryBitOfAConsistencyProofMatters() public view {
        bytes32[] memory d = ReferenceTree.grow(1, ALL);
        _everyConsistencyBit(d, 4, 8);
        _everyConsistencyBit(d, 5, 8);
        _everyConsistencyBit(d, 6, 23);
        _everyConsistencyBit(d, 31, 33);
    }

    function test_EveryBitOfAnInclusionProofMatters() public view {
        bytes32[] memory d = ReferenceTree.grow(2, ALL);
        _everyInclusionBit(d, 0, 2);
        _everyInclusionBit(d, 2, 5);
        _everyInclusionBit(d, 20, 23);
        _everyInclusionBit(d, 32, 33);
    }

    function testFuzz_ConsistencyIsAcceptedAndBentRefused(
        uint256 seed, uint64 m, uint64 n, uint256 bend
    ) public view {
        n = uint64(2 + (n % (LARGE - 1)));
        m = 1 + (m % (n - 1));
        bytes32[] memory d = ReferenceTree.grow(seed, n);
        bytes32 oldRoot = ReferenceTree.root(d, 0, m);
        bytes32 newRoot = ReferenceTree.root(d, 0, n);
        bytes32[] memory proof = ReferenceTree.consistency(d, m, n);
        require(auditLog.consistent(m, n, oldRoot, newRoot, proof));
        require(!auditLog.consistent(m, n, ~oldRoot, newRoot, proof));
        require(!auditLog.consistent(m, n, oldRoot, ~newRoot, proof));
        require(!auditLog.consistent(m, n, oldRoot, newRoot, _bent(proof, bend)));
    }

    function testFuzz_InclusionIsAcceptedAndBentRefused(
        uint256 seed, uint64 index, uint64 n, uint256 bend, bytes32 other
    ) public view {
        n = 1 + (n % LARGE);
        index = index % n;
        bytes32[] memory d = ReferenceTree.grow(seed, n);
        bytes32 root = ReferenceTree.root(d, 0, n);
        bytes32[] memory proof = ReferenceTree.inclusion(d, index, 0, n);
        require(auditLog.included(d[index], index, n, root, proof));
        require(!auditLog.included(other, index, n, root, proof));
        require(!auditLog.included(d[index], index, n, ~root, proof));
        require(!auditLog.included(d[index], index, n, root, _bent(proof, bend)));
        for (uint64 i = 0; i < n; i++) {
            require(i == index || !auditLog.included(d[index], i, n, root, proof));
        }
    }

    /// @dev Whatever the sizes, a made-up proof is refused, and without a revert.
    function testFuzz_MadeUpProofsAreRefused(
        uint64 m, uint64 n, bytes32 oldRoot, bytes32 newRoot, bytes32[] calldata proof
    ) public view {
        if (m == 0 || n <= m) return;
        require(!auditLog.consistent(m, n, oldRoot, newRoot, proof));
        require(!auditLog.included(oldRoot, m, n, newRoot, proof));
    }

    /// @dev A consistency proof does not tie the sizes down: sizes of one height may share a proof.
    /// What it must never do is to lead to the root hash of a tree of another height.
    function testFuzz_ARootHashIsRefusedAtAnotherHeight(
        uint256 seed, uint64 m, uint64 n, uint64 other
    ) public view {
        n = uint64(2 + (n % (LARGE - 1)));
        m = 1 + (m % (n - 1));
        if (other <= m || _height(other) == _height(n)) other = n * 2;
        bytes32[] memory d = ReferenceTree.grow(seed, n);
        bytes32 oldRoot = ReferenceTree.root(d, 0, m);
        bytes32 newRoot = ReferenceTree.root(d, 0, n);
        bytes32[] memory proof = ReferenceTree.consistency(d, m, n);
        require(!auditLog.consistent(m, other, oldRoot, newRoot, proof));
    }

    function testFuzz_ARewrittenLeafIsRefused(uint256 seed, uint64 m, uint64 n, uint64 index)
        public view {
        n = uint64(2 + (n % (LARGE - 1)));
        m = 1 + (m % (n - 1));
        bytes32[] memory d = ReferenceTree.grow(seed, n);
        bytes32 oldRoot = ReferenceTree.root(d, 0, m);
        d[index % m] = ReferenceTree.leaf(bytes32(0));
        bytes32 newRoot = ReferenceTree.root(d, 0, n);
        bytes32[] memory proof = ReferenceTree.consistency(d, m, n);
        require(!auditLog.consistent(m, n, oldRoot, newRoot, proof));
    }

    function _height(uint64 size) private pure returns (uint256 height) {
        for (uint64 last = size - 1; last != 0; last >>= 1) height++;
    }

    function _roots(bytes32[] memory d) private pure returns (bytes32[] memory roots) {
        roots = new bytes32[](d.length + 1);
        for (uint256 n = 1; n <= d.length; n++) roots[n] = ReferenceTree.root(d, 0, n);
    }

    function _everyConsistencyBit(bytes32[] memory d, uint64 m, uint64 n) private view {
        bytes32[] memory proof = ReferenceTree.consistency(d, m, n);
        bytes32 oldRoot = ReferenceTree.root(d, 0, m);
        bytes32 newRoot = ReferenceTree.root(d, 0, n);
        for (uint256 i = 0; i < proof.length * 256; i++) {
            bytes32 kept = proof[i / 256];
            proof[i / 256] = kept ^ bytes32(1 << (i % 256));
            require(!auditLog.consistent(m, n, oldRoot, newRoot, proof));
            proof[i / 256] = kept;
        }
        require(auditLog.consistent(m, n, oldRoot, newRoot, proof));
    }

    function _everyInclusionBit(bytes32[] memory d, uint64 index, uint64 n) private view {
        bytes32[] memory proof = ReferenceTree.inclusion(d, index, 0, n);
        bytes32 root = ReferenceTree.root(d, 0, n);
        for (uint256 i = 0; i < proof.length * 256; i++) {
            bytes32 kept = proof[i / 256];
            proof[i / 256] = kept ^ bytes32(1 << (i % 256));
            require(!auditLog.included(d[index], index, n, root, proof));
            proof[i / 256] = kept;
        }
        require(auditLog.included(d[index], index, n, root, proof));
    }

    /// @dev One of: a flipped bit, a hash less, a hash more, the first hash twice, any hash twice.
    function _bent(bytes32[] memory proof, uint256 how) private pure returns (bytes32[] memory) {
        uint256 kind = how % 5;
        how /= 5;
        if (proof.length == 0 || kind == 3) return ReferenceTree.append(proof, bytes32(how));
        uint256 place = how % proof.length;
        if (kind == 0) return _with(proof, place, proof[place] ^ bytes32(1 << (how % 256)));
        if (kind == 1) return _without(proof, place);
        if (kind == 2) return _twice(proof, 0);
        return _twice(proof, place);
    }

    function _with(bytes32[] memory list, uint256 place, bytes32 value)
        private pure returns (bytes32[] memory copy) {
        copy = new bytes32[](list.length);
        for (uint256 i = 0; i < list.length; i++) copy[i] = i == place ? value : list[i];
    }

    function _without(bytes32[] memory list, uint256 place)
        private pure returns (bytes32[] memory copy) {
        copy = new bytes32[](list.length - 1);
        for (uint256 i = 0; i < copy.length; i++) copy[i] = list[i < place ? i : i + 1];
    }

    function _twice(bytes32[] memory list, uint256 place)
        private pure returns (bytes32[] memory copy) {
        copy = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < copy.length; i++) copy[i] = list[i <= place ? i : i - 1];
    }
}
