/** How a picture is lit and coloured. Colours 0 to 1, sRGB. */
export const LOOK = {
  /** Direction towards the light; any length. */
  light: [0.35, -0.5, 1] as readonly [number, number, number],
  /** What a surface turned away from the light still gets, of its colour. */
  ambient: 0.5,
  /** What it gets of it in another thing's shadow, facing the light; only with `shadows`. */
  shade: 0.62,
  /** Planes are chequered: side of a square, m, and how much darker every other one is. */
  squareSize: 0.25,
  squareContrast: 0.14,
  sky: [0.87, 0.91, 0.96] as readonly [number, number, number],
  /** Between these distances planes fade into the sky, m. */
  hazeFrom: 1.8,
  hazeTo: 5.5,
};

export type Look = typeof LOOK;
