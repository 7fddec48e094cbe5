import { crc16 } from "../serial/dynamixel/crc16.ts";
import { BROADCAST, encodePacket, INSTRUCTIONS, takePacket } from "../serial/dynamixel/packet.ts";
import { X } from "../serial/dynamixel/registers.ts";
import type { Packet } from "../serial/packet.ts";
import type { Answer, Protocol } from "./answers.ts";
import type { EmulatedServo } from "./emulated-servo.ts";

const DELAY_UNIT_US = 2;
const UNKNOWN_INSTRUCTION = 2;
/** Of an error byte: look at `hardwareError`. */
const ALERT = 0x80;

/** Dynamixel servos that speak Protocol 2.0. */
export const DYNAMIXEL_PROTOCOL: Protocol = {
  serve: (bytes, servos) => {
    const { packet, used } = takePacket(bytes);
    return { answers: packet === undefined ? [] : [...obey(packet, servos)], used };
  },
};

interface Item {
  readonly servo: EmulatedServo;
  readonly address: number;
  readonly size: number;
}

function* obey(packet: Packet, servos: readonly EmulatedServo[]): Generator<Answer> {
  const { id, code, params } = packet;
  if (code === INSTRUCTIONS.syncRead || code === INSTRUCTIONS.fastSyncRead) {
    const [address, size] = [word(params, 0), word(params, 2)];
    const items = [...params.subarray(4)].flatMap((each) =>
      withId(servos, each).map((servo) => ({ servo, address, size })),
    );
    yield* readMany(items, code === INSTRUCTIONS.fastSyncRead);
  } else if (code === INSTRUCTIONS.bulkRead || code === INSTRUCTIONS.fastBulkRead) {
    const items: Item[] = [];
    for (let at = 0; at + 5 <= params.length; at += 5) {
      const [address, size] = [word(params, at + 1), word(params, at + 3)];
      for (const servo of withId(servos, params[at]!)) items.push({ servo, address, size });
    }
    yield* readMany(items, code === INSTRUCTIONS.fastBulkRead);
  } else if (code === INSTRUCTIONS.syncWrite) {
    const [address, size] = [word(params, 0), word(params, 2)];
    for (let at = 4; at + size < params.length; at += 1 + size) {
      for (const servo of withId(servos, params[at]!)) servo.write(address, params.slice(at + 1, at + 1 + size));
    }
  } else if (code === INSTRUCTIONS.bulkWrite) {
    for (let at = 0; at + 5 <= params.length; ) {
      const [address, size] = [word(params, at + 1), word(params, at + 3)];
      for (const servo of withId(servos, params[at]!)) servo.write(address, params.slice(at + 5, at + 5 + size));
      at += 5 + size;
    }
  } else if (code !== INSTRUCTIONS.status) {
    for (const servo of id === BROADCAST ? servos : withId(servos, id)) {
      const reply = obeyAlone(servo, code, params);
      if (id !== BROADCAST || code === INSTRUCTIONS.ping) yield reply;
    }
  }
}

function obeyAlone(servo: EmulatedServo, code: number, params: Uint8Array): Answer {
  const from = servo.id; // an answer to a change of id still comes from the old one
  switch (code) {
    case INSTRUCTIONS.ping:
      return answer(servo, 0, servo.read(X.model.address, 2), servo.read(X.firmware.address, 1));
    case INSTRUCTIONS.read:
      return answer(servo, 0, servo.read(word(params, 0), word(params, 2)));
    case INSTRUCTIONS.write:
      return answerFrom(from, servo, servo.write(word(params, 0), params.slice(2)));
    case INSTRUCTIONS.regWrite:
      servo.registered = { address: word(params, 0), data: params.slice(2) };
      return answer(servo, 0);
    case INSTRUCTIONS.action: {
      const { registered } = servo;
      servo.registered = undefined;
      return answer(servo, registered === undefined ? 0 : servo.write(registered.address, registered.data));
    }
    case INSTRUCTIONS.reboot:
      servo.powerCycle();
      return answer(servo, 0);
    default:
      return answer(servo, UNKNOWN_INSTRUCTION);
  }
}

function* readMany(items: readonly Item[], fast: boolean): Generator<Answer> {
  if (!fast) {
    for (const { servo, address, size } of items) yield answer(servo, 0, servo.read(address, size));
    return;
  }
  // All make one packet; each CRC but the last is of everything so far.
  const size = items.reduce((sum, item) => sum + item.size + 4, 0) - 2;
  const params = new Uint8Array(size);
  const head = Uint8Array.of(0xff, 0xff, 0xfd, 0, BROADCAST, (size + 3) & 0xff, (size + 3) >> 8, INSTRUCTIONS.status);
  let at = 0;
  for (const { servo, address, size: bytes } of items) {
    params[at] = errorByte(servo, 0);
    params[at + 1] = servo.id;
    params.set(servo.read(address, bytes), at + 2);
    at += 2 + bytes;
    if (at >= size) break;
    const crc = crc16(params, 0, at, crc16(head));
    params[at++] = crc & 0xff;
    params[at++] = crc >> 8;
  }
  const bytes = encodePacket({ id: BROADCAST, code: INSTRUCTIONS.status, params });
  const last = items.at(-1);
  if (last !== undefined) yield { servo: last.servo, bytes, delayUs: delayUs(last.servo) };
}

function answer(servo: EmulatedServo, error: number, ...data: Uint8Array[]): Answer {
  return answerFrom(servo.id, servo, error, ...data);
}

function answerFrom(id: number, servo: EmulatedServo, error: number, ...data: Uint8Array[]): Answer {
  const params = Uint8Array.of(errorByte(servo, error), ...data.flatMap((part) => [...part]));
  return { servo, bytes: encodePacket({ id, code: INSTRUCTIONS.status, params }), delayUs: delayUs(servo) };
}

function errorByte(servo: EmulatedServo, error: number): number {
  return error + (servo.get(X.hardwareError) !== 0 ? ALERT : 0);
}

function delayUs(servo: EmulatedServo): number {
  return DELAY_UNIT_US * servo.get(X.returnDelay);
}

function withId(servos: readonly EmulatedServo[], id: number): EmulatedServo[] {
  return servos.filter((servo) => servo.id === id);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! + 256 * bytes[at + 1]!;
}
