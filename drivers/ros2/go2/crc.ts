import type { LowCmd } from "../messages/types.ts";

/** Size of `LowCmd` as a C struct of natural alignment, and where its parts lie; the last word is the CRC itself. */
const SIZE = 812;
const MOTORS = 24;
const MOTOR_STRIDE = 36;

/** CRC-32 of each byte, from its highest bit on, polynomial 04C11DB7. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/**
 * The checksum the Go2 expects in `crc`. It is not over the message's CDR bytes but over the command as the C struct that
 * the robot's firmware has: CRC-32 of each 32-bit word from its highest bit on, begun at FFFFFFFF, not reflected.
 * After `get_crc` and `crc32_core` in unitreerobotics/unitree_ros2, example/src/src/common/motor_crc.cpp.
 */
export function lowCmdCrc(command: LowCmd): number {
  const struct = layOut(command);
  let crc = 0xffffffff;
  for (let word = 0; word < SIZE - 4; word += 4) {
    for (let byte = 3; byte >= 0; byte--) crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ struct[word + byte]!]!;
  }
  return crc >>> 0;
}

/** Little-endian, as both the robot's computer and every word of the checksum are. */
function layOut(command: LowCmd): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  const view = new DataView(bytes.buffer);
  bytes.set(command.head, 0);
  bytes[2] = command.level_flag;
  bytes[3] = command.frame_reserve;
  for (let i = 0; i < 2; i++) {
    view.setUint32(4 + 4 * i, command.sn[i]!, true);
    view.setUint32(12 + 4 * i, command.version[i]!, true);
  }
  view.setUint16(20, command.bandwidth, true);
  command.motor_cmd.forEach(({ mode, q, dq, tau, kp, kd, reserve }, motor) => {
    const at = MOTORS + MOTOR_STRIDE * motor;
    bytes[at] = mode;
    [q, dq, tau, kp, kd].forEach((value, i) => {
      view.setFloat32(at + 4 + 4 * i, value, true);
    });
    for (let i = 0; i < 3; i++) view.setUint32(at + 24 + 4 * i, reserve[i]!, true);
  });
  const after = MOTORS + MOTOR_STRIDE * command.motor_cmd.length;
  bytes[after] = command.bms_cmd.off;
  bytes.set(command.bms_cmd.reserve, after + 1);
  bytes.set(command.wireless_remote, after + 4);
  bytes.set(command.led, after + 44);
  bytes.set(command.fan, after + 56);
  bytes[after + 58] = command.gpio;
  view.setUint32(after + 60, command.reserve, true);
  return bytes;
}
