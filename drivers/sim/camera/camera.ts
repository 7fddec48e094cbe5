import { LOOK, type Look } from "./look.ts";
import { RayCaster } from "./ray-caster.ts";
import type { Geom, Poses } from "./scene.ts";
import { shade } from "./shading.ts";
import { Shadow } from "./shadow.ts";
import { unit, type Viewpoint } from "./viewpoint.ts";

export interface PictureSettings {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Hard shadows; twice the time. */
  readonly shadows?: boolean;
  /** Each pixel the mean of 2 × 2 rays; four times the time. */
  readonly antialias?: boolean;
  readonly look?: Look;
}

/** Takes pictures of a scene. Equal views and poses give equal bytes. */
export class Camera {
  readonly #geoms: readonly Geom[];
  readonly #look: Look;
  readonly #caster: RayCaster;
  readonly #shadow: Shadow | undefined;
  readonly #picture: Uint8Array;
  /** Before 2 × 2 rays are put together; the picture itself where there is one ray a pixel. */
  readonly #rays: Uint8Array;

  /** Throws on a size that is not a whole number from 1 up. */
  constructor(geoms: readonly Geom[], { width, height, shadows, antialias, look = LOOK }: PictureSettings) {
    for (const size of [width, height]) {
      if (!Number.isInteger(size) || size < 1) throw new Error(`camera: expected whole sizes from 1 up, found ${size}`);
    }
    const scale = antialias === true ? 2 : 1;
    this.#geoms = geoms;
    this.#look = look;
    this.#caster = new RayCaster(geoms, scale * width, scale * height);
    this.#shadow = shadows === true ? new Shadow(geoms, unit(look.light)) : undefined;
    this.#picture = new Uint8Array(3 * width * height);
    this.#rays = scale === 1 ? this.#picture : new Uint8Array(4 * this.#picture.length);
  }

  /** uint8 height × width × 3, RGB; overwritten by the next picture. */
  take(view: Viewpoint, poses: Poses): Uint8Array {
    this.#caster.cast(view, poses);
    this.#shadow?.begin(poses);
    shade(this.#rays, this.#caster, this.#geoms, view, poses, this.#look, this.#shadow);
    if (this.#rays !== this.#picture) halve(this.#rays, this.#caster.width, this.#caster.height, this.#picture);
    return this.#picture;
  }
}

/** The mean of every 2 × 2 pixels. */
function halve(from: Uint8Array, width: number, height: number, to: Uint8Array): void {
  for (let y = 0, out = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const above = 3 * (y * width + x);
      const below = above + 3 * width;
      for (let c = 0; c < 3; c++, out++) {
        const sum = from[above + c]! + from[above + 3 + c]! + from[below + c]! + from[below + 3 + c]!;
        to[out] = (sum + 2) >> 2;
      }
    }
  }
}
