import type { StepSchema } from "../../step.ts";
import { type RawFrame, width } from "./dataset-reader.ts";
import { size } from "./features.ts";
import { type DatasetInfo, type Feature, isPicture } from "./format.ts";
import type { Mapping, Part } from "./mapping.ts";

/** Numbers of a frame, in the robot's order. */
export type Select = (frame: RawFrame) => Float32Array;

/** A mapping that fits a dataset and a robot. */
export interface Selection {
  /** float32 tensors by name. */
  readonly observation: Readonly<Record<string, Select>>;
  /** Features of the images by tensor. */
  readonly images: Readonly<Record<string, string>>;
  readonly action: Select;
  readonly command: Select | undefined;
  /** Columns it reads. */
  readonly columns: readonly string[];
}

/** Throws with every difference between what the robot has and what the mapping takes from the dataset. */
export function selectionOf(mapping: Mapping, schema: StepSchema, { features, fps }: DatasetInfo): Selection {
  const differences: string[] = [];
  const columns = new Set<string>();
  const need = (target: string, feature: string): Feature | undefined => {
    if (Object.hasOwn(features, feature)) return features[feature];
    differences.push(`${target}: expected a feature "${feature}", found none`);
    return undefined;
  };
  const select = (target: string, parts: readonly Part[] | undefined, length: number): Select => {
    if (parts === undefined) differences.push(`${target}: expected ${length} numbers, found nothing mapped to it`);
    const places = (parts ?? []).flatMap((part) => {
      const feature = need(target, part.feature);
      if (feature === undefined) return [];
      columns.add(part.feature);
      const at = placesOf(part, feature);
      if (typeof at !== "string") return at.map((index) => ({ part, index }));
      differences.push(`${target}: ${at}`);
      return [];
    });
    const isWhole = (parts ?? []).every(({ feature }) => Object.hasOwn(features, feature));
    if (parts !== undefined && isWhole && places.length !== length) {
      const from = parts.map(({ feature }) => `${feature} [${features[feature]!.shape}]`).join(", ");
      differences.push(`${target}: expected ${length} numbers, found ${places.length} in ${from}`);
    }
    return (frame) =>
      Float32Array.from(places, ({ part, index }) => scaled(part, numberAt(frame[part.feature], index)));
  };

  if (fps !== schema.policyRateHz)
    differences.push(`rate: expected ${schema.policyRateHz} frames a second, found ${fps}`);
  const vectors: Record<string, Select> = {};
  const images: Record<string, string> = {};
  for (const { name, dtype, shape } of schema.observation) {
    const parts = mapping.observation[name];
    if (dtype === "float32") vectors[name] = select(name, parts, size(shape));
    else {
      const feature = need(name, parts?.[0]?.feature ?? "");
      if (feature === undefined) continue;
      images[name] = parts![0]!.feature;
      if (feature.dtype === "image") columns.add(parts![0]!.feature);
      const [height, wide] = feature.shape;
      if (!isPicture(feature) || height !== shape[0] || wide !== shape[1]) {
        differences.push(
          `${name}: expected pictures of ${shape[0]} × ${shape[1]}, found ${feature.dtype} [${feature.shape}]`,
        );
      }
    }
  }
  for (const name of Object.keys(mapping.observation)) {
    const known = schema.observation.map((tensor) => tensor.name);
    if (!known.includes(name)) differences.push(`${name}: expected one of ${known.join(", ")} in the observation`);
  }
  const action = select("action", mapping.action, schema.action.length);
  const command = mapping.command && select("command", mapping.command, schema.joints.length);
  if (differences.length > 0) {
    const offered = Object.entries(features).map(([key, { shape }]) => `${key} [${shape}]`);
    throw new Error(`dataset: ${differences.join("; ")}. It has ${offered.join(", ")}; --map <file> says what is what`);
  }
  return { observation: vectors, images, action, command, columns: [...columns] };
}

/** Indices in a feature, or what is wrong. */
function placesOf({ feature, names, from = 0, to }: Part, found: Feature): number[] | string {
  const length = width(found);
  if (names !== undefined) {
    const known = flatNames(found);
    const missing = names.find((name) => !known.includes(name));
    if (missing !== undefined) return `expected "${missing}" in ${feature}, found ${known.join(", ") || "no names"}`;
    return names.map((name) => known.indexOf(name));
  }
  const end = to ?? length;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(end) || from < 0 || from >= end || end > length) {
    return `expected numbers ${from} to ${end} of ${feature}, found ${length} in it`;
  }
  return Array.from({ length: end - from }, (_, i) => from + i);
}

/** Older datasets group names: {"motors": [...]}. */
function flatNames({ names }: Feature): readonly string[] {
  if (names === null || names === undefined) return [];
  return Array.isArray(names) ? names : Object.values(names as object).flat();
}

function numberAt(value: unknown, index: number): number {
  return Number(ArrayBuffer.isView(value) || Array.isArray(value) ? (value as number[]).flat()[index] : value);
}

function scaled({ scale = 1, offset = 0 }: Part, value: number): number {
  return scale === 1 && offset === 0 ? value : value * scale + offset;
}
