import { type FeatureSummary, summariseHistogram } from "./statistics.ts";

/** How often each value occurs in each channel of an episode's pictures. */
export class PictureHistogram {
  readonly #counts = [0, 1, 2].map(() => new Float64Array(256));
  #pictures = 0;

  add(rgb: Uint8Array): void {
    const [red, green, blue] = this.#counts as [Float64Array, Float64Array, Float64Array];
    for (let i = 0; i < rgb.length; i += 3) {
      red[rgb[i]!]!++;
      green[rgb[i + 1]!]!++;
      blue[rgb[i + 2]!]!++;
    }
    this.#pictures++;
  }

  summary(): FeatureSummary {
    return { count: this.#pictures, dimensions: this.#counts.map(summariseHistogram) };
  }
}
