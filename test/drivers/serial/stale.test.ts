import { expect, test } from "vitest";
import { DynamixelBus } from "../../../drivers/serial/dynamixel/dynamixel-bus.ts";
import { encodePacket as encodeDynamixel } from "../../../drivers/serial/dynamixel/packet.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { encodePacket as encodeFeetech } from "../../../drivers/serial/feetech/packet.ts";
import { Line } from "../../../drivers/serial/line.ts";
import { MemoryPort } from "../../../drivers/serial/memory-port.ts";
import { syncReplies } from "../../../drivers/serial/servo-bus.ts";

/** A Feetech bus whose other end says just this, whatever it is asked. */
async function says(...answers: readonly Uint8Array[]) {
  const port: MemoryPort = new MemoryPort({ receive: () => answers.forEach((bytes) => void port.deliver(bytes)) });
  const bus = new FeetechBus(new Line(port, { echo: "no", slackMs: 2 }), "sts", { retries: 0 });
  await bus.open();
  return bus;
}

const answer = (id: number, ...params: number[]): Uint8Array =>
  encodeFeetech({ id, code: 0, params: Uint8Array.from(params) });

test("a late acknowledgement before the answer to a read is passed over", async () => {
  const bus = await says(answer(1), answer(1, 7, 8));
  expect([...(await bus.read(1, 56, 2))]).toEqual([7, 8]);
  await bus.close();
});

test("a Dynamixel's late acknowledgement before the answer to a read is passed over", async () => {
  const status = (...params: number[]) => encodeDynamixel({ id: 1, code: 0x55, params: Uint8Array.from(params) });
  const port: MemoryPort = new MemoryPort({
    receive: () => {
      port.deliver(status(0));
      port.deliver(status(0, 7, 8));
    },
  });
  const bus = new DynamixelBus(new Line(port, { echo: "no", slackMs: 2 }));
  await bus.open();
  expect([...(await bus.read(1, 132, 2))]).toEqual([7, 8]);
  await bus.close();
});

test.each([
  ["a late answer of the last before all others", [answer(3, 99), answer(1, 1), answer(2, 2), answer(3, 3)], [1, 2, 3]],
  ["a late answer between those before it", [answer(1, 1), answer(3, 99), answer(2, 2), answer(3, 3)], [1, 2, 3]],
  ["two answers of one", [answer(1, 1), answer(2, 99), answer(2, 2), answer(3, 3)], [1, 0, 3]],
  ["an answer of somebody who was not asked", [answer(1, 1), answer(7, 99), answer(2, 2), answer(3, 3)], [1, 2, 3]],
  [
    "half an answer before a whole one",
    [answer(1, 1), answer(2, 99).slice(0, 4), answer(2, 2), answer(3, 3)],
    [1, 2, 3],
  ],
])("a sync read with %s gives none that is not its own", async (_, answers, expected) => {
  const bus = await says(...answers);
  const replies = syncReplies(3, 1);
  await bus.syncRead([1, 2, 3], 63, 1, replies);
  expect([...replies.data].map((value, i) => (replies.fresh[i] === 1 ? value : 0))).toEqual(expected);
  await bus.close();
});

test("bytes that come one by one make the same answers", async () => {
  const all = [answer(1, 1), answer(2, 2)].flatMap((bytes) => [...bytes]);
  const bus = await says(...all.map((byte) => Uint8Array.of(byte)));
  const replies = syncReplies(2, 1);
  await bus.syncRead([1, 2], 63, 1, replies);
  expect([...replies.data]).toEqual([1, 2]);
  await bus.close();
});
