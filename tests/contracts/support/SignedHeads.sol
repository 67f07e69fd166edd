// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What the test runner offers to contracts.
interface Vm {
    function addr(uint256 key) external pure returns (address);

    function prank(address caller) external;

    function prank(address caller, address origin) external;

    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;

    function sign(uint256 key, bytes32 digest)
        external pure returns (uint8 v, bytes32 r, bytes32 s);
}

Vm constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @dev Where a head is valid, and whose it is.
struct Place {
    address auditLog;
    bytes32 logId;
    string origin;
    uint256 chainId;
}

/// @dev Tree heads, signed as evidence section 7 says.
library SignedHeads {
    uint256 private constant ORDER =
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function sign(uint256 key, Place memory place, uint64 size, bytes32 root)
        internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = VM.sign(key, digest(place, size, root));
        return abi.encodePacked(r, s, v);
    }

    function digest(Place memory place, uint64 size, bytes32 root) internal pure returns (bytes32) {
        bytes32 domain = keccak256(abi.encode(
            keccak256(
                "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
            ),
            keccak256("AuditLog"), keccak256("1"), place.chainId, place.auditLog
        ));
        bytes32 head = keccak256(abi.encode(
            keccak256("Checkpoint(bytes32 logId,string origin,uint64 size,bytes32 root)"),
            place.logId, keccak256(bytes(place.origin)), size, root
        ));
        return keccak256(abi.encodePacked("\x19\x01", domain, head));
    }

    /// @dev One of: the high s, the other v, v from 0, a byte less, a byte more, a flipped bit, the
    /// high s without its v, as it was.
    function bent(bytes memory signature, uint256 how) internal pure returns (bytes memory) {
        (bytes32 r, bytes32 s, uint8 v) = _parts(signature);
        bytes32 high = bytes32(ORDER - uint256(s));
        uint256 kind = how % 8;
        if (kind == 0) return abi.encodePacked(r, high, 55 - v);
        if (kind == 1) return abi.encodePacked(r, s, 55 - v);
        if (kind == 2) return abi.encodePacked(r, s, v - 27);
        if (kind == 3) return abi.encodePacked(r, s);
        if (kind == 4) return abi.encodePacked(r, s, v, v);
        if (kind == 5) return abi.encodePacked(r ^ bytes32(1 << (how % 256)), s, v);
        if (kind == 6) return abi.encodePacked(r, high, v);
        return signature;
    }

    function _parts(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}
