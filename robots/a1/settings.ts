import { WALK_SETTINGS, type WalkSettings } from "../quadruped/settings.ts";

/** Those of every quadruped that learns to walk: they are the A1's. */
export const A1_SETTINGS: WalkSettings = WALK_SETTINGS;
