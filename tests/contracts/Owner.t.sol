// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AuditLog} from "../../contracts/AuditLog.sol";
import {IAuditLog} from "../../contracts/IAuditLog.sol";
import {VM} from "./support/SignedHeads.sol";

/// @dev What events say where a contract owns a log: its caller, and not who sent the tx.
contract OwnerTest {
    AuditLog private auditLog = new AuditLog();

    function test_TheNewOwnerThatIsToldIsTheCaller() public {
        address sender = address(0xA11CE);
        bytes32 logId = auditLog.register("owner", address(1), address(2));
        auditLog.transferOwner(logId, address(this));
        VM.prank(address(this), sender);
        VM.expectEmit(true, true, true, true, address(auditLog));
        emit IAuditLog.OwnerChanged(logId, address(this));
        auditLog.acceptOwner(logId);
    }

    function test_TheOwnerThatIsToldOfANewLogIsTheCaller() public {
        address sender = address(0xA11CE);
        bytes32 logId = keccak256(abi.encode(address(this), "registered"));
        VM.prank(address(this), sender);
        VM.expectEmit(true, true, true, true, address(auditLog));
        emit IAuditLog.LogRegistered(logId, address(this), "registered", address(1), address(2));
        auditLog.register("registered", address(1), address(2));
    }
}
