import { DYNAMIXEL_X } from "./dynamixel/family.ts";
import { FEETECH_SCS, FEETECH_STS } from "./feetech/family.ts";
import type { ServoFamily } from "./servo-family.ts";

/** Families of servo by the name of what they speak. */
export const FAMILIES = {
  sts: FEETECH_STS,
  scs: FEETECH_SCS,
  dynamixel: DYNAMIXEL_X,
} as const satisfies Readonly<Record<string, ServoFamily>>;
export type FamilyName = keyof typeof FAMILIES;
