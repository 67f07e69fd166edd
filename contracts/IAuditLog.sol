// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchored tree heads of append-only logs
/// @notice A log is an RFC 9162 Merkle tree over SHA-256 that a service keeps off chain. Its tree
/// heads are anchored here, and each new head must prove that it extends the one before. No one,
/// the owner of a log included, can change or remove an anchored head, and there is no role over
/// the contract as a whole.
interface IAuditLog {
    /// @notice A log was registered. The chain keeps the text of `origin` only in this event.
    /// @param logId keccak256(abi.encode(owner, origin)).
    /// @param owner Account that registered the log.
    /// @param origin The log's unique name, first line of its checkpoints.
    /// @param publisher Account that may anchor tree heads.
    /// @param signer Address whose key signs tree heads.
    event LogRegistered(
        bytes32 indexed logId,
        address indexed owner,
        string origin,
        address publisher,
        address signer
    );

    /// @notice A tree head was anchored.
    /// @param logId The log.
    /// @param size Tree size, larger than any anchored before.
    /// @param root RFC 9162 root hash at that size (SHA-256, not keccak256).
    event HeadAnchored(bytes32 indexed logId, uint64 indexed size, bytes32 root);

    /// @notice An origin has 1 to 255 bytes.
    error OriginLength(uint256 length);

    /// @notice Neither key of a log may be the zero address.
    error ZeroKey(address publisher, address signer);

    /// @notice This caller registered this origin before.
    error AlreadyRegistered(bytes32 logId);

    /// @notice Only the log's publisher anchors. `publisher` is zero when there is no such log.
    error NotPublisher(bytes32 logId, address publisher, address caller);

    /// @notice The old size must be the one anchored last (zero before the first).
    error NotAnchoredSize(uint64 anchored, uint64 offered);

    /// @notice A new head has more leaves than the old one, by at most 2^24.
    error GrowthOutOfRange(uint64 oldSize, uint64 newSize);

    /// @notice A consistency proof has at most 63 hashes.
    error ProofLength(uint256 length, uint256 limit);

    /// @notice The proof does not lead from the anchored root hash to the new one. Before the first
    /// head there is no root hash to lead from, and only the empty proof is taken.
    error ProofMismatch(bytes32 logId, uint64 oldSize, uint64 newSize);

    /// @notice Registers a log owned by the caller, once. Because the owner is part of the id, an
    /// origin cannot be squatted.
    /// @param origin The log's unique name, 1 to 255 bytes.
    /// @param publisher Account that may anchor tree heads, not zero.
    /// @param signer Address whose key signs tree heads, not zero.
    /// @return logId keccak256(abi.encode(owner, origin)).
    function register(string calldata origin, address publisher, address signer)
        external returns (bytes32 logId);

    /// @notice Anchors a larger tree head. Publisher only.
    /// @dev Checked as RFC 9162 section 2.1.4.2 says, from the root hash in storage. The first
    /// head of a log has nothing to be consistent with and is taken as it is.
    /// @param logId The log.
    /// @param oldSize The tree size anchored last; zero for the first head, and only then.
    /// @param newSize The new tree size: oldSize < newSize <= oldSize + 2^24.
    /// @param newRoot RFC 9162 root hash at the new size.
    /// @param proof Consistency proof, at most 63 hashes; empty for the first head.
    function anchor(
        bytes32 logId, uint64 oldSize, uint64 newSize, bytes32 newRoot, bytes32[] calldata proof
    ) external;

    /// @notice The head anchored last; all zero before the first, and for a log that is not known.
    /// @param logId The log.
    /// @return size Tree size.
    /// @return root Root hash at that size.
    /// @return time Timestamp of the block that anchored it, in seconds.
    /// @return blockNumber Number of that block.
    function latest(bytes32 logId)
        external view returns (uint64 size, bytes32 root, uint64 time, uint64 blockNumber);

    /// @notice The head anchored at exactly `size`; all zero if none was.
    /// @param logId The log.
    /// @param size Tree size.
    /// @return root Root hash at that size.
    /// @return time Timestamp of the block that anchored it, in seconds.
    /// @return blockNumber Number of that block; never zero for an anchored head.
    function headAt(bytes32 logId, uint64 size)
        external view returns (bytes32 root, uint64 time, uint64 blockNumber);

    /// @notice Is this entry in the head anchored at `size`, and since when?
    /// @dev Never reverts on what it is given, so that an error of a call always means that the
    /// question was not answered, and never that the answer is no. Checked as RFC 9162 section
    /// 2.1.3.2 says; the entry is hashed here, so that no inner node can pass for a leaf.
    /// @param logId The log.
    /// @param size Tree size of an anchored head.
    /// @param index Leaf index of the entry, from zero.
    /// @param entry The 32 bytes appended to the log.
    /// @param proof Inclusion proof, from the leaf upwards.
    /// @return included True only if that head is anchored and the proof leads to its root hash.
    /// @return time Timestamp of the block that anchored it, in seconds; zero if not included.
    /// @return blockNumber Number of that block; zero if not included.
    function verifyInclusion(
        bytes32 logId, uint64 size, uint64 index, bytes32 entry, bytes32[] calldata proof
    ) external view returns (bool included, uint64 time, uint64 blockNumber);

    /// @notice Who stands behind a log; all zero when there is no such log.
    /// @param logId The log.
    /// @return owner Account that owns the log.
    /// @return publisher Account that may anchor tree heads.
    /// @return signer Address whose key signs tree heads.
    /// @return originHash keccak256 of the origin's bytes, as EIP-712 encodes a string.
    function logOf(bytes32 logId)
        external
        view
        returns (address owner, address publisher, address signer, bytes32 originHash);
}
