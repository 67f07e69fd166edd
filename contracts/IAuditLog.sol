// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchored tree heads of append-only logs
/// @notice A log is an RFC 9162 Merkle tree over SHA-256 that a service keeps off chain. Its tree
/// heads are anchored here, and each new head must prove that it extends the one before. No one,
/// the owner of a log included, can change or remove an anchored head, and there is no role over
/// the contract as a whole.
///
/// The owner of a log appoints its keys and ends it. The publisher anchors. The signer signs tree
/// heads off chain, in the form of EIP-712 (`Checkpoint`); whoever holds two signed heads that
/// cannot both be of one log shows them here, and the log is marked for good.
interface IAuditLog {
    /// @notice What a key of a log is for.
    enum Role { PUBLISHER, SIGNER, LOG_KEY }

    /// @notice A key that signs tree heads of `fromSize` leaves and more, until the next one's.
    struct Signer {
        address signer;
        uint64 fromSize;
    }

    /// @notice Proof that a signer has signed two histories; all zero for a log without a mark.
    struct Mark {
        address signer;
        uint64 size;
        bytes32 root;
        bytes32 otherRoot;
        uint64 blockNumber;
    }

    /// @notice How a log ended; all zero for one that has not.
    struct Closing {
        uint64 finalSize;
        bytes32 successor;
        uint64 blockNumber;
    }

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

    /// @notice A key was appointed; these events are the history of a log's keys.
    /// @param logId The log.
    /// @param role What the key is for.
    /// @param keyHash Publisher and signer: the address. Log key: as given to `setLogKey`.
    /// @param fromSize Publisher: the tree size anchored at that moment. The others: the first tree
    /// size that the key is good for.
    event KeySet(bytes32 indexed logId, Role indexed role, bytes32 keyHash, uint64 fromSize);

    /// @notice The owner wants to hand a log over; zero takes an earlier offer back.
    event OwnerProposed(bytes32 indexed logId, address indexed proposed);

    /// @notice A log has a new owner, who accepted it.
    event OwnerChanged(bytes32 indexed logId, address indexed owner);

    /// @notice Two heads by one log's signers contradict each other. Never taken back.
    /// @param logId The log.
    /// @param signer Whose signature contradicts the anchored history, or another one.
    /// @param size Tree size of both root hashes.
    /// @param root The root hash that was signed.
    /// @param otherRoot The root hash of the anchored history, or the other that was signed.
    event LogMarked(
        bytes32 indexed logId,
        address indexed signer,
        uint64 size,
        bytes32 root,
        bytes32 otherRoot
    );

    /// @notice A log has ended.
    /// @param logId The log.
    /// @param finalSize No larger tree is anchored any more.
    /// @param successor The log that goes on in its place; zero if there is none here.
    event LogClosed(bytes32 indexed logId, uint64 finalSize, bytes32 indexed successor);

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

    /// @notice Only the log's owner does this. `owner` is zero when there is no such log.
    error NotOwner(bytes32 logId, address owner, address caller);

    /// @notice Only the account that the owner proposed accepts a log.
    error NotProposed(bytes32 logId, address proposed, address caller);

    /// @notice A key is replaced after the anchored size and after the first size it is good for.
    error KeyEndsTooEarly(uint64 least, uint64 toSize);

    /// @notice There is no tree size left that the next key could be good for.
    error KeyEndsTooLate(uint64 toSize);

    /// @notice The log has ended, once and for all.
    error AlreadyClosed(bytes32 logId);

    /// @notice A log cannot end before what is anchored, nor grow past where it ended.
    error FinalSize(uint64 finalSize, uint64 size);

    /// @notice The successor is another log of this contract, or zero.
    error NotASuccessor(bytes32 successor);

    /// @notice The log is marked, once and for all.
    error AlreadyMarked(bytes32 logId);

    /// @notice No head of this size is anchored.
    error NotAnchored(bytes32 logId, uint64 size);

    /// @notice A fork is shown by a head of at least one leaf, at most as large as the anchored one.
    error SizeOutOfRange(uint64 size, uint64 anchoredSize);

    /// @notice Equal root hashes contradict nothing.
    error SameRoot(bytes32 root);

    /// @notice The signature is by nobody, or by none of the log's signers for this size.
    error NotASigner(bytes32 logId, uint64 size, address signer);

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

    /// @notice Appoints another publisher. Owner only.
    /// @param logId The log.
    /// @param publisher Account that may anchor from now on, not zero.
    function setPublisher(bytes32 logId, address publisher) external;

    /// @notice Appoints another signer, and ends the range of the present one. Owner only.
    /// @dev A signer counts for the sizes of its range for ever: retiring a key hides nothing that
    /// it has signed for them, and every anchored size is among them. What it signed for larger
    /// sizes is no more held against the log: whoever has such a head reports it before.
    /// @param logId The log.
    /// @param signer Address whose key signs heads of more than `toSize` leaves, not zero.
    /// @param toSize Last size that the present signer is good for: at least the anchored size, and
    /// at least the first size it is good for.
    function setSigner(bytes32 logId, address signer, uint64 toSize) external;

    /// @notice Puts on record which Ed25519 key signs the text of heads. Owner only.
    /// @dev For people who look for the key's history; nothing here depends on it.
    /// @param logId The log.
    /// @param keyHash SHA-256 of the bytes in the key's `vkey`: 0x01 and the public key.
    /// @param fromSize First tree size that the key is good for.
    function setLogKey(bytes32 logId, bytes32 keyHash, uint64 fromSize) external;

    /// @notice Offers a log to another owner, who must accept it. Owner only.
    /// @param logId The log; its id stays as it is.
    /// @param proposed The new owner; zero takes an earlier offer back.
    function transferOwner(bytes32 logId, address proposed) external;

    /// @notice Accepts a log. For the account that its owner proposed.
    /// @param logId The log.
    function acceptOwner(bytes32 logId) external;

    /// @notice Ends a log, once. Owner only. Heads up to `finalSize` can still be anchored; what is
    /// anchored stays, and so do marks.
    /// @param logId The log.
    /// @param finalSize No larger tree is anchored any more; at least the anchored size.
    /// @param successor The log of this contract that goes on in its place, or zero.
    function close(bytes32 logId, uint64 finalSize, bytes32 successor) external;

    /// @notice Marks a log whose signer has signed a head that the anchored history contradicts.
    /// Anybody may; only the first mark is kept.
    /// @param logId The log.
    /// @param size Tree size of the signed head: 0 < size <= anchoredSize.
    /// @param root The root hash that was signed.
    /// @param signature EIP-712 signature of (logId, origin, size, root): r, s, v, 65 bytes.
    /// @param trueRoot The root hash that the anchored history has at `size`.
    /// @param proof Consistency proof from (size, trueRoot) to the anchored head; empty if it is
    /// that head.
    /// @param anchoredSize Tree size of an anchored head.
    function reportFork(
        bytes32 logId,
        uint64 size,
        bytes32 root,
        bytes calldata signature,
        bytes32 trueRoot,
        bytes32[] calldata proof,
        uint64 anchoredSize
    ) external;

    /// @notice Marks a log whose signers have signed two root hashes for one tree size. Anybody may;
    /// only the first mark is kept.
    /// @param logId The log.
    /// @param size Tree size of both heads.
    /// @param rootA A root hash that was signed.
    /// @param signatureA Its EIP-712 signature, 65 bytes.
    /// @param rootB Another root hash that was signed.
    /// @param signatureB Its EIP-712 signature, 65 bytes.
    function reportDoubleSign(
        bytes32 logId,
        uint64 size,
        bytes32 rootA,
        bytes calldata signatureA,
        bytes32 rootB,
        bytes calldata signatureB
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

    /// @notice Every key that was ever appointed to sign heads of a log, in ascending order of the
    /// sizes it is good for: from its own `fromSize` to the one before the next key's.
    /// @param logId The log.
    function signersOf(bytes32 logId) external view returns (Signer[] memory);

    /// @notice The account that the owner offers the log to; zero if none.
    /// @param logId The log.
    function proposedOwnerOf(bytes32 logId) external view returns (address);

    /// @notice The proof that a log was forked; its `blockNumber` is zero if there is none.
    /// @param logId The log.
    function markOf(bytes32 logId) external view returns (Mark memory);

    /// @notice How a log ended; its `blockNumber` is zero if it has not.
    /// @param logId The log.
    function closingOf(bytes32 logId) external view returns (Closing memory);
}
