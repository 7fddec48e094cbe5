import { expect, test } from "vitest";
import { decodePng } from "../../../drivers/camera/source/png.ts";
import { pixelsOf } from "../../../learner/replay/pixels.ts";
import { testPicture } from "../../../runtime/cli/bench/picture.ts";
import type { StepMessage } from "../../../runtime/ipc.ts";
import { encodeImage, encodingOf } from "../../../runtime/link/images/encode.ts";
import { StepEncoder } from "../../../runtime/link/images/step-encoder.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import { headerMisfit } from "../../../runtime/wire/image-header.ts";
import type { StepImage } from "../../../runtime/wire/images.ts";

const tensor = (shape: readonly number[]) => ({ name: "eye", dtype: "uint8", shape, units: ["1"] }) as const;
const raw = (data: Uint8Array): StepImage => ({ name: "eye", encoding: "raw", data });
const SMOOTH = { imageEncoding: "jpeg", imageRawKb: 64, imageQuality: 90 };

test.each([[[1, 1, 3]], [[7, 5, 3]], [[16, 16, 1]], [[16, 24]], [[48, 64, 3]]])(
  "PNG gives back every pixel of %j, to two decoders",
  async (shape) => {
    const data = testPicture(shape);
    const image = await encodeImage(tensor(shape), raw(data), "png", 90);
    if (image.encoding === "raw") return expect(image.data).toBe(data); // it would not have been smaller
    expect(Buffer.from(decodePng(image.data).data).equals(data)).toBe(true);
    expect(Buffer.from(await pixelsOf(tensor(shape), image)).equals(data)).toBe(true);
    expect(headerMisfit(tensor(shape), "png", image.data)).toBeUndefined();
  },
);

test.each([[[48, 64, 3]], [[48, 64, 1]]])("JPEG gives back nearly every pixel of %j, in fewer bytes", async (shape) => {
  const data = testPicture(shape);
  const image = await encodeImage(tensor(shape), raw(data), "jpeg", 95);
  expect(image.encoding).toBe("jpeg");
  expect(image.data.length).toBeLessThan(0.6 * data.length);
  expect(headerMisfit(tensor(shape), "jpeg", image.data)).toBeUndefined();
  const found = await pixelsOf(tensor(shape), image);
  const error = data.reduce((sum, value, i) => sum + Math.abs(value - found[i]!), 0) / data.length;
  expect(error).toBeLessThan(6);
});

test("by size, small images stay raw and large ones become JPEG; what is no picture stays raw; what is encoded stays", async () => {
  const size = { ...SMOOTH, imageEncoding: "size" };
  expect(encodingOf(tensor([64, 64, 3]), size)).toBe("raw");
  expect(encodingOf(tensor([480, 640, 3]), size)).toBe("jpeg");
  expect(encodingOf(tensor([480, 640, 4]), size)).toBe("raw");
  expect(encodingOf(tensor([100_000]), SMOOTH)).toBe("raw");
  const passed = { name: "eye", encoding: "jpeg", data: Uint8Array.of(1, 2, 3) } as const;
  expect(await encodeImage(tensor([480, 640, 3]), passed, "jpeg", 90)).toBe(passed);
});

test("an image of another size than its tensor's is known by its header alone, and one cut short", async () => {
  const large = tensor([48, 64, 3]);
  for (const encoding of ["png", "jpeg"] as const) {
    const { data } = await encodeImage(large, raw(testPicture(large.shape)), encoding, 90);
    expect(headerMisfit(tensor([64, 48, 3]), encoding, data)).toBe("as 64 × 48 × 3, found 48 × 64 × 3");
    expect(headerMisfit(tensor([48, 64, 1]), encoding, data)).toBe("as 48 × 64 × 1, found 48 × 64 × 3");
    for (const length of [0, 1, 8, 20]) {
      expect(headerMisfit(large, encoding, data.subarray(0, length))).toContain("found something else");
    }
    const cut = { name: "eye", encoding, data: data.subarray(0, data.length >> 1) };
    await expect(pixelsOf(large, cut)).rejects.toThrow();
  }
});

const schema = { observation: [tensor([48, 64, 3])] } as unknown as StepSchema;
const step = (sequence: number, images?: readonly StepImage[]): StepMessage => ({
  type: "step",
  sequence,
  episode: 0,
  row: new Uint8Array(8),
  ...(images && { images }),
});

test("steps go on in their order with their images encoded; a step without images waits for those before it", async () => {
  const out: StepMessage[] = [];
  const onStep = (message: StepMessage): void => void out.push(message);
  const options = { schema, settings: SMOOTH, waitingBytes: 1e6, onStep, report: () => {} };
  const encoder = new StepEncoder(options);
  encoder.take(step(0));
  expect(out).toHaveLength(1); // nothing to wait for
  for (let sequence = 1; sequence < 8; sequence++) {
    encoder.take(step(sequence, sequence % 3 === 0 ? undefined : [raw(testPicture([48, 64, 3]))]));
  }
  expect(out).toHaveLength(1); // nothing blocks this thread
  await encoder.drained();
  expect(out.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(out.map(({ images }) => images?.[0]?.encoding)).toEqual([
    undefined,
    "jpeg",
    "jpeg",
    undefined,
    "jpeg",
    "jpeg",
    undefined,
    "jpeg",
  ]);
});

test("what encoding cannot keep up with, and what cannot be encoded, goes on raw and is counted", async () => {
  const out: StepMessage[] = [];
  const notes: string[] = [];
  const encoder = new StepEncoder({
    schema,
    settings: SMOOTH,
    waitingBytes: 20_000,
    onStep: (message) => out.push(message),
    report: (line) => notes.push(line),
  });
  for (let sequence = 0; sequence < 4; sequence++) encoder.take(step(sequence, [raw(testPicture([48, 64, 3]))]));
  await encoder.drained();
  expect(out.map(({ images }) => images![0]!.encoding)).toEqual(["jpeg", "jpeg", "raw", "raw"]);
  expect(encoder.leftRaw).toBe(2);
  encoder.take(step(4, [raw(new Uint8Array(5))]));
  await encoder.drained();
  expect(out[4]!.images![0]!.encoding).toBe("raw");
  expect(encoder.leftRaw).toBe(3);
  expect(notes).toHaveLength(1);
});
