/** Colours are told apart by the upper five bits of red, green and blue. */
const BINS = 1 << 15;

/** The few colours that stand for all the colours of an animation. */
export interface Palette {
  /** RGB, 3 a colour. */
  readonly colours: Uint8Array;
  /** Index of the nearest colour, by bin. */
  readonly indexOf: Uint8Array;
}

/** Counts the colours of pictures, whose pixels it turns into bins. */
export class ColourCount {
  readonly #pixels = new Float64Array(BINS);
  /** Of the pixels in a bin, RGB. */
  readonly #sums = new Float64Array(3 * BINS);

  /** The bin of each pixel of an RGB picture. */
  take(picture: Uint8Array): Uint16Array {
    const bins = new Uint16Array(picture.length / 3);
    for (let pixel = 0, at = 0; pixel < bins.length; pixel++, at += 3) {
      const [red, green, blue] = [picture[at]!, picture[at + 1]!, picture[at + 2]!];
      const bin = ((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3);
      bins[pixel] = bin;
      this.#pixels[bin]!++;
      this.#sums[3 * bin]! += red;
      this.#sums[3 * bin + 1]! += green;
      this.#sums[3 * bin + 2]! += blue;
    }
    return bins;
  }

  /** At most so many colours: the mean of each of the bins that hold most; every other bin gets the nearest of them. */
  palette(most: number): Palette {
    const used = Array.from({ length: BINS }, (_, bin) => bin).filter((bin) => this.#pixels[bin]! > 0);
    const chosen = used.toSorted((a, b) => this.#pixels[b]! - this.#pixels[a]! || a - b).slice(0, most);
    const mean = (bin: number, c: number): number => Math.round(this.#sums[3 * bin + c]! / this.#pixels[bin]!);
    const colours = Uint8Array.from(chosen.flatMap((bin) => [mean(bin, 0), mean(bin, 1), mean(bin, 2)]));
    const indexOf = new Uint8Array(BINS);
    for (const bin of used) indexOf[bin] = nearest(colours, mean(bin, 0), mean(bin, 1), mean(bin, 2));
    return { colours, indexOf };
  }
}

function nearest(colours: Uint8Array, red: number, green: number, blue: number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; 3 * i < colours.length; i++) {
    const distance =
      (colours[3 * i]! - red) ** 2 + (colours[3 * i + 1]! - green) ** 2 + (colours[3 * i + 2]! - blue) ** 2;
    if (distance >= least) continue;
    best = i;
    least = distance;
  }
  return best;
}
