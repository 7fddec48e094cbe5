import { expect, test } from "vitest";
import type { Step, StepSchema } from "../../../runtime/step.ts";
import { imagesOf, stepImages } from "../../../runtime/wire/images.ts";

const schema: StepSchema = {
  robot: "arm",
  task: "reach",
  observation: [
    { name: "angle", dtype: "float32", shape: [1], units: ["rad"] },
    { name: "eye", dtype: "uint8", shape: [1, 2, 3], units: ["1"] },
    { name: "hand", dtype: "uint8", shape: [2, 1], units: ["1"] },
  ],
  action: [],
  joints: [],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};
const eye = Uint8Array.of(1, 2, 3, 4, 5, 6);
const hand = Uint8Array.of(7, 8);

test("a step's images are its uint8 tensors, of the size the schema says", () => {
  const step = { sequence: 258, observation: { angle: new Float32Array(1), eye, hand } } as unknown as Step;
  expect(imagesOf(schema, step)).toEqual([
    { name: "eye", encoding: "raw", data: eye },
    { name: "hand", encoding: "raw", data: hand },
  ]);
  const captured = { eye: { timeNs: 70n, sequence: 3 }, hand: { timeNs: 0n, sequence: 0 } };
  expect(imagesOf(schema, { ...step, timeNs: 100n }, captured)).toEqual([
    { name: "eye", encoding: "raw", data: eye, ageNs: 30 },
    { name: "hand", encoding: "raw", data: hand },
  ]);
  const blind = { ...step, observation: { eye: new Uint8Array(5), hand } };
  expect(() => imagesOf(schema, blind)).toThrow("step 258: expected eye as 6 uint8, found 5 of Uint8Array");
  expect(() => imagesOf(schema, { ...step, observation: {} })).toThrow("expected eye as 6 uint8, found undefined");
});

const whole = {
  images: [
    [11, "hand", "raw"],
    [11, "eye", "raw"],
  ],
  imagesGone: [
    [10, 1],
    [12, 2],
  ],
  frames: [hand, eye],
};

test("what a robot says of its images is theirs by step, in the schema's order", () => {
  expect(stepImages(schema, 10, 4, whole).map((images) => images?.map(({ name, data }) => [name, data]))).toEqual([
    undefined,
    [
      ["eye", eye],
      ["hand", hand],
    ],
    undefined,
    undefined,
  ]);
  const blind = { ...schema, observation: schema.observation.slice(0, 1) };
  expect(stepImages(blind, 0, 2, { images: undefined, imagesGone: undefined, frames: [] })).toEqual([[], []]);
});

test("an image comes with its age where the robot knows it", () => {
  const said = { ...whole, images: [whole.images[0], [11, "eye", "raw", 30]] };
  expect(stepImages(schema, 10, 4, said)[1]).toEqual([
    { name: "eye", encoding: "raw", data: eye, ageNs: 30 },
    { name: "hand", encoding: "raw", data: hand },
  ]);
});

test.each([
  [
    {
      images: [
        [11, "eye", "raw", 0.5],
        [11, "hand", "raw"],
      ],
      frames: [eye, hand],
    },
    "expected eye with its age in whole ns, found 0.5",
  ],
  [{ images: [[11, "eye", "raw"]], frames: [eye] }, "step 11: expected an image hand, found none"],
  [{ frames: [hand] }, "images: expected as many as frames, 1, found 2"],
  [{ frames: [hand, hand] }, "step 11: expected eye as 6 bytes, found 2"],
  [
    {
      images: [
        [14, "eye", "raw"],
        [11, "hand", "raw"],
      ],
    },
    'found [14,"eye","raw"]',
  ],
  [
    {
      images: [
        [11, "ear", "raw"],
        [11, "hand", "raw"],
      ],
    },
    'found [11,"ear","raw"]',
  ],
  [
    {
      images: [
        [11, "hand", "tiff"],
        [11, "eye", "raw"],
      ],
    },
    'found [11,"hand","tiff"]',
  ],
  [
    {
      images: [
        [11, "hand", "raw"],
        [11, "hand", "raw"],
      ],
    },
    'found [11,"hand","raw"]',
  ],
  [
    {
      images: [
        [11, "hand", "jpeg"],
        [11, "eye", "raw"],
      ],
    },
    "step 11: expected hand as a jpeg of fewer than 2 bytes, found 2",
  ],
  [{ images: "all" }, 'images: expected a list, found "all"'],
  [{ imagesGone: [[12, 3]] }, "imagesGone: expected runs of these steps, found [12,3]"],
  [{ imagesGone: [[0, 1e300]] }, "imagesGone: expected runs of these steps"],
  [{ imagesGone: [{}] }, "imagesGone: expected runs of these steps, found {}"],
])("what does not fit is refused: %o", (change, message) => {
  expect(() => stepImages(schema, 10, 4, { ...whole, ...change })).toThrow(message);
});
